"""What the pages for people name is there: files, folders, modules, links."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from diemcau.paths import PROJECT

PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "roles").glob("*/README.md")])
ROOTS = "diemcau|twin|plugins|playbooks|roles|templates|tests|tools|docs|molecule|inventory|requirements|intended"
# A path of the project in code marks; what a person puts in stands in <>, a star or braces for several.
_PATH = re.compile(rf"`((?:{ROOTS})/[^`\s]*)`")
_MODULE = re.compile(r"`((?:diemcau|twin)(?:\.\w+)+)`")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
MADE = ("intended/", "inventory/host_vars", "tests/errors/<case>")  # by people or by a run


def named(page: Path, pattern: re.Pattern[str]) -> list[str]:
    return pattern.findall(page.read_text(encoding="utf-8"))


def exists(path: str) -> bool:
    """Whether a path, also one with ``<platform>``, ``*`` or ``{a,b}`` in it, names something."""
    plain = re.sub(r"<[^>]*>|\{[^}]*\}", "*", path.partition("::")[0]).rstrip("/")
    return any(True for _ in PROJECT.glob(plain))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_each_path_that_a_page_names_is_there(page: Path) -> None:
    missing = [path for path in named(page, _PATH) if not exists(path) and not path.startswith(MADE)]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_each_module_that_a_page_names_is_there(page: Path) -> None:
    def found(name: str) -> bool:
        for cut in range(name.count(".") + 1, 0, -1):
            module = ".".join(name.split(".")[:cut])
            try:
                spec = importlib.util.find_spec(module)
            except ModuleNotFoundError:
                continue
            if spec is not None and cut > 1:
                rest = name.split(".")[cut:]
                return not rest or hasattr(importlib.import_module(module), rest[0])
        return False

    assert [name for name in named(page, _MODULE) if not found(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_each_link_leads_somewhere(page: Path) -> None:
    assert [link for link in named(page, _LINK) if not (page.parent / link).exists()] == []


def test_the_house_is_drawn_as_it_is() -> None:
    """Each module of a room stands in the drawing, and nothing else does."""
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = page.partition("## The house")[2].split("```")[1]
    words = set(re.findall(r"[a-z_]+", drawing))
    modules = {path.stem for path in (PROJECT / "diemcau").glob("*.py")} - {"__init__"}
    for room in ("ansible", "reports", "push", "design", "design/checks", "inventory", "transport", "secrets"):
        modules |= {path.stem for path in (PROJECT / "diemcau" / room).glob("*.py")} - {"__init__"}
    assert not modules - words
