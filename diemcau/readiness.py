"""Whether a site is ready: what its router says, against what the inventory asks for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from diemcau.intent import Router
from diemcau.platforms import State

# WireGuard makes a new handshake every 120 s while there is traffic and drops a session after 180 s
# (WireGuard white paper, section 6.1); keepalives make sure that there is traffic.
HANDSHAKE_LIMIT = 180


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
    )
