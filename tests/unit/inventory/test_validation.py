"""The walk over the specifications: every mistake is found, and what is right comes back complete."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from diemcau.errors import InventoryError
from diemcau.intent import SECTIONS
from diemcau.inventory.hostvars import Broken
from diemcau.inventory.source_location import Place
from diemcau.inventory.validation import Mistakes, check_host
from tests.unit.inventories import SPECS, district, keys, problems, small


def checked(**changes: Any) -> dict[str, Any]:
    hosts = small()
    hosts["dang-router"].update(changes)
    mistakes = Mistakes(hosts)
    values = check_host(mistakes, "dang-router", SPECS.router, {**SPECS.room, **SPECS.router})
    assert mistakes.problems() == []
    return values


def test_defaults_come_from_the_roles_specifications() -> None:
    values = checked()
    assert values["system"]["timezone"] == "Asia/Ho_Chi_Minh"
    assert values["lan"] == {"lease_time": 86400, "reservations": []}
    assert values["vpn"] == {"mtu": 1420, "keepalive": 25, "listen_port": 51820, "hub_port": 51821}
    assert values["routing"] == {"hold_time": 8, "keepalive_time": 2}
    assert values["firewall"] == {"allow": []}


def test_null_is_the_same_as_nothing() -> None:
    assert checked(vpn={"mtu": None})["vpn"]["mtu"] == 1420
    assert checked(vpn=None)["vpn"]["mtu"] == 1420


def test_digits_in_quotes_are_a_number() -> None:
    assert checked(vpn={"mtu": "1400"})["vpn"]["mtu"] == 1400


def mistake(host: str, variable: str, value: Any) -> list[tuple[str, str]]:
    hosts = small()
    hosts[host][variable] = value
    return keys(hosts)


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("vpn", {"mtu": True}, "vpn.mtu"),
        ("vpn", {"mtu": 1400.5}, "vpn.mtu"),
        ("vpn", {"mtu": "many"}, "vpn.mtu"),
        ("vpn", [], "vpn"),
        ("vpn", {"addresses": "10.77.250.17"}, "vpn.addresses"),
        ("vpn", {"adresses": []}, "vpn.adresses"),
        ("vpn", {"MTU": 1400}, "vpn.MTU"),
        ("vpn", {1: 2}, "vpn.1"),
        ("wan", {}, "wan.circuits"),
        ("wan", {"circuits": []}, "wan.circuits"),
        ("wan", {"circuits": ["fibre"]}, "wan.circuits[0]"),
        ("wan", None, "wan"),
        ("platform", None, "platform"),
        ("release", 1.4, "release"),
        ("lan", {"ntp_servers": ["10.0.0.1", 5]}, "lan.ntp_servers[1]"),
        ("lan", {"reservations": [{"name": "tv"}]}, "lan.reservations[0].mac"),
        ("firewall", {"allow": [{"ports": ["x"]}]}, "firewall.allow[0].ports[0]"),
        ("lan", Broken("'nowhere' is undefined", Place("x.yml", 3)), "lan"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_key(variable: str, value: Any, key: str) -> None:
    assert ("dang-router", key) in mistake("dang-router", variable, value)


def test_an_unknown_key_is_named_with_what_was_meant() -> None:
    hosts = small()
    hosts["dang-router"]["vpn"] = {"keepalife": 25}
    (problem,) = problems(hosts)
    assert problem.found == "unknown key"
    assert problem.expected == "one of addresses, endpoint, hub_port, keepalive, listen_port, mss, mtu"
    assert problem.remedy == "Write keepalive."


def test_a_mistyped_required_key_is_one_mistake_not_two() -> None:
    assert mistake("dang-router", "site", {"numbr": 17, "name": "Dang"}) == [("dang-router", "site.numbr")]


def test_a_template_that_fails_is_reported_with_ansibles_words_and_its_place() -> None:
    hosts = small()
    hosts["dang-router"]["lan"] = Broken("'nowhere' is undefined", Place("inventory/x.yml", 3))
    (problem,) = problems(hosts)
    assert (problem.file, problem.line, problem.found) == (
        "inventory/x.yml",
        3,
        "cannot be rendered: 'nowhere' is undefined",
    )


def test_one_line_that_many_hosts_share_is_one_problem() -> None:
    mistakes = Mistakes({})
    for host in ("a-router", "b-router", "b-room"):
        mistakes.add(host, ("district",), "wrong", "right", "Do it.", Place("group_vars/all.yml", 4))
    for host in ("c-room", "d-room"):
        mistakes.add(host, ("mac",), "is missing", "a MAC", "Add it.")
    found = [(p.file, p.line, p.host) for p in mistakes.problems()]
    assert found == [
        ("group_vars/all.yml", 4, "a-router and 2 more"),
        ("inventory", 0, "c-room"),
        ("inventory", 0, "d-room"),
    ]


def test_all_mistakes_are_reported_together() -> None:
    hosts = small()
    hosts["dang-router"]["vpn"] = {"mtu": 1, "mss": 2}
    hosts["ga-ry-room"]["mac"] = "none"
    hosts["ubnd-router"]["platform"] = "vyso"
    found = keys(hosts)
    assert {
        ("dang-router", "vpn.mtu"),
        ("dang-router", "vpn.mss"),
        ("ga-ry-room", "mac"),
        ("ubnd-router", "platform"),
    } <= set(found)


@pytest.mark.parametrize("section", SECTIONS)
def test_ansibles_own_validator_accepts_what_we_accept(section: str) -> None:
    """Ansible checks a role's argument as well, when the role runs: both read the same specification."""
    values = small()["dang-router"].get(section, {})
    result = ArgumentSpecValidator({section: dict(SPECS.router[section])}).validate({section: values})
    assert result.error_messages == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 70000) | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from(["10.77.17.0/24", "10.77.18.20", "203.0.113.2/30", "huyen-uy", "ga-ry", "fibre", "eth0", "vyos"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
        "number", "name", "circuits", "address", "gateway", "port", "prefix", "addresses", "mtu", "hubs", "supernet",
        "allow", "destination", "lan", "bridge", "router_id", "asn", "pool_start", "reservations", "mac",
    ]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path and path[-1] != "group_names" else []
    if isinstance(value, dict):
        for key in value:
            found += paths(value[key], (*path, key)) if key != "group_names" else []
    elif isinstance(value, list):
        for index in range(len(value)):
            found += paths(value[index], (*path, index))
    return found


@given(st.data())
def test_no_inventory_brings_anything_but_plain_words(data: st.DataObject) -> None:
    """Whatever stands at one or two places of an inventory: a district, or mistakes with words."""
    hosts: Any = small()
    hosts["dang-router"].update(
        lan={
            "prefix": "10.77.100.0/24",
            "reservations": [{"name": "tv", "mac": "64:16:7f:00:00:01", "address": "10.77.100.30"}],
        },
        vpn={"addresses": ["10.77.250.99", "10.77.251.99"], "mss": 1300},
        routing={"asn": 65100, "router_id": "10.77.255.99", "hold_time": 30},
        firewall={"allow": [{"name": "weather", "destination": "198.51.100.0/24", "protocol": "tcp", "ports": [443]}]},
    )  # fmt: skip
    hosts = copy.deepcopy(hosts)
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(paths(hosts)))
        here = hosts
        for part in path[:-1]:
            here = here[part]
        if len(path) == 1:
            del here[path[0]]
        elif isinstance(here, dict) and data.draw(st.booleans()):
            del here[path[-1]]
        else:
            here[path[-1]] = data.draw(VALUES)
    try:
        assert district(hosts).routers
    except InventoryError as error:
        assert error.problems
        assert all(problem.found and problem.expected and problem.remedy for problem in error.problems)
