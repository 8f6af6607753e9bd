from __future__ import annotations

import re

import pytest

from diemcau.intent import SECTIONS
from diemcau.platforms import Statement
from diemcau.platforms.routeros import parse, plan, render, takes_away, way_in
from diemcau.redaction import joined
from tests.unit.platforms.routers import commune

WHOLE = joined(render(commune("routeros", "7.18"), SECTIONS).values()).reveal()


def statement(text: str, section: str) -> Statement:
    return Statement(text, text, section)


@pytest.mark.parametrize(
    ("text", "section", "expected"),
    [
        ('/ip firewall filter add chain=input action=drop comment="chain=forward"', "firewall", True),
        ("/ip firewall filter add chain=forward action=accept", "firewall", False),
        ('/ip firewall filter remove [find dynamic=no chain="forward" comment="lan-in"]', "firewall", False),
        ('/ip firewall filter remove [find dynamic=no chain="input" comment="ssh"]', "firewall", True),
        ("/ip firewall filter remove [:pick [find dynamic=no] 3]", "firewall", True),
        ("/ip firewall address-list add list=MANAGEMENT address=10.77.1.10", "firewall", True),
        ('/ip firewall address-list remove [find dynamic=no list="PEERS" address="1.2.3.4/32"]', "firewall", True),
        ("/ip firewall address-list add list=ALLOW-PRINTER-TO address=198.51.100.9", "firewall", False),
        ("/interface list member add list=TUNNELS interface=wg0", "firewall", True),
        ("/ip firewall nat add chain=srcnat action=masquerade", "firewall", False),
        ("/ip service set ssh address=10.77.1.10/32", "system", True),
        ("/user add name=diemcau group=full password=***", "system", True),
        ("/user ssh-keys remove [:pick [find] 0]", "system", True),
        ("/system identity set name=a", "system", False),
        ("/queue tree add name=wg0 parent=wg0 max-limit=8k", "qos", True),
        ('/queue tree set [find name="wg0"] max-limit=8k', "qos", True),
        ("/ip firewall mangle add chain=forward action=change-dscp new-dscp=0 dscp=!0", "qos", False),
        ("/ip firewall mangle add chain=postrouting action=mark-packet new-packet-mark=a", "qos", True),
        ("/ip firewall address-list add list=marking address=10.77.18.20", "qos", False),
    ],
)
def test_who_gets_in(text: str, section: str, expected: bool) -> None:
    assert way_in(statement(text, section)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/interface wireguard peers add interface=wg0 name=a", False),
        ('/interface wireguard set [find name="wg0"] mtu=1400', True),
        ('/interface wireguard peers remove [find interface="wg0" name="a"]', True),
        ('/ip address set [find address="1.2.3.4/24"] comment=" add "', True),
        ("/ip firewall filter add chain=forward action=drop comment=a", True),
        ("/ip firewall filter add chain=forward action=accept comment=a", False),
        ("/queue tree add name=wg0 parent=wg0 max-limit=1431k", True),
        ("/queue tree add name=wg0-voice parent=wg0 packet-mark=wg0-voice max-limit=160k", False),
        ('/queue tree set [find name="wg0-voice"] max-limit=100k', True),
    ],
)
def test_what_a_call_may_use(text: str, expected: bool) -> None:
    assert takes_away(statement(text, "vpn")) is expected


@pytest.mark.parametrize("chain", ["input", "forward"])
def test_a_rule_that_is_written_anew_is_seen_as_what_it_is(chain: str) -> None:
    """Both statements, as the planner writes them."""
    before = re.sub(rf"(filter add chain={chain} action=accept .*comment=)established", r"\1old", WHOLE)
    statements = plan(parse(before), parse(WHOLE), SECTIONS).statements
    assert len(statements) == 2
    assert [way_in(found) for found in statements] == [chain == "input"] * 2
    assert [takes_away(found) for found in statements] == [False, True]
