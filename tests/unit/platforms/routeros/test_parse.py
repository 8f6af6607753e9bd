"""Exports as RouterOS prints them, to the model."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.errors import Unexpected
from diemcau.intent import SECTIONS
from diemcau.platforms.routeros.parse import parse, seconds
from diemcau.platforms.routeros.render import render
from diemcau.platforms.routeros.words import quoted, split
from diemcau.redaction import Secret, joined
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
    assert parse("/interface wireguard peers add name=x allowed-address=10.1.0.0/16,10.2.0.0/16\n") == parse(
        "/interface wireguard peers add name=x allowed-address=10.2.0.0/16,10.1.0.0/16\n"
    )


@pytest.mark.parametrize("release", ["7.18", "7.22"])
@pytest.mark.parametrize("make", [hub, commune])
def test_every_rendered_statement_is_read(make: object, release: str) -> None:
    text = joined(render(make("routeros", release), SECTIONS).values()).reveal()  # type: ignore[operator]
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


def folded(terse: str, width: int) -> str:
    """A terse export in blocks, long lines folded: between words, and inside of quoted text where it has to be."""
    out, menu = [], ""
    for line in terse.splitlines():
        words = split(line)
        at = next(i for i, word in enumerate(words) if word in ("add", "set"))
        if menu != (menu := " ".join(words[:at])):
            out.append(menu)
        rest, indent = " ".join(words[at:]), ""
        while len(indent) + len(rest) > width:
            cut = width - len(indent) - 1
            while rest[cut] == " " or "\\" in rest[cut - 3 : cut]:  # a blank would be lost, an escape broken
                cut -= 1
            out.append(f"{indent}{rest[:cut]}\\")
            rest, indent = rest[cut:], "    "
        out.append(indent + rest)
    return "\r\n".join(out)


@given(st.integers(24, 100))
def test_a_folded_export_is_the_terse_one(width: int) -> None:
    terse = joined(render(commune("routeros", "7.22"), SECTIONS).values()).reveal()
    assert parse(folded(terse, width)) == parse(terse)


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@given(TEXTS, TEXTS, st.integers(40, 90))
def test_any_text_survives_quoting_and_folding(comment: str, name: str, width: int) -> None:
    line = f"/interface wireguard add comment={quoted(comment)} name={quoted(name)} private-key={quoted('k' + name)}"
    entry = {"comment": comment, "name": name, "private-key": Secret("k" + name)}
    wanted = {key: value for key, value in entry.items() if key != "comment" or value}
    assert parse(line).entries["/interface wireguard"] == [wanted]
    assert parse(folded(line, width)).entries["/interface wireguard"] == [wanted]


def test_entries_that_are_named_by_position_or_by_what_they_are() -> None:
    text = textwrap.dedent("""\
        /system logging
        set 0 action=disk
        set [ find default=yes ] prefix="a ] b"
        /system logging action
        set 3 remote=10.0.0.1
    """)
    assert parse(text).settings == {
        ("/system logging", "0"): {"action": "disk"},
        ("/system logging", "find default=yes"): {"prefix": "a ] b"},
        ("/system logging action", "3"): {"remote": "10.0.0.1"},
    }


def test_what_is_not_ours_may_say_what_it_likes() -> None:
    """Spellings that no section knows are kept and never complained about."""
    text = """\
/tool netwatch add host=10.0.0.1 interval=500ms
/interface bridge add name=true comment=false
/routing bgp connection add name=x hold-time=infinity
/system script add name=x source="line 1\\r\\nline \\\"2\\\" \\\\"
"""
    model = parse(text)
    assert model.entries["/tool netwatch"] == [{"host": "10.0.0.1", "interval": "500ms"}]
    assert model.entries["/interface bridge"] == [{"name": "true", "comment": "false"}]
    assert model.entries["/routing bgp connection"][0]["hold-time"] == "infinity"
    assert model.entries["/system script"][0]["source"] == 'line 1\r\nline "2" \\'


def test_a_default_that_is_asked_for_is_no_difference() -> None:
    """Whatever way the time is spelled."""
    for text in ("", " lease-time=30m", " lease-time=1800s", " lease-time=00:30:00", ' comment=""'):
        assert parse(f"/ip dhcp-server add name=x interface=lan{text}") == parse(
            "/ip dhcp-server add name=x interface=lan"
        )


@pytest.mark.parametrize(
    "line",
    [
        '/ppp secret frob name=x password="a\\" hunter2"',
        "hunter2hunter2hunter2X password",
        '/user add "hunter2',
        '/user add password="\\qhunter2"',
        "aHVudGVyMg== hunter2",
    ],
)
def test_no_part_of_a_secret_is_in_a_message(line: str) -> None:
    with pytest.raises(Unexpected) as caught:
        parse(line)
    for part in ("hunter2", "aHVud", "\\q"):
        assert part not in str(caught.value)


def test_a_rate_is_a_number_however_it_is_written() -> None:
    with_units = parse("/queue tree add name=a parent=wg0 limit-at=192k max-limit=10M")
    assert parse("/queue tree add name=a parent=wg0 limit-at=192000 max-limit=10000k priority=8") == with_units
    assert parse("/queue tree add name=a parent=wg0 limit-at=193k max-limit=10M") != with_units


def test_a_kind_of_queue_is_exported_without_what_it_has_by_default() -> None:
    asked, exported = ("/queue type add name=a kind=pfifo" + more for more in (" pfifo-limit=50", ""))
    assert parse(asked) == parse(exported) != parse("/queue type add name=a kind=pfifo pfifo-limit=100")
