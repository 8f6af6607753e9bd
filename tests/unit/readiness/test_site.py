"""When a site is called ready, and what is said when it is not."""

from __future__ import annotations

from dataclasses import replace

from diemcau.platforms import Hop, Port, State
from diemcau.readiness.site import NO_ADDRESS, NO_LINK, UP, SiteState, assess
from tests.unit.platforms.routers import commune

ROUTER = commune("vyos", "1.4")
KEYS = [peer.public_key for tunnel in ROUTER.vpn.tunnels for peer in tunnel.peers]
NEIGHBORS = [neighbor.address for neighbor in ROUTER.routing.neighbors]
ROOM = ROUTER.lan.reservations[0]
HEALTHY = State(dict.fromkeys(KEYS, 30), {ROOM.mac: ROOM.address}, dict.fromkeys(NEIGHBORS, True))


def test_a_healthy_site_is_ready() -> None:
    found = assess(ROUTER, 17, ROOM.mac, HEALTHY)
    assert found.ready
    assert (found.tunnels_up, found.tunnels, found.room_address, found.reason) == (2, 2, ROOM.address, "")


def test_an_old_handshake_is_no_tunnel() -> None:
    found = assess(ROUTER, 17, ROOM.mac, State({KEYS[0]: 30, KEYS[1]: 181}, HEALTHY.leases, HEALTHY.neighbors))
    assert (found.ready, found.tunnels_up) == (False, 1)
    assert "đường hầm tới" in found.reason


def test_a_tunnel_that_never_was_up_is_none() -> None:
    assert assess(ROUTER, 17, ROOM.mac, State({}, HEALTHY.leases, HEALTHY.neighbors)).tunnels_up == 0


def test_a_silent_neighbour_and_a_room_without_address_are_both_named() -> None:
    found = assess(ROUTER, 17, ROOM.mac, State(HEALTHY.handshakes, {}, {NEIGHBORS[0]: True, NEIGHBORS[1]: False}))
    assert "BGP với" in found.reason
    assert "thiết bị phòng họp chưa có địa chỉ" in found.reason


def test_a_router_that_could_not_be_asked_gives_its_problem_alone() -> None:
    found = assess(ROUTER, 17, ROOM.mac, None, "không vào được")
    assert (found.ready, found.reason, found.tunnels_up) == (False, "không vào được", 0)


def test_a_room_with_another_address_than_its_own_is_not_ready() -> None:
    """A room that still has what a factory-new router lent it is seen by ARP, and cannot be called."""
    found = assess(ROUTER, 17, ROOM.mac, State(HEALTHY.handshakes, {ROOM.mac: "192.168.88.103"}, HEALTHY.neighbors))
    assert not found.ready
    assert f"đúng ra là {ROOM.address}" in found.reason


CIRCUIT = ROUTER.wan.circuits[0]
FIRST = ROUTER.routing.neighbors[0]


def found_with(**more: object) -> SiteState:
    return assess(ROUTER, 17, ROOM.mac, replace(HEALTHY, **more))  # type: ignore[arg-type]


def test_the_path_in_use_is_the_circuit_of_the_default_route() -> None:
    routes = {"0.0.0.0/0": Hop("198.51.100.1", CIRCUIT.interface), "10.77.1.0/24": Hop(FIRST.address, "wg0")}
    found = found_with(routes=routes)
    assert (found.path, found.hub) == (CIRCUIT.name, FIRST.name)
    assert found_with(routes={}).path == found_with(routes={}).hub == ""


def test_the_hub_is_the_one_that_most_routes_lead_to() -> None:
    second = ROUTER.routing.neighbors[1]
    routes = {"10.77.1.0/24": Hop(FIRST.address, "wg0"), "10.77.2.0/24": Hop(second.address, "wg1")}
    assert found_with(routes=routes).hub == FIRST.name  # of equals the preferred one
    assert found_with(routes={**routes, "10.77.18.0/24": Hop(second.address, "wg1")}).hub == second.name


def test_a_backup_circuit_is_seen_while_the_first_one_works() -> None:
    first, backup = ROUTER.wan.circuits
    ports = {first.interface: Port(True, True), backup.interface: Port(False, True)}
    assert found_with(ports=ports).circuits == {first.name: UP, backup.name: NO_LINK}
    ports[backup.interface] = Port(link=True, address=False)
    assert found_with(ports=ports).circuits[backup.name] == NO_ADDRESS


def test_each_tunnels_age_and_session_is_kept_by_the_other_ends_name() -> None:
    found = found_with(handshakes={KEYS[0]: 30}, neighbors={NEIGHBORS[0]: True}, clock_ahead=-7.0)
    assert sorted(found.ages.values(), key=str) == [30, None]
    assert sorted(found.sessions.values()) == [False, True]
    assert (found.clock_ahead, found.answered) == (-7.0, True)
    assert not assess(ROUTER, 17, ROOM.mac, None, "không vào được").answered
