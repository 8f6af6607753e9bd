"""A part of the district after site.yml: two hubs, a RouterOS commune and a VyOS commune."""

from __future__ import annotations

import time
from typing import Any

import pytest

COMMUNES = {"ga-ry": 18, "dang": 17}
HUBS = {"huyen-uy": 1, "ubnd": 2}


@pytest.mark.parametrize("site", COMMUNES)
def test_handshakes_with_both_hubs(on: Any, eventually: Any, site: str) -> None:
    def fresh() -> bool:
        lines = on(f"{site}-router", "wg show all latest-handshakes").stdout.splitlines()
        return len(lines) == 2 and all(time.time() - int(line.split()[-1]) < 180 for line in lines)

    assert eventually(fresh)


@pytest.mark.parametrize("site", COMMUNES)
def test_learns_the_hubs_lans_directly_from_each(on: Any, eventually: Any, site: str) -> None:
    def learned() -> bool:
        routes = on(f"{site}-router", "ip -4 route show").stdout
        return all(f"10.77.{n}.0/24 " in routes for n in HUBS.values())

    assert eventually(learned)


def test_communes_reach_each_other_through_the_first_hub(on: Any, eventually: Any) -> None:
    assert eventually(lambda: "via 10.77.250." in on("ga-ry-router", "ip -4 route show 10.77.17.0/24").stdout)


@pytest.mark.parametrize(("site", "number"), [*COMMUNES.items(), *HUBS.items()])
def test_the_room_has_its_reserved_address(on: Any, eventually: Any, site: str, number: int) -> None:
    assert eventually(lambda: f"10.77.{number}.20/24" in on(f"{site}-room", "ip -4 -brief address show eth0").stdout)


@pytest.mark.parametrize("site", COMMUNES)
def test_the_room_reaches_the_hubs_rooms_and_not_the_internet(on: Any, eventually: Any, site: str) -> None:
    for number in HUBS.values():
        assert eventually(lambda n=number: on(f"{site}-room", f"ping -n -c 1 -W 2 10.77.{n}.20").rc == 0)
    assert on(f"{site}-room", "ping -n -c 2 -W 2 192.0.2.10").rc != 0


@pytest.mark.parametrize("address", ["203.0.113.2", "203.0.113.6"])
def test_hubs_are_closed_to_the_provider(on: Any, address: str) -> None:
    scan = on("internet", f"nmap -n -Pn -T4 --max-retries 1 -p 22,53,80,123,179,443,8291 {address}").stdout
    assert "Nmap done" in scan
    assert "/tcp open" not in " ".join(scan.split())


def test_the_twins_wireguard_is_encrypting(on: Any) -> None:
    before = on("ga-ry-router", "wg show all transfer").stdout
    assert on("ga-ry-room", "ping -n -c 5 -i 0.2 10.77.1.20").rc == 0
    assert on("ga-ry-router", "wg show all transfer").stdout != before
