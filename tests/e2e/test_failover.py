"""Lines and hubs fail while ten calls go on at once: for how long each call loses its media, and nothing flaps."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise

from tests.e2e import media
from tests.e2e.conftest import LOGS, District

# Each calls the next one, the last one the first.
RING = {
    "a-nong": 11, "a-tieng": 12, "a-vuong": 13, "a-xan": 14, "bha-lee": 15, "ch-om": 16, "dang": 17, "ga-ry": 18,
    "lang": 19, "tr-hy": 20,
}  # fmt: skip
HUBS = ("huyen-uy", "ubnd")
RATE = 256  # kbit/s
LIMIT = 10.0  # seconds of media that an event may cost
SETTLED = 25.0  # seconds until nothing more comes of an event, and of its end

# What is done, and at which sites calls may notice: everywhere when a hub goes.
CUTS = ("ga-ry/fibre", "dang/fibre", "huyen-uy/fibre")  # RouterOS, VyOS, and the hub that carries everybody
SILENT = ("ch-om/fibre", "dang/fibre")  # RouterOS from 7.22, VyOS
SLOW = "ga-ry/fibre"  # RouterOS before 7.22 checks a gateway every 10 s and gives it up after two failures
SLOW_LIMIT = 30.0

Drops = dict[tuple[str, str], int]


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


def test_lines_and_hubs_fail_during_ten_calls(district: District) -> None:
    files = {f"{site}-room": LOGS / f"failover-{site}.txt" for site in RING}
    events: list[tuple[str, float, float]] = []  # what was done, and when its time began and ended
    downs: list[Drops] = [dropped(district)]

    def event(*argv: str) -> None:
        began = time.time()
        district.must("twin", *argv)
        time.sleep(SETTLED)
        events.append((" ".join(argv), began, time.time()))
        downs.append(dropped(district))

    with ring(district), media.captured(district, files):
        for circuit, silently in [*((c, []) for c in CUTS), *((c, ["--silent"]) for c in (*SILENT, SLOW))]:
            try:
                event("cut", circuit, *silently)
            finally:
                event("mend", circuit)
        assert in_calls(district) == dict.fromkeys(RING, 2), "a call was dropped"

    found = {
        (name, source): moments
        for name, path in files.items()
        for source, moments in media.streams(path.read_text(encoding="utf-8")).items()
    }
    calls = {(name, source.rsplit(".")[2]) for name, (source, _) in found}
    assert len(calls) == 20, f"media of {len(calls)} directions of calls"  # ten calls, both ways
    late = []
    print(f"\n{'event':<28} {'longest gap':>11}  {'calls that lost':>15}  sessions that went down")
    for (what, began, ended), (before, after) in zip(events, pairwise(downs), strict=True):
        lost = {stream: media.longest(moments, began, ended) for stream, moments in found.items()}
        worst = max(lost, key=lambda stream: lost[stream])
        hit = {frozenset((name.removesuffix("-room"), source)) for (name, (source, _)), gap in lost.items() if gap > 1}
        down = {session: after[session] - before[session] for session in before if after[session] != before[session]}
        print(f"{what:<28} {lost[worst]:>9.1f} s  {len(hit):>15}  {sum(down.values())}  ({worst[0]} <- {worst[1][0]})")
        assert all(times <= 1 for times in down.values()), (what, down)
        limit = SLOW_LIMIT if what == f"cut {SLOW} --silent" else LIMIT
        late += [(what, stream, round(gap, 1)) for stream, gap in lost.items() if gap > limit]
    assert not late, late
