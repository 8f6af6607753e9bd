"""Both ends of a tunnel in one moment: who commits when, who confirms first, and what an interruption leaves."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from diemcau.errors import DiemcauError, Problem, Refused, Unreachable
from diemcau.platforms import Moment, Plan, Running, Statement
from diemcau.push import both_ends, transaction
from diemcau.push.both_ends import End
from diemcau.push.transaction import Job
from diemcau.redaction import Secret, reveal
from diemcau.transport.ssh import Target


class Tunnel:
    """Two routers, a key for each; the far one is reached while both have the same."""

    def __init__(self, near: str = "old", far: str = "old") -> None:
        self.keys, self.kept = {"near": near, "far": far}, {"near": near, "far": far}
        self.log: list[str] = []
        self.lock = threading.Lock()
        self.refuses: set[str] = set()
        self.off: set[str] = set()
        self.deaf: set[str] = set()  # take the change, and their session never hears of it
        self.loses: set[str] = set()  # the session dies before the change arrives
        self.late: set[str] = set()  # take longer to type at

    def note(self, words: str) -> None:
        with self.lock:
            self.log.append(words)

    def agreed(self) -> None:
        self.note("agreed")

    def end(self, name: str) -> End:
        platform: Any = SimpleNamespace(parse=reveal, plan=self._plan, connect=lambda target: self._connect(name))
        target = Target(name, "10.77.255.1", "diemcau", Secret("key"), "ssh-ed25519 AAAA")
        return End(Job(platform, target, "1.4", Secret("new"), ("vpn",)), lambda text: None, lambda words: None)

    def _plan(self, running: str, desired: str, sections: Any) -> Plan:
        return Plan((Statement(desired, desired, "vpn"),) if running != desired else ())

    def _connect(self, name: str) -> Any:
        if name in self.off or (name == "far" and self.keys["near"] != self.keys["far"]):
            raise Unreachable(Problem(found=f"{name}: no way"))
        return SimpleNamespace(
            read=lambda: Running(
                "1.4", Secret(self.keys[name]), "a timer" if self.keys[name] != self.kept[name] else None
            ),
            commit=lambda plan, minutes, moment: self._commit(name, moment),
            confirm=lambda: self._confirm(name),
            close=lambda: None,
        )

    def _commit(self, name: str, moment: Moment) -> None:
        if name in self.refuses:
            raise Refused(f"{name} refuses")
        if name in self.late:
            threading.Event().wait(0.2)  # time.sleep() passes at once in these tests
        moment.ready()
        if name in self.loses or (name == "far" and self.keys["near"] != self.keys["far"]):
            raise Unreachable(Problem(found=f"{name}: the session went silent"))
        self.keys[name] = "new"
        self.note(f"commit {name}")
        moment.under_way()
        if name in self.deaf:
            raise Unreachable(Problem(found=f"{name}: the session went silent"))

    def _confirm(self, name: str) -> None:
        self.kept[name] = self.keys[name]
        self.note(f"confirm {name}")

    def push(self, *, resumed: bool = False) -> Any:
        return both_ends.push_both(self.end("near"), self.end("far"), self.agreed, resumed=resumed)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds that pass quickly: a new session is tried every time the other thread had a chance."""
    passed = threading.Event()
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        passed.wait(0.01)

    monkeypatch.setattr(transaction.time, "sleep", sleep)
    monkeypatch.setattr(transaction.time, "monotonic", lambda: now[0])


def test_both_commit_before_anybody_confirms_and_the_far_one_confirms_first() -> None:
    tunnel = Tunnel()
    near, far = tunnel.push()
    assert near.committed and far.committed
    assert tunnel.log == ["commit far", "commit near", "confirm far", "agreed", "confirm near"]
    assert tunnel.kept == {"near": "new", "far": "new"}


@pytest.mark.parametrize("name", ["near", "far"])
def test_the_far_one_has_its_change_before_the_near_one_cuts_its_session(name: str) -> None:
    tunnel = Tunnel()
    tunnel.late.add(name)
    tunnel.push()
    assert tunnel.log == ["commit far", "commit near", "confirm far", "agreed", "confirm near"]


def test_a_far_end_that_is_off_leaves_the_near_one_untouched() -> None:
    tunnel = Tunnel()
    tunnel.off.add("far")
    with pytest.raises(DiemcauError, match="far: no way"):
        tunnel.push()
    assert tunnel.log == []


def test_a_near_end_that_is_off_leaves_the_far_one_untouched() -> None:
    tunnel = Tunnel()
    tunnel.off.add("near")
    with pytest.raises(DiemcauError, match="near: no way"):
        tunnel.push()
    assert tunnel.log == []


@pytest.mark.parametrize("name", ["near", "far"])
def test_when_one_refuses_nothing_is_confirmed(name: str) -> None:
    tunnel = Tunnel()
    tunnel.refuses.add(name)
    with pytest.raises(DiemcauError):
        tunnel.push()
    assert tunnel.kept == tunnel.keys == {"near": "old", "far": "old"}
    assert tunnel.log == []


def test_interrupted_after_the_far_end_had_confirmed_the_same_command_goes_on() -> None:
    tunnel = Tunnel(near="old", far="new")
    near, far = tunnel.push(resumed=True)
    assert near.committed and not far.committed
    assert tunnel.log == ["commit near", "agreed", "confirm near"]


def test_interrupted_before_that_it_begins_again() -> None:
    tunnel = Tunnel()
    tunnel.push(resumed=True)
    assert tunnel.log[2:] == ["confirm far", "agreed", "confirm near"]


def test_interrupted_at_the_very_end_there_is_nothing_left_but_to_agree() -> None:
    tunnel = Tunnel(near="new", far="new")
    near, far = tunnel.push(resumed=True)
    assert not near.committed and not far.committed
    assert tunnel.log == ["agreed"]


def test_a_far_end_that_is_off_when_it_goes_on_is_not_agreed_to() -> None:
    tunnel = Tunnel(near="old", far="new")
    tunnel.off.add("far")
    with pytest.raises(transaction.NotConfirmed, match=r"far: no way\n +near takes its change back by itself"):
        tunnel.push(resumed=True)
    assert tunnel.log == ["commit near"] and tunnel.kept["near"] == "old"


def test_a_session_that_its_own_commit_cut_is_followed_by_a_new_one() -> None:
    tunnel = Tunnel()
    tunnel.deaf.add("far")
    tunnel.push()
    assert tunnel.log[2:] == ["confirm far", "agreed", "confirm near"]


def test_a_session_that_died_before_the_change_arrived_confirms_nothing() -> None:
    tunnel = Tunnel()
    tunnel.loses.add("far")
    with pytest.raises(DiemcauError, match="the session went silent"):
        tunnel.push()
    assert tunnel.log == [] and tunnel.keys == {"near": "old", "far": "old"}


@pytest.mark.parametrize("name", ["near", "far"])
def test_an_end_that_has_not_taken_back_an_earlier_change_leaves_the_other_untouched(name: str) -> None:
    tunnel = Tunnel()
    tunnel.kept[name] = "something"  # its timer still runs
    with pytest.raises(DiemcauError, match="an earlier change has not been confirmed"):
        tunnel.push(resumed=True)
    assert tunnel.log == []
