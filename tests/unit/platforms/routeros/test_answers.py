"""What the console prints, as data."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from diemcau.errors import Unexpected
from diemcau.platforms import Hop, Port
from diemcau.platforms.routeros import answers

PEERS = """\
 0     interface=wg0 name=huyen-uy public-key=AAAA= private-key="" last-handshake=1m2s
 1 X   interface=wg1 name=ubnd public-key=BBBB= last-handshake=never
"""
SESSIONS = """\
 0 E   name=huyen-uy-1 remote.address=10.77.250.1 .as=65001 uptime=3m
 1     name=ubnd-1 remote.address=10.77.251.2 .as=65002
"""
LEASES = """\
 0     comment=room address=10.77.18.20 mac-address=64:16:7F:77:00:12 status=bound active-address=10.77.18.20 \
active-mac-address=64:16:7F:77:00:12
 1     address=10.77.18.30 mac-address=64:16:7F:77:00:13 status=waiting
"""
ARP = """\
 0 DC  address=10.77.18.40 mac-address=64:16:7F:77:00:14 interface=lan status=stale
 1 D   address=10.77.18.41 interface=lan status=failed
 2 D   address=10.77.18.42 interface=lan mac-address=64:16:7F:77:00:15 status=failed
"""


def test_state() -> None:
    assert answers.handshakes(PEERS) == {"AAAA=": 62}
    assert answers.neighbors(SESSIONS) == {"10.77.250.1": True, "10.77.251.2": False}
    assert answers.leases(LEASES, ARP) == {"64:16:7f:77:00:12": "10.77.18.20", "64:16:7f:77:00:14": "10.77.18.40"}


INTERFACES = """\
 0 R   name=ether1 default-name=ether1 type=ether mtu=1500 actual-mtu=1500 mac-address=48:A9:8A:00:00:01 link-downs=0
 1     name=ether2 default-name=ether2 type=ether mtu=1500 actual-mtu=1500 mac-address=48:A9:8A:00:00:02 link-downs=3
 2 RS  name=ether3 default-name=ether3 type=ether mtu=1500 actual-mtu=1500 mac-address=48:A9:8A:00:00:03 link-downs=0
 3 R   name=wg0 type=wg mtu=1420 actual-mtu=1420
"""
ADDRESSES = """\
 0     comment=fibre address=198.51.100.6/30 interface=ether1
 1 X   address=192.0.2.1/24 interface=ether3
 2 D   address=100.64.1.2/24 interface=ether2
"""
ROUTES = """\
 0 As  dst-address=0.0.0.0/0 immediate-gw=198.51.100.5%ether1
   DAc dst-address=10.77.11.0/24 immediate-gw=lan
   DAb dst-address=10.77.1.0/24 immediate-gw=10.77.250.1%wg0
   DAb dst-address=10.77.2.0/24 immediate-gw=10.77.251.2%wg1,10.77.250.1%wg0
 1 As  dst-address=10.77.0.0/16
"""


def test_a_port_without_a_link_is_not_running() -> None:
    ports = answers.ports(INTERFACES, ADDRESSES)
    assert ports["ether1"] == Port(link=True, address=True)
    assert ports["ether2"] == Port(link=False, address=True)
    assert ports["ether3"] == Port(link=True, address=False)  # its address is disabled


def test_routes_lead_to_a_gateway_or_to_an_interface() -> None:
    """A route that nobody configured has no number; a blackhole leads nowhere."""
    assert answers.routes(ROUTES) == {
        "0.0.0.0/0": Hop("198.51.100.5", "ether1"),
        "10.77.11.0/24": Hop("", "lan"),
        "10.77.1.0/24": Hop("10.77.250.1", "wg0"),
        "10.77.2.0/24": Hop("10.77.251.2", "wg1"),
    }


def test_the_clock_is_read_in_its_own_zone() -> None:
    printed = (
        "                  time: 06:06:09\n                  date: 2026-11-25\n  time-zone-autodetect: yes\n"
        "        time-zone-name: Asia/Ho_Chi_Minh\n            gmt-offset: +07:00\n            dst-active: no\n"
    )
    assert answers.clock(printed) == datetime(2026, 11, 24, 23, 6, 9, tzinfo=UTC).timestamp()
    with pytest.raises(Unexpected, match="clock cannot be read"):
        answers.clock("  time: 06:06:09\n")


def test_release() -> None:
    assert answers.release("  uptime: 1d\n  version: 7.18.2 (stable)\n") == "7.18"
    with pytest.raises(Unexpected):
        answers.release("bad command name")


@pytest.mark.parametrize("owner", ["key-owner", "info"])
def test_configuration_has_users_and_keys_and_no_revert_timer(owner: str) -> None:
    text = answers.configuration(
        "# by RouterOS\n/system scheduler add name=diemcau-revert-deadline on-event=x\n/system identity set name=a\n",
        " 0     name=diemcau group=full address= last-logged-in=x\n",
        f" 0     user=diemcau bits=256 {owner}=diemcau-1\n",
    )
    assert text.splitlines() == [
        "/system identity set name=a",
        "/user add name=diemcau group=full",
        "/user ssh-keys add user=diemcau key-owner=diemcau-1",
    ]


def test_the_entries_of_a_revert_timer_are_counted() -> None:
    ours = "/system scheduler add name=diemcau-revert-startup on-event=x\n"
    assert answers.timers(ours) == 1
    assert answers.timers(f"/system scheduler add name=nightly on-event=x\n{ours}{ours}") == 2
    assert answers.timers("/system scheduler add name=nightly on-event=x\n") == 0


def test_values_with_blanks_end_where_the_next_argument_begins() -> None:
    printed = " 0 X   comment=system default user name=the guest group=read address= last-logged-in=\n"
    assert answers.entries(printed) == [
        (
            "X",
            {
                "comment": "system default user",
                "name": "the guest",
                "group": "read",
                "address": "",
                "last-logged-in": "",
            },
        )
    ]
    text = answers.configuration("", printed, "")
    assert text == '/user add name="the guest" group=read comment="system default user"\n'


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ('#error exporting "/ip/firewall/filter" (timeout)', False),
        ("#error exporting /ip firewall", False),
        ("#interrupted", False),
        ('#error exporting "/system/routerboard/mode-button"', True),
        ("# wg0 not ready", True),
    ],
)
def test_a_menu_that_is_missing_from_an_export_is_noticed(line: str, whole: bool) -> None:
    export = f"# by RouterOS 7.18\n{line}\n/system identity set name=x\n"
    if whole:
        answers.complete(export)
    else:
        with pytest.raises(Unexpected, match="incomplete"):
            answers.complete(export)
