"""Single values: what is read, and what is refused with which words."""

from __future__ import annotations

import pytest

from diemcau.inventory.formats import FORMATS, shown
from diemcau.inventory.validation import Options
from tests.unit.inventories import SPECS

GOOD = [
    ("mac", "64:16:7F:77:00:12", "64:16:7f:77:00:12"),
    ("mac", "64-16-7f-77-00-12", "64:16:7f:77:00:12"),
    ("district.supernet", "10.0.0.0/16", "10.0.0.0/16"),
    ("wan.circuits.address", "203.0.113.2/30", "203.0.113.2/30"),
    ("wan.circuits.address", "203.0.113.2/31", "203.0.113.2/31"),
    ("wan.circuits.address", "dhcp", "None"),
    ("wan.circuits.up_kbps", 64, "64"),
    ("wan.circuits.up_kbps", 10_000_000, "10000000"),
    ("site.number", 1, "1"),
    ("site.number", 249, "249"),
    ("site.name", "Ch'Ơm", "Ch'Ơm"),
    ("system.timezone", "Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh"),
    ("system.timezone", "Etc/GMT+7", "Etc/GMT+7"),
    ("ports.fibre", "sfp-sfpplus1", "sfp-sfpplus1"),
    ("firewall.allow.destination", "0.0.0.0/0", "0.0.0.0/0"),
]

BAD = [
    ("mac", "64:16:7f:77:00", "is no MAC address"),
    ("mac", "64:16:7f:77:00:12:13", "is no MAC address"),
    ("mac", "64:16:7f:77:00:1g", "is no MAC address"),
    ("mac", "65:16:7f:77:00:12", "is not the MAC address of one device"),
    ("mac", "00:00:00:00:00:00", "is not the MAC address of one device"),
    ("mac", "", "is no MAC address"),
    ("mac", "64:16:7f:77:00:12\n", "is no MAC address"),
    ("district.supernet", "10.77.0.0/24", "is no /16"),
    ("district.supernet", "10.77.1.0/16", "is an address inside of 10.77.0.0/16"),
    ("district.supernet", "10.77.0.0", "has no length"),
    ("district.supernet", "fd00::/16", "is no IPv4 prefix"),
    ("lan.prefix", "10.77.18.0/30", "is no size for a LAN"),
    ("lan.prefix", "10.77.0.0/255.255.0.0", "is an address inside of"),
    ("lan.room_address", "10.77.18.256", "is no IPv4 address"),
    ("lan.room_address", "224.0.0.1", "is not the address of one device"),
    ("lan.room_address", "0.0.0.0", "is not the address of one device"),
    ("wan.circuits.address", "203.0.113.2", "has no length"),
    ("wan.circuits.address", "203.0.113.0/30", "is the subnet itself"),
    ("wan.circuits.address", "203.0.113.3/30", "is the subnet itself"),
    ("wan.circuits.address", "DHCP please", "is no address with a length"),
    ("wan.circuits.up_kbps", 0, "0 is no rate"),
    ("wan.circuits.up_kbps", -5, "-5 is no rate"),
    ("wan.circuits.up_kbps", 10_000_001, "is no rate"),
    ("site.number", 0, "is no number for a site"),
    ("site.number", 250, "is no number for a site"),
    ("site.name", " ", "is no name"),
    ("site.name", "two\nlines", "is no name"),
    ("system.timezone", "Asia/Ho Chi Minh", "is no time zone"),
    ("system.hostname", "Ga-Ry", "is no host name"),
    ("system.hostname", "ga-ry-", "is no host name"),
    ("ports.fibre", "eth0; reboot", "is no name of a port"),
    ("firewall.allow.name", "room1", "is no name of an opening"),
    ("vpn.mtu", 1500, "is no MTU"),
    ("district.contact", " ", "is no name"),
]


@pytest.mark.parametrize(("name", "value", "expected"), GOOD)
def test_read(name: str, value: object, expected: str) -> None:
    assert str(FORMATS[name].read(value)) == expected


@pytest.mark.parametrize(("name", "value", "words"), BAD)
def test_refused(name: str, value: object, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        FORMATS[name].read(value)
    assert words in str(caught.value)


def leaves(options: Options, path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, option in options.items():
        here = f"{path}{name}"
        if option.get("options"):
            found |= leaves(option["options"], f"{here}.")
        else:
            found[here] = "choices" if "choices" in option else str(option.get("elements", option["type"]))
    return found


def test_every_format_belongs_to_an_option_and_every_option_has_one() -> None:
    options = leaves({**SPECS.router, **SPECS.room})
    without = {"platform", "release"}  # checked against what exists
    plain = {name for name, kind in options.items() if kind in ("choices", "bool")}
    assert set(FORMATS) == set(options) - without - plain


def test_long_text_is_cut() -> None:
    assert shown("x" * 100) == f'"{"x" * 37}…"'
    assert shown(5) == "5"
