"""A slow line is paid for by the round trip: no run may need more of them than was aimed at.

Counted, never timed. ``make bench`` shows the same numbers beside seconds and beside plain netmiko.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.lab import PROJECT
from tests.bench.roundtrips import CHANGE, NOTHING, RELEASES

MILLISECONDS = 200  # far more than what both ends compute between two answers


@pytest.mark.root
@pytest.mark.slow
@pytest.mark.parametrize("platform", sorted(RELEASES))
def test_no_run_needs_more_round_trips_than_aimed_at(platform: str, tmp_path: Path) -> None:
    numbers = tmp_path / "numbers.json"
    options = ["--platform", platform, "--delays", str(MILLISECONDS), "--without-netmiko", "--json", str(numbers)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.roundtrips", *options],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    cases = {case["run"]: case for case in json.loads(numbers.read_text())}
    assert cases.keys() == {NOTHING, CHANGE}
    sessions = {NOTHING: 1, CHANGE: 2}  # a change is confirmed over a new one
    for run, case in cases.items():
        measured = case["by_milliseconds"][str(MILLISECONDS)]
        assert measured["connections"] == sessions[run], done.stdout
        assert measured["round_trips"] <= case["aim"], done.stdout
