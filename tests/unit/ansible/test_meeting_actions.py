"""The action that keeps a rehearsed meeting: what it takes from each room's result, and when it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.ansible.test_room_actions import action
from tests.unit.inventories import district, small
from tests.unit.readiness.test_meetings import REPORT

GOOD = {"call_report": REPORT, "rate_kbps": 1024}


def kept(monkeypatch: pytest.MonkeyPatch, folder: Path, results: dict[str, Any], check: bool = False) -> dict[str, Any]:
    made = action("meeting_record", monkeypatch)
    monkeypatch.setattr(made, "district", lambda task_vars, placeholders: district(small()))
    monkeypatch.setitem(type(made).work.__globals__, "PROJECT", folder)
    arguments = {"hosts": list(results), "seconds": 60, "event": "", "directory": "kept"}
    hostvars = {host: {} if found is None else {"meeting": found} for host, found in results.items()}
    found: dict[str, Any] = made.work(arguments, {"hostvars": hostvars, "ansible_check_mode": check})
    return found


def test_a_good_meeting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = kept(monkeypatch, tmp_path, {"ga-ry-room": GOOD, "dang-room": GOOD})
    assert "failed" not in result and result["line"] == "kept/meetings.jsonl: kept"
    (line,) = (tmp_path / "kept" / "meetings.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == result["meeting"]
    assert [site["site"] for site in result["meeting"]["sites"]] == ["dang", "ga-ry"]  # by number
    assert result["meeting"]["event"] is None and result["meeting"]["at"][10] == "T"


def test_a_meeting_that_was_not_good_is_kept_and_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = kept(monkeypatch, tmp_path, {"ga-ry-room": GOOD, "dang-room": None})
    assert result["failed"] and result["msg"].startswith("the meeting was not good at dang\n    expected: every call")
    assert result["meeting"]["sites"][0]["reason"] == "không gọi được: không có trả lời"
    assert (tmp_path / "kept" / "meetings.jsonl").exists()


def test_check_mode_keeps_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert kept(monkeypatch, tmp_path, {"ga-ry-room": None}, check=True)["line"] == "sẽ gọi thử 1 điểm cầu"
    assert not (tmp_path / "kept").exists()
