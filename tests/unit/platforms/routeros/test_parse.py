"""Exports as RouterOS prints them, to the model."""

from __future__ import annotations

import pytest

from diemcau.errors import Unexpected
from diemcau.intent import SECTIONS
from diemcau.platforms.routeros.parse import parse, seconds
from diemcau.platforms.routeros.render import render
from diemcau.redaction import Secret
from tests.unit.platforms.routers import commune, hub

EXPORT = """\
# 2026-11-22 10:00:00 by RouterOS 7.18.2
# software id = ABCD-1234
#
/interface bridge
add admin-mac=AA:BB:CC:00:00:01 auto-mac=no comment=defconf name=bridge
/interface wireguard
add listen-port=13231 mtu=1420 name=wg0 private-key="aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd28="
/ip firewall filter
add action=accept chain=input comment=\\
    "defconf: accept established,related,untracked" connection-state=\\
    established,related,untracked
add action=drop chain=input comment="all else"
/routing bgp connection
add as=65018 local.address=10.77.250.18 .role=ebgp name=huyen-uy remote.address=\\
    10.77.250.1 .as=65001
/ip service
set telnet disabled=yes
set ssh address=10.77.1.10/32
/ip route
add blackhole dst-address=10.77.0.0/16
/system identity
set name=ga-ry-router
/interface ethernet
set [ find default-name=ether1 ] comment=uplink
"""


def test_an_export_in_blocks_with_folded_lines() -> None:
    model = parse(EXPORT)
    first = model.entries["/ip firewall filter"][0]
    assert first["comment"] == "defconf: accept established,related,untracked"
    assert first["connection-state"] == "established,related,untracked"
    assert model.entries["/ip firewall filter"][1]["action"] == "drop"
    assert model.settings["/ip service", "telnet"] == {"disabled": "yes"}
    assert model.settings["/system identity", ""] == {"name": "ga-ry-router"}
    assert model.settings["/interface ethernet", "find default-name=ether1"] == {"comment": "uplink"}
    assert model.entries["/ip route"] == [{"blackhole": "yes", "dst-address": "10.77.0.0/16"}]


def test_shortened_arguments_get_their_family_back() -> None:
    (connection,) = parse(EXPORT).entries["/routing bgp connection"]
    assert connection["local.role"] == "ebgp"
    assert connection["remote.as"] == "65001"


def test_secrets_are_wrapped_and_never_shown() -> None:
    key = parse(EXPORT).entries["/interface wireguard"][0]["private-key"]
    assert isinstance(key, Secret)
    assert "aGVsbG8" not in repr(parse(EXPORT))


def test_defaults_spellings_and_orders_make_no_difference() -> None:
    plain = "/ip dhcp-server add name=room interface=lan lease-time=1d disabled=no\n"
    other = "/ip/dhcp-server/add interface=lan disabled=false lease-time=24h name=room\n"
    assert parse(plain) == parse(other)
    assert parse("/ip address add address=10.0.0.1/32 interface=lo network=10.0.0.1\n") == parse(
        "/ip address add interface=lo address=10.0.0.1\n"
    )


@pytest.mark.parametrize("release", ["7.18", "7.22"])
@pytest.mark.parametrize("make", [hub, commune])
def test_every_rendered_statement_is_read(make: object, release: str) -> None:
    text = "".join(render(make("routeros", release), SECTIONS).values())  # type: ignore[operator]
    model = parse(text)
    added = sum(len(entries) for entries in model.entries.values())
    assert added == sum(" add " in line for line in text.splitlines())
    assert model.settings["/ip service", "telnet"] == {"disabled": "yes"}
    assert model.settings["/system clock", ""]["time-zone-name"] == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    "line",
    ["/ip address frobnicate x=1", "hello there", "/ip address add address", '/user add name="x password=hunter2'],
)
def test_what_is_no_statement_is_refused_with_its_line_and_masked(line: str) -> None:
    with pytest.raises(Unexpected, match="line 2 is no statement") as caught:
        parse(f"# comment\n{line}\n")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"), [("25", 25), ("25s", 25), ("1m30s", 90), ("1d", 86400), ("1w2d", 777600), ("00:10:00", 600)]
)
def test_time_intervals(text: str, value: int) -> None:
    assert seconds(text) == value
