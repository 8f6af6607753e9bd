"""The nodes of a twin that have a machine, that is processes of their own."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from twin import fabric, provider, rooms, router, units
from twin.callserver import server as callserver
from twin.device import Unit
from twin.district import PORTS, District, Site
from twin.polycom.device import RoomUnit
from twin.router import Software
from twin.state import State


@dataclass
class Node:
    name: str
    kind: str  # "router", "room", "provider", "call-server"
    facts: Mapping[str, object]
    main: Callable[[int], int]  # runs inside; given the pipe on which to tell that it is ready
    pid: int | None = None  # of the machine's first process
    powered: bool = False
    ready: bool = False
    restart_at: float | None = None  # monotonic seconds
    failure: str | None = None
    waiting: list[socket.socket] = field(default_factory=list)  # who asked for power and waits for the boot

    def public(self) -> dict[str, object]:
        """What the command line is told."""
        return {
            "name": self.name,
            "kind": self.kind,
            **self.facts,
            "power": "on" if self.powered else "off",
            "ready": self.ready,
            "pid": self.pid,
        }


def of(district: District, state: State, softwares: Mapping[str, Software]) -> list[Node]:
    """All nodes with a machine: the provider and the call server first, then routers, then rooms."""
    nodes = []
    if provider.dhcp_circuits(district):
        nodes.append(the_provider(district))
    nodes.append(Node(fabric.CALL_SERVER, "call-server", {}, _call_server(district, state)))
    nodes += [of_site(site, site.router, state, softwares) for site in district.sites]
    nodes += [of_site(site, site.room, state, softwares) for site in district.sites]
    return nodes


def the_provider(district: District) -> Node:
    """The provider's DHCP server, which knows its customers by their routers' ports."""
    text = provider.dnsmasq(provider.dhcp_circuits(district))
    return Node(fabric.PROVIDER, "provider", {}, _plain(lambda: provider.main(text)))


def of_site(site: Site, name: str, state: State, softwares: Mapping[str, Software]) -> Node:
    """A site's router or room, with the unit that stands there."""
    return _room(site, state) if name == site.room else _router(site, state, softwares[site.platform])


def _router(site: Site, state: State, software: Software) -> Node:
    kept = state.node(site.router)
    unit = Unit(site.router, site.platform, site.release, PORTS[site.platform], kept / units.DISK, site.router_unit)
    facts = {"site": site.name, "platform": site.platform, "release": site.release, "unit": site.router_unit}
    return Node(unit.name, "router", facts, lambda ready: router.main(unit, software, kept / "console", ready))


def _room(site: Site, state: State) -> Node:
    kept = state.node(site.room)
    unit = RoomUnit(site.room, site.room_mac, site.room_serial, site.room_model, kept / units.DISK)
    facts = {"site": site.name, "mac": site.room_mac, "unit": site.room_unit}
    return Node(unit.name, "room", facts, lambda ready: rooms.main(unit, kept / "console", ready))


def _call_server(district: District, state: State) -> Callable[[int], int]:
    kept = state.node(fabric.CALL_SERVER)
    return lambda ready: callserver.main(str(district.call_server), kept / "disk", kept / "console", ready)


def _plain(become: Callable[[], int]) -> Callable[[int], int]:
    """A machine that is ready as soon as it runs."""

    def main(ready: int) -> int:
        os.write(ready, b"\n")
        os.close(ready)
        return become()

    return main
