"""What a run leaves in its directory: ``latest.json`` with all that was found, a line in ``history.jsonl``.

Another playbook adds ``meetings.jsonl``. Sites that a run with ``-l`` did not look at stay as they were found before.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from diemcau.files import put
from diemcau.readiness.look import Around, Look
from diemcau.readiness.verdict import Verdict
from diemcau.readiness.words import VERDICTS, circuit

LATEST, HISTORY, MEETINGS = "latest.json", "history.jsonl", "meetings.jsonl"
KEPT = 1000  # lines of the history
_MEASURED = ("one_way_ms", "jitter_ms", "percent_lost", "load_lost", "usable_kbps")

Row = dict[str, Any]


def row(look: Look, verdict: Verdict, at: str) -> Row:
    """Everything about a site, as it stands in ``latest.json``."""
    return {
        "site": look.site,
        "name": look.name,
        "number": look.number,
        "hub": look.is_hub,
        "at": at,
        "level": verdict.level,
        "verdict": asdict(VERDICTS[verdict.level]),
        "findings": [asdict(finding) for finding in verdict.findings],
        "circuits": {name: _circuit(look, name) for name in look.circuits},
        "router": None if look.router is None else look.router.as_dict(),
        # A serial number is the endpoint's factory password.
        "room": None if look.room is None else {k: v for k, v in look.room.as_dict().items() if k != "serial"},
        "line": None if look.line is None else look.line.as_dict(),
        "drift": dict(look.drift),
        "problems": dict(look.problems),
        "backup_days": look.backup_days,
    }


def _circuit(look: Look, name: str) -> Row:
    """A circuit's state; "" when its router could not be asked."""
    router = look.router
    answered = router is not None and router.answered
    return {
        **asdict(circuit(name)),
        "state": router.circuits.get(name, "") if router is not None and answered else "",
        "used": router is not None and answered and router.path == name,
    }


def keep(
    directory: Path, at: str, seconds: float, district: str, around: Around, rows: Sequence[Row], sites: Collection[str]
) -> Row:
    """Write both files; what now stands in ``latest.json``. ``sites``: all of the inventory."""
    old = {known["site"]: known for known in latest(directory).get("sites", ()) if known["site"] in sites}
    merged = {**old, **{fresh["site"]: fresh for fresh in rows}}
    told = {
        "at": at,
        "seconds": round(seconds, 1),
        "district": district,
        "hubs": list(around.hubs),
        "control": around.control_site,
        "call_server": around.call_server,
        "sites": sorted(merged.values(), key=lambda site: site["number"]),
    }
    put(directory / LATEST, json.dumps(told, ensure_ascii=False, indent=1) + "\n", private=False, check=False)
    line = json.dumps({"at": at, "seconds": round(seconds, 1), "sites": [_short(fresh) for fresh in rows]})
    lines = [*_lines(directory / HISTORY), line][-KEPT:]
    put(directory / HISTORY, "".join(f"{one}\n" for one in lines), private=False, check=False)
    return told


def _short(site: Row) -> Row:
    """What the history keeps of a site."""
    measured: Mapping[str, Any] = site["line"] or {}
    return {
        "site": site["site"],
        "level": site["level"],
        "codes": [finding["code"] for finding in site["findings"]],
        "path": (site["router"] or {}).get("path", ""),
        **({name: measured[name] for name in _MEASURED} if measured.get("target") else {}),
    }


def latest(directory: Path) -> Row:
    """What the last run found; {} before the first one."""
    path = directory / LATEST
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def history(directory: Path, name: str, most: int) -> list[Row]:
    """The last lines of a file with one object in each line, the oldest first. A line that was cut off is left out."""
    found = []
    for line in _lines(directory / name)[-most:]:
        try:
            entry = json.loads(line)
        except ValueError:  # the machine went down while it was written
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
