"""Routers after the role routing: what they learn, from whom, and what they do not believe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

FOREIGN = "10.77.99.0/24"  # of the district, and nobody's
OUTSIDE = "198.18.0.0/24"  # not of the district


def vtysh(on: Any, node: str, *commands: str) -> str:
    return str(on.run(node, "vtysh " + " ".join(f'-c "{command}"' for command in commands)))


def routes(on: Any, site: Any) -> dict[str, str]:
    """Prefix -> next hop of what BGP put into the kernel."""
    lines = on.run(site.router, "ip -4 route show proto bgp").splitlines()
    return {words[0]: words[words.index("via") + 1] for line in lines if "via" in (words := line.split())}


def own(site: Any) -> set[str]:
    return {f"10.77.{site.number}.0/24", f"10.77.255.{site.number}/32"}


def tunnel(hub: Any, number: int) -> str:
    """An address on the tunnels between a hub and the communes."""
    return f"10.77.{249 + hub.number}.{number}"


def test_a_commune_learns_each_hubs_lan_from_that_hub(on: Any, eventually: Any, commune: Any, hub: Any) -> None:
    prefix, via = f"10.77.{hub.number}.0/24", tunnel(hub, hub.number)
    assert eventually(lambda: routes(on, commune).get(prefix) == via), f"no way to {prefix}: {routes(on, commune)}"


def test_a_hub_learns_each_communes_lan_from_that_commune(on: Any, eventually: Any, commune: Any, hub: Any) -> None:
    prefix, via = f"10.77.{commune.number}.0/24", tunnel(hub, commune.number)
    assert eventually(lambda: routes(on, hub).get(prefix) == via), f"no way to {prefix} by {via}: {routes(on, hub)}"


def test_a_commune_learns_the_other_through_the_first_hub(on: Any, eventually: Any, commune: Any) -> None:
    other, via = 35 - commune.number, "10.77.250.1"
    for prefix in (f"10.77.{other}.0/24", f"10.77.255.{other}"):
        there = eventually(lambda prefix=prefix: routes(on, commune).get(prefix) == via)
        assert there, f"no way to {prefix} by {via}: {routes(on, commune)}"


def test_the_second_hub_offers_the_same_as_the_longer_way(on: Any, eventually: Any, commune: Any) -> None:
    command = f"show bgp ipv4 unicast 10.77.255.{35 - commune.number}/32 json"

    def lengths() -> dict[str, int]:
        paths = json.loads(vtysh(on, commune.router, command)).get("paths", [])
        return {path["peer"]["peerId"]: path["aspath"]["length"] for path in paths}

    assert eventually(lambda: lengths() == {"10.77.250.1": 2, "10.77.251.2": 3}), lengths()


def test_a_silent_neighbour_is_given_up_after_8_seconds(on: Any, eventually: Any, commune: Any, hub: Any) -> None:
    address = tunnel(hub, commune.number)

    def agreed() -> Any:
        told = json.loads(vtysh(on, hub.router, f"show bgp neighbors {address} json"))[address]
        return told["bgpState"], told["bgpTimerHoldTimeMsecs"], told["bgpTimerKeepAliveIntervalMsecs"]

    assert eventually(lambda: agreed() == ("Established", 8000, 2000)), agreed()


def test_a_commune_passes_nothing_on(on: Any, commune: Any, hub: Any) -> None:
    """A hub hears from it of its own prefixes and of no other."""
    shown = vtysh(on, hub.router, f"show bgp ipv4 unicast neighbors {tunnel(hub, commune.number)} routes json")
    assert set(json.loads(shown)["routes"]) <= own(commune)
    sent = vtysh(
        on, commune.router, f"show bgp ipv4 unicast neighbors {tunnel(hub, hub.number)} advertised-routes json"
    )
    assert set(json.loads(sent)["advertisedRoutes"]) <= own(commune)


class Liar:
    """A router that announces more than it has: below its vendor's command line, as on a stolen one."""

    def __init__(self, on: Any, node: str, asn: int, neighbor: str, prefixes: tuple[str, ...]) -> None:
        self.on, self.node, self.asn, self.neighbor, self.prefixes = on, node, asn, neighbor, prefixes
        shown = vtysh(on, node, "show running-config")
        honest = re.search(rf"neighbor {re.escape(neighbor)} (route-map \S+ out)", shown)
        assert honest, shown
        self.honest = honest[1]
        # A platform may announce only what it has a route for.
        self.checks = "" if "no bgp network import-check" in shown else "bgp network import-check"

    def configure(self, checks: str, network: str, route_map: str) -> None:
        networks = [f"{network} {prefix}" for prefix in self.prefixes]
        family = ["address-family ipv4 unicast", *networks, f"neighbor {self.neighbor} {route_map}"]
        vtysh(self.on, self.node, "configure terminal", f"router bgp {self.asn}", *filter(None, [checks]), *family)
        vtysh(self.on, self.node, f"clear bgp ipv4 unicast {self.neighbor} soft out")

    def lie(self) -> None:
        vtysh(self.on, self.node, "configure terminal", "route-map LIE permit 1")
        self.configure("no bgp network import-check", "network", "route-map LIE out")

    def stop(self) -> None:
        self.configure(self.checks, "no network", self.honest)
        vtysh(self.on, self.node, "configure terminal", "no route-map LIE")

    def sent(self) -> set[str]:
        told = vtysh(self.on, self.node, f"show bgp ipv4 unicast neighbors {self.neighbor} advertised-routes json")
        return set(json.loads(told)["advertisedRoutes"])


