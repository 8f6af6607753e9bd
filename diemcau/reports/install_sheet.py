"""The one-page sheet that a technician takes to a site with the bundle: for paper and for the screen, no secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diemcau import endpoints
from diemcau.design.district import District
from diemcau.intent import Router
from diemcau.rendering import environment

NAME = "phieu-lap-dat.html"
COMMAND = "$ "  # what a line of templates/<platform>/sheet.j2 begins with when it is to be typed
TO_FILL_IN = "................................"
LAN = "Cổng mạng LAN của Polycom"
TELEVISION = ("Tivi (dây HDMI)", "cổng HDMI ra màn hình 1 của Polycom")

_CIRCUITS = {"fibre": "Đường cáp quang", "lte": "Đường 4G"}


@dataclass(frozen=True)
class Sheet:
    """What stands on the sheet."""

    district: str
    site: str  # "Ch'Ơm"
    router: str  # "dang-router (vyos 1.5)"
    file: str  # the bundle's name on the stick
    endpoint: str  # "RealPresence Group 500"
    mac: str  # of the endpoint, as on its label
    extension: str
    room: str  # the name on the screen
    contact: str  # "" = a line to write on
    plugs: tuple[tuple[str, str], ...]  # what, where
    stick: tuple[tuple[str, bool], ...]  # lines; whether it is a command to type
    ports: tuple[str, ...]  # that show a light: the lines', and those that a cable is sure to be in


def make(district: District, router: Router, extension: str) -> Sheet:
    """The sheet of a router's site. ``extension``: of the bundle's file name."""
    room = district.room_of(router.site)
    file = f"{router.host}.{extension}"
    return Sheet(
        district=district.name,
        site=router.display_name,
        router=f"{router.host} ({router.platform} {router.release})",
        file=file,
        endpoint=endpoints.load(room.family).label(room),
        mac=room.mac,
        extension=room.extension,
        room=str(room.settings["system_name"]),
        contact=contact(district),
        plugs=(*plugs(router, f"{LAN} (MAC {room.mac})"), TELEVISION),
        stick=tuple(_stick(router, file)),
        ports=tuple(circuit.interface for circuit in router.wan.circuits),
    )


def contact(district: District) -> str:
    """The district's, or else the one that a hub's room shows, the preferred hub's first."""
    hubs = (str(room.settings["contact"]) for room in district.rooms.values() if room.site in district.hubs)
    return district.contact or next(filter(None, hubs), "")


def plugs(router: Router, lan: str) -> Iterator[tuple[str, str]]:
    """What goes into which port of a site's router. ``lan``: what goes into the room LAN's."""
    for circuit in router.wan.circuits:
        what = _CIRCUITS.get(circuit.name, f"Đường {circuit.name}")
        yield f"{what} của nhà mạng", f"cổng {circuit.interface} của bộ định tuyến"
    ports = ", ".join(router.lan.ports)
    where = f"một trong các cổng {ports}" if len(router.lan.ports) > 1 else f"cổng {ports}"
    yield lan, f"{where} của bộ định tuyến"


def _stick(router: Router, file: str) -> Iterator[tuple[str, bool]]:
    text = environment(".", {}).get_template(f"{router.platform}/sheet.j2").render(file=file)
    for line in filter(None, map(str.strip, text.splitlines())):
        yield line.removeprefix(COMMAND), line.startswith(COMMAND)


def printable(sheet: Sheet) -> str:
    """A page to print, A4."""
    return environment(".", {}).get_template("reports/sheet.html.j2").render(sheet=sheet, blank=TO_FILL_IN)


def text(sheet: Sheet) -> list[str]:
    """The same for the terminal, in short."""
    return [
        f"PHIẾU LẮP ĐẶT – điểm cầu {sheet.site}, huyện {sheet.district}",
        f"  Phòng: {sheet.room}   Số máy: {sheet.extension}   Thiết bị: {sheet.endpoint}",
        f"  Bộ định tuyến: {sheet.router}   Tập tin trên USB: {sheet.file}",
        "  1. Cắm dây, bật nguồn:",
        *(f"       {what}  →  {where}" for what, where in sheet.plugs),
        "  2. Nạp tập tin từ USB:",
        *(f"       {'    ' * command}{line}" for line, command in sheet.stick),
        f"  3. Chờ khoảng 10 phút: đèn cổng {', '.join(sheet.ports)} sáng, tivi hiện tên và số máy của phòng.",
        f"  Cần giúp, gọi: {sheet.contact or TO_FILL_IN}",
    ]
