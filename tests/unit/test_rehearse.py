"""tools/rehearse: the part of it that a shell runs."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from types import ModuleType

import pytest

from tests import programs

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return programs.load(PROJECT / "tools" / "rehearse")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / 'Điểm cầu $x\'s "copy"'
    folder.mkdir()
    return folder / "push.log"


def test_output_is_shown_and_kept_in_a_folder_of_any_name(tool: ModuleType, log: Path) -> None:
    command = ["sh", "-c", 'echo "$1"; echo "$2" >&2', "x", "two  words, $HOME", "to stderr"]
    done = subprocess.run(tool.logged(command, log), check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "two  words, $HOME\nto stderr\n", "")
    assert log.read_text() == done.stdout
    assert [path.name for path in log.parent.parent.iterdir()] == [log.parent.name]  # no part of the name is a file


def test_a_push_that_failed_ends_as_it_failed_when_routers_have_gone_back(tool: ModuleType, log: Path) -> None:
    began = time.monotonic()
    done = subprocess.run(tool.logged(["sh", "-c", "echo no; exit 4"], log, 0.5), check=False, capture_output=True)
    assert (done.returncode, done.stdout, log.read_text()) == (4, b"no\n", "no\n")
    assert time.monotonic() - began >= 0.5  # a busy machine only makes it longer


def test_the_push_is_of_the_named_sites_and_confirmed_in_a_minute(tool: ModuleType) -> None:
    words = tool.push("huyen_uy,a_tieng")
    assert words[:3] == ["twin", "run", "--"] and words[words.index("-l") + 1] == "huyen_uy,a_tieng"
    assert words[-1] == "confirm_minutes=1" and tool.REVERT > 60
