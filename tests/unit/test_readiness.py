"""When a site is called ready, and what is said when it is not."""

from __future__ import annotations

from diemcau.platforms import State
from diemcau.readiness import assess
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
