"""The page on a room's wall: what it says for which room, and that it is one whole page A4 with every accent right."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from diemcau.errors import DiemcauError
from diemcau.reports import room_page
from diemcau.reports.room_page import Page
from tests.unit.inventories import Hosts, district, one_hub, set_district, small
from tests.unit.reports.test_install_sheet import words

NAMES = ("Huyện ủy", "Ch'Ơm", "Bha Lêê", "Tr'Hy", "A Vương", "Thị trấn Thạnh Mỹ", "Đắc Tôi", "Chơ Chun", "Zuôih")
LONG = "Xã Đắc Pring – Đồn Biên phòng"
CALL = "Tổ CNTT, Văn phòng Huyện ủy và UBND huyện Nam Giang, 0235 3 898 123"
RESPONSIBLE = "Chị Zơ Râm Thị Ngước, 0905 123 456"


def of(hosts: Hosts, slug: str) -> Page:
    found = district(hosts)
    return room_page.make(found, found.rooms[f"{slug}-room"])


def neighbours() -> Hosts:
    """A hub and 22 communes with names as they are, a fibre and an LTE line each."""
    hosts = one_hub(22)
    sites = ["huyen-uy", *(f"xa-{index}" for index in range(22))]
    for index, slug in enumerate(sites):
        for kind in ("router", "room"):
            hosts[f"{slug}-{kind}"]["site"]["name"] = LONG if slug == "xa-1" else NAMES[index % len(NAMES)]
            if index:
                hosts[f"{slug}-{kind}"]["wan"]["circuits"].append({"name": "lte", "up_kbps": 1500, "down_kbps": 4000})
    hosts["xa-1-room"]["room"] = {"system_name": f"Hội trường {LONG}", "contact": RESPONSIBLE}
    return set_district(hosts, hubs=["huyen-uy"], contact=CALL)


def tool(*argv: str | Path) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def written(folder: Path, found: Page) -> tuple[str, str]:
    """The PDF, written; what the HTML says in words, and what poppler reads out of the PDF."""
    html, pdf = room_page.printable(found)
    (folder / room_page.PDF).write_bytes(pdf)
    return words(html), " ".join(tool("pdftotext", "-raw", folder / room_page.PDF, "-").split())


def letters(text: str) -> Counter[str]:
    """How often each occurs; marks of lists, which are no text in HTML, do not count."""
    return Counter(re.sub(r"\s|•|\b[1-4]\.", "", text))


def frame(folder: Path) -> tuple[int, int, int, int]:
    """How many white pixels are left on each side of the picture, at 1 mm each: left, top, right, bottom."""
    tool("pdftoppm", "-r", "25.4", "-gray", folder / room_page.PDF, folder / "picture")
    head, size, depth, pixels = (folder / "picture-1.pgm").read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    assert (head, depth, len(pixels)) == (b"P5", b"255", width * height)
    assert width in (210, 211) and height in (297, 298)
    rows = [pixels[at : at + width] for at in range(0, len(pixels), width)]
    inked = [number for number, row in enumerate(rows) if min(row) < 250]
    columns = [number for number in range(width) if min(row[number] for row in rows) < 250]
    return columns[0], inked[0], width - 1 - columns[-1], height - 1 - inked[-1]


@pytest.mark.parametrize("slug", ["huyen-uy", "xa-0", "xa-1", "xa-21"])
def test_one_page_a4_with_every_accent(tmp_path: Path, slug: str) -> None:
    found = of(neighbours(), slug)
    html, text = written(tmp_path, found)
    assert letters(text) == letters(html)
    for name in (*NAMES, LONG, CALL, found.room, f"điểm cầu {found.site}, huyện Tây Giang"):
        assert name in text, name
    assert len(found.directory) == 23 and all(f"{extension} {name}" in text for extension, name in found.directory)
    told = tool("pdfinfo", tmp_path / room_page.PDF)
    assert "Pages:           1\n" in told and "(A4)" in told
    assert (tmp_path / room_page.PDF).stat().st_size < 300_000
    fonts = tool("pdffonts", tmp_path / room_page.PDF).splitlines()[2:]
    assert fonts and all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)  # embedded, subset, readable


@pytest.mark.parametrize("slug", ["huyen-uy", "xa-1"])
def test_nothing_is_cut_off(tmp_path: Path, slug: str) -> None:
    """Ink stays within the margins and reaches them: the table, the box at the end."""
    written(tmp_path, of(neighbours(), slug))
    left, top, right, bottom = frame(tmp_path)
    assert 12 <= left <= 14 and 12 <= right <= 14, (left, right)
    assert 10 <= top <= 14 and bottom >= 10, (top, bottom)


def test_what_does_not_fit_is_refused_and_not_cut_off() -> None:
    hosts = neighbours()
    set_district(hosts, hubs=["huyen-uy"], contact="Tổ CNTT " * 400)
    with pytest.raises(DiemcauError, match=r"^Bha Lêê: the room's sheet does not fit on a page.*\n.*23 rooms"):
        room_page.printable(of(hosts, "xa-10"))


def test_letters_are_as_large_as_the_page_allows() -> None:
    assert f"font-size: {room_page.SIZES[0]}pt" in room_page.printable(of(small(), "dang"))[0]
    assert f"font-size: {room_page.SIZES[0]}pt" not in room_page.printable(of(neighbours(), "xa-1"))[0]


@pytest.mark.parametrize(
    ("slug", "ports"),
    [
        ("dang", ("cổng eth0 của bộ định tuyến", "cổng eth1 của bộ định tuyến")),
        ("ga-ry", ("cổng ether1 của bộ định tuyến", "một trong các cổng ether3, ether4, ether5 của bộ định tuyến")),
    ],
)
def test_each_platform_has_its_ports(slug: str, ports: tuple[str, ...]) -> None:
    found = of(small(), slug)
    assert [where for _, where in found.plugs if "bộ định tuyến" in where] == list(ports)
    shown = words(room_page.html(found, 11))
    assert all(f"{what} {where}" in shown for what, where in found.plugs)
    assert {"Tivi (dây HDMI)", "Máy quay (camera)"} < {what for what, _ in found.plugs}


def test_it_says_what_the_room_does() -> None:
    """Answers by itself or not, begins muted or not, goes dark or not: as the inventory asks."""
    hosts = small()
    usual = words(room_page.html(of(hosts, "ga-ry"), 11))
    assert "máy tự nhận. Micro đang tắt sẵn" in usual and "tự tắt sau 60 phút" in usual
    hosts["ga-ry-room"]["room"] = {"calls": {"mute_on_answer": False}, "sleep_minutes": 0}
    loud = words(room_page.html(of(hosts, "ga-ry"), 11))
    assert "máy tự nhận." in loud and "Micro đang tắt sẵn" not in loud and "tự tắt" not in loud
    hosts["ga-ry-room"]["room"] = {"calls": {"auto_answer": False}}
    by_hand = words(room_page.html(of(hosts, "ga-ry"), 11))
    assert "máy tự nhận" not in by_hand and "phím gọi màu xanh trên điều khiển để nhận" in by_hand


def test_a_hub_router_is_not_switched_off() -> None:
    """The meetings of all communes pass through it."""
    hosts = small()
    assert "Không tắt bộ định tuyến" in words(room_page.html(of(hosts, "ubnd"), 11))
    assert "Rút điện bộ định tuyến" not in words(room_page.html(of(hosts, "ubnd"), 11))
    assert "Rút điện bộ định tuyến" in words(room_page.html(of(hosts, "dang"), 11))


def test_whom_to_try_and_whom_to_call() -> None:
    hosts = small()
    assert of(hosts, "ga-ry").test == ("8001", "Huyen-Uy") and of(hosts, "huyen-uy").test == ("8002", "Ubnd")
    assert "gọi: ....." in words(room_page.html(of(hosts, "ga-ry"), 11))
    hosts["ga-ry-room"]["room"] = {"contact": "Anh Bríu <0905 1>"}
    set_district(hosts, contact="Tổ CNTT 0235 2")
    shown = words(room_page.html(of(hosts, "ga-ry"), 11))
    assert "gọi: Tổ CNTT 0235 2 Người phụ trách phòng này: Anh Bríu <0905 1>" in shown
    assert "<0905" not in room_page.html(of(hosts, "ga-ry"), 11)


def test_no_secret_is_on_the_page() -> None:
    hosts = small()
    hosts["ga-ry-room"]["serial_number"] = "82137790563346"
    html, pdf = room_page.printable(of(hosts, "ga-ry"))
    assert "secret" not in html and "***" not in html and "82137790563346" not in html
    assert b"secret" not in pdf
