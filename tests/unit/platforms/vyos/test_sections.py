from __future__ import annotations

import pytest

from diemcau.intent import SECTIONS
from diemcau.platforms.vyos import parse
from diemcau.platforms.vyos.sections import ROOTS, neutral, owner, unmanaged


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("system host-name a", "system"),
        ("service snmp listen-address 10.0.0.1", "system"),
        ("service dhcp-server shared-network-name LAN authoritative", "lan"),
        ("interfaces ethernet eth0 address dhcp", "wan"),
        ("interfaces ethernet eth0 vif 5 address 10.0.0.1/24", "wan"),
        ("interfaces ethernet eth0 hw-id 0c:00:00:00:00:01", None),
        ("interfaces ethernet eth0 offload gro", None),
        ("interfaces ethernet eth0", None),
        ("interfaces bridge br0 address 10.0.0.1/24", "lan"),
        ("interfaces wireguard wg0 mtu 1420", "vpn"),
        ("interfaces loopback lo address 10.0.0.1/32", "routing"),
        ("interfaces loopback lo", None),
        ("policy route-map A rule 10 action permit", "routing"),
        ("protocols ospf area 0 network 10.0.0.0/8", None),
        ("firewall ipv4 input filter default-action drop", "firewall"),
        ("nat destination rule 10 translation address 10.0.0.1", "firewall"),
        ("system conntrack modules sip", "firewall"),
        ("qos policy shaper A bandwidth 1mbit", "qos"),
        ("qos interface eth0 egress A", "qos"),
        ("policy route A interface br0", "qos"),
        ("policy route6 A interface br0", "routing"),
        ("system console device ttyS0 speed 115200", None),
    ],
)
def test_owner(path: str, section: str | None) -> None:
    assert owner(tuple(path.split())) == section


def test_every_section_owns_something() -> None:
    assert set(ROOTS.values()) == set(SECTIONS)


def test_only_an_empty_plaintext_password_is_neutral() -> None:
    (empty,) = parse("set system login user vyos authentication plaintext-password ''")
    (full,) = parse("set system login user vyos authentication plaintext-password 'x'")
    assert (neutral(empty), neutral(full)) == (True, False)


def test_what_no_section_owns_is_reported_briefly_and_without_secrets() -> None:
    model = parse(
        """
        set interfaces ethernet eth0 hw-id '0c:00:00:00:00:01'
        set interfaces loopback lo
        set system console device ttyS0 speed '115200'
        set protocols ospf area 0 network '10.0.0.0/8'
        set protocols ospf area 0 network '10.1.0.0/16'
        set interfaces openvpn vtun0 mode 'server'
        set vpn ipsec authentication psk x secret 'hidden'
        set system host-name 'a'
        """
    )
    assert unmanaged(model) == ("interfaces openvpn vtun0", "protocols ospf area", "vpn ipsec")
