"""``check-gateway``: asks gateways whether they are there, and takes their routes away when they are not."""

from __future__ import annotations

import asyncio

from twin.device import MeaningError
from twin.routeros.durations import seconds
from twin.routeros.names import linux_names
from twin.routeros.router import Router

# Of releases before 7.22, which cannot be told otherwise; these are 7.22's defaults too.
INTERVAL = 10.0  # seconds of the device's time between two questions
FAILURES = 2  # unanswered ones after which a gateway is gone
TIMEOUT = 1.0  # seconds until a question counts as unanswered


async def watch(router: Router) -> None:
    """Runs until cancelled."""
    failures: dict[str, int] = {}
    clock = asyncio.get_running_loop().time
    asked = clock()
    while True:
        interval, count, timeout = _pace(router)
        await asyncio.sleep(max(0.0, asked + interval * router.minute / 60 - clock()))
        asked = clock()
        wanted = _watched(router)
        failures = {gateway: failures.get(gateway, 0) for gateway in wanted}
        answers = await asyncio.gather(*(_answers(router, *each, timeout) for each in sorted(wanted.items())))
        for gateway, answered in zip(sorted(wanted), answers, strict=True):
            failures[gateway] = 0 if answered else failures[gateway] + 1
        dead = frozenset(gateway for gateway, failed in failures.items() if failed >= count)
        if dead != router.dead_gateways:
            router.dead_gateways = dead
            router.touch()


def _pace(router: Router) -> tuple[float, int, float]:
    """Seconds between two questions, how many may fail, and seconds until an answer is missed."""
    told = router.config.settings("/routing/settings")
    interval = seconds(told.get("check-gateway-ping-interval", "")) or INTERVAL
    timeout = seconds(told.get("check-gateway-ping-timeout", "")) or TIMEOUT
    return interval, int(told.get("check-gateway-ping-count", FAILURES)), timeout


def _watched(router: Router) -> dict[str, str]:
    """The gateways of routes, and those that DHCP named; with Linux's name of the interface, "" when none is given."""
    names, found = linux_names(router.config), {}
    for route in router.config.enabled("/ip/route"):
        gateway, _, interface = route["gateway"].partition("%")
        if route["check-gateway"] != "none" and gateway[:1].isdigit():
            found[gateway] = names.get(interface, "")
    return found | {gateway: interface for interface, gateway in named(router).items()}


def named(router: Router) -> dict[str, str]:
    """The gateways of DHCP clients that check theirs, by Linux's name of the interface."""
    names, told = linux_names(router.config), router.host.gateways()
    clients = router.config.enabled("/ip/dhcp-client")
    checking = [names[c["interface"]] for c in clients if c.get("check-gateway", "none") != "none"]
    return {interface: told[interface] for interface in checking if interface in told}


async def _answers(router: Router, gateway: str, interface: str, timeout: float) -> bool:
    through = ["-I", interface] if interface else []
    try:
        output = await router.host.run("ping", "-n", "-c", "1", "-W", f"{timeout:g}", *through, gateway, check=False)
    except MeaningError:
        return False
    return " bytes from " in output
