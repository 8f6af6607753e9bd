"""Drift of the provisioned district: seen on routers and rooms, told apart from what could not be asked, left alone."""

from __future__ import annotations

import re

from tests.e2e.conftest import PROJECT, District, recap
from tests.e2e.test_rooms import console

RULE = "ping-lan"  # of the input chain
REPORT = PROJECT / "build" / "report" / "devices.md"


def told(name: str) -> list[str]:
    """The row of a device in the report's table."""
    rows = [line.strip("| ").split(" | ") for line in REPORT.read_text(encoding="utf-8").splitlines() if "| " in line]
    return next((row[-2:] for row in rows if name in row), [])


def test_a_district_as_it_was_asked_for_has_none(district: District) -> None:
    done = district.playbook("drift")
    assert done.status == 0, done.output
    assert "0 of 24 devices differ: build/report/devices.md" in done.output
    assert "Không thiết bị nào sai lệch" in REPORT.read_text(encoding="utf-8")


def test_drift_is_named_and_left_alone_and_a_silent_site_stops_no_other(district: District) -> None:
    assert district.console("ga-ry-router", f'/ip firewall filter remove [find comment="{RULE}"]') == ""
    console(district, "ch-om", "volume set 3")
    district.must("twin", "power", "dang-router", "off")
    try:
        done = district.playbook("drift")
    finally:
        district.must("twin", "power", "dang-router", "on")
    assert done.status != 0 and "Traceback" not in done.output
    assert "2 of 24 devices differ, 2 not compared: build/report/devices.md" in done.output, done.output
    failed = {host for host, counters in recap(done.output).items() if counters["failed"]}
    assert failed == {"ga-ry-router", "ch-om-room", "dang-router", "dang-room"}
    assert told("ga-ry-router") == ["tường lửa 1", "⚠ đường vào thiết bị"]
    assert told("ch-om-room") == ["cài đặt phòng họp 1", "–"]
    for silent in ("dang-router", "dang-room"):
        assert told(silent)[0] == "KHÔNG ĐỌC ĐƯỢC"
    # Nothing was put right by looking, on either device.
    assert RULE not in district.console("ga-ry-router", "/ip firewall filter export terse")
    assert "volume 3" in console(district, "ch-om", "volume get")
    report = REPORT.read_text(encoding="utf-8")
    assert RULE in report and "\n  volume set 25\n" in report
    assert re.search(r"\nga-ry-router: differs from the inventory: would send 1 statement\n +expected: ", done.output)
    # What the message says puts it right.
    assert district.playbook("site", "-l", "ga-ry-router,ch-om-room").status == 0
    assert district.playbook("drift", "-l", "ga_ry,ch_om").status == 0
    district.eventually(lambda: district.ping("dang-room", "10.77.1.20"))
