"""Circuits that are too narrow are refused where somebody can put it right; the messages stand in tests/errors/."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.inventories import Hosts, keys, problems, small


def hosts(up: int, down: int, **more: Any) -> Hosts:
    found = small()
    for kind in ("router", "room"):
        found[f"ga-ry-{kind}"]["wan"]["circuits"][0] |= {"up_kbps": up, "down_kbps": down}
        found[f"ga-ry-{kind}"] |= more
    return found


@pytest.mark.parametrize(("up", "down", "key"), [(507, 4000, "up_kbps"), (4000, 507, "down_kbps")])
def test_either_direction_may_be_too_narrow(up: int, down: int, key: str) -> None:
    assert keys(hosts(up, down)) == [("ga-ry-router", f"wan.circuits[0].{key}")]
    assert keys(hosts(max(up, 508), max(down, 508))) == []


def test_switched_off_nothing_is_too_narrow() -> None:
    assert keys(hosts(64, 64, qos={"enabled": False})) == []


def test_the_second_circuit_counts_with_the_calls_that_it_carries() -> None:
    found = hosts(2000, 4000)
    for kind in ("router", "room"):
        found[f"ga-ry-{kind}"]["wan"]["circuits"].append({"name": "lte", "up_kbps": 508, "down_kbps": 508})
    assert keys(found) == []
    for kind in ("router", "room"):
        found[f"ga-ry-{kind}"]["wan"]["circuits"][1]["up_kbps"] = 507
    assert keys(found) == [("ga-ry-router", "wan.circuits[1].up_kbps")]


def test_what_was_set_by_hand_is_named() -> None:
    assert keys(hosts(2000, 4000, qos={"rest_kbps": 2000})) == [("ga-ry-router", "qos.rest_kbps")]
    assert keys(hosts(2000, 4000, room={"calls": {"rate_kbps": 1472}})) == [("ga-ry-room", "room.calls.rate_kbps")]
    calls = {"rate_kbps": 512, "highest_rate_kbps": 1920}
    assert keys(hosts(2000, 4000, room={"calls": calls})) == [("ga-ry-room", "room.calls.highest_rate_kbps")]


def test_a_rate_that_does_not_fit_at_all_is_one_mistake() -> None:
    assert len(problems(hosts(2000, 4000, room={"calls": {"rate_kbps": 1920}}))) == 1
    assert len(problems(hosts(100, 100, room={"calls": {"rate_kbps": 1920}}))) == 1


def test_a_rate_by_hand_that_fits_is_taken() -> None:
    assert keys(hosts(2000, 4000, room={"calls": {"rate_kbps": 1024}}, qos={"rest_kbps": 60})) == []
