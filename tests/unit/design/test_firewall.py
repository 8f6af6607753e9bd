"""The firewall: what each packet meets, judged by a small reader of the neutral rules."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from diemcau.design.district import District
from diemcau.intent import Router, Rule
from tests.unit.inventories import district, one_hub, set_district, small

CONTROL, HUB, OTHER_HUB = "10.77.1.10", "10.77.255.1", "10.77.255.2"
GA_RY_ROOM, DANG_ROOM, HUB_ROOM = "10.77.18.20", "10.77.17.20", "10.77.1.20"
INTERNET = "192.0.2.10"


@dataclass(frozen=True)
class Packet:
    """The first packet of a connection, unless ``state`` says otherwise. Directions are names of interface groups."""

    came: str
    source: str
    destination: str = "10.77.255.18"
    protocol: str = "tcp"
    port: int = 22
    goes: str = ""
    state: str = "new"


def passes(router: Router, packet: Packet) -> bool:
    """What the first rule that matches says; what no rule matches is dropped."""
    rules = router.firewall.forward if packet.goes else router.firewall.input
    return next((rule.action == "accept" for rule in rules if matches(router, rule, packet)), False)


def matches(router: Router, rule: Rule, packet: Packet) -> bool:
    members = {group.name: group.members for group in router.firewall.prefix_groups}

    def inside(group: str | None, address: str) -> bool:
        return group is None or any(ip_address(address) in ip_network(member) for member in members[group])

    return (
        (not rule.states or packet.state in rule.states)
        and rule.in_group in (None, packet.came)
        and rule.out_group in (None, packet.goes)
        and inside(rule.source_group, packet.source)
        and inside(rule.destination_group, packet.destination)
        and rule.protocol in (None, packet.protocol)
        and (not rule.ports or packet.port in rule.ports)
    )


@pytest.fixture(scope="module")
def routers() -> dict[str, Router]:
    return district(small()).routers


ALL = ("huyen-uy-router", "ubnd-router", "dang-router", "ga-ry-router")
COMMUNES = ("dang-router", "ga-ry-router")


@pytest.mark.parametrize("host", ALL)
@pytest.mark.parametrize("source", [INTERNET, CONTROL, HUB, "203.0.113.6", "10.77.250.18"])
@pytest.mark.parametrize(
    ("protocol", "port"), [("tcp", 22), ("tcp", 179), ("icmp", 0), ("udp", 123), ("udp", 67), ("tcp", 443)]
)
def test_nothing_from_the_provider_not_even_with_one_of_our_addresses(
    routers: dict[str, Router], host: str, source: str, protocol: str, port: int
) -> None:  # fmt: skip
    assert not passes(routers[host], Packet("WAN", source, protocol=protocol, port=port))


@pytest.mark.parametrize("host", ALL)
@pytest.mark.parametrize("goes", ["LAN", "TUNNELS", "WAN"])
def test_nothing_from_the_provider_passes_through(routers: dict[str, Router], host: str, goes: str) -> None:
    for source in (INTERNET, CONTROL, GA_RY_ROOM):
        assert not passes(routers[host], Packet("WAN", source, DANG_ROOM, goes=goes))


@pytest.mark.parametrize("host", ALL)
@pytest.mark.parametrize("came", ["LAN", "TUNNELS"])
def test_nothing_leaves_to_the_provider(routers: dict[str, Router], host: str, came: str) -> None:
    for source in (GA_RY_ROOM, DANG_ROOM, HUB_ROOM, CONTROL):
        for destination in (INTERNET, DANG_ROOM):
            assert not passes(routers[host], Packet(came, source, destination, goes="WAN"))


@pytest.mark.parametrize("host", ALL)
def test_an_established_connection_does_not_go_on_in_clear_when_its_tunnel_is_gone(
    routers: dict[str, Router], host: str
) -> None:
    for came in ("LAN", "TUNNELS"):
        assert not passes(routers[host], Packet(came, GA_RY_ROOM, DANG_ROOM, goes="WAN", state="established"))
        assert passes(routers[host], Packet(came, GA_RY_ROOM, DANG_ROOM, goes="TUNNELS", state="established"))


def test_the_tunnel_ports_are_open_on_hubs_and_nowhere_else(routers: dict[str, Router]) -> None:
    for host in ALL:
        hub = host not in COMMUNES
        assert passes(routers[host], Packet("WAN", INTERNET, protocol="udp", port=51820)) is hub
        assert not passes(routers[host], Packet("WAN", INTERNET, protocol="udp", port=51821))
    assert passes(routers["huyen-uy-router"], Packet("WAN", "203.0.113.10", protocol="udp", port=51821))
    assert not passes(routers["huyen-uy-router"], Packet("WAN", "203.0.113.6", protocol="udp", port=51821))


@pytest.mark.parametrize("host", ALL)
def test_ssh_only_from_the_control_machine_and_the_hubs(routers: dict[str, Router], host: str) -> None:
    for source in (CONTROL, HUB, OTHER_HUB):
        assert passes(routers[host], Packet("TUNNELS", source))
    for source in (GA_RY_ROOM, HUB_ROOM, "10.77.255.17", "10.77.250.17", INTERNET):
        assert not passes(routers[host], Packet("TUNNELS", source))
        assert not passes(routers[host], Packet("LAN", source))
    at_control = host == "huyen-uy-router"
    assert passes(routers[host], Packet("LAN", CONTROL)) is at_control
    assert not passes(routers[host], Packet("LAN", HUB))


def test_bgp_only_from_the_other_ends(routers: dict[str, Router]) -> None:
    bgp: dict[str, Any] = {"protocol": "tcp", "port": 179}
    assert passes(routers["ga-ry-router"], Packet("TUNNELS", "10.77.250.1", **bgp))
    assert passes(routers["ga-ry-router"], Packet("TUNNELS", "10.77.251.2", **bgp))
    assert not passes(routers["ga-ry-router"], Packet("TUNNELS", "10.77.250.17", **bgp))
    assert passes(routers["ubnd-router"], Packet("TUNNELS", "10.77.251.18", **bgp))
    assert passes(routers["ubnd-router"], Packet("TUNNELS", "10.77.252.1", **bgp))
    for host in ALL:
        assert not passes(routers[host], Packet("LAN", GA_RY_ROOM, **bgp))
        assert not passes(routers[host], Packet("TUNNELS", GA_RY_ROOM, **bgp))


def test_what_a_room_gets_from_its_router(routers: dict[str, Router]) -> None:
    router = routers["ga-ry-router"]
    assert passes(router, Packet("LAN", "0.0.0.0", "255.255.255.255", "udp", 67))
    assert passes(router, Packet("LAN", GA_RY_ROOM, protocol="icmp"))
    assert not passes(router, Packet("LAN", DANG_ROOM, protocol="icmp"))
    for port in (22, 53, 80, 123, 161, 443):
        for protocol in ("tcp", "udp"):
            assert not passes(router, Packet("LAN", GA_RY_ROOM, protocol=protocol, port=port))


def test_time_comes_from_the_hubs(routers: dict[str, Router]) -> None:
    for host in ALL:
        hub = host not in COMMUNES
        assert passes(routers[host], Packet("TUNNELS", GA_RY_ROOM, protocol="udp", port=123)) is hub
    assert passes(routers["huyen-uy-router"], Packet("LAN", HUB_ROOM, protocol="udp", port=123))


def test_rooms_reach_rooms(routers: dict[str, Router]) -> None:
    any_port: dict[str, Any] = {"protocol": "udp", "port": 50000}
    assert passes(routers["ga-ry-router"], Packet("LAN", GA_RY_ROOM, DANG_ROOM, goes="TUNNELS", **any_port))
    assert passes(routers["huyen-uy-router"], Packet("TUNNELS", GA_RY_ROOM, DANG_ROOM, goes="TUNNELS", **any_port))
    assert passes(routers["dang-router"], Packet("TUNNELS", GA_RY_ROOM, DANG_ROOM, goes="LAN", **any_port))
    assert passes(routers["huyen-uy-router"], Packet("TUNNELS", GA_RY_ROOM, HUB_ROOM, goes="LAN", **any_port))
    assert passes(routers["huyen-uy-router"], Packet("LAN", HUB_ROOM, DANG_ROOM, goes="TUNNELS", **any_port))


def test_a_room_cannot_borrow_another_address(routers: dict[str, Router]) -> None:
    for host in ("ga-ry-router", "ubnd-router"):
        for source in (CONTROL, HUB_ROOM, DANG_ROOM, INTERNET):
            assert not passes(routers[host], Packet("LAN", source, DANG_ROOM, goes="TUNNELS"))


def test_a_commune_is_no_way_for_others(routers: dict[str, Router]) -> None:
    for host in COMMUNES:
        assert not passes(routers[host], Packet("TUNNELS", HUB_ROOM, "10.77.2.20", goes="TUNNELS"))


def test_the_control_machine_reaches_all_and_only_the_log_reaches_it(routers: dict[str, Router]) -> None:
    hub = routers["huyen-uy-router"]
    for destination in (GA_RY_ROOM, "10.77.255.18", OTHER_HUB):
        assert passes(hub, Packet("LAN", CONTROL, destination, goes="TUNNELS"))
    assert passes(routers["ubnd-router"], Packet("TUNNELS", CONTROL, "10.77.255.18", goes="TUNNELS"))
    assert passes(routers["ga-ry-router"], Packet("TUNNELS", CONTROL, GA_RY_ROOM, goes="LAN"))
    for source, log in (("10.77.255.18", True), ("10.77.250.18", True), (GA_RY_ROOM, False)):
        assert passes(hub, Packet("TUNNELS", source, CONTROL, "udp", 514, goes="LAN")) is log
        assert not passes(hub, Packet("TUNNELS", source, CONTROL, "tcp", 22, goes="LAN"))
        assert not passes(hub, Packet("TUNNELS", source, CONTROL, "icmp", 0, goes="LAN"))
    assert passes(hub, Packet("TUNNELS", GA_RY_ROOM, CONTROL, goes="LAN", state="established"))


def allowed(*entries: dict[str, Any], host: str = "ga-ry-router", **values: Any) -> dict[str, Router]:
    hosts = set_district(small(), **values)
    hosts[host]["firewall"] = {"allow": list(entries)}
    return district(hosts).routers


def test_an_opening_to_the_provider() -> None:
    entry = {"name": "weather", "destination": "192.0.2.0/24", "protocol": "tcp", "ports": [443]}
    routers = allowed(entry)
    router = routers["ga-ry-router"]
    assert router.firewall.masquerade
    assert passes(router, Packet("LAN", GA_RY_ROOM, INTERNET, "tcp", 443, goes="WAN"))
    assert not passes(router, Packet("LAN", GA_RY_ROOM, INTERNET, "tcp", 80, goes="WAN"))
    assert not passes(router, Packet("LAN", GA_RY_ROOM, "198.51.100.1", "tcp", 443, goes="WAN"))
    assert not passes(router, Packet("TUNNELS", DANG_ROOM, INTERNET, "tcp", 443, goes="WAN"))
    assert not passes(router, Packet("LAN", GA_RY_ROOM, INTERNET, "tcp", 443, goes="WAN", state="invalid"))
    assert not routers["dang-router"].firewall.masquerade


def test_an_opening_to_everything_keeps_the_district_inside() -> None:
    """When the tunnels are down, the default route must not carry the district's packets out in clear."""
    router = allowed({"name": "all", "destination": "0.0.0.0/0", "source": "10.77.18.20/32"})["ga-ry-router"]
    assert passes(router, Packet("LAN", GA_RY_ROOM, INTERNET, goes="WAN"))
    assert not passes(router, Packet("LAN", "10.77.18.150", INTERNET, goes="WAN"))
    assert not passes(router, Packet("LAN", GA_RY_ROOM, DANG_ROOM, goes="WAN"))


