"""Routes that come and go with the answers of their targets, as VyOS's own failover daemon does it.

One check after the other for all routes, each two pings through the route's interface, of which one must be answered,
and a pause after each. A change of any route begins with none (``vyos-failover.py``, ``protocols_failover.py``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from twin.linux.commands import attempt, run
from twin.meaning import FailoverRoute

PROTOCOL = "111"  # the number by which VyOS knows its failover routes


class Failover:
    """All such routes of a machine."""

    def __init__(self) -> None:
        self._routes: tuple[FailoverRoute, ...] = ()
        self._task: asyncio.Task[None] | None = None

    async def change(self, routes: Sequence[FailoverRoute]) -> None:
        """Watch these routes; what did not change is not touched."""
        if tuple(routes) == self._routes:
            return
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await run(["ip", "route", "flush", "protocol", PROTOCOL])
        self._routes = tuple(routes)
        if self._routes:
            self._task = asyncio.create_task(_watch(self._routes))


async def _watch(routes: Sequence[FailoverRoute]) -> None:
    """Runs until cancelled."""
    while True:
        for route in routes:
            await _check(route)
            await asyncio.sleep(route.pause)


async def _check(route: FailoverRoute) -> None:
    words = [route.destination, "via", route.gateway, "dev", route.interface, "metric", str(route.metric)]
    words += ["proto", PROTOCOL]
    answers = [await _answers(target, route.interface) for target in route.targets]
    there = bool((await run(["ip", "route", "show", *words], check=False)).strip())
    if all(answers) != there:  # a gateway that is not on the interface's network is refused, and tried again
        await run(["ip", "route", "delete" if there else "add", *words], check=False)


async def _answers(target: str, interface: str) -> bool:
    status, *_ = await attempt(["ping", "-q", "-n", "-c", "2", "-W", "1", "-I", interface, target])
    return status == 0
