"""Which section owns what."""

from __future__ import annotations

import pytest

from diemcau.intent import SECTIONS
from diemcau.platforms.routeros.parse import parse
from diemcau.platforms.routeros.render import render
from diemcau.platforms.routeros.sections import owner
from tests.unit.platforms.routers import commune, hub


@pytest.mark.parametrize("release", ["7.18", "7.22"])
@pytest.mark.parametrize("make", [hub, commune])
def test_each_section_owns_what_its_template_renders(make: object, release: str) -> None:
    for section, text in render(make("routeros", release), SECTIONS).items():  # type: ignore[operator]
        model = parse(text)
        owners = {owner(menu, entry) for menu, entries in model.entries.items() for entry in entries}
        assert owners | {owner(menu, {}) for menu, _ in model.settings} == {section}


@pytest.mark.parametrize(
    ("interface", "section"), [("lo", "routing"), ("wg1", "vpn"), ("ether1", "wan"), ("lan", "lan"), ("bridge", "lan")]
)
def test_addresses_belong_to_the_section_of_their_interface(interface: str, section: str) -> None:
    assert owner("/ip address", {"interface": interface}) == section


@pytest.mark.parametrize(
    ("entry", "section"),
    [({"action": "change-mss"}, "vpn"), ({"action": "mark-packet"}, "qos"), ({}, "qos")],
)
def test_two_sections_share_the_menu_of_marks(entry: dict[str, str], section: str) -> None:
    assert owner("/ip firewall mangle", dict(entry)) == section


def test_an_address_list_belongs_to_who_names_it() -> None:
    owners = [owner("/ip firewall address-list", {"list": name}) for name in ("announced", "marking", "MANAGEMENT")]
    assert owners == ["routing", "qos", "firewall"]


def test_what_nobody_owns() -> None:
    assert owner("/queue simple", {"name": "x"}) is None
