"""Pacing, lagging replies and round trips, over a channel whose time passes only by waiting."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from diemcau.endpoints.group import console
from diemcau.endpoints.group.console import GAP, Console
from diemcau.endpoints.group.replies import Command, Refusal, Reply
from diemcau.errors import Unreachable
from diemcau.redaction import Secret


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class Channel:
    """A device behind a line. ``answer`` gives what it prints to a command, None when it loses it."""

    def __init__(self, clock: Clock, delay: float, answer: Callable[[str], str | None]) -> None:
        self._clock, self._delay, self._answer = clock, delay, answer
        self._coming: list[tuple[float, int, bytes]] = []
        self._timeout = 0.0
        self.arrived: list[tuple[float, str]] = []
        self.closed = False

    def settimeout(self, seconds: float) -> None:
        self._timeout = seconds

    def sendall(self, data: bytes) -> None:
        command = data.decode().removesuffix("\r")
        self.arrived.append((self._clock.now + self._delay / 2, command))
        if (text := self._answer(command)) is not None:
            heapq.heappush(self._coming, (self._clock.now + self._delay, len(self.arrived), text.encode()))

    def recv(self, size: int) -> bytes:
        if self.closed:
            return b""
        if not self._coming or self._coming[0][0] > self._clock.now + self._timeout:
            self._clock.now += self._timeout
            raise TimeoutError
        when, _, data = heapq.heappop(self._coming)
        self._clock.now = max(when, self._clock.now)
        return data


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(console, "time", clock)
    return clock


NAMES = tuple(f"name{chr(97 + i)}" for i in range(20))
GETTERS = [Command(f"{name} get", name) for name in NAMES]


def plain(command: str) -> str:
    name = command.split()[0]
    return f"{command}\r\r\n{name} of-{name}\r\r\n-> "


def opened(channel: Any) -> Console:
    return Console(channel, "ga-ry-room", 60.0, [Secret("hunter2")])


@pytest.mark.parametrize("delay", [0.001, 0.6])
def test_commands_reach_the_device_200_ms_apart_whatever_the_line(clock: Clock, delay: float) -> None:
    channel = Channel(clock, delay, plain)
    shell = opened(channel)
    shell.ask(GETTERS[0])
    found = shell.read(GETTERS)
    assert found == {getter: Reply(f"of-{getter.words}") for getter in GETTERS}
    times = [when for when, _ in channel.arrived]
    assert all(later - earlier >= GAP - 1e-6 for earlier, later in pairwise(times))
    # The delay of the line is paid twice: for the first command and for the last.
    assert clock.now <= 2 * delay + len(channel.arrived) * (GAP + 0.01)
    assert len(channel.arrived) == len(GETTERS) + 1


@pytest.mark.parametrize("delay", [0.001, 0.6])
def test_replies_that_lag_by_one_exchange_cost_one_more_command(clock: Clock, delay: float) -> None:
    held = [""]

    def lagging(command: str) -> str:
        before, held[0] = held[0], plain(command).split("\n", 1)[1]
        return f"{command}\r\r\n{before}"

    channel = Channel(clock, delay, lagging)
    shell = opened(channel)
    assert shell.ask(GETTERS[0]) == Reply("of-namea")
    assert shell.read(GETTERS) == {getter: Reply(f"of-{getter.words}") for getter in GETTERS}
    assert len(channel.arrived) <= len(GETTERS) + 3


def test_another_answer_than_the_expected_one_is_told_soon_also_when_replies_lag(clock: Clock) -> None:
    held = [""]

    def lagging(command: str) -> str:
        own = "volume 10\r\r\n" if command == "volume get" else f"{command.split()[0]} 3\r\r\n"
        before, held[0] = held[0], own
        return f"{command}\r\r\n{before}-> "

    shell = opened(Channel(clock, 0.05, lagging))
    assert shell.ask(Command("sleeptime 60", "sleeptime", expect=lambda raw: raw == "60")) == Reply("3")
    assert clock.now < 10
    assert shell.ask(Command("sleeptime get", "sleeptime")) == Reply("3")  # nothing of it is left behind


class Late:
    """A device that answers in order, each time after another time; with ``lags`` it holds each reply back as well."""

    def __init__(self, clock: Clock, chance: random.Random, slowest: float, lags: bool) -> None:
        self._clock, self._chance, self._slowest, self._lags = clock, chance, slowest, lags
        self._coming: list[tuple[float, str]] = []
        self._held = ""
        self._free = self._timeout = 0.0

    def settimeout(self, seconds: float) -> None:
        self._timeout = seconds

    def sendall(self, data: bytes) -> None:
        command = data.decode().removesuffix("\r")
        begins = max(self._clock.now + 0.02, self._free)
        self._free = begins + self._chance.choice([0.01, 0.05, self._chance.uniform(0, self._slowest)])
        reply = f"{self._answer(command)}\r\r\n"
        self._coming.append((begins, f"{command}\r\n{self._held}"))
        self._held = reply if self._lags else ""
        self._coming.append((self._free, "-> " if self._lags else f"{reply}-> "))

    def recv(self, size: int) -> bytes:
        if not self._coming or self._coming[0][0] > self._clock.now + self._timeout:
            self._clock.now += self._timeout
            raise TimeoutError
        when, text = self._coming.pop(0)
        self._clock.now = max(when, self._clock.now)
        return text.encode()

    @staticmethod
    def _answer(command: str) -> str:
        name, *rest = command.split()
        if name == "unknown":
            return "error: command not found"
        if name == "setpassword":
            return command  # echoed as it is
        return f"{name} of-{name}" if rest == ["get"] else command


@pytest.mark.parametrize("lags", [False, True])
@pytest.mark.parametrize("slowest", [0.1, 2.0, 8.0])
def test_however_late_a_reply_is_it_goes_to_its_own_command(clock: Clock, slowest: float, lags: bool) -> None:
    for seed in range(100):
        chance = random.Random(seed)
        shell = opened(Late(clock, chance, slowest, lags))
        for _ in range(6):
            some = chance.sample(GETTERS, chance.randint(1, 12))
            assert shell.read(some) == {getter: Reply(f"of-{getter.words}") for getter in some}, seed
            assert shell.ask(Command("setpassword admin room a b", "setpassword admin room")) == Reply("a b"), seed
            number = str(chance.randint(0, 9))
            setter = Command(f"namea {number}", "namea", expect=lambda raw, number=number: raw == number)  # type: ignore[misc]
            assert shell.ask(setter) == Reply(number), seed
            assert shell.ask(Command("unknown", "unknown")) == Refusal("error: command not found"), seed


def test_what_was_lost_or_refused_in_a_row_is_asked_again_alone(clock: Clock) -> None:
    troubled = {"namec get": None, "namef get": "namef get\r\r\nerror: command not found\r\r\n-> "}

    def once(command: str) -> str | None:
        return troubled.pop(command) if command in troubled else plain(command)

    channel = Channel(clock, 0.6, once)
    assert opened(channel).read(GETTERS) == {getter: Reply(f"of-{getter.words}") for getter in GETTERS}
    asked = [command for _, command in channel.arrived]
    assert [asked.count(f"{name} get") for name in ("namec", "namef", "named")] == [2, 2, 1]


def test_a_refusal_is_told_without_secrets(clock: Clock) -> None:
    channel = Channel(clock, 0.6, lambda command: f"{command}\r\r\nerror: hunter2 is no password\r\r\n-> ")
    assert opened(channel).ask(Command("x hunter2", "x")) == Refusal("error: *** is no password")


def test_a_silent_device_is_given_up_in_the_time_allowed(clock: Clock) -> None:
    with pytest.raises(Unreachable, match="went silent"):
        opened(Channel(clock, 0.6, lambda command: None)).ask(GETTERS[0])
    assert clock.now < 70


def test_a_cut_is_told(clock: Clock) -> None:
    channel = Channel(clock, 0.6, plain)
    channel.closed = True
    with pytest.raises(Unreachable, match="cut in the middle"):
        opened(channel).ask(GETTERS[0])


def test_a_session_that_ended_before_anything_was_typed_is_told(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """paramiko raises EOFError, which is no OSError, when its transport is gone."""

    def ended(self: Channel, data: bytes) -> None:
        raise EOFError

    channel = opened(Channel(clock, 0.6, plain))
    monkeypatch.setattr(Channel, "sendall", ended)
    with pytest.raises(Unreachable, match="cut in the middle"):
        channel.ask(GETTERS[0])


def test_letters_may_be_cut_in_the_middle(clock: Clock) -> None:
    class Crumbs(Channel):
        def recv(self, size: int) -> bytes:
            if not (data := getattr(self, "left", b"")):
                data = super().recv(size)
            self.left = data[1:]
            return data[:1]

    channel = Crumbs(clock, 0.1, lambda command: f'{command}\r\r\nsystemname "Huyện ủy"\r\r\n-> ')
    assert opened(channel).ask(Command("systemname get", "systemname")) == Reply('"Huyện ủy"')
