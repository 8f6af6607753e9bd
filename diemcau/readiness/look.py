"""What was found of one site, and what is the same for all: what a verdict is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from diemcau import naming
from diemcau.endpoints import RoomState
from diemcau.readiness.line import Measured
from diemcau.readiness.site import SiteState


@dataclass(frozen=True)
class Look:
    """One site, as this run found it."""

    site: str
    name: str
    number: int
    is_hub: bool
    router: SiteState | None  # None: it was not asked
    room: RoomState | None
    line: Measured | None
    circuits: Sequence[str] = ()  # as the inventory has them, the preferred one first
    drift: Mapping[str, int] = field(default_factory=dict)  # host -> statements that would change it
    problems: Mapping[str, str] = field(default_factory=dict)  # host -> why something of it could not be found out
    backup_days: int | None = None  # since the router's last backup; None = there is none
    seen_ago: int | None = None  # seconds since a hub last heard of it; None = no hub could tell

    @property
    def router_host(self) -> str:
        return naming.router_host(self.site)

    @property
    def room_host(self) -> str:
        return naming.room_host(self.site)


@dataclass(frozen=True)
class Around:
    """What concerns more than one site."""

    hubs: tuple[str, ...]  # sites, the preferred one first
    names: Mapping[str, str]  # site -> its name for people
    control_site: str
    call_server: str  # address
    offered: tuple[int, ...] = ()  # rates of calls that endpoints offer, in kbit/s
    silent_hubs: frozenset[str] = frozenset()  # hubs whose routers do not answer
    call_server_silent: bool = False  # no room that could be asked is registered, or reaches it


def around(
    looks: Sequence[Look],
    hubs: tuple[str, ...],
    names: Mapping[str, str],
    control_site: str,
    call_server: str,
    offered: Sequence[int],
) -> Around:
    """What the looks at all sites say together."""
    silent = {look.site for look in looks if look.is_hub and look.router is not None and not look.router.answered}
    asked = [look.room for look in looks if look.room is not None and look.room.answered and look.room.sip_wanted]
    return Around(
        hubs=hubs,
        names=names,
        control_site=control_site,
        call_server=call_server,
        offered=tuple(offered),
        silent_hubs=frozenset(silent),
        call_server_silent=len(asked) > 1 and not any(_served(room) for room in asked),
    )


def _served(room: RoomState) -> bool:
    """Whether a room has a call server: it is registered, and reaches it still as far as it can tell."""
    return room.registered and room.server_answers is not False
