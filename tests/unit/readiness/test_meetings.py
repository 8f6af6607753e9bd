"""Whether a site's call was good, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diemcau.ansible.action import failed
from diemcau.errors import Problem
from diemcau.readiness import meetings

REPORT = {
    "connected": True, "seconds": 60.2, "tx_kbps": 1000.0, "rx_kbps": 1000.0, "percent_lost": 1.0, "jitter_ms": 30.0,
    "longest_gap_s": 7.5,
}  # fmt: skip


def attended(result: dict[str, Any]) -> meetings.Attendance:
    return meetings.attend("ch-om", "Ch'Ơm", result, 60)


def test_a_good_call() -> None:
    found = attended({"call_report": REPORT, "rate_kbps": 1024})
    assert found == meetings.Attendance("ch-om", "Ch'Ơm", 1024, True, 1.0, 30.0, 7.5, "")


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({"call_report": {**REPORT, "percent_lost": 1.1}}, "mất gói 1.1 %"),
        ({"call_report": {**REPORT, "jitter_ms": 31.0}}, "jitter 31 ms"),
        ({"call_report": {**REPORT, "seconds": 20.0}}, "cuộc gọi bị ngắt sau 20 s"),
        ({"call_report": {**REPORT, "connected": False, "seconds": 0.0}, "failed": True}, "không kết nối được"),
        ({"failed": True, "msg": "x", "in_call": True}, "đang họp, để yên"),
        (failed(Problem(host="ch-om-room", found="no way", state="more")), "không gọi được: ch-om-room: no way"),
        ({}, "không gọi được: không có trả lời"),
    ],
)  # fmt: skip
def test_a_call_that_was_not_good_says_why(result: dict[str, Any], reason: str) -> None:
    assert attended(result).reason == reason


def test_rehearsals_are_kept_one_a_line_and_shown(tmp_path: Path) -> None:
    good = attended({"call_report": REPORT, "rate_kbps": 1024})
    bad = meetings.attend("ga-ry", "Ga Ry", {"in_call": True}, 60)
    first = meetings.record("2026-01-02T03:04:05+07:00", 60, None, [good])
    second = meetings.record("2026-01-02T04:04:05+07:00", 60, "twin cut ga-ry/fibre", [good, bad])
    folder = tmp_path / "readiness"
    for line in (first, second):
        path = meetings.append(folder, line)
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == [first, second]
    assert path == folder / "meetings.jsonl" and "Ch'Ơm" in path.read_text("utf-8")
    assert second["sites"][0] == {
        "site": "ch-om", "name": "Ch'Ơm", "rate_kbps": 1024, "connected": True, "percent_lost": 1.0, "jitter_ms": 30.0,
        "longest_gap_s": 7.5, "reason": "",
    }  # fmt: skip
    text = "\n".join(meetings.shown(second))
    assert "1/2 điểm cầu họp tốt trong 60 s, sự cố: twin cut ga-ry/fibre" in text
    assert "CHƯA: đang họp, để yên" in text and "1024 kbit/s" in text and "8 s" in text
    assert meetings.shown(first)[-1] == "1/1 điểm cầu họp tốt trong 60 s"