def test_an_opening_to_the_control_machine() -> None:
    entry = {"name": "updates", "destination": "10.77.1.10/32", "protocol": "tcp", "ports": [443]}
    router = allowed(entry, host="huyen-uy-router")["huyen-uy-router"]
    assert not router.firewall.masquerade
    assert passes(router, Packet("TUNNELS", GA_RY_ROOM, CONTROL, "tcp", 443, goes="LAN"))
    assert not passes(router, Packet("TUNNELS", GA_RY_ROOM, CONTROL, "tcp", 22, goes="LAN"))


def test_a_call_server_of_the_province() -> None:
    routers = allowed(call_server="198.51.100.200")
    for host, source in (("ga-ry-router", GA_RY_ROOM), ("huyen-uy-router", HUB_ROOM)):
        assert routers[host].firewall.masquerade
        assert passes(routers[host], Packet("LAN", source, "198.51.100.200", "udp", 5060, goes="WAN"))
        assert not passes(routers[host], Packet("LAN", source, INTERNET, "udp", 5060, goes="WAN"))


def everywhere() -> list[District]:
    hosts = small()
    hosts["ga-ry-router"]["firewall"] = {"allow": [{"name": "all", "destination": "0.0.0.0/0"}]}
    return [district(hosts), district(one_hub(3))]


def test_names_are_unique_and_every_group_that_a_rule_names_exists_and_is_used() -> None:
    for found in everywhere():
        for router in found.routers.values():
            firewall = router.firewall
            used: set[str | None] = {None}
            for chain in (firewall.input, firewall.forward):
                assert len({rule.name for rule in chain}) == len(chain)
                used |= {name for rule in chain for name in (rule.source_group, rule.destination_group)}
            assert {group.name for group in firewall.prefix_groups} == used - {None}
            assert {group.name for group in firewall.interface_groups} == {"WAN", "LAN", "TUNNELS"}


def test_a_new_commune_changes_no_other_communes_firewall() -> None:
    few, many = district(one_hub(3)), district(one_hub(4))
    for host in ("xa-0-router", "xa-1-router", "xa-2-router", "huyen-uy-router"):
        assert few.routers[host].firewall == many.routers[host].firewall
