"""A room LAN after the role lan: which addresses are lent to whom, and with what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

STRANGER = "02:00:5e:77:00:01"


def mac(site: Any) -> str:
    """The room's, as the inventory names it."""
    return f"64:16:7f:77:00:{site.number:02x}"


@pytest.fixture(scope="session")
def offers(on: Any, sites: Any) -> dict[tuple[str, str], dict[str, str]]:
    """Site and MAC -> what is offered; asked for at once: a server first looks whether an address is in use."""
    asked = [(site, address) for site in sites for address in (mac(site), STRANGER)]
    with ThreadPoolExecutor(len(asked)) as pool:
        told = pool.map(lambda pair: on.probe(pair[0].room, "dhcp", "eth0", pair[1]), asked)
        return {
            (site.name, address): dict(word.split("=") for word in words.split() if "=" in word)
            for (site, address), words in zip(asked, told, strict=True)
        }


def test_the_room_has_its_reserved_address(on: Any, eventually: Any, site: Any) -> None:
    shown = "ip -4 -brief address show eth0"
    assert eventually(lambda: f" 10.77.{site.number}.20/24 " in on.run(site.room, shown))


def test_the_room_is_offered_its_reserved_address(offers: Any, site: Any) -> None:
    assert offers[site.name, mac(site)]["address"] == f"10.77.{site.number}.20"


def test_another_device_is_offered_one_of_the_pool(offers: Any, site: Any) -> None:
    network, _, host = offers[site.name, STRANGER]["address"].rpartition(".")
    assert (network, 100 <= int(host) <= 199) == (f"10.77.{site.number}", True)


def test_devices_are_told_router_and_clocks_and_no_name_server(offers: Any, site: Any) -> None:
    told = offers[site.name, STRANGER]
    assert {key: told[key] for key in told if key != "address"} == {
        "mask": "255.255.255.0",
        "router": f"10.77.{site.number}.1",
        "ntp": "10.77.255.1,10.77.255.2",
        "lease": "86400",
    }


def test_leases_are_given_on_the_lan_alone(on: Any, site: Any) -> None:
    served = [line.split()[3] for line in on.run(site.router, "ss -H -l -n -u").splitlines() if ":67 " in line]
    assert served == [f"0.0.0.0%{site.bridge}:67"]


def test_the_router_answers_on_its_lan(on: Any, site: Any) -> None:
    assert on.answers(site.room, f"10.77.{site.number}.1")
