"""A meeting for a trial: everybody calls in, a line fails in the middle, and what each site lost is told and kept."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess

from tests.e2e.conftest import PROJECT, District, recap
from tests.e2e.test_rooms import COMMUNES, NUMBERS

RECORD = PROJECT / "build" / "readiness" / "meetings.jsonl"


def kept() -> list[dict[str, object]]:
    return [json.loads(line) for line in RECORD.read_text("utf-8").splitlines()] if RECORD.exists() else []


def test_a_fibre_is_cut_in_the_middle_of_a_meeting(district: District) -> None:
    before = len(kept())
    try:
        done = district.playbook("rehearse_meeting", "-e", "seconds=40", "-e", "event='twin cut ga-ry/fibre'")
    finally:
        district.must("twin", "mend", "ga-ry/fibre")
    assert "Traceback" not in done.output
    (line,) = kept()[before:]
    assert (line["seconds"], line["event"]) == (40, "twin cut ga-ry/fibre")
    sites = {site["site"]: site for site in line["sites"]}  # type: ignore[attr-defined]
    assert sites.keys() == NUMBERS.keys() - {"huyen-uy"}
    assert all(site["connected"] and site["longest_gap_s"] <= 10 for site in sites.values()), line
    assert (done.status == 0) == all(not site["reason"] for site in sites.values()), done.output
    for site in sites.values():
        assert re.search(rf"^ *{re.escape(site['name'])} +\d+ kbit/s +\d", done.output, re.M), done.output
    assert re.search(r"\d+/11 điểm cầu họp tốt trong 40 s, sự cố: twin cut ga-ry/fibre", done.output)
    assert all(not node["calls"] for node in district.nodes() if node["kind"] == "room")  # everybody hung up


def test_a_room_in_a_call_is_left_alone_and_the_others_meet(district: District) -> None:
    before = len(kept())
    calling = ["twin", "run", "--", "ansible-playbook", "playbooks/call.yml", "-e", "from=tr-hy", "-e", "to=lang"]
    with subprocess.Popen(
        [*calling, "-e", "call_seconds=150"], cwd=PROJECT, env=district.environment, stdout=subprocess.DEVNULL
    ) as call:
        district.eventually(lambda: bool(district.node("tr-hy-room")["calls"]), attempts=60)
        done = district.playbook("rehearse_meeting", "-e", "seconds=5", "-e", "to=ubnd")
        assert district.node("tr-hy-room")["calls"] == 1, "its call was touched"
        refused = district.playbook("rehearse_meeting", "-e", "seconds=5", "-e", "to=lang")
        call.wait(300)
    assert done.status != 0 and "Traceback" not in done.output
    (line,) = kept()[before:]  # none of the one that was refused
    reasons = {site["site"]: site["reason"] for site in line["sites"]}  # type: ignore[attr-defined]
    assert reasons["tr-hy"] == reasons["lang"] == "đang họp, để yên"
    assert {site for site, reason in reasons.items() if not reason} >= COMMUNES.keys() - {"tr-hy", "lang"}, reasons
    assert refused.status != 0 and "lang-room: the room is in a call: nobody was called" in refused.output
    assert recap(refused.output)["ga-ry-room"]["ok"] == 1, refused.output  # it was asked nothing


def test_an_interrupted_meeting_leaves_nobody_in_a_call(district: District) -> None:
    argv = ["twin", "run", "--", "ansible-playbook", "playbooks/rehearse_meeting.yml", "-e", "seconds=120"]
    run = subprocess.Popen(
        argv, cwd=PROJECT, env=district.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        district.eventually(lambda: int(district.node("huyen-uy-room")["calls"]) == 11, attempts=90)
    finally:
        os.killpg(run.pid, signal.SIGINT)
        output, _ = run.communicate(timeout=120)
    assert "Traceback" not in output
    district.eventually(lambda: all(not n["calls"] for n in district.nodes() if n["kind"] == "room"), attempts=60)


def test_it_needs_a_place_and_a_time(district: District) -> None:
    for options in (("-e", "to=nowhere"), ("-e", "seconds=long"), ("-e", "seconds=0")):
        done = district.playbook("rehearse_meeting", *options)
        assert done.status != 0 and "-e to=huyen-uy -e seconds=60" in done.output, done.output
        assert "Traceback" not in done.output
