from __future__ import annotations

import pytest

from diemcau.platforms import Statement
from diemcau.platforms.vyos import takes_away, way_in


def statement(text: str, section: str) -> Statement:
    return Statement(text, text, section)


@pytest.mark.parametrize(
    ("text", "section", "expected"),
    [
        ("set firewall ipv4 input filter rule 40 action accept", "firewall", True),
        ("delete firewall ipv4 input", "firewall", True),
        ("delete firewall", "firewall", True),
        ("delete firewall ipv4", "firewall", True),
        ("set firewall group network-group MANAGEMENT network 10.77.1.10/32", "firewall", True),
        ("set firewall group interface-group TUNNELS interface wg0", "firewall", True),
        ("set firewall ipv4 forward filter rule 40 action accept", "firewall", False),
        ("delete firewall ipv4 forward", "firewall", False),
        ("set firewall group network-group ALLOW-PRINTER-TO network 198.51.100.9/32", "firewall", False),
        ("set firewall ipv4 forwarding input", "firewall", True),
        ("set nat source rule 100 description masquerade", "firewall", False),
        ("set service ssh port 22", "system", True),
        ("delete system login user diemcau authentication public-keys key-1", "system", True),
        ("set system host-name a", "system", False),
        ("set service sshd port 22", "system", False),
        ("delete service ssh", "system", True),
        ("set qos policy shaper OUT-wg0 class 40 ceiling 8kbit", "qos", True),
        ("delete qos", "qos", True),
        ("set policy route MARKS rule 1000 set dscp 0", "qos", False),
        ("set policy route MARKS rule 1000 action drop", "qos", True),
        ("set policy route OTHER rule 10 action return", "qos", True),
    ],
)
def test_who_gets_in(text: str, section: str, expected: bool) -> None:
    assert way_in(statement(text, section)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("delete interfaces wireguard wg0 mtu", True),
        ("set interfaces wireguard wg0 mtu 1400", False),
        ("set firewall ipv4 forward filter rule 30 action drop", True),
        ("set firewall ipv4 forward filter rule 30 action accept", False),
        ("set qos interface eth0 egress OUT-eth0", True),
        ("set qos policy shaper OUT-wg0 class 211 ceiling 160kbit", False),
        ("delete qos policy shaper OUT-wg0 class 211", True),
    ],
)
def test_what_a_call_may_use(text: str, expected: bool) -> None:
    assert takes_away(statement(text, "vpn")) is expected
