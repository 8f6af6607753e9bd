"""What a VyOS configuration means for Linux; the texts are tried on the real daemons' own checks where these exist."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from twin.meaning import DhcpClient, FailoverRoute, Meaning
from twin.vyos.meaning import meaning_of
from twin.vyos.schema import locate, schema_for, value_problem
from twin.vyos.tree import Tree, put

KEY = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
PEER = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="

CONFIG = f"""
interfaces bridge br0 address 10.77.18.1/24
interfaces bridge br0 member interface eth1
interfaces ethernet eth0 address 198.51.100.10/30
interfaces ethernet eth2 address dhcp
interfaces ethernet eth2 dhcp-options default-route-distance 20
interfaces loopback lo address 10.77.255.18/32
interfaces wireguard wg0 address 10.77.250.18/24
interfaces wireguard wg0 ip adjust-mss 1380
interfaces wireguard wg0 mtu 1420
interfaces wireguard wg0 peer hub address 203.0.113.2
interfaces wireguard wg0 peer hub allowed-ips 10.77.0.0/16
interfaces wireguard wg0 peer hub persistent-keepalive 25
interfaces wireguard wg0 peer hub port 51820
interfaces wireguard wg0 peer hub public-key {PEER}
interfaces wireguard wg0 peer off allowed-ips 10.0.0.0/8
interfaces wireguard wg0 peer off disable
interfaces wireguard wg0 peer off public-key {KEY}
interfaces wireguard wg0 private-key {KEY}
firewall global-options state-policy established action accept
firewall global-options state-policy invalid action drop
firewall group interface-group WAN interface eth0
firewall group interface-group WAN interface eth2
firewall group network-group A-B.c+d network 10.77.0.0/16
firewall group port-group WEB port 80
firewall group port-group WEB port 8000-8080
firewall ipv4 input filter default-action drop
firewall ipv4 input filter rule 10 action accept
firewall ipv4 input filter rule 10 source group network-group A-B.c+d
firewall ipv4 input filter rule 9 action drop
firewall ipv4 input filter rule 9 inbound-interface group !WAN
firewall ipv4 input filter rule 9 destination port 22,100-200
firewall ipv4 input filter rule 9 protocol tcp_udp
firewall ipv4 input filter rule 9 state new
firewall ipv4 input filter rule 8 action accept
firewall ipv4 input filter rule 8 disable
firewall ipv4 forward filter rule 10 action jump
firewall ipv4 forward filter rule 10 jump-target ROOMS
firewall ipv4 name ROOMS default-action reject
firewall ipv4 name ROOMS rule 1 action accept
firewall ipv4 name ROOMS rule 1 destination group port-group WEB
firewall ipv4 name ROOMS rule 1 protocol tcp
firewall ipv4 name ROOMS rule 2 action accept
firewall ipv4 name ROOMS rule 2 icmp type-name echo-request
firewall ipv4 name ROOMS rule 2 limit rate 5/second
firewall ipv4 name ROOMS rule 2 protocol icmp
firewall ipv6 input filter default-action drop
firewall ipv6 input filter rule 1 action accept
firewall ipv6 input filter rule 1 source address !2001:db8::/32
nat source rule 100 outbound-interface group WAN
nat source rule 100 translation address masquerade
policy prefix-list OWN rule 10 action permit
policy prefix-list OWN rule 10 le 32
policy prefix-list OWN rule 10 prefix 10.77.18.0/24
policy route-map OUT rule 10 action permit
policy route-map OUT rule 10 match ip address prefix-list OWN
policy route-map OUT rule 20 action permit
policy route-map OUT rule 20 set community add 65018:1
protocols bgp address-family ipv4-unicast network 10.77.18.0/24
protocols bgp neighbor 10.77.250.1 address-family ipv4-unicast nexthop-self
protocols bgp neighbor 10.77.250.1 address-family ipv4-unicast route-map export OUT
protocols bgp neighbor 10.77.250.1 remote-as 65001
protocols bgp neighbor 10.77.250.1 timers holdtime 15
protocols bgp neighbor 10.77.250.1 timers keepalive 5
protocols bgp parameters router-id 10.77.255.18
protocols bgp system-as 65018
protocols static route 0.0.0.0/0 next-hop 198.51.100.9 distance 10
protocols static route 192.0.2.0/24 blackhole distance 250
service dhcp-server shared-network-name LAN authoritative
service ssh port 22
system host-name ga-ry
"""

FAILOVER = """\
protocols failover route 0.0.0.0/0 next-hop 198.51.100.9 interface eth0
protocols failover route 0.0.0.0/0 next-hop 198.51.100.9 metric 1
protocols failover route 0.0.0.0/0 next-hop 198.51.100.9 check target 198.51.100.9
protocols failover route 0.0.0.0/0 next-hop 198.51.100.9 check timeout 2
protocols failover route 192.0.2.0/24 next-hop 198.51.100.9 interface eth0
protocols failover route 192.0.2.0/24 next-hop 198.51.100.9 check target 192.0.2.1
"""

SUBNET = "service dhcp-server shared-network-name LAN subnet 10.77.18.0/24"
DHCP = {
    "1.4": ["default-router 10.77.18.1", "ntp-server 10.77.255.1", "static-mapping room mac-address 64:16:7F:00:00:12"],
    "1.5": ["option default-router 10.77.18.1", "option ntp-server 10.77.255.1", "subnet-id 1",
            "static-mapping room mac 64:16:7F:00:00:12"],
}  # fmt: skip
BOTH = ["lease 3600", "exclude 10.77.18.150", "range 0 start 10.77.18.100", "range 0 stop 10.77.18.199",
        "static-mapping room ip-address 10.77.18.20"]  # fmt: skip


def meaning(release: str, text: str = CONFIG) -> Meaning:
    schema = schema_for(release)
    tree: Tree = {}
    lines = [*text.split("\n"), *(f"{SUBNET} {line}" for line in [*DHCP[release], *BOTH])]
    for line in filter(None, lines):
        path = tuple(line.split())
        assert locate(schema, path)[0] is not None, line
        assert value_problem(schema, path) == "", line
        put(tree, path, schema)
    return meaning_of(tree, release)


@pytest.mark.parametrize("release", ["1.4", "1.5"])
def test_failover_routes(release: str) -> None:
    assert meaning(release).failover == ()
    assert meaning(release, CONFIG + FAILOVER).failover == (
        FailoverRoute("0.0.0.0/0", "198.51.100.9", "eth0", 1, ("198.51.100.9",), 2),
        FailoverRoute("192.0.2.0/24", "198.51.100.9", "eth0", 1, ("192.0.2.1",), 10),  # the device's own pace
    )


@pytest.mark.parametrize("release", ["1.4", "1.5"])
def test_dhcp_server(release: str) -> None:
    lines = meaning(release).dnsmasq.splitlines()
    assert {
        "interface=br0",
        "dhcp-authoritative",
        "dhcp-range=set:net1,10.77.18.100,10.77.18.149,255.255.255.0,3600",
        "dhcp-range=set:net1,10.77.18.151,10.77.18.199,255.255.255.0,3600",
        "dhcp-option=tag:net1,3,10.77.18.1",
        "dhcp-option=tag:net1,42,10.77.255.1",
        "dhcp-option=tag:net1,6",  # no name server is said, so none is given
        "dhcp-host=64:16:7f:00:00:12,10.77.18.20,room,3600",
    } <= set(lines)


def test_interfaces() -> None:
    found = meaning("1.4")
    links = {link.name: link for link in found.links}
    assert sorted(links) == ["br0", "eth0", "eth1", "eth2", "lo", "wg0"]
    assert (links["br0"].members, links["br0"].addresses) == (("eth1",), ("10.77.18.1/24",))
    assert links["eth2"].addresses == ()
    assert found.dhcp_clients == (DhcpClient("eth2", 20, True),)
    assert links["wg0"].wireguard == (
        f"[Interface]\nPrivateKey = {KEY}\n\n[Peer]\nPublicKey = {PEER}\nAllowedIPs = 10.77.0.0/16\n"
        "Endpoint = 203.0.113.2:51820\nPersistentKeepalive = 25\n"
    )
    assert (found.hostname, found.ssh_port) == ("ga-ry", 22)


def test_filter_keeps_the_order_of_rules() -> None:
    text = meaning("1.4").nft
    rule9 = (
        'ct state { new } iifname != @I_WAN meta l4proto { tcp, udp } th dport { 22, 100-200 } counter drop comment "9"'
    )
    rule10 = 'ip saddr @N_A_2dB_2ec_2bd counter accept comment "10"'
    assert text.index("jump VYOS_STATE_POLICY") < text.index(rule9) < text.index(rule10)
    assert 'comment "8"' not in text


def test_routing_turns_off_what_vyos_turns_off() -> None:
    lines = meaning("1.4").frr.splitlines()
    begin = lines.index("router bgp 65018")
    assert lines[begin + 1 : begin + 4] == [
        " no bgp ebgp-requires-policy",
        " no bgp default ipv4-unicast",
        " no bgp network import-check",
    ]
    assert "ip route 0.0.0.0/0 198.51.100.9 10" in lines
    assert "  neighbor 10.77.250.1 route-map OUT out" in lines


def test_nothing_configured_wants_no_daemon() -> None:
    empty = meaning_of({}, "1.4")
    assert (empty.frr, empty.nft, empty.dnsmasq, empty.time_clients, empty.ssh_port) == ("", "", "", (), None)


@pytest.mark.parametrize("release", ["1.4", "1.5"])
def test_the_time_is_told_to_the_clients_that_are_allowed(release: str) -> None:
    server = "service ntp server 203.0.113.129"
    assert meaning(release, f"{CONFIG}\n{server}").time_clients == ()
    allowed = f"{CONFIG}\n{server}\nservice ntp allow-client address 10.77.0.0/16"
    assert meaning(release, allowed).time_clients == ("10.77.0.0/16",)


def _tried(argv: list[str], text: str) -> None:
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{argv[0]} is not installed")
    result = subprocess.run(argv, input=text, capture_output=True, text=True, check=False, timeout=30)
    assert result.returncode == 0, result.stderr + result.stdout


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace of its own needs root")
def test_nft_takes_the_ruleset() -> None:
    _tried(["unshare", "--net", "nft", "-c", "-f", "-"], meaning("1.4").nft)


def test_frr_takes_its_configuration(tmp_path: Path) -> None:
    file = tmp_path / "frr.conf"
    file.write_text(meaning("1.4").frr)
    _tried(["vtysh", "-C", "-f", str(file)], "")


@pytest.mark.parametrize("release", ["1.4", "1.5"])
def test_dnsmasq_takes_its_configuration(release: str) -> None:
    _tried(["dnsmasq", "--test", "--conf-file=/dev/stdin"], meaning(release).dnsmasq)
