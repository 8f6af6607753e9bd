"""The nodes of a twin that have a machine, that is processes of their own."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from twin import fabric, provider, rooms, router
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
    facts: dict[str, object]
    main: Callable[[int], int]  # runs inside; given the pipe on which to tell that it is ready
    ports: tuple[str, ...] = ()
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
    if circuits := provider.dhcp_circuits(district):
        text = provider.dnsmasq(circuits)
        nodes.append(Node(fabric.PROVIDER, "provider", {}, _plain(lambda: provider.main(text))))
    nodes.append(Node(fabric.CALL_SERVER, "call-server", {}, _call_server(district, state)))
    for site in district.sites:
        disk = state.node(site.router) / "disk"
        unit = Unit(site.router, site.platform, site.release, PORTS[site.platform], disk)
        facts: dict[str, object] = {"site": site.name, "platform": site.platform, "release": site.release}
        nodes.append(Node(unit.name, "router", facts, _router(unit, state, softwares[site.platform]), unit.ports))
    for site in district.sites:
        nodes.append(Node(site.room, "room", {"site": site.name}, _room(site, state), (rooms.PORT,)))
    return nodes


def _router(unit: Unit, state: State, software: Software) -> Callable[[int], int]:
    return lambda ready: router.main(unit, software, state.node(unit.name) / "console", ready)


def _room(site: Site, state: State) -> Callable[[int], int]:
    kept = state.node(site.room)
    unit = RoomUnit(site.room, site.room_mac, site.room_serial, site.room_model, kept / "disk")
    return lambda ready: rooms.main(unit, kept / "console", ready)


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
