"""Addresses and prefixes that collide, or stand where they must not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.inventories import keys, set_district, small

HOST = "dang-router"  # number 17


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("lan", {"prefix": "10.77.18.0/24"}, "lan.prefix"),
        ("lan", {"prefix": "10.77.18.128/25", "pool_start": "10.77.18.140", "pool_end": "10.77.18.150"}, "lan.prefix"),
        ("lan", {"prefix": "10.77.250.0/24"}, "lan.prefix"),
        ("lan", {"prefix": "10.78.17.0/24"}, "lan.prefix"),
        ("lan", {"prefix": "10.77.17.0/26"}, "lan.pool_start"),
        ("lan", {"router_address": "10.77.18.1"}, "lan.router_address"),
        ("lan", {"router_address": "10.77.17.0"}, "lan.router_address"),
        ("lan", {"room_address": "10.77.17.1"}, "lan.room_address"),
        ("lan", {"room_address": "10.77.17.150"}, "lan.room_address"),
        ("lan", {"pool_start": "10.77.17.200"}, "lan.pool_end"),
        ("lan", {"pool_start": "10.77.17.20"}, "lan.room_address"),
        ("lan", {"pool_end": "10.77.17.255"}, "lan.pool_end"),
        ("routing", {"router_id": "10.77.255.18"}, "routing.router_id"),
        ("routing", {"router_id": "10.77.18.77"}, "routing.router_id"),
        ("routing", {"router_id": "10.77.250.77"}, "routing.router_id"),
        ("routing", {"router_id": "192.0.2.1"}, "routing.router_id"),
        ("routing", {"asn": 65018}, "routing.asn"),
        ("vpn", {"addresses": ["10.77.250.18", "10.77.251.17"]}, "vpn.addresses[0]"),
        ("vpn", {"addresses": ["10.77.250.17", "10.77.252.17"]}, "vpn.addresses[1]"),
        ("vpn", {"addresses": ["10.77.250.17", "10.77.251.255"]}, "vpn.addresses[1]"),
        ("vpn", {"addresses": ["10.77.250.17"]}, "vpn.addresses"),
        ("site", {"number": 18, "name": "Dang"}, "site.number"),
    ],
)
def test_a_collision_is_found(variable: str, value: Any, key: str) -> None:
    hosts = small()
    hosts[HOST][variable] = value
    if variable == "site":
        hosts["dang-room"]["site"] = value
    found = keys(hosts)
    assert any(key == where and host in (HOST, "ga-ry-router") for host, where in found), found


def reservation(**changes: Any) -> list[tuple[str, str]]:
    hosts = small()
    entry = {"name": "tv", "mac": "64:16:7f:00:00:01", "address": "10.77.17.30", **changes}
    hosts[HOST]["lan"] = {"reservations": [entry]}
    return keys(hosts)


def test_reservations() -> None:
    assert reservation() == []
    assert reservation(address="10.77.17.20") == [(HOST, "lan.reservations[0].address")]
    assert reservation(address="10.77.17.120") == [(HOST, "lan.reservations[0].address")]
    assert reservation(address="10.77.18.30") == [(HOST, "lan.reservations[0].address")]
    assert reservation(mac="64:16:7F:77:00:12") == [("ga-ry-room", "mac")]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"control_address": "10.77.2.10"}, "district.control_address"),
        ({"control_address": "10.77.1.100"}, "district.control_address"),
        ({"control_address": "10.77.1.20"}, "district.control_address"),
        ({"control_address": "10.77.1.15"}, "district.control_address"),  # the call server's
        ({"call_server": "10.77.18.1"}, "district.call_server"),
        ({"call_server": "10.77.18.120"}, "district.call_server"),
    ],
)
def test_control_machine_and_call_server(values: dict[str, Any], key: str) -> None:
    assert [where for _, where in keys(set_district(small(), **values))] == [key]


def test_a_call_server_outside_of_the_district_is_right() -> None:
    assert keys(set_district(small(), call_server="198.51.100.200")) == []


def circuit(address: str, gateway: str) -> list[tuple[str, str]]:
    hosts = small()
    hosts[HOST]["wan"]["circuits"][0] |= {"address": address, "gateway": gateway}
    return keys(hosts)


def test_circuits() -> None:
    key = (HOST, "wan.circuits[0].address")
    assert circuit("192.0.2.2/30", "192.0.2.1") == []
    assert circuit("10.77.99.2/30", "10.77.99.1") == [key]
    assert circuit("203.0.113.6/30", "203.0.113.5") == [key]  # huyen-uy's own
    assert circuit("203.0.113.3/28", "203.0.113.1") == [key, key]  # holds both hubs' subnets


def test_sites_may_share_a_subnet_of_the_provider() -> None:
    hosts = small()
    for index, host in enumerate((HOST, "ga-ry-router")):
        hosts[host]["wan"]["circuits"][0] |= {"address": f"192.0.2.{index + 2}/24", "gateway": "192.0.2.1"}
    assert keys(hosts) == []


def test_one_number_twice_is_one_mistake() -> None:
    hosts = small()
    for host in (HOST, "dang-room"):
        hosts[host]["site"]["number"] = 18
    assert len(keys(hosts)) == 1
