"""The page that hangs in a room: what is plugged where, how to join a meeting, what to try, whom to call; no secrets.

It says of lights what holds for any Ethernet port and any device with a power light, and of colours nothing: they
differ from model to model, and the screen tells more.
"""

from __future__ import annotations

from dataclasses import dataclass

from diemcau.design.district import District
from diemcau.errors import DiemcauError, Problem
from diemcau.intent import Endpoint
from diemcau.rendering import environment
from diemcau.reports import directory, install_sheet, pdf

HTML, PDF = "phieu-phong.html", "phieu-phong.pdf"
SIZES = (11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0)  # pt: the largest in which it fits on a page; below, nobody reads it

# Printed beside the ports of these devices; only what a hall has is plugged in.
_PLUGS = (
    install_sheet.TELEVISION,
    ("Máy quay (camera)", "cổng camera 1 của Polycom"),
    ("Micro để bàn của Polycom", "cổng micro của Polycom"),
    ("Âm-li, loa hội trường (nếu có)", "cổng âm thanh ra (Audio Out) của Polycom"),
)


@dataclass(frozen=True)
class Page:
    """What stands on the page."""

    district: str
    site: str  # "Ch'Ơm"
    room: str  # the name on the screen
    extension: str
    plugs: tuple[tuple[str, str], ...]  # what, where
    lines: tuple[str, ...]  # the router's ports with a line of the provider in them
    hub: bool  # the communes' meetings pass through its router
    answers: bool  # by itself
    muted: bool  # when it has answered by itself
    sleep_minutes: int  # until the screen goes dark; 0 = never
    directory: tuple[tuple[str, str], ...]  # extension, name
    test: tuple[str, str] | None  # whom to call to try it: extension, name
    contact: str  # of the district; "" = a line to write on
    own_contact: str  # of the room; "" = nobody


def make(district: District, room: Endpoint) -> Page:
    """The page of one room."""
    router = district.router_of(room.site)
    numbers = tuple((extension, name) for extension, name, _ in directory.rows(district))
    return Page(
        district=district.name,
        site=room.display_name,
        room=str(room.settings["system_name"]),
        extension=room.extension,
        plugs=(*_PLUGS, *install_sheet.plugs(router, install_sheet.LAN)),
        lines=tuple(circuit.interface for circuit in router.wan.circuits),
        hub=router.is_hub,
        answers=room.settings["auto_answer"] == "yes",
        muted=bool(room.settings["mute_auto_answer"]),
        sleep_minutes=int(str(room.settings["sleep_minutes"])),
        directory=numbers,
        test=next((number for number in numbers if number[0] != room.extension), None),
        contact=install_sheet.contact(district),
        own_contact=str(room.settings["contact"]),
    )


def html(page: Page, size: float) -> str:
    """For a browser, and what the PDF is made of. ``size``: of the letters, in pt."""
    template = environment(".", {}).get_template("reports/room.html.j2")
    return template.render(page=page, size=size, blank=install_sheet.TO_FILL_IN)


def printable(page: Page) -> tuple[str, bytes]:
    """HTML and PDF, one page A4, in the largest letters that fit. Raises DiemcauError when it is too much."""
    for size in SIZES:
        text = html(page, size)
        if (printed := pdf.one_page(text)) is not None:
            return text, printed
    raise DiemcauError(
        Problem(
            host=page.site,
            found=f"the room's sheet does not fit on a page, even in letters of {SIZES[-1]:g} pt",
            expected=f"names and a directory of {len(page.directory)} rooms that fit on A4",
            remedy="shorten site.name, room.system_name, room.contact or district.contact",
        )
    )
