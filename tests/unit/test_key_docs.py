"""tools/key-docs: what it writes is current, and a change of a declaration is seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from diemcau.inventory.formats import FORMATS
from diemcau.inventory.validation import Options, load_specs
from tests import programs

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, at work on a copy of what it reads and writes."""
    module = programs.load(PROJECT / "tools" / "key-docs")
    shutil.copytree(PROJECT / "roles", tmp_path / "roles")
    for name in ("docs/inventory.md", "diemcau/inventory/schema.yml"):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def test_the_tables_are_current(tool: ModuleType) -> None:
    assert tool.main(["--check"]) == 0


def test_a_changed_specification_is_seen_named_and_mended(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "roles" / "vpn" / "meta" / "argument_specs.yml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("default: 1420", "default: 1400"), encoding="utf-8")
    (tmp_path / "roles" / "lan" / "README.md").unlink()
    assert tool.main(["--check"]) == 1
    assert capsys.readouterr().out == (
        "not what the declarations of the keys give: docs/inventory.md, roles/lan/README.md, roles/vpn/README.md\n"
        "    to do: tools/key-docs\n"
    )
    assert not (tmp_path / "roles" / "lan" / "README.md").exists()
    assert tool.main([]) == 0 and tool.main(["--check"]) == 0
    for name in ("roles/vpn/README.md", "docs/inventory.md"):
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert f"| `vpn.mtu` | int | {FORMATS['vpn.mtu'].expected} | `1400` |" in written


def test_a_changed_range_is_seen(tool: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(FORMATS, "wan.circuits.up_kbps", replace(FORMATS["wan.circuits.up_kbps"], expected="any rate"))
    assert tool.main(["--check"]) == 1
    assert tool.main([]) == 0
    assert "| **`wan.circuits[].up_kbps`** | int | any rate |" in (tmp_path / "docs" / "inventory.md").read_text(
        "utf-8"
    )


def test_words_around_the_tables_stay(tool: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "docs" / "inventory.md"
    before = page.read_text(encoding="utf-8")
    page.write_text(before.replace("| `vpn.mtu`", "| `vpn.xxx`"), encoding="utf-8")
    assert tool.main([]) == 0
    assert page.read_text(encoding="utf-8") == before


def test_a_role_without_a_place_on_the_page_is_named(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "inventory.md"
    page.write_text(page.read_text(encoding="utf-8").replace("<!-- keys: qos -->\n", ""), encoding="utf-8")
    assert tool.main([]) == 1
    assert "docs/inventory.md has tables of ['all-hosts', 'firewall', 'lan'" in capsys.readouterr().out


def test_every_format_belongs_to_a_key() -> None:
    """A key that goes takes its range along."""

    def names(options: Options, path: str = "") -> Iterator[str]:
        for name, option in options.items():
            yield f"{path}{name}"
            yield from names(option.get("options", {}), f"{path}{name}.")

    specs = load_specs()
    assert set(FORMATS) <= set(names({**specs.router, **specs.room}))


def test_a_table_tells_what_a_person_needs(tool: ModuleType) -> None:
    options = {
        "a": {
            "type": "list", "elements": "dict", "required": True, "description": "The C(a), or O(b).",
            "options": {"x": {"type": "bool", "default": False, "description": ["One | two.", "Three."]}},
        },
        "b": {"default": "", "choices": ["", "on"], "description": "B."},
    }  # fmt: skip
    assert list(tool.rows(options, "r.")) == [
        "| **`r.a`** | list of dict |  |  | The `a`, or `b`. |",
        r"| `r.a[].x` | bool |  | `false` | One \| two. Three. |",
        '| `r.b` | str | `""`, `on` | `""` | B. |',
    ]


def test_anything_else_is_refused(tool: ModuleType) -> None:
    assert tool.main(["--force"]) == 2