def heard(on: Any, node: str, neighbor: str) -> int:
    """How many updates a router has had from a neighbour."""
    told = json.loads(vtysh(on, node, f"show bgp neighbors {neighbor} json"))
    return int(told[neighbor]["messageStats"]["updatesRecv"])


@pytest.fixture
def lying(on: Any) -> Iterator[Any]:
    liars: list[Liar] = []

    def start(*arguments: Any) -> Liar:
        liars.append(Liar(on, *arguments))
        liars[-1].lie()
        return liars[-1]

    yield start
    for liar in liars:
        liar.stop()


def test_a_hub_does_not_believe_a_commune(on: Any, eventually: Any, lying: Any, commune: Any, hub: Any) -> None:
    """Neither that it has a prefix which is nobody's, nor another commune's LAN, nor the hub's, nor a default route."""
    here, there = tunnel(hub, hub.number), tunnel(hub, commune.number)
    lies = (FOREIGN, f"10.77.{35 - commune.number}.0/25", "10.77.1.20/32", OUTSIDE, "0.0.0.0/0")
    before = heard(on, hub.router, there)
    liar = lying(commune.router, 65000 + commune.number, here, lies)
    assert eventually(lambda: set(lies) <= liar.sent()), liar.sent()
    assert eventually(lambda: heard(on, hub.router, there) > before)
    table = json.loads(vtysh(on, hub.router, f"show bgp ipv4 unicast neighbors {there} routes json"))["routes"]
    assert set(table) <= own(commune)
    assert not set(lies) & {prefix for prefix, via in routes(on, hub).items() if via == there}


def test_a_commune_takes_nothing_from_outside_the_district(
    on: Any, eventually: Any, lying: Any, commune: Any, hub: Any
) -> None:
    here, there = tunnel(hub, hub.number), tunnel(hub, commune.number)
    lies = (FOREIGN, OUTSIDE, "0.0.0.0/0")
    liar = lying(hub.router, 65000 + hub.number, there, lies)
    assert eventually(lambda: set(lies) <= liar.sent()), liar.sent()
    # What is of the district is believed: so the others were heard, too.
    assert eventually(lambda: routes(on, commune).get(FOREIGN) == here), routes(on, commune)
    assert not {OUTSIDE, "default", "0.0.0.0/0"} & set(routes(on, commune))
