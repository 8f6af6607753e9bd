"""A tunnel without traffic: its BGP session is kept down, so that both ends use the other hub at once.

Unlike a tunnel that is cut, whose end notices after the hold time, a session that is shut says so: its other end drops
the routes in the same moment. Loopbacks stay, so open sessions to the router move with everything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace

from diemcau.errors import DiemcauError, Problem
from diemcau.intent import Router
from diemcau.platforms import HANDSHAKE_LIMIT, Platform, State
from diemcau.transport.ssh import Target

PAUSE = 2.0  # seconds between two looks


def drained(router: Router, ends: Collection[str]) -> Router:
    """The router with its sessions to these sites kept down; at least one other has to stay. Raises DiemcauError."""
    neighbors = router.routing.neighbors
    names = [neighbor.name for neighbor in neighbors]
    if unknown := sorted(set(ends) - set(names)):
        raise DiemcauError(
            Problem(
                host=router.host,
                found=f"drained: it has no tunnel to {', '.join(unknown)}",
                expected=f"some of {', '.join(names)}",
                remedy="correct the name in the playbook",
            )
        )
    if set(names) <= set(ends):
        raise DiemcauError(
            Problem(
                host=router.host,
                found="drained: no tunnel would be left for traffic",
                untouched=True,
                expected=f"not all of {', '.join(names)}",
                remedy="give the site a second hub (district.hubs)",
            )
        )
    kept = tuple(replace(neighbor, shutdown=neighbor.name in ends) for neighbor in neighbors)
    return replace(router, routing=replace(router.routing, neighbors=kept))


def carries(hub: Router, state: State) -> list[str]:
    """The sites whose tunnels to this hub carry traffic now: a handshake not long ago, and the session is up."""
    keys = {peer.name: peer.public_key for tunnel in hub.vpn.tunnels for peer in tunnel.peers}
    return [
        neighbor.name
        for neighbor in hub.routing.neighbors
        if state.neighbors.get(neighbor.address)
        and state.handshakes.get(keys[neighbor.name], HANDSHAKE_LIMIT) < HANDSHAKE_LIMIT
    ]


def carried(
    platform: Platform,
    target: Target,
    hub: Router,
    sites: Collection[str],
    wait: float,
    settle: float = 0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Whom a hub carries, as it says itself; asked over one session until these sites are among them, or ``wait``
    seconds are over.

    ``settle``: for how many seconds they have to be so without a break. A tunnel that was just cut looks alive until
    the hold time of BGP is over. Raises DiemcauError.
    """
    end, since = clock() + wait, None
    driver = platform.connect(target)
    try:
        while True:
            found = carries(hub, driver.state())
            now = clock()
            if set(sites) <= set(found):
                since = now if since is None else since
                if now - since >= settle:
                    return found
            elif now + PAUSE > end:
                return found
            else:
                since = None
            sleep(PAUSE)
    finally:
        driver.close()
