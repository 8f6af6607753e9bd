"""The nodes of a twin that have a machine, that is processes of their own."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from twin import fabric, provider, rooms, router
from twin.device import Unit
from twin.district import PORTS, District
from twin.router import Software
from twin.state import State


@dataclass
class Node:
    name: str
    kind: str  # "router", "room", "provider"
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
    """All nodes with a machine: the provider first, then routers, then rooms."""
    nodes = []
    if circuits := provider.dhcp_circuits(district):
        text = provider.dnsmasq(circuits)
        nodes.append(Node(fabric.PROVIDER, "provider", {}, _plain(lambda: provider.main(text))))
    for site in district.sites:
        disk = state.node(site.router) / "disk"
        unit = Unit(site.router, site.platform, site.release, PORTS[site.platform], disk)
        facts: dict[str, object] = {"site": site.name, "platform": site.platform, "release": site.release}
        nodes.append(Node(unit.name, "router", facts, _router(unit, state, softwares[site.platform]), unit.ports))
    for site in district.sites:
        nodes.append(Node(site.room, "room", {"site": site.name}, _room(site.room), (rooms.PORT,)))
    return nodes


def _router(unit: Unit, state: State, software: Software) -> Callable[[int], int]:
    return lambda ready: router.main(unit, software, state.node(unit.name) / "console", ready)


def _room(name: str) -> Callable[[int], int]:
    return _plain(lambda: rooms.main(name))


def _plain(become: Callable[[], int]) -> Callable[[int], int]:
    """A machine that is ready as soon as it runs."""

    def main(ready: int) -> int:
        os.write(ready, b"\n")
        os.close(ready)
        return become()

    return main
