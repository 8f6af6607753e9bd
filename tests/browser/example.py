"""A whole district as a run may find it, with faults, former runs and a rehearsed meeting."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from diemcau.readiness import page, records
from diemcau.readiness.look import Look, around
from diemcau.readiness.site import NO_LINK, UP
from diemcau.readiness.verdict import judge
from tests.unit.readiness.samples import CALL_SERVER, GOOD, HUBS, OFFERED, look, room, silent

COMMUNES = {
    "a-nong": "A Nông", "a-tieng": "A Tiêng", "a-vuong": "A Vương", "a-xan": "A Xan", "bha-lee": "Bha Lêê",
    "ch-om": "Ch'Ơm", "dang": "Dang", "ga-ry": "Ga Ry", "lang": "Lăng", "tr-hy": "Tr'Hy",
}  # fmt: skip
NAMES = {"huyen-uy": "Huyện ủy", "ubnd": "UBND huyện", **COMMUNES}


def _well(site: str) -> Look:
    """Where all is well."""
    model = look(site if site in HUBS else "ga-ry")
    assert model.router is not None and model.room is not None and model.line is not None
    number = 10 + list(NAMES).index(site) - 1 if site not in HUBS else model.number
    peers = [name for name in NAMES if name != site] if site in HUBS else list(HUBS)
    own = {"site": site, "name": NAMES[site], "number": number}
    told = replace(model.router, **own, ages=dict.fromkeys(peers, 40), sessions=dict.fromkeys(peers, True))
    endpoint = replace(model.room, site=site, host=f"{site}-room", name=NAMES[site], extension=str(8000 + number))
    return replace(model, **own, router=told, room=endpoint)


def _faults(run: int) -> dict[str, Look]:
    """Some things went wrong; more of them in the last run."""
    well = {site: _well(site) for site in NAMES}
    changed: dict[str, Look] = {}
    if run % 4 == 3:
        changed["ch-om"] = replace(well["ch-om"], line=replace(GOOD, percent_lost=3.0, one_way_ms=60.0 + 9 * run))
    if run < 11:
        return changed
    lte = {"path": "lte", "circuits": {"fibre": NO_LINK, "lte": UP}}
    weak = replace(GOOD, wanted_kbps=1920, load_lost=31.4, load_rise_ms=180.0, usable_kbps=1553.0, jitter_ms=18.0)
    lost: Any = {"router": silent("ga-ry"), "room": room("ga-ry", answered=False), "line": replace(GOOD, target="")}
    return {
        "a-xan": replace(well["a-xan"], router=replace(_state("a-xan"), circuits={"fibre": UP, "lte": NO_LINK})),
        "dang": replace(well["dang"], router=replace(_state("dang"), **lte), line=weak),
        "tr-hy": replace(well["tr-hy"], **lost, seen_ago=5400),
        "lang": replace(well["lang"], room=replace(_endpoint("lang"), muted=True), drift={"lang-router": 2}),
        "ch-om": replace(well["ch-om"], line=replace(GOOD, one_way_ms=204.0, percent_lost=0.5)),
    }


def _state(site: str) -> Any:
    return _well(site).router


def _endpoint(site: str) -> Any:
    return _well(site).room


def make(directory: Path) -> Path:
    """Write a dozen runs, a rehearsed meeting and the page."""
    for run in range(12):
        changed = _faults(run)
        looks = [changed.get(site) or _well(site) for site in NAMES]
        shared = around(looks, HUBS, NAMES, "huyen-uy", CALL_SERVER, OFFERED)
        at = f"2026-11-{12 + run}T07:30:00+07:00"
        rows = [records.row(one, judge(one, shared), at) for one in looks]
        records.keep(directory, at, 31.0, "Tây Giang", shared, rows, NAMES)
    sites = [
        {"site": site, "name": name, "rate_kbps": 1024, "connected": site != "tr-hy", "percent_lost": 0.2,
         "jitter_ms": 4.0, "longest_gap_s": 2.4 if site == "ga-ry" else 0.1,
         "reason": "" if site != "tr-hy" else "không bắt máy"}
        for site, name in COMMUNES.items()
    ]  # fmt: skip
    meeting = {"at": "2026-11-23T14:00:00+07:00", "seconds": 60, "event": "cut ga-ry/fibre", "sites": sites}
    (directory / records.MEETINGS).write_text(f"{json.dumps(meeting)}\n", encoding="utf-8")
    return page.write(directory)


if __name__ == "__main__":
    print(make(Path("build/readiness-example")))
