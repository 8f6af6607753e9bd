"""Whether a site is ready: what its router says, against what the inventory asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from diemcau.intent import Circuit, Router
from diemcau.platforms import HANDSHAKE_LIMIT, Hop, State

UP, NO_LINK, NO_ADDRESS = "up", "no link", "no address"  # a circuit as its router sees it
DEFAULT = "0.0.0.0/0"


@dataclass(frozen=True)
class SiteState:
    site: str
    name: str
    number: int  # of the site: rows are in this order
    platform: str  # with the release: "routeros 7.18"
    tunnels: int
    tunnels_up: int
    neighbors: int
    neighbors_up: int
    room_address: str  # "" = the room has no address
    ready: bool
    reason: str  # in Vietnamese, for the district's staff; "" when ready
    answered: bool = True  # whether the router could be asked
    ages: dict[str, int | None] = field(default_factory=dict)  # other end -> seconds since the handshake; None = never
    sessions: dict[str, bool] = field(default_factory=dict)  # BGP neighbour -> established
    path: str = ""  # the circuit in use: "fibre"; "" = none
    hub: str = ""  # the hub through which a commune reaches the others; "" = none, or a hub itself
    circuits: dict[str, str] = field(default_factory=dict)  # circuit -> UP, NO_LINK or NO_ADDRESS
    clock_ahead: float = 0.0  # seconds

    @property
    def complete(self) -> bool:
        """Ready, and every tunnel of a hub up as well."""
        return self.ready and self.tunnels_up == self.tunnels and self.neighbors_up == self.neighbors

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def assess(router: Router, number: int, room_mac: str, state: State | None, problem: str = "") -> SiteState:
    """Judge one site. ``state`` None: the router could not be asked, ``problem`` says why."""
    peers = {peer.public_key: peer.name for tunnel in router.vpn.tunnels for peer in tunnel.peers}
    neighbors = {neighbor.address: neighbor.name for neighbor in router.routing.neighbors}
    state = state or State({}, {}, {})
    dead = [name for key, name in peers.items() if state.handshakes.get(key, HANDSHAKE_LIMIT) >= HANDSHAKE_LIMIT]
    silent = [name for address, name in neighbors.items() if not state.neighbors.get(address)]
    room = state.leases.get(room_mac, "")
    reserved = next((host.address for host in router.lan.reservations if host.mac == room_mac), "")
    reasons = [problem] if problem else []
    if not problem:
        # A hub is ready when any commune reaches it: the communes that do not are named in their own rows.
        if not router.is_hub or len(dead) == len(peers):
            reasons += [f"đường hầm tới {', '.join(sorted(dead))} chưa thông"] * bool(dead)
        if not router.is_hub or len(silent) == len(neighbors):
            reasons += [f"BGP với {', '.join(sorted(silent))} chưa thông"] * bool(silent)
        if not room:
            reasons.append("thiết bị phòng họp chưa có địa chỉ")
        elif room != reserved:
            reasons.append(f"thiết bị phòng họp có địa chỉ lạ, đúng ra là {reserved}")
    return SiteState(
        site=router.site,
        name=router.display_name,
        number=number,
        platform=f"{router.platform} {router.release}",
        tunnels=len(peers),
        tunnels_up=len(peers) - len(dead),
        neighbors=len(neighbors),
        neighbors_up=len(neighbors) - len(silent),
        room_address=room,
        ready=not reasons,
        reason="; ".join(reasons),
        answered=not problem,
        ages={name: state.handshakes.get(key) for key, name in peers.items()},
        sessions={name: state.neighbors.get(address, False) for address, name in neighbors.items()},
        path=_path(router, state),
        hub="" if router.is_hub else _carrier(neighbors, state.routes),
        circuits={} if problem else {circuit.name: _circuit(circuit, state) for circuit in router.wan.circuits},
        clock_ahead=state.clock_ahead,
    )


def _path(router: Router, state: State) -> str:
    """The circuit that the default route takes; "" when there is none."""
    hop = state.routes.get(DEFAULT)
    return next((c.name for c in router.wan.circuits if hop is not None and c.interface == hop.interface), "")


def _circuit(circuit: Circuit, state: State) -> str:
    port = state.ports.get(circuit.interface)
    if port is None or not port.link:
        return NO_LINK
    return UP if port.address else NO_ADDRESS


def _carrier(neighbors: Mapping[str, str], routes: Mapping[str, Hop]) -> str:
    """The neighbour that most routes lead to: each hub's own LAN is reached directly whatever else is chosen."""
    counts = dict.fromkeys(neighbors, 0)
    for hop in routes.values():
        if hop.gateway in counts:
            counts[hop.gateway] += 1
    best = max(counts, key=lambda address: counts[address], default="")  # of equals the first: the preferred hub
    return neighbors[best] if best and counts[best] else ""
