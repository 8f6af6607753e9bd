"""Mistakes about rooms that no single value shows; the messages stand in tests/errors/."""

from __future__ import annotations

import pytest

from tests.unit.inventories import problems, small


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
