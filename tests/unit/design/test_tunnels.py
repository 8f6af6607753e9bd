"""Peers and neighbours: both ends of each tunnel fit each other, and nobody is trusted with more than his own."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network

import pytest

from diemcau.design.district import District
from tests.unit.inventories import district, one_hub, small

SUPERNET = "10.77.0.0/16"


@pytest.fixture(scope="module")
def two() -> District:
    return district(small())


def test_a_commune_has_a_tunnel_to_each_hub(two: District) -> None:
    first, second = two.routers["ga-ry-router"].vpn.tunnels
    assert (first.interface, first.address, first.listen_port) == ("wg0", "10.77.250.18/24", None)
    assert (second.interface, second.address, second.listen_port) == ("wg1", "10.77.251.18/24", None)
    (peer,) = first.peers
    assert (peer.name, peer.endpoint, peer.endpoint_port) == ("huyen-uy", "203.0.113.6", 51820)
    assert (peer.allowed_ips, peer.persistent_keepalive) == ((SUPERNET,), 25)
    assert second.peers[0].endpoint == "203.0.113.10"


def test_a_hub_has_one_interface_for_all_communes_and_one_for_the_other_hub(two: District) -> None:
    communes, hub = two.routers["ubnd-router"].vpn.tunnels
    assert (communes.interface, communes.address, communes.listen_port) == ("wg0", "10.77.251.2/24", 51820)
    assert [(peer.name, peer.endpoint, peer.persistent_keepalive) for peer in communes.peers] == [
        ("dang", None, None),
        ("ga-ry", None, None),
    ]
    assert communes.peers[1].allowed_ips == ("10.77.251.18/32", "10.77.18.0/24", "10.77.255.18/32")
    assert (hub.interface, hub.address, hub.listen_port) == ("wg1", "10.77.252.2/24", 51821)
    assert (hub.peers[0].name, hub.peers[0].endpoint, hub.peers[0].endpoint_port) == ("huyen-uy", "203.0.113.6", 51821)


def test_both_ends_of_each_tunnel_fit(two: District) -> None:
    """Addresses in one network, and each end's key is the one that the other end expects."""
    for router in two.routers.values():
        for tunnel in router.vpn.tunnels:
            for peer in tunnel.peers:
                other = two.routers[f"{peer.name}-router"]
                (back,) = [
                    (t, p)
                    for t in other.vpn.tunnels
                    for p in t.peers
                    if p.name == router.site and ip_interface(t.address).network == ip_interface(tunnel.address).network
                ]
                # Placeholders name their owner.
                assert tunnel.private_key.reveal().replace("secret", "public") == back[1].public_key
                if peer.endpoint:
                    assert back[0].listen_port == peer.endpoint_port


def test_the_hubs_allowed_prefixes_overlap_nowhere(two: District) -> None:
    """WireGuard gives a prefix to one peer only: the last one would silently take it from the others."""
    for hub in ("huyen-uy-router", "ubnd-router"):
        nets = [ip_network(a) for peer in two.routers[hub].vpn.tunnels[0].peers for a in peer.allowed_ips]
        assert not any(a.overlaps(b) for i, a in enumerate(nets) for b in nets[i + 1 :])


def test_both_ends_of_each_session_fit(two: District) -> None:
    for router in two.routers.values():
        for neighbor in router.routing.neighbors:
            other = two.routers[f"{neighbor.name}-router"].routing
            (back,) = [
                n
                for n in other.neighbors
                if n.local_address == neighbor.address and n.address == neighbor.local_address
            ]
            assert (back.asn, neighbor.asn) == (router.routing.asn, other.asn)
            assert back.passive != neighbor.passive  # opened by one end, which never closes the other's


def test_hubs_open_the_sessions(two: District) -> None:
    opened = {
        host: [neighbor.name for neighbor in router.routing.neighbors if not neighbor.passive]
        for host, router in two.routers.items()
    }
    assert opened == {
        "huyen-uy-router": ["dang", "ga-ry", "ubnd"],
        "ubnd-router": ["dang", "ga-ry"],
        "dang-router": [],
        "ga-ry-router": [],
    }


def test_a_hub_accepts_from_a_commune_exactly_what_it_announces(two: District) -> None:
    for hub in ("huyen-uy-router", "ubnd-router"):
        for neighbor in two.routers[hub].routing.neighbors:
            other = two.routers[f"{neighbor.name}-router"]
            assert neighbor.accept == (() if other.is_hub else other.routing.announce)
    assert two.routers["ga-ry-router"].routing.announce == ("10.77.18.0/24", "10.77.255.18/32")


def test_only_hubs_pass_routes_on_and_only_the_second_makes_them_longer(two: District) -> None:
    found = {
        host: (router.routing.transit, {neighbor.prepend for neighbor in router.routing.neighbors})
        for host, router in two.routers.items()
    }
    assert found == {
        "huyen-uy-router": (True, {0}),
        "ubnd-router": (True, {1}),
        "dang-router": (False, {0}),
        "ga-ry-router": (False, {0}),
    }


def test_with_one_hub_there_is_one_tunnel_and_no_session_between_hubs() -> None:
    found = district(one_hub(22))
    hub = found.routers["huyen-uy-router"]
    assert [tunnel.interface for tunnel in hub.vpn.tunnels] == ["wg0"]
    assert len(hub.vpn.tunnels[0].peers) == len(hub.routing.neighbors) == 22
    assert all(len(r.vpn.tunnels) == 1 for r in found.routers.values())


def test_settings_reach_the_tunnels() -> None:
    hosts = small()
    hosts["ga-ry-router"]["vpn"] = {"mtu": 1400, "keepalive": 10}
    hosts["huyen-uy-router"]["vpn"] = {"listen_port": 443, "hub_port": 444, "endpoint": "198.51.100.200"}
    hosts["dang-router"]["routing"] = {"hold_time": 30, "keepalive_time": 10}
    found = district(hosts)
    tunnel = found.routers["ga-ry-router"].vpn.tunnels[0]
    assert (tunnel.mtu, tunnel.mss) == (1400, 1360)
    peer = tunnel.peers[0]
    assert (peer.endpoint, peer.endpoint_port, peer.persistent_keepalive) == ("198.51.100.200", 443, 10)
    assert [t.listen_port for t in found.routers["huyen-uy-router"].vpn.tunnels] == [443, 444]
    assert found.routers["ubnd-router"].vpn.tunnels[1].peers[0].endpoint_port == 444
    assert found.routers["dang-router"].routing.hold_time == 30
