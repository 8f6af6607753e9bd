"""From the results of a run's tasks to looks at sites."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from diemcau import endpoints
from diemcau.design.district import District
from diemcau.endpoints import RoomState
from diemcau.errors import problems_of
from diemcau.intent import Endpoint, Router
from diemcau.readiness.line import Measured
from diemcau.readiness.look import Look
from diemcau.readiness.site import SiteState, assess
from diemcau.readiness.waves import Probe

NO_ANSWER = "không trả lời trong thời gian cho phép"

Results = Mapping[str, Mapping[str, Any]]  # host -> the result of its task; a host that was not asked is not in it


@dataclass(frozen=True)
class Found:
    """What the tasks of a run returned."""

    looks: Results  # of router_state, polycom_info
    drifts: Results  # of router_config, polycom_settings in check mode


T = TypeVar("T", SiteState, RoomState)


def hub_circuits(district: District) -> list[int]:
    """What the first circuits of the hubs carry in the slower direction, in kbit/s."""
    hubs = [router for router in district.routers.values() if router.is_hub]
    return [min(hub.wan.circuits[0].up_kbps, hub.wan.circuits[0].down_kbps) for hub in hubs]


def probes(district: District, sites: Collection[str], found: Found) -> list[Probe]:
    """What is measured at these sites. A room that cannot tell whether it is in a call counts as free."""
    return [
        Probe(
            site=room.site,
            room=room.address,
            # On its LAN: what is addressed to its loopback goes as management, with that class's rate.
            router=router.lan.address.partition("/")[0],
            rate_kbps=_rate_kbps(room, router, _part(found.looks, router.host, "site_state")),
            in_call=bool(_part(found.looks, room.host, "room_state").get("in_call")),
        )
        for room in district.rooms.values()
        if room.site in sites
        for router in [district.router_of(room.site)]
    ]


def _rate_kbps(room: Endpoint, router: Router, told: Mapping[str, Any]) -> int:
    """Of the room's calls now: on another circuit than the first they have the rate that this one carries."""
    on_first = told.get("path", "") in ("", router.wan.circuits[0].name)
    usual = room.call_rate_kbps
    return usual if on_first or room.backup_rate_kbps is None else min(usual, room.backup_rate_kbps)


def looks(
    district: District,
    sites: Collection[str],
    found: Found,
    measured: Mapping[str, Measured],
    backup_days: Mapping[str, int | None],
) -> list[Look]:
    """One look for each site, in the district's order."""
    states = {
        router.site: _router_state(district, router, found)
        for router in district.routers.values()
        if router.site in sites
    }
    return [
        Look(
            site=router.site,
            name=router.display_name,
            number=district.numbers[router.site],
            is_hub=router.is_hub,
            router=states[router.site],
            room=_room_state(room, found),
            line=measured.get(router.site),
            circuits=[circuit.name for circuit in router.wan.circuits],
            drift=_drift(found, router.host, room.host),
            problems=_problems(found, router.host, room.host),
            backup_days=backup_days.get(router.site),
            seen_ago=_seen_ago(router, states.values()),
        )
        for router in district.routers.values()
        if router.site in sites
        for room in [district.room_of(router.site)]
    ]


def days(backup: Path | None) -> int | None:
    """How old a backup is, by its name (``20261124T225420.000000Z.rsc``); None when there is none."""
    if backup is None:
        return None
    try:
        kept = datetime.strptime(backup.name.partition(".")[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None  # somebody's own file
    return max((datetime.now(UTC) - kept).days, 0)


def _part(results: Results, host: str, key: str) -> Mapping[str, Any]:
    part = results.get(host, {}).get(key)
    return part if isinstance(part, Mapping) else {}


def _made(kind: type[T], values: Mapping[str, Any]) -> T:
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in values.items() if name in known})


def _router_state(district: District, router: Router, found: Found) -> SiteState | None:
    result = found.looks.get(router.host)
    if result is None:
        return None  # -l left it out
    told = _part(found.looks, router.host, "site_state")
    if told:
        return _made(SiteState, told)
    mac = district.room_of(router.site).mac
    return assess(router, district.numbers[router.site], mac, None, _reason(result))


def _room_state(room: Endpoint, found: Found) -> RoomState | None:
    result = found.looks.get(room.host)
    if result is None:
        return None
    told = _part(found.looks, room.host, "room_state")
    return _made(RoomState, told) if told else endpoints.unknown(room, _reason(result))


def _reason(result: Mapping[str, Any]) -> str:
    """Why a device could not be asked: a task that ran out of time has no problem of ours."""
    told = problems_of(result.get("problems", ()))
    return told[0].reason if told else NO_ANSWER


def _drift(found: Found, *hosts: str) -> dict[str, int]:
    """Host -> how many statements would change it; hosts as they should be are left out."""
    counts = {host: len(found.drifts.get(host, {}).get("statements", ())) for host in hosts}
    return {host: count for host, count in counts.items() if count}


def _problems(found: Found, *hosts: str) -> dict[str, str]:
    """Host -> why it could not be compared although it answered."""
    told = {}
    for host in hosts:
        result = found.drifts.get(host)
        if result and not result.get("skipped") and "statements" not in result and not result.get("skipped_in_call"):
            told[host] = _reason(result)
    return told


def _seen_ago(router: Router, states: Collection[SiteState | None]) -> int | None:
    """Seconds since any router last shook hands with this one."""
    ages: Sequence[int] = [
        age
        for state in states
        if state is not None and state.site != router.site and (age := state.ages.get(router.site)) is not None
    ]
    return min(ages, default=None)
