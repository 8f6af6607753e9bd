"""Routers after the role firewall: open and closed ports from each side, and what passes through."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

PORTS = (22, 23, 80, 179, 443, 8291, 8728)
CONTROL, OUTSIDE = "10.77.1.10", "192.0.2.10"


def address(site: Any) -> str:
    return f"10.77.255.{site.number}"


def at_the_provider(site: Any) -> str:
    return f"203.0.113.{4 * site.number - 2}" if site.number < 10 else f"100.64.{site.number}.2"


@dataclass(frozen=True)
class Sides:
    """What is seen from each side, (node, address) each."""

    ports: dict[tuple[str, str], dict[int, str]]
    awake: set[tuple[str, str]]


@pytest.fixture(scope="session")
def seen(on: Any, sites: Any) -> Sides:
    """All looks at once: what is closed answers nothing, and takes its time."""
    looks = {"control": [address(site) for site in sites], "internet": [at_the_provider(site) for site in sites]}
    for site in sites:
        looks[site.room] = [f"10.77.{site.number}.1", CONTROL, OUTSIDE]
    looks["ga-ry-room"] += [address(site) for site in sites if site.name != "ga-ry"]
    looks["dang-room"] += [address(site) for site in sites if site.name == "ga-ry"]
    with ThreadPoolExecutor(len(looks)) as pool:
        scans = list(pool.map(lambda node: on.scan(node, PORTS, *looks[node]), looks))
        pings = list(pool.map(lambda node: on.awake(node, *looks[node]), looks))
    return Sides(
        {(node, target): ports for node, scan in zip(looks, scans, strict=True) for target, ports in scan.items()},
        {(node, target) for node, awake in zip(looks, pings, strict=True) for target in awake},
    )


def test_from_the_control_machine_ssh_is_open_and_nothing_else(seen: Sides, site: Any) -> None:
    found = seen.ports["control", address(site)]
    assert [port for port, state in found.items() if state == "open"] == [22]


def test_from_the_provider_nothing_is_open(seen: Sides, site: Any) -> None:
    assert set(seen.ports["internet", at_the_provider(site)].values()) == {"filtered"}


def test_from_the_provider_nothing_answers_a_ping(seen: Sides, site: Any) -> None:
    assert ("internet", at_the_provider(site)) not in seen.awake


def test_from_the_lan_nothing_is_open_but_a_ping_is_answered(seen: Sides, site: Any) -> None:
    here = (site.room, f"10.77.{site.number}.1")
    assert set(seen.ports[here].values()) == {"filtered"}
    assert here in seen.awake


def test_from_the_tunnel_nothing_is_open_to_a_room_but_a_ping_is_answered(seen: Sides, site: Any) -> None:
    there = ("dang-room" if site.name == "ga-ry" else "ga-ry-room", address(site))
    assert set(seen.ports[there].values()) == {"filtered"}
    assert there in seen.awake


def test_a_room_reaches_nothing_outside_the_district(seen: Sides, site: Any) -> None:
    assert (site.room, OUTSIDE) not in seen.awake
    assert set(seen.ports[site.room, OUTSIDE].values()) == {"filtered"}


@pytest.mark.parametrize("room", ["ga-ry-room", "dang-room", "ubnd-room"])
def test_the_control_machine_is_closed_to_other_sites_rooms(seen: Sides, room: str) -> None:
    assert (room, CONTROL) not in seen.awake
    assert set(seen.ports[room, CONTROL].values()) == {"filtered"}


def test_the_routers_log_reaches_the_control_machine_and_a_rooms_does_not(on: Any, heard: Any, commune: Any) -> None:
    router, room = address(commune), f"10.77.{commune.number}.20"
    with heard("control", "any", "udp port 514") as seen:
        on.probe(commune.room, "udp", room, "10.77.1.10", 514)
        on.probe(commune.router, "udp", router, "10.77.1.10", 514)
    assert f"{router}." in seen.text and f"{room}." not in seen.text, seen.text


def test_a_room_sends_from_its_lans_addresses_alone(on: Any, heard: Any, commune: Any) -> None:
    own, others = f"10.77.{commune.number}.7", f"10.77.{35 - commune.number}.7"
    with heard(commune.router, "wg0", "udp port 40000") as seen:
        for source in (others, own):
            on.probe(commune.room, "udp", source, "10.77.1.20", 9)
    assert f"{own}." in seen.text and f"{others}." not in seen.text, seen.text
