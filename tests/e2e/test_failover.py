"""Lines and hubs fail while ten calls go on at once: for how long each call loses its media, and nothing flaps."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from tests.e2e import media
from tests.e2e.conftest import LOGS, District

# Each calls the next one, the last one the first. No other line that is cut silently is beside the slow one's.
RING = {
    "a-nong": 11, "a-tieng": 12, "a-vuong": 13, "a-xan": 14, "bha-lee": 15, "ch-om": 16, "dang": 17, "lang": 19,
    "ga-ry": 18, "tr-hy": 20,
}  # fmt: skip
HUBS = ("huyen-uy", "ubnd")
RATE = 256  # kbit/s
LIMIT = 10.0  # seconds of media that an event may cost
SETTLED = 25.0  # seconds until nothing more comes of an event, and of its end

# What is done at a time: lines of a RouterOS and a VyOS commune, and of the hub that carries everybody.
CUTS = (("ga-ry/fibre", "dang/fibre"), ("huyen-uy/fibre",))
SILENT = ("ch-om/fibre", "dang/fibre", "ga-ry/fibre")  # RouterOS from 7.22, VyOS, RouterOS before 7.22
SLOW = "ga-ry"  # RouterOS before 7.22 checks a gateway every 10 s and gives it up after two failures
SLOW_LIMIT = 30.0

Drops = dict[tuple[str, str], int]  # a hub and its neighbour's address -> how often
Stream = tuple[str, media.Stream]  # what a room hears, and from where


def room(district: District, site: str, *commands: str) -> str:
    argv = (sys.executable, "-m", "tests.e2e.room_console", f"{site}-room", f"10.77.{RING[site]}.20", "@admin_password")
    return district.must("twin", "run", "--", *argv, *commands)


def in_calls(district: District) -> dict[str, int]:
    """Site -> how many calls its room is in."""
    rooms = {node["name"]: node["calls"] for node in district.nodes() if node["kind"] == "room"}
    return {site: int(rooms[f"{site}-room"]) for site in RING}


@contextmanager
def ring(district: District) -> Iterator[None]:
    """Ten calls: every room dials the next one's, and is in two."""
    sites = list(RING)
    ways = list(zip(sites, [*sites[1:], sites[0]], strict=True))
    try:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda pair: room(district, pair[0], f'dial manual {RATE} "80{RING[pair[1]]}" sip'), ways))
        district.eventually(lambda: in_calls(district) == dict.fromkeys(RING, 2), attempts=60)
        time.sleep(5)  # until all media flow
        yield
    finally:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda site: room(district, site, "hangup all"), sites))


def dropped(district: District) -> Drops:
    """How often BGP sessions went down since they began, as FRR counts it at the hubs, where each has an end."""

    def of(router: str) -> dict[str, int]:
        told = json.loads(district.must("twin", "exec", router, "--", "vtysh", "-c", "show bgp neighbors json"))
        return {address: int(state["connectionsDropped"]) for address, state in told.items()}

    routers = [f"{site}-router" for site in HUBS]
    with ThreadPoolExecutor(2) as pool:
        counted = dict(zip(routers, pool.map(of, routers), strict=True))
    return {(router, address): count for router in routers for address, count in counted[router].items()}


@dataclass(frozen=True)
class Event:
    """What was done, the moments between which it had its time, and what of the hubs' sessions went down meanwhile."""

    what: str
    circuits: Sequence[str]
    began: float
    ended: float
    downs: Drops

    def limit(self, stream: Stream) -> float:
        slow = self.what == "cut --silent" and f"{SLOW}/fibre" in self.circuits and touches(stream, SLOW)
        return SLOW_LIMIT if slow else LIMIT


def touches(stream: Stream, site: str) -> bool:
    """Whether what a room hears comes from or to a site; a hub carries everybody."""
    room, (source, _) = stream
    return site in HUBS or room == f"{site}-room" or source == f"10.77.{RING[site]}.20"


def test_lines_and_hubs_fail_during_ten_calls(district: District) -> None:
    files = {f"{site}-room": LOGS / f"failover-{site}.txt" for site in RING}
    events: list[Event] = []
    drops = [dropped(district)]  # before the first event, and at the end of each

    def event(circuits: Sequence[str], what: str, *how: str) -> None:
        began = time.time()
        for circuit in circuits:
            district.must("twin", what, circuit, *how)
        time.sleep(SETTLED)
        ended = time.time()
        drops.append(dropped(district))
        before, after = drops[-2:]
        downs = {session: after[session] - before[session] for session in before if after[session] != before[session]}
        events.append(Event(" ".join((what, *how)), circuits, began, ended, downs))

    with ring(district), media.captured(district, files):
        for circuits, how in [*((together, ()) for together in CUTS), (SILENT, ("--silent",))]:
            try:
                event(circuits, "cut", *how)
            finally:
                event(circuits, "mend")
        assert in_calls(district) == dict.fromkeys(RING, 2), "a call was dropped"

    found = {
        (name, source): moments
        for name, path in files.items()
        for source, moments in media.streams(path.read_text(encoding="utf-8")).items()
    }
    calls = {(name, source.rsplit(".")[2]) for name, (source, _) in found}
    assert len(calls) == 20, f"media of {len(calls)} directions of calls"  # ten calls, both ways
    late = []
    print(f"\n{'event':<14} {'line':<14} {'longest gap':>11}  {'media that stopped':>18}  sessions that went down")
    for seen in events:
        lost = {stream: media.longest(moments, seen.began, seen.ended) for stream, moments in found.items()}
        for circuit in seen.circuits:
            near = {stream: gap for stream, gap in lost.items() if touches(stream, circuit.partition("/")[0])}
            stopped = sum(gap > 1 for gap in near.values())
            print(
                f"{seen.what:<14} {circuit:<14} {max(near.values()):>9.1f} s  {stopped:>18}  {sum(seen.downs.values())}"
            )
        late += [(seen.what, stream, round(gap, 1)) for stream, gap in lost.items() if gap > seen.limit(stream)]
    assert not late, late
    flapped = [(seen.what, seen.circuits, seen.downs) for seen in events if any(n > 1 for n in seen.downs.values())]
    assert not flapped, flapped
