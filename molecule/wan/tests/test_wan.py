"""A router after the role wan: which line packets take, and what never leaves by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

OUTSIDE = "192.0.2.10"


def way(on: Any, router: str, address: str = OUTSIDE) -> str:
    return str(on.run(router, f"ip -4 route get {address}"))


def test_a_hub_has_its_fixed_address_and_gateway(on: Any, hub: Any) -> None:
    base = 4 * (hub.number - 1)
    assert f"203.0.113.{base + 2}/30" in on.run(hub.router, "ip -4 -brief address show eth0")
    assert f"via 203.0.113.{base + 1} dev eth0" in way(on, hub.router)


def test_the_provider_lends_an_address_on_each_line(on: Any, eventually: Any, commune: Any) -> None:
    for index, port in enumerate(commune.circuits):
        lent = f"100.64.{commune.number}.{8 * index + 2}/29"
        shown = f"ip -4 -brief address show {port}"
        assert eventually(lambda lent=lent, shown=shown: lent in on.run(commune.router, shown))


def test_the_fibre_is_preferred(on: Any, eventually: Any, commune: Any) -> None:
    fibre = commune.circuits[0]
    eventually(lambda: f"dev {fibre}" in way(on, commune.router))
    assert f"dev {fibre}" in way(on, commune.router)


def test_the_tunnels_packets_arrive_by_the_fibre(on: Any, eventually: Any, commune: Any, hub: Any) -> None:
    """The address that the hub hears a commune from is the one that the provider lent on the fibre."""
    fibre = f"100.64.{commune.number}.2"

    def ends() -> set[str]:
        on.answers(commune.router, f"10.77.{249 + hub.number}.{hub.number}")
        shown = on.run(hub.router, "wg show wg0 endpoints").split()
        return {word.rpartition(":")[0] for word in shown if word.startswith("100.64.")}

    eventually(lambda: fibre in ends())
    assert fibre in (found := ends()), f"heard from {sorted(found)}"


@pytest.fixture
def cut(host: Any, commune: Any) -> Iterator[None]:
    host.check_output(f"twin cut {commune.name}/fibre")
    yield
    host.check_output(f"twin mend {commune.name}/fibre")


def test_without_the_fibre_packets_take_lte(on: Any, eventually: Any, commune: Any, cut: None) -> None:
    lte = f"dev {commune.circuits[1]} "
    assert eventually(lambda: lte in way(on, commune.router)), way(on, commune.router)


def test_an_address_of_the_district_that_nobody_has_goes_nowhere(on: Any, site: Any) -> None:
    """Not by the default route, to the provider."""
    assert "Invalid argument" in way(on, site.router, "10.77.99.1")  # what Linux says of a blackhole
