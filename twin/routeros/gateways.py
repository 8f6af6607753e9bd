"""``check-gateway``: asks gateways whether they are there, and takes their routes away when they are not."""

from __future__ import annotations

import asyncio

from twin.device import MeaningError
from twin.routeros.router import Router

INTERVAL = 10.0  # seconds of the device's time between two questions
FAILURES = 2  # unanswered ones after which a gateway is gone


async def watch(router: Router) -> None:
    """Runs until cancelled."""
    failures: dict[str, int] = {}
    while True:
        await asyncio.sleep(INTERVAL * router.minute / 60)
        wanted = {
            route["gateway"].partition("%")[0]
            for route in router.config.enabled("/ip/route")
            if route["check-gateway"] != "none" and route["gateway"][:1].isdigit()
        }
        failures = {gateway: failures.get(gateway, 0) for gateway in wanted}
        answers = await asyncio.gather(*(_answers(router, gateway) for gateway in sorted(wanted)))
        for gateway, answered in zip(sorted(wanted), answers, strict=True):
            failures[gateway] = 0 if answered else failures[gateway] + 1
        dead = frozenset(gateway for gateway, count in failures.items() if count >= FAILURES)
        if dead != router.dead_gateways:
            router.dead_gateways = dead
            router.touch()


async def _answers(router: Router, gateway: str) -> bool:
    try:
        output = await router.host.run("ping", "-n", "-c", "1", "-W", "1", gateway, check=False)
    except MeaningError:
        return False
    return " bytes from " in output
