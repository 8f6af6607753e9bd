"""From what a run registered of its hosts: also of those that answered nothing, or half."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from diemcau.ansible.action import failed
from diemcau.errors import Problem
from diemcau.readiness import gather
from diemcau.readiness.look import Look
from tests.unit.inventories import district, small
from tests.unit.readiness.samples import GOOD, room, router

DISTRICT = district(small())
WELL: dict[str, dict[str, Any]] = {
    "ga-ry-router": {
        "router_look": {"site_state": router("ga-ry").as_dict(), "quiet": True},
        "router_drift": {"statements": []},
    },
    "ga-ry-room": {
        "room_look": {"room_state": {**room("ga-ry").as_dict(), "number": 18}, "quiet": True},
        "room_drift": {"statements": []},
    },
}
OUT_OF_TIME = {"failed": False, "timedout": {"frame": "x", "period": 22}, "msg": "Timed out after 22 second(s)."}


def look(**changed: Any) -> Look:
    """A look at Ga Ry, whose hosts have registered ``changed`` besides what is well."""
    (one,) = gather.looks(DISTRICT, ["ga-ry"], found(**changed), {"ga-ry": GOOD}, {"ga-ry": 3})
    return one


def found(**changed: Any) -> gather.Found:
    """What the tasks at Ga Ry returned; ``router_look`` and its like instead of what is well."""
    parts = {"router": "ga-ry-router", "room": "ga-ry-room"}
    values = {host: {**WELL[host], **changed} for host in parts.values()}
    return gather.Found(
        looks={host: values[host][f"{kind}_look"] for kind, host in parts.items()},
        drifts={host: values[host][f"{kind}_drift"] for kind, host in parts.items()},
    )


def test_everything_that_was_registered_is_in_the_look() -> None:
    found = look()
    assert (found.router, found.room, found.line) == (router("ga-ry"), room("ga-ry"), GOOD)
    assert (found.drift, found.problems, found.backup_days, found.circuits) == ({}, {}, 3, ["fibre"])


def test_a_device_that_kept_silent_until_time_was_over_did_not_answer() -> None:
    found = look(router_look=OUT_OF_TIME, room_look=OUT_OF_TIME)
    assert found.router is not None and not found.router.answered and found.router.reason == gather.NO_ANSWER
    assert found.room is not None and not found.room.answered


def test_a_host_that_was_not_asked_is_no_silent_one() -> None:
    (one,) = gather.looks(DISTRICT, ["ga-ry"], gather.Found({}, {}), {}, {})
    assert (one.router, one.room, one.line) == (None, None, None)


def test_statements_that_would_be_sent_are_drift() -> None:
    found = look(router_drift={"statements": ["set a", "set b"]}, room_drift={"statements": ["volume set 25"]})
    assert found.drift == {"ga-ry-router": 2, "ga-ry-room": 1}


def test_a_device_that_answers_and_cannot_be_compared_is_told() -> None:
    refused = failed(Problem(host="ga-ry-router", found="the device runs release 7.19", untouched=True))
    found = look(router_drift=refused, room_drift={"skipped_in_call": True, "plain": True, "msg": "x"})
    assert found.problems == {"ga-ry-router": "the device runs release 7.19"}
    assert look(router_drift=OUT_OF_TIME, room_drift={"skipped": True}).problems == {"ga-ry-router": gather.NO_ANSWER}


def test_the_hub_tells_when_a_site_was_last_heard_of() -> None:
    hub = {"site_state": router("huyen-uy", ages={"ga-ry": 95}).as_dict()}
    told = gather.Found({"huyen-uy-router": hub, "ga-ry-router": OUT_OF_TIME}, {})
    looks = {one.site: one for one in gather.looks(DISTRICT, ["huyen-uy", "ga-ry"], told, {}, {})}
    assert looks["ga-ry"].seen_ago == 95


def test_a_room_in_a_call_is_not_loaded_and_one_that_cannot_tell_is() -> None:
    busy = gather.Found({"ga-ry-room": {"room_state": room("ga-ry", in_call=True).as_dict()}}, {})
    found = {probe.site: probe for probe in gather.probes(DISTRICT, ["ga-ry", "dang"], busy)}
    assert (found["ga-ry"].in_call, found["dang"].in_call) == (True, False)
    assert (found["ga-ry"].room, found["ga-ry"].router) == ("10.77.18.20", "10.77.18.1")
    assert found["ga-ry"].rate_kbps > 0


def test_the_hubs_circuits_bound_the_load() -> None:
    assert gather.hub_circuits(DISTRICT) == [1_000_000, 1_000_000]


def test_the_age_of_a_backup_is_in_its_name() -> None:
    kept = datetime.now(UTC) - timedelta(days=5, hours=1)
    assert gather.days(Path(f"{kept:%Y%m%dT%H%M%S.%fZ}.rsc")) == 5
    assert gather.days(Path("notes.txt")) is None
    assert gather.days(None) is None


def test_a_site_on_its_second_circuit_is_measured_at_the_rate_that_this_one_carries() -> None:
    hosts = small()
    fibre = {"name": "fibre", "up_kbps": 4000, "down_kbps": 4000}
    hosts["ga-ry-router"]["wan"] = {"circuits": [fibre, {"name": "lte", "up_kbps": 1500, "down_kbps": 4000}]}
    built = district(hosts)

    def rate(path: str) -> int:
        told = gather.Found({"ga-ry-router": {"site_state": {"path": path}}}, {})
        (probe,) = gather.probes(built, ["ga-ry"], told)
        return probe.rate_kbps

    usual, backup = built.rooms["ga-ry-room"].settings["call_rate_kbps"], built.rooms["ga-ry-room"].backup_rate_kbps
    assert (rate("fibre"), rate("lte"), rate("")) == (usual, backup, usual) and usual != backup
