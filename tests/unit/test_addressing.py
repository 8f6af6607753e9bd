"""The address plan is the one that docs/inventory.md shows."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from diemcau import addressing

SUPERNET = IPv4Network("10.77.0.0/16")


def test_the_documented_example() -> None:
    assert str(addressing.lan(SUPERNET, 18)) == "10.77.18.0/24"
    assert str(addressing.tunnels(SUPERNET, 0)[18]) == "10.77.250.18"
    assert str(addressing.tunnels(SUPERNET, 1)[18]) == "10.77.251.18"
    assert str(addressing.between_hubs(SUPERNET)[1]) == "10.77.252.1"
    assert str(addressing.loopbacks(SUPERNET)[18]) == "10.77.255.18"
    assert addressing.asn(18) == 65018


def test_another_supernet() -> None:
    assert str(addressing.lan(IPv4Network("172.20.0.0/16"), 249)) == "172.20.249.0/24"


def test_blocks_of_all_sites_are_inside_the_supernet_and_overlap_nowhere() -> None:
    blocks = [addressing.lan(SUPERNET, number) for number in addressing.NUMBERS]
    blocks += addressing.infrastructure(SUPERNET)
    assert all(block.subnet_of(SUPERNET) for block in blocks)
    assert [(a, b) for a, b in combinations(blocks, 2) if a.overlaps(b)] == []


@pytest.mark.parametrize(
    ("network", "number", "expected"),
    [
        ("10.77.18.0/24", 1, "10.77.18.1"),
        ("10.77.18.0/24", 254, "10.77.18.254"),
        ("10.77.18.0/24", 255, None),
        ("10.77.18.0/28", 14, "10.77.18.14"),
        ("10.77.18.0/28", 15, None),
        ("10.77.18.0/28", 100, None),
        ("10.77.18.0/31", 1, "10.77.18.1"),
    ],
)
def test_host_of_a_network(network: str, number: int, expected: str | None) -> None:
    found = addressing.host(IPv4Network(network), number)
    assert (str(found) if found else None) == expected


def test_as_numbers_are_private() -> None:
    assert all(64512 <= addressing.asn(number) <= 65534 for number in addressing.NUMBERS)
