"""Statements for the wire and for people."""

from __future__ import annotations

from diemcau.platforms.routeros.menus import ENTRIES
from diemcau.platforms.routeros.statements import make, place, selector
from diemcau.redaction import Secret, reveal


def test_a_statement_with_a_secret_is_secret_and_shown_masked() -> None:
    statement = make("/user", "add", "system", values={"name": "x", "password": Secret("hunter2")})
    assert isinstance(statement.text, Secret)
    assert reveal(statement.text) == "/user add name=x password=hunter2"
    assert statement.shown == "/user add name=x password=***"


def test_a_selector_names_defaults_too() -> None:
    menu = ENTRIES["/system logging"]
    assert selector(menu, {"action": "district"}) == '[find topics="info" action="district"]'
    assert make("/system logging", "remove", "system", selector(menu, {"action": "a", "topics": "error"})).text == (
        '/system logging remove [find topics="error" action="a"]'
    )


def test_a_flag_is_found_by_its_bare_name_and_a_host_by_what_print_shows() -> None:
    blackhole = {"dst-address": "10.77.0.0/16", "blackhole": "yes"}
    assert selector(ENTRIES["/ip route"], blackhole) == (
        '[find dynamic=no dst-address="10.77.0.0/16" blackhole routing-table="main"]'
    )
    loopback = {"address": "10.77.255.16", "interface": "lo"}
    assert selector(ENTRIES["/ip address"], loopback) == '[find address="10.77.255.16/32" interface="lo"]'


def test_what_goes_without_a_default_is_unset() -> None:
    assert make("/ip route", "set", "wan", "[find]", {"distance": "2"}, ["pref-src"]).text == (
        "/ip route set [find] distance=2 !pref-src"
    )


def test_places_are_counted_among_what_is_configured() -> None:
    assert place(ENTRIES["/ip firewall filter"], 3) == "[:pick [find dynamic=no] 3]"
    assert place(ENTRIES["/routing filter rule"], 0) == "[:pick [find] 0]"
