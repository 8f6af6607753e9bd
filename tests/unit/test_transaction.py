"""The transaction against a device that remembers what was done to it, in order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from diemcau import transaction
from diemcau.errors import Refused, Unreachable
from diemcau.platforms import Plan, Running, Statement
from diemcau.redaction import Secret
from diemcau.session import Target

TARGET = Target("ga-ry-router", "10.77.18.1", "diemcau", Secret("key"), "ssh-ed25519 AAAA")


class Device:
    """A device and its platform in one: a configuration is a set of words."""

    def __init__(self, running: str = "a b", release: str = "1.4", pending: str | None = None) -> None:
        self.log: list[str] = []
        self.running, self.release, self.pending = running, release, pending
        self.unreachable_after_commit = 0  # how many new sessions fail
        self.refuses: str | None = None
        self.dies = False

    # the platform
    def parse(self, text: str) -> frozenset[str]:
        return frozenset(text.split())

    def plan(self, running: frozenset[str], desired: frozenset[str], sections: Any) -> Plan:
        changes = [f"-{w}" for w in sorted(running - desired)] + [f"+{w}" for w in sorted(desired - running)]
        return Plan(tuple(Statement(c, c, "system") for c in changes))

    def connect(self, target: Target) -> Any:
        if "commit" in self.log and self.unreachable_after_commit > 0:
            self.unreachable_after_commit -= 1
            raise Unreachable("no route")
        self.log.append("connect")
        return SimpleNamespace(
            read=lambda: Running(self.release, self.running, self.pending),
            commit=self._commit,
            confirm=lambda: self.log.append("confirm"),
            close=lambda: self.log.append("close"),
        )

    def _commit(self, plan: Plan, minutes: int) -> None:
        if self.dies:
            raise Unreachable("ga-ry-router: the session was cut in the middle")
        if self.refuses:
            raise Refused(self.refuses)
        self.log.append("commit")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that passes only by sleeping."""
    now = [0.0]
    monkeypatch.setattr(transaction.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(transaction.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))


def push(device: Device, desired: str, *, check: bool = False) -> transaction.Outcome:
    job = transaction.Job(device, TARGET, "1.4", desired, ["system"])  # type: ignore[arg-type]
    return transaction.push(job, check=check, backup=lambda t: device.log.append("backup"), tell=lambda _: None)


def test_backs_up_commits_and_confirms_on_a_new_session() -> None:
    device = Device()
    assert push(device, "a c").committed
    assert device.log == ["connect", "backup", "commit", "close", "connect", "confirm", "close"]


def test_nothing_to_change_opens_one_session_and_sends_nothing() -> None:
    device = Device()
    assert not push(device, "b a").plan
    assert device.log == ["connect", "close"]


def test_check_mode_plans_the_same_and_sends_nothing() -> None:
    planned, done = push(Device(), "a c", check=True), push(Device(), "a c")
    assert planned.plan == done.plan
    device = Device()
    push(device, "a c", check=True)
    assert device.log == ["connect", "close"]


def test_another_release_than_the_inventory_names_sends_nothing() -> None:
    device = Device(release="1.5")
    with pytest.raises(transaction.WrongRelease, match=r"runs release 1\.5, the inventory says 1\.4"):
        push(device, "a c")
    assert device.log == ["connect", "close"]


def test_a_pending_revert_of_an_earlier_run_is_not_stacked_upon() -> None:
    device = Device(pending="4 minutes to confirm")
    with pytest.raises(transaction.RevertPending, match="4 minutes to confirm"):
        push(device, "a c")
    assert device.log == ["connect", "close"]


def test_a_refusal_is_passed_on_and_never_confirmed() -> None:
    device = Device()
    device.refuses = "Set failed"
    with pytest.raises(Refused, match="Set failed"):
        push(device, "a c")
    assert "confirm" not in device.log


def test_tries_again_when_the_new_session_needs_a_moment() -> None:
    device = Device()
    device.unreachable_after_commit = 3
    assert push(device, "a c").committed
    assert device.log[-2:] == ["confirm", "close"]


def test_without_a_new_session_nothing_is_confirmed() -> None:
    device = Device()
    device.unreachable_after_commit = 10_000
    with pytest.raises(transaction.NotConfirmed, match="takes the change back by itself within 5 minutes"):
        push(device, "a c")
    assert "confirm" not in device.log
    assert device.unreachable_after_commit > 9_900  # bounded


def test_a_session_that_dies_during_the_commit_is_never_confirmed() -> None:
    device = Device()
    device.dies = True
    with pytest.raises(
        transaction.NotConfirmed,
        match=r"cut in the middle during the commit\n.*takes the change back by itself within 5 minutes",
    ):
        push(device, "a c")
    assert "confirm" not in device.log
