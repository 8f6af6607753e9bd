"""The page for people: one HTML file that needs no other, made anew from what is in the directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from diemcau.files import put
from diemcau.readiness import markup, picture, records, sparkline
from diemcau.readiness.line import HEADROOM
from diemcau.readiness.line_causes import MOST_DELAY, MOST_LOST
from diemcau.readiness.upkeep import WRONG_CLOCK
from diemcau.readiness.words import CARE, NOT_READY, READY, UNKNOWN
from diemcau.rendering import environment

PAGE = "index.html"
MEETINGS_SHOWN = 8
_ORDER = (NOT_READY, UNKNOWN, CARE, READY)  # what somebody has to see to comes first

Row = Mapping[str, Any]


def write(directory: Path) -> Path:
    """Make ``index.html`` of ``latest.json``, ``history.jsonl`` and ``meetings.jsonl``, as far as they are there."""
    path = directory / PAGE
    put(path, html(directory), private=False, check=False)
    return path


def html(directory: Path) -> str:
    """The page as text."""
    latest = records.latest(directory)
    sites: list[Row] = latest.get("sites", [])
    runs = records.history(directory, records.HISTORY, sparkline.MOST)
    meetings = records.history(directory, records.MEETINGS, MEETINGS_SHOWN)
    return (
        environment(".", {})
        .get_template("reports/readiness.html.j2")
        .render(
            latest=latest,
            sites=sorted(sites, key=lambda site: (_ORDER.index(site["level"]), site["number"])),
            names={site["site"]: site["name"] for site in sites},
            not_ready=[site for site in sites if site["level"] == NOT_READY],
            unknown=[site for site in sites if site["level"] == UNKNOWN],
            care=[site for site in sites if site["level"] == CARE],
            picture=picture.svg(sites, latest.get("hubs", ())),
            history={site["site"]: _plots(site["name"], site["site"], runs) for site in sites},
            meetings=list(reversed(meetings)),
            both=markup.both,
            words=markup.words,
            moment=markup.moment,
            marks=markup.MARKS,
            levels={"ready": READY, "care": CARE, "unknown": UNKNOWN, "not_ready": NOT_READY},
            headroom=HEADROOM,
            clock_limit=WRONG_CLOCK,
        )
    )


def _plots(name: str, site: str, runs: Sequence[Row]) -> dict[str, str]:
    """The plots of a site over the runs that looked at it."""
    found = [one for run in runs for one in run.get("sites", ()) if one["site"] == site]
    delays = [one.get("one_way_ms") for one in found]
    lost = [max(one["percent_lost"], one["load_lost"]) if "percent_lost" in one else None for one in found]
    return {
        "levels": sparkline.levels([one["level"] for one in found], f"{name}: kết quả {len(found)} lần gần nhất"),
        "delay": sparkline.line(delays, MOST_DELAY, f"{name}: trễ một chiều {len(found)} lần gần nhất, ms"),
        "lost": sparkline.line(lost, MOST_LOST, f"{name}: mất gói {len(found)} lần gần nhất, phần trăm"),
    }
