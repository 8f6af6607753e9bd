"""The page as people see it: on a phone, on a desk, on paper; without a network; with names for those who hear it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from diemcau.paths import PROJECT
from tests.browser.chromium import Page, opened
from tests.browser.example import make

SHOTS = PROJECT / "build" / "browser"
PHONE, NARROW, DESK = 390, 320, 1280
VISIBLE = "(e => e.offsetParent !== null && getComputedStyle(e).visibility !== 'hidden')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with opened() as page:
        yield page


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("readiness"))


def colours(png: bytes) -> int:
    """How many different bytes the picture's lines hold: a page that stayed empty has two or three."""
    data, place = b"", 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        if kind == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += 12 + length
    return len(set(zlib.decompress(data)))


@pytest.mark.parametrize("width", [NARROW, PHONE, DESK])
def test_it_fits_the_screen_and_says_nothing_on_the_console(browser: Page, path: Path, width: int) -> None:
    browser.show(path, width)
    wide = browser.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{wide} > {width}"
    assert colours(browser.picture(SHOTS / f"readiness-{width}.png")) > 50
    assert browser.complaints() == []
    cut = browser.evaluate(
        "[...document.querySelectorAll('td, th, p, h1, h2, li')].filter(e => e.scrollWidth > e.clientWidth + 1"
        " && e.clientWidth).map(e => e.textContent.trim().slice(0, 60))"
    )
    assert cut == []


def test_it_asks_for_nothing_but_itself(browser: Page, path: Path) -> None:
    browser.show(path, DESK)
    assert [url for url in browser.requested() if not url.startswith("data:")] == [path.as_uri()]


def test_the_switch_shows_one_language_at_a_time(browser: Page, path: Path) -> None:
    browser.show(path, PHONE)
    shown = f"[...document.querySelectorAll('main .%s')].filter(e => !e.closest('svg')).filter({VISIBLE}).length"
    assert browser.evaluate(shown % "en") == 0 and browser.evaluate(shown % "vi") > 50
    browser.evaluate("document.querySelector('label.switch').click()")
    assert browser.evaluate(shown % "vi") == 0 and browser.evaluate(shown % "en") > 50
    text = browser.evaluate("document.body.innerText")
    assert "NOT ready" in text and "CHƯA" not in text and "Can the meeting start?" in text


def test_whoever_hears_the_page_is_told_everything(browser: Page, path: Path) -> None:
    """The tree that a screen reader is given: no picture, control or table without a name or its headers."""
    browser.show(path, PHONE)
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = [(node.get("role", {}).get("value"), node.get("name", {}).get("value", "")) for node in nodes]
    pictures = [name for role, name in roles if role in ("image", "img")]
    assert len(pictures) >= 1 + 3 * 12 and all(pictures)
    assert [name for role, name in roles if role == "checkbox"] == ["English"]
    # Cards on a phone are a table still.
    headers = [name for role, name in roles if role == "rowheader"]
    assert {"Ga Ry", "Ch'Ơm", "Bha Lêê"} <= set(headers)
    assert browser.evaluate("document.documentElement.lang") == "vi"
    assert browser.evaluate("document.querySelectorAll('main').length + document.querySelectorAll('h1').length") == 2


def test_the_switch_can_be_reached_by_the_keyboard(browser: Page, path: Path) -> None:
    browser.show(path, DESK)
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert browser.evaluate("document.activeElement.id") == "english"


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_text_is_large_enough_and_has_contrast(browser: Page, path: Path, width: int) -> None:
    """At least 9 px as drawn, pictures included, and 4.5 : 1 against a white ground (WCAG 2.1, 1.4.3)."""
    browser.show(path, width)
    small = browser.evaluate(
        "[...document.querySelectorAll('svg.district text')].filter(e => {"
        " const scale = e.ownerSVGElement.getBoundingClientRect().width / 360;"
        " return parseFloat(getComputedStyle(e).fontSize) * scale < 9 }).map(e => e.textContent)"
    )
    assert small == []
    pale = browser.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.children.length === 0 && e.textContent.trim()"
        " && !e.closest('svg') && !e.closest('.badge.stop')).filter(e => {"
        " const l = getComputedStyle(e).color.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)"
        "  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);"
        " return 1.05 / (0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2] + 0.05) < 4.5 }).map(e => e.textContent)"
    )
    assert pale == []


def test_it_can_be_printed(browser: Page, path: Path) -> None:
    browser.show(path, DESK)
    printed = browser.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False)
    assert len(printed["data"]) > 20_000
    browser.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.evaluate("getComputedStyle(document.querySelector('.switch')).display") == "none"
        assert browser.evaluate("document.documentElement.scrollWidth") <= DESK
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")
