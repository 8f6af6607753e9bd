"""Mistakes about rooms that no single value shows; the messages stand in tests/errors/."""

from __future__ import annotations

import pytest

from tests.unit.inventories import Hosts, problems, set_district, small


def found(room: object, host: str = "ga-ry-room") -> list[tuple[str, str]]:
    hosts = small()
    hosts[host]["room"] = room
    return [(problem.host, problem.key) for problem in problems(hosts)]


def test_what_is_derived_is_right() -> None:
    assert problems(small()) == []


@pytest.mark.parametrize(
    ("room", "key"),
    [
        ({"extension": "8017"}, "room.extension"),
        ({"calls": {"rate_kbps": 1920}}, "room.calls.rate_kbps"),
        ({"calls": {"rate_kbps": 1000}}, "room.calls.rate_kbps"),
        ({"calls": {"highest_rate_kbps": 128}}, "room.calls.highest_rate_kbps"),
        ({"media": {"udp_port_low": 3290}}, "room.media.udp_port_high"),
        ({"media": {"tcp_port_high": 3229}}, "room.media.tcp_port_high"),
        ({"h323": {"gatekeeper": "10.77.1.15"}}, "room.h323.gatekeeper"),
        ({"system_name": "x" * 41}, "room.system_name"),
        ({"volume": 51}, "room.volume"),
        ({"sleep_minutes": 7}, "room.sleep_minutes"),
        ("Ga Ry", "room"),
        ({"calls": "fast"}, "room.calls"),
        ({"media": []}, "room.media"),
    ],
)
def test_a_mistake_is_one_message_at_its_key(room: object, key: str) -> None:
    assert found(room) == [("ga-ry-room", key)]


def test_a_name_that_is_as_long_as_possible_is_taken() -> None:
    assert found({"system_name": "ư" * 40}) == []


def test_the_name_of_the_site_counts_when_no_other_is_given() -> None:
    hosts = small()
    for host in ("ga-ry-router", "ga-ry-room"):
        hosts[host]["site"]["name"] = "Xã " * 14
    assert [(p.host, p.key) for p in problems(hosts)] == [("ga-ry-room", "room.system_name")]


def test_a_second_room_with_the_same_extension_by_hand() -> None:
    hosts = small()
    for host in ("ga-ry-room", "dang-room"):
        hosts[host]["room"] = {"extension": "101"}
    assert len(problems(hosts)) == 1


def with_hub(slug: str, up: int, down: int) -> Hosts:
    hosts = small()
    for kind in ("router", "room"):
        hosts[f"{slug}-{kind}"]["wan"]["circuits"][0] |= {"up_kbps": up, "down_kbps": down}
    return hosts


@pytest.mark.parametrize("slug", ["huyen-uy", "ubnd"])
@pytest.mark.parametrize(("rates", "key"), [((4761, 9000), "up_kbps"), ((9000, 4761), "down_kbps")])
def test_a_hub_carries_the_calls_of_all_others(slug: str, rates: tuple[int, int], key: str) -> None:
    (problem,) = problems(with_hub(slug, *rates))
    assert (problem.host, problem.key) == (f"{slug}-router", f"wan.circuits[0].{key}")
    # The two communes' circuits carry calls of 1024 each, the other hub's the highest, 1920.
    assert problem.found == "carries calls of 3967 kbit/s together, the 3 other rooms' take 3968"
    assert problem.expected.startswith("at least 4762 kbit/s both ways")
    assert problem.remedy.endswith("or room.calls.rate_kbps: 1024 for the rooms.")
    assert problems(with_hub(slug, 4762, 4762)) == []


def test_when_no_offered_rate_would_do_none_is_proposed() -> None:
    (problem,) = problems(with_hub("ubnd", 100, 100))
    assert problem.remedy == "Write the rate that the contract names."


def test_a_call_server_outside_is_reached_by_each_sites_own_circuit() -> None:
    outside = set_district(with_hub("ubnd", 5000, 5000), call_server="198.51.100.77")
    assert problems(outside) == []
