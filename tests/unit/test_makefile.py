"""make test and make check: steps side by side, all of them whatever fails, in a folder of any name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# Stands for tools/step: writes down what it was called with, and when; fails as $FAILS says.
STEP = """#!/usr/bin/env bash
set -euo pipefail
name=$1 began=$EPOCHREALTIME
echo "begins: $name"
sleep 0.3
printf '%s\\t%s\\t%s\\t%s\\n' "$began" "$EPOCHREALTIME" "$name" "$(cat | wc -c) ${MAKEFLAGS-} ${SIDE_BY_SIDE-}" >>steps
echo "ends: $name"
[ "$name" != "${FAILS-}" ]
"""
CHECK = {
    "ruff: rules", "ruff: layout", "mypy --strict", "layers: who imports whom", "yamllint", "ansible-lint: production",
    "the tables of keys are current", "unit tests", "intended/ is current",
    "intended/ against real devices' command trees",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The Makefile with tools that only write down what they were called for, in a folder with blanks and accents."""
    place = tmp_path / "Điểm cầu x" / "diemcau copy"
    (place / "tools").mkdir(parents=True)
    shutil.copy(PROJECT / "Makefile", place)
    for name, script in (("step", STEP), ("install", "#!/bin/sh\necho $1 >>installed\n"), ("venv", "#!/bin/sh\n")):
        (place / "tools" / name).write_text(script)
        (place / "tools" / name).chmod(0o755)
    return place


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env={**clean, **environment}, check=False, timeout=60, capture_output=True,
        text=True, input="not for a step",
    )  # fmt: skip


def steps(folder: Path) -> list[tuple[float, float, str, str]]:
    """When each step began and ended, its name, and what it found in its environment."""
    lines = [line.split("\t") for line in (folder / "steps").read_text().splitlines()]
    return sorted((float(began), float(ended), name, rest.strip()) for began, ended, name, rest in lines)


def test_check_is_every_fast_step(folder: Path) -> None:
    done = make(folder, "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert {name for _, _, name, _ in steps(folder)} == CHECK
    assert (folder / "installed").read_text() == "test\n"  # once, before all of them
    assert {rest for _, _, _, rest in steps(folder)} == {"0"}  # no input, nothing of this make for one that a test runs


def test_one_that_fails_fails_the_whole_and_the_others_go_on(folder: Path) -> None:
    done = make(folder, "test", FAILS="unit tests")
    names = [name for _, _, name, _ in steps(folder)]
    assert done.returncode != 0 and "unit] Error 1" in done.stderr
    everything = re.findall(r'\$\(step\) "([^"]+)"', (PROJECT / "Makefile").read_text().replace("\\\n", ""))
    assert set(names) == {*everything} - {"what changes on which device", "inventories with mistakes"}
    assert len(names) == len(set(names)) and set(names) > CHECK


def test_a_step_that_fails_ends_its_target_alone(folder: Path) -> None:
    done = make(folder, "check", FAILS="ruff: layout")
    assert done.returncode != 0
    left_out = {
        "mypy --strict", "layers: who imports whom", "yamllint", "ansible-lint: production",
        "the tables of keys are current",
    }  # fmt: skip
    assert {name for _, _, name, _ in steps(folder)} == CHECK - left_out


def test_at_most_six_at_a_time_each_ones_output_whole(folder: Path) -> None:
    done = make(folder, "test")
    found = steps(folder)
    most = max(sum(1 for began, ended, _, _ in found if began <= moment < ended) for moment, *_ in found)
    assert 2 <= most <= 6
    lines = [line for line in done.stdout.splitlines() if line.startswith(("begins: ", "ends: "))]
    assert [line.partition(": ")[2] for line in lines[::2]] == [line.partition(": ")[2] for line in lines[1::2]]
    assert lines[::2] == [line for line in lines if line.startswith("begins")]


def test_several_targets_that_a_person_names_run_one_after_the_other(folder: Path) -> None:
    done = make(folder, "-j4", "unit", "lint", "intended")
    assert done.returncode == 0
    found = steps(folder)
    assert all(ended <= began for (_, ended, *_), (began, *_) in pairwise(found))


def test_help_tells_of_each_target_that_is_typed(folder: Path) -> None:
    told = make(folder).stdout
    assert {"install", "demo", "test", "check", "report", "rehearse"} <= set(re.findall(r"^  make (\S+)", told, re.M))
