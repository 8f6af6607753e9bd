"""Hubs, platforms, circuits and openings that do not fit each other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.inventories import Hosts, keys, one_hub, problems, set_district, site, small


def test_the_small_districts_are_right() -> None:
    assert problems(small()) == []
    assert problems(one_hub(22)) == []


def circuits(hosts: Hosts, host: str, *changes: dict[str, Any]) -> Hosts:
    base = {"name": "fibre", "up_kbps": 2000, "down_kbps": 4000}
    hosts[host]["wan"] = {"circuits": [{**base, **change} for change in changes]}
    return hosts


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ([{"address": "192.0.2.2/30"}], "wan.circuits[0].gateway"),
        ([{"address": "192.0.2.2/30", "gateway": "192.0.2.5"}], "wan.circuits[0].gateway"),
        ([{"address": "192.0.2.2/30", "gateway": "192.0.2.2"}], "wan.circuits[0].gateway"),
        ([{}, {}], "wan.circuits[1].name"),
        ([{}, {"name": "lte", "port": "eth0"}], "wan.circuits[1].port"),
        ([{"port": "eth1"}], "wan.circuits[0].port"),  # a port of the LAN
        ([{}, {"name": "vsat"}], "wan.circuits[1].port"),
    ],
)
def test_circuits(changes: list[dict[str, Any]], key: str) -> None:
    assert ("dang-router", key) in keys(circuits(small(), "dang-router", *changes))


def test_circuits_that_fit() -> None:
    changes = [
        {"address": "192.0.2.2/30", "gateway": "192.0.2.1"},
        {"name": "lte", "address": "dhcp", "gateway": "100.64.0.1"},  # as DHCP gives it: known, so that it is watched
        {"name": "vsat", "port": "eth3"},
    ]
    assert keys(circuits(small(), "dang-router", *changes)) == []


def test_a_hub_needs_an_address_or_an_endpoint() -> None:
    hosts = circuits(small(), "ubnd-router", {"up_kbps": 100000, "down_kbps": 100000})
    assert keys(hosts) == [("ubnd-router", "wan.circuits[0].address")]
    hosts["ubnd-router"]["vpn"] = {"endpoint": "203.0.113.200"}
    assert keys(hosts) == []


def test_two_hubs_need_two_endpoints() -> None:
    hosts = small()
    for hub in ("huyen-uy-router", "ubnd-router"):
        hosts[hub]["vpn"] = {"endpoint": "203.0.113.200"}
    assert keys(hosts) == [("ubnd-router", "vpn.endpoint")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"hubs": []}, "district.hubs"),
        ({"hubs": ["huyen-uy", "huyen-uy"]}, "district.hubs"),
        ({"hubs": ["huyen-uy", "ubnd", "dang"]}, "district.hubs"),
        ({"hubs": ["huyen-uy", "nowhere"]}, "district.hubs[1]"),
        ({"control": "nowhere"}, "district.control"),
        ({"control": "dang"}, "district.control"),
        ({"hubs": ["huyen-uy"]}, "site"),  # ubnd is in the group hubs
        ({"hubs": ["huyen-uy", "dang"]}, "site"),
    ],
)
def test_hubs_and_control(values: dict[str, Any], expected: str) -> None:
    assert expected in [key for _, key in keys(set_district(small(), **values))]


def test_groups() -> None:
    hosts = small()
    hosts["dang-router"]["group_names"] = ["communes"]
    hosts["ga-ry-room"]["group_names"] = ["ga_ry"]
    assert sorted(keys(hosts)) == [("dang-router", "site"), ("ga-ry-room", "site")]


def test_platform_and_release() -> None:
    hosts = small()
    hosts["dang-router"]["platform"] = "ios"
    del hosts["dang-router"]["ports"]  # an unknown platform has no ports: that is no second mistake
    hosts["ga-ry-router"]["release"] = "1.4"
    del hosts["ubnd-router"]["ports"]
    assert sorted(keys(hosts)) == [("dang-router", "platform"), ("ga-ry-router", "release"), ("ubnd-router", "ports")]


def test_values_that_limit_each_other() -> None:
    hosts = small()
    hosts["dang-router"] |= {
        "vpn": {"mtu": 1400, "mss": 1361},
        "routing": {"hold_time": 5},
    }
    hosts["ubnd-router"]["vpn"] = {"listen_port": 51821}
    assert sorted(keys(hosts)) == [
        ("dang-router", "routing.keepalive_time"),
        ("dang-router", "vpn.mss"),
        ("ubnd-router", "vpn.hub_port"),
    ]


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ({"destination": "10.77.18.0/24"}, "destination"),
        ({"destination": "192.0.2.0/24", "ports": [80]}, "protocol"),
        ({"destination": "192.0.2.0/24", "ports": [80], "protocol": "icmp"}, "protocol"),
        ({"destination": "192.0.2.0/24", "source": "10.77.18.20/32"}, "source"),
        ({"destination": "10.77.17.10/32", "source": "192.0.2.0/24"}, "source"),
    ],
)
def test_openings(entry: dict[str, Any], key: str) -> None:
    hosts = small()
    hosts["dang-router"]["firewall"] = {"allow": [{"name": "weather", **entry}]}
    assert keys(hosts) == [("dang-router", f"firewall.allow[0].{key}")]


def test_a_site_without_room_a_room_without_router_and_other_hosts() -> None:
    hosts = small()
    del hosts["dang-room"]
    del hosts["ga-ry-router"]
    site(hosts, "Xã", 30)
    set_district(hosts)
    hosts["printer"] = {}
    assert sorted(host for host, _ in keys(hosts)) == ["Xã-room", "Xã-router", "dang-router", "ga-ry-room", "printer"]


def test_no_hosts_at_all() -> None:
    (problem,) = problems({})
    assert problem.found == "the inventory has no hosts"


def test_the_district_is_one() -> None:
    hosts = small()
    hosts["dang-room"]["district"] = {**hosts["dang-room"]["district"], "name": "Another"}
    assert keys(hosts) == [("dang-room", "district")]
