"""The technician's sheet: what to plug where, how to import the file, whom to call; no secrets."""

from __future__ import annotations

import html
import re

import pytest

from diemcau import platforms
from diemcau.design.district import District
from diemcau.reports import install_sheet
from diemcau.reports.install_sheet import Sheet
from tests.unit.inventories import Hosts, district, set_district, site, small


def of(hosts: Hosts, slug: str) -> Sheet:
    return made(district(hosts), slug)


def made(found: District, slug: str) -> Sheet:
    router = found.routers[f"{slug}-router"]
    return install_sheet.make(found, router, platforms.load(router.platform).EXTENSION)


def words(page: str) -> str:
    """A page's text as people see it."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.partition("<body>")[2])).split())


@pytest.mark.parametrize(
    ("slug", "ports", "commands"),
    [
        (
            "dang",
            ("cổng eth0 của bộ định tuyến", "cổng eth1 của bộ định tuyến"),
            ("lsblk", "sudo mount /dev/sdb1 /mnt", 'sg vyattacfg -c "vbash /mnt/dang-router.vyos"', "ls /mnt"),
        ),
        (
            "ga-ry",
            ("cổng ether1 của bộ định tuyến", "một trong các cổng ether3, ether4, ether5 của bộ định tuyến"),
            ("/file print", "/import usb1/ga-ry-router.rsc"),
        ),
    ],
)
def test_each_platform_has_its_ports_and_its_way_to_import(
    slug: str, ports: tuple[str, ...], commands: tuple[str, ...]
) -> None:
    found = of(small(), slug)
    assert [where for _, where in found.plugs] == [*ports, "cổng HDMI ra màn hình 1 của Polycom"]
    assert [line for line, command in found.stick if command] == list(commands)
    page, shown = words(install_sheet.printable(found)), "\n".join(install_sheet.text(found))
    for text in (*ports, *commands, found.file, found.extension, found.mac):
        assert text in page and text in shown, text
    assert page.count("Bước ") == 3


def test_every_platform_has_a_sheet() -> None:
    for name in platforms.names():
        hosts = small()
        site(hosts, "za-hung", 21, platform=name)
        set_district(hosts)
        assert any(command and "za-hung-router" in line for line, command in of(hosts, "za-hung").stick)


def test_names_are_text_and_not_markup() -> None:
    hosts = small()
    for host in ("ga-ry-router", "ga-ry-room"):
        hosts[host]["site"]["name"] = "Ch'Ơm <xã> & bản"
    set_district(hosts, contact="Ông <Bríu> 0235")
    page = install_sheet.printable(of(hosts, "ga-ry"))
    assert "Ch&#39;Ơm &lt;xã&gt; &amp; bản" in page and "Ông &lt;Bríu&gt; 0235" in page
    assert "<xã>" not in page and "<Bríu>" not in page
    assert any("Ch'Ơm <xã> & bản" in line for line in install_sheet.text(of(hosts, "ga-ry")))


def test_every_line_has_its_name_and_its_port() -> None:
    hosts = small()
    circuits = [
        {"name": "fibre", "up_kbps": 2000, "down_kbps": 4000},
        {"name": "lte", "up_kbps": 1000, "down_kbps": 2000},
        {"name": "radio", "up_kbps": 1000, "down_kbps": 2000, "port": "ether6"},
    ]
    for host in ("ga-ry-router", "ga-ry-room"):
        hosts[host]["wan"]["circuits"] = circuits
    found = of(hosts, "ga-ry")
    assert found.plugs[:3] == (
        ("Đường cáp quang của nhà mạng", "cổng ether1 của bộ định tuyến"),
        ("Đường 4G của nhà mạng", "cổng ether2 của bộ định tuyến"),
        ("Đường radio của nhà mạng", "cổng ether6 của bộ định tuyến"),
    )
    assert "ether1, ether2, ether6" in words(install_sheet.printable(found))


def test_whom_to_call() -> None:
    hosts = small()
    assert f"gọi: {install_sheet.TO_FILL_IN}" in words(install_sheet.printable(of(hosts, "ga-ry")))
    hosts["ubnd-room"]["room"] = {"contact": "Văn phòng 0235 1"}
    hosts["dang-room"]["room"] = {"contact": "of no hub"}
    assert of(hosts, "ga-ry").contact == "Văn phòng 0235 1"
    set_district(hosts, contact="Tổ CNTT 0235 2")
    assert "gọi: Tổ CNTT 0235 2" in words(install_sheet.printable(of(hosts, "ga-ry")))
    assert install_sheet.text(of(hosts, "ga-ry"))[-1] == "  Cần giúp, gọi: Tổ CNTT 0235 2"


def test_the_room_as_it_appears_on_the_screen() -> None:
    hosts = small()
    hosts["ga-ry-room"] |= {
        "model": "RealPresence Group 500",
        "room": {"system_name": "Hội trường Ga Ry", "extension": "8118"},
        "serial_number": "82137790563346",
    }
    found = of(hosts, "ga-ry")
    page = words(install_sheet.printable(found))
    assert "Polycom RealPresence Group 500" in page and "Hội trường Ga Ry" in page and "8118" in page
    assert "82137790563346" not in page  # the factory password


def test_no_secret_is_on_the_sheet() -> None:
    for slug in ("dang", "ga-ry", "ubnd"):
        found = of(small(), slug)
        for text in (install_sheet.printable(found), "\n".join(install_sheet.text(found))):
            assert "secret" not in text and "***" not in text and "KEY" not in text
