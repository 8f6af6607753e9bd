"""The guide in Vietnamese says what there is: links lead somewhere, quoted messages stand in the code."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [PROJECT / "README.vi.md", *sorted((PROJECT / "docs" / "vi").glob("*.md"))]
ANSIBLE = {"PLAY [...]", "TASK [...]", "PLAY RECAP", "ok", "changed", "failed", "unreachable", "skipped", "--check"}
ANSIBLE |= {"skipping: no hosts matched", "vyos", "routeros", "secrets/", "2/2"}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def code() -> str:
    """All that can print something for a person, adjacent literals joined as Python does."""
    sources = [*(PROJECT / "diemcau").rglob("*.py"), *(PROJECT / "plugins" / "action").glob("*.py")]
    joined = "\n".join(map(text, sorted(sources)))
    return re.sub(r'\\n"|"\s*\n?\s*f?"', "", joined)


def test_there_are_pages() -> None:
    assert [page.name for page in PAGES] == [
        "README.vi.md", "phong-moi.md", "sau-lu.md", "su-co.md", "thay-doi.md", "tu-vung.md",
    ]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", text(page))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_letters_are_whole(page: Path) -> None:
    """One code point for each accented letter: who searches for a word finds it."""
    assert unicodedata.is_normalized("NFC", text(page))


@pytest.mark.parametrize("name", ["su-co.md", "tu-vung.md"])
def test_quoted_messages_are_printed(name: str) -> None:
    """The first column of each table, between backquotes; … stands for what differs."""
    rows = re.findall(r"^\| (.*?) \|", text(PROJECT / "docs" / "vi" / name), re.MULTILINE)
    quoted = [words for row in rows for words in re.findall(r"`([^`]+)`", row) if words not in ANSIBLE]
    pieces = [piece.strip(" .") for words in quoted for piece in words.split("…") if piece.strip(" .")]
    assert len(pieces) > 10
    assert [piece for piece in pieces if piece not in code()] == []
