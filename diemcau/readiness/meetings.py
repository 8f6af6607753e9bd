"""Rehearsed meetings: whether each site's call was good, and the record that is kept of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from diemcau.errors import problems_of
from diemcau.readiness.line_causes import MOST_JITTER, MOST_LOST
from diemcau.readiness.records import MEETINGS  # one rehearsal a line, the newest last
from diemcau.reports.tables import table

ENDED_EARLY = 0.9  # of the time asked for: a call that lasted less was ended by something else
HEADINGS = ("Điểm cầu", "Tốc độ", "Mất gói", "Jitter", "Gián đoạn", "Kết quả")


@dataclass(frozen=True)
class Attendance:
    """How one site took part."""

    site: str
    name: str  # for people
    rate_kbps: int  # that was dialled
    connected: bool
    percent_lost: float
    jitter_ms: float
    longest_gap_s: float
    reason: str  # in Vietnamese, why it was not good; "" when it was


def attend(site: str, name: str, result: Mapping[str, Any], seconds: float) -> Attendance:
    """Judge what ``polycom_call`` found out; nothing, when it did not come to that."""
    report = result.get("call_report") or {}
    return Attendance(
        site=site,
        name=name,
        rate_kbps=int(result.get("rate_kbps", 0)),
        connected=bool(report.get("connected")),
        percent_lost=float(report.get("percent_lost", 0.0)),
        jitter_ms=float(report.get("jitter_ms", 0.0)),
        longest_gap_s=float(report.get("longest_gap_s", 0.0)),
        reason=_reason(result, report, seconds),
    )


def _reason(result: Mapping[str, Any], report: Mapping[str, Any], seconds: float) -> str:
    if result.get("in_call"):
        return "đang họp, để yên"
    if not report:
        told = problems_of(result.get("problems", ()))
        return f"không gọi được: {told[0].headline() if told else 'không có trả lời'}"
    if not report["connected"]:
        return "không kết nối được"
    reasons = []
    if report["seconds"] < ENDED_EARLY * seconds:
        reasons.append(f"cuộc gọi bị ngắt sau {report['seconds']:.0f} s")
    if report["percent_lost"] > MOST_LOST:
        reasons.append(f"mất gói {report['percent_lost']:.1f} %")
    if report["jitter_ms"] > MOST_JITTER:
        reasons.append(f"jitter {report['jitter_ms']:.0f} ms")
    return "; ".join(reasons)


def record(at: str, seconds: int, event: str | None, sites: Sequence[Attendance]) -> dict[str, Any]:
    """One line of the record. ``at`` is in ISO form, ``event`` what was done meanwhile."""
    return {"at": at, "seconds": seconds, "event": event, "sites": [asdict(site) for site in sites]}


def append(directory: Path, line: Mapping[str, Any]) -> Path:
    """Add one rehearsal to those that are kept."""
    path = directory / MEETINGS
    directory.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def shown(line: Mapping[str, Any]) -> list[str]:
    """A rehearsal as a table."""
    rows = [
        (
            site["name"],
            f"{site['rate_kbps']} kbit/s" if site["rate_kbps"] else "–",
            *(
                (f"{site['percent_lost']:.1f} %", f"{site['jitter_ms']:.0f} ms", f"{site['longest_gap_s']:.0f} s")
                if site["connected"]
                else ("–", "–", "–")
            ),
            f"CHƯA: {site['reason']}" if site["reason"] else "tốt",
        )
        for site in line["sites"]
    ]
    good = sum(not site["reason"] for site in line["sites"])
    event = f", sự cố: {line['event']}" if line["event"] else ""
    return ["", *table(HEADINGS, rows), "", f"{good}/{len(rows)} điểm cầu họp tốt trong {line['seconds']} s{event}"]
