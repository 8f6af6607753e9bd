"""Waiting for a technician: tries, words about every minute, and an end; with a clock that costs nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from diemcau.errors import DiemcauError, HostKeyChanged, Problem, Unexpected, Unreachable
from diemcau.push import waiting
from diemcau.reports import wording
from diemcau.transport.ssh import Target

ERRORS = Path(__file__).resolve().parents[2] / "errors"
TARGET = Target("ga-ry-router", "10.77.255.18", "diemcau", None, "ssh-ed25519 AAAA")
SILENT = Unreachable(Problem(host="ga-ry-router", found="10.77.255.18 cannot be reached by SSH: timed out"))
OTHER = HostKeyChanged(
    Problem(host="ga-ry-router", found="ssh_host_key: 10.77.255.18 shows the host key x", untouched=True)
)


class World:
    """A clock, a router that answers at some time, and what was told."""

    def __init__(self, answers_at: float, error: DiemcauError = SILENT, takes: float = 0.0) -> None:
        self.now, self.answers_at, self.error, self.takes = 1000.0, 1000.0 + answers_at, error, takes
        self.tries: list[float] = []
        self.timeouts: list[float] = []
        self.told: list[tuple[float, str]] = []
        self.closed = 0

    def connect(self, target: Target) -> Any:
        assert target.host_key == TARGET.host_key
        self.tries.append(self.now - 1000)
        self.timeouts.append(target.connect_timeout)
        if self.now < self.answers_at:
            self.now += min(self.takes, target.connect_timeout)
            raise self.error
        return SimpleNamespace(close=self.close)

    def close(self) -> None:
        self.closed += 1

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds

    def wait(self, minutes: float) -> DiemcauError | None:
        def tell(left: float, error: DiemcauError) -> None:
            self.told.append((self.now - 1000, f"{wording.remaining(left)}: {wording.in_short(error)}"))

        platform: Any = SimpleNamespace(connect=self.connect)
        once = waiting.router(platform, TARGET)
        return waiting.wait(once, minutes, tell, clock=lambda: self.now, sleep=self.sleep)


def test_a_router_that_answers_is_not_waited_for() -> None:
    world = World(answers_at=0)
    assert world.wait(240) is None
    assert (world.tries, world.told, world.closed) == ([0], [], 1)


def test_a_try_every_ten_seconds_and_a_word_every_minute() -> None:
    world = World(answers_at=185)
    assert world.wait(240) is None
    assert world.tries == [10.0 * n for n in range(20)]
    assert [at for at, _ in world.told] == [0, 60, 120, 180]
    assert world.told[0][1] == "4 giờ: chưa trả lời (10.77.255.18 cannot be reached by SSH: timed out)"
    assert world.told[1][1].startswith("3 giờ 59 phút:")
    assert world.closed == 1


@pytest.mark.parametrize("takes", [0.0, 4.0, 20.0])
def test_time_is_over_on_time(takes: float) -> None:
    world = World(answers_at=10**6, takes=takes)
    assert world.wait(2) is SILENT
    assert 120 <= world.now - 1000 <= 121
    assert 2 <= len(world.told) <= 3
    assert min(world.timeouts) >= 1.0


def test_without_time_there_is_one_try() -> None:
    world = World(answers_at=10**6, takes=1.0)
    assert world.wait(0) is SILENT
    assert (len(world.tries), world.told) == (1, [])


def test_another_host_key_is_told_and_never_taken() -> None:
    """The old unit may still be there, or somebody else: only the key of the bundle ends the waiting."""
    world = World(answers_at=10**6, error=OTHER)
    assert world.wait(1) is OTHER
    assert world.told[0][1].endswith("máy trả lời có khóa khác (ssh_host_key: 10.77.255.18 shows the host key x)")
    assert wording.in_short(Unexpected(Problem(host="ga-ry-router", found="no prompt", state="more"))) == "no prompt"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(14400, "4 giờ"), (14340, "3 giờ 59 phút"), (3599, "1 giờ"), (90, "2 phút"), (60, "1 phút"), (40.4, "40 giây")],
)
def test_the_time_that_is_left(seconds: float, shown: str) -> None:
    assert wording.remaining(seconds) == shown


def test_the_message_names_the_command_to_go_on() -> None:
    command = "ansible-playbook playbooks/new_room.yml -l ga_ry"
    message = waiting.over(SILENT, TARGET, 240, "build/bundles/ga-ry", command)
    assert f"{message}\n" == (ERRORS / "router-silent.txt").read_text(encoding="utf-8")
    assert "within 1 minute:" in waiting.over(SILENT, TARGET, 1, "", "").found
