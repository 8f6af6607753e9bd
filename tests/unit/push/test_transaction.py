"""The transaction against a device that remembers what was done to it, in order."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from diemcau.errors import Problem, Refused, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms import Moment, Plan, Running, Statement
from diemcau.push import transaction
from diemcau.redaction import Secret
from diemcau.transport.ssh import Target

TARGET = Target("ga-ry-router", "10.77.18.1", "diemcau", Secret("key"), "ssh-ed25519 AAAA")


class Device:
    """A device and its platform in one: a configuration is a set of words."""

    def __init__(self, running: str = "a b", release: str = "1.4", pending: str | None = None) -> None:
        self.log: list[str] = []
        self.running, self.release, self.pending = running, release, pending
        self.unreachable_after_commit = 0  # how many new sessions fail
        self.refuses: str | None = None
        self.dies: str | None = None  # what runs when the session of the commit breaks off
        self.arrives_after = 0  # looks until the rest of such a change is there
        self.reverts_after = 0  # looks until a pending change was taken back; 0 = it never is
        self.confirm_dies = 0  # how many sessions break off while they confirm
        self.confirmed_before_it_died = True
        self.leftovers = False
        self.timer_starts = True

    # the platform
    def parse(self, text: Secret) -> frozenset[str]:
        return frozenset(text.reveal().split())

    def plan(self, running: frozenset[str], desired: frozenset[str], sections: Any) -> Plan:
        changes = [f"-{w}" for w in sorted(running - desired)] + [f"+{w}" for w in sorted(desired - running)]
        return Plan(tuple(Statement(c, c, "system") for c in changes))

    def connect(self, target: Target) -> Any:
        if "commit" in self.log and self.unreachable_after_commit > 0:
            self.unreachable_after_commit -= 1
            raise Unreachable(Problem(found="no route"))
        self.log.append("connect")
        return SimpleNamespace(
            read=self._read,
            commit=self._commit,
            confirm=self._confirm,
            tidy=lambda: self.log.append("tidy"),
            close=lambda: self.log.append("close"),
        )

    def _read(self) -> Running:
        if self.reverts_after and "commit" not in self.log:
            self.reverts_after -= 1
            if not self.reverts_after:
                self.running, self.pending = "a b", None
        if self.arrives_after and "commit" in self.log:
            self.arrives_after -= 1
            if not self.arrives_after:
                self.running = "a c"
        return Running(self.release, Secret(self.running), self.pending, self.leftovers)

    def _commit(self, plan: Plan, minutes: int, moment: Moment) -> None:
        if self.refuses:
            raise Refused(self.refuses)
        self.log.append("commit")
        self.pending = "a timer" if self.timer_starts else None
        if self.dies is not None:
            self.running = self.dies
            raise Unreachable(Problem(host="ga-ry-router", found="the session was cut in the middle"))
        self.running = "a c"

    def _confirm(self) -> None:
        if self.confirm_dies:
            self.confirm_dies -= 1
            if self.confirmed_before_it_died:
                self.pending = None
            raise Unreachable(Problem(host="ga-ry-router", found="the session was cut in the middle"))
        self.log.append("confirm")
        self.pending = None


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that passes only by sleeping."""
    now = [0.0]
    monkeypatch.setattr(transaction.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(transaction.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))


def push(
    device: Device, desired: str, *, check: bool = False, sections: Sequence[str] = SECTIONS
) -> transaction.Outcome:
    job = transaction.Job(device, TARGET, "1.4", Secret(desired), sections)  # type: ignore[arg-type]
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


def test_what_an_earlier_run_left_unconfirmed_is_confirmed_when_it_is_what_is_asked_for() -> None:
    device = Device(running="a c", pending="a timer")
    outcome = push(device, "a c")
    assert outcome.finished and not outcome.plan
    assert device.log == ["connect", "confirm", "close"]


def test_a_part_of_the_sections_is_no_reason_to_confirm_the_whole() -> None:
    device = Device(running="a c", pending="a timer")
    device.reverts_after = 3
    assert push(device, "a c", sections=["firewall"]).committed
    assert device.log.count("confirm") == 1 and device.log.index("backup") < device.log.index("confirm")


def test_another_pending_change_is_awaited_and_never_stacked_upon() -> None:
    device = Device(running="a x", pending="4 minutes to confirm")
    device.reverts_after = 4
    assert push(device, "a c").plan.shown() == "-b\n+c\n"  # made from what the device went back to
    before, after = device.log[: device.log.index("backup")], device.log[device.log.index("backup") :]
    assert before == ["connect", "close"] * 3 + ["connect"]
    assert after == ["backup", "commit", "close", "connect", "confirm", "close"]


def test_a_pending_change_that_never_ends_is_named() -> None:
    device = Device(running="a x", pending="4 minutes to confirm")
    with pytest.raises(transaction.RevertPending, match=r"4 minutes to confirm\n +nothing was sent\n +to do: have"):
        push(device, "a c")
    assert not {"commit", "confirm"} & set(device.log)
    assert device.log.count("connect") <= device.log.count("close") < 100


def test_in_check_mode_a_pending_change_is_left_alone() -> None:
    device = Device(running="a c", pending="a timer")
    outcome = push(device, "a c", check=True)
    assert not outcome.finished and outcome.pending
    assert not push(Device(), "a c", check=True).pending
    assert device.log == ["connect", "close"]


def test_what_an_interrupted_run_left_behind_is_removed() -> None:
    device = Device()
    device.leftovers = True
    push(device, "a b", check=True)
    assert "tidy" not in device.log
    push(device, "a b")
    assert device.log[-3:] == ["connect", "tidy", "close"]


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


def test_no_confirmation_races_the_devices_timer() -> None:
    """The tries end well before the five minutes do, after which a confirmation would meet a device that reverts."""
    device, tries = Device(), []
    device.unreachable_after_commit = 1000
    connect = device.connect

    def noted(target: Target) -> Any:
        tries.append(transaction.time.monotonic())
        return connect(target)

    device.connect = noted  # type: ignore[method-assign]
    with pytest.raises(transaction.NotConfirmed, match="within 5 minutes"):
        push(device, "a c")
    assert 180 <= max(tries) <= 200


def test_a_change_that_cut_its_own_session_is_confirmed_when_it_is_there_as_a_whole() -> None:
    device = Device()
    device.dies, device.unreachable_after_commit = "a c", 2
    assert push(device, "a c").committed
    assert device.log == ["connect", "backup", "commit", "close", "connect", "confirm", "close"]


def test_a_change_that_is_still_arriving_is_waited_for() -> None:
    device = Device()
    device.dies, device.arrives_after = "a", 3
    assert push(device, "a c").committed
    assert device.log[-2:] == ["confirm", "close"] and device.log.count("confirm") == 1


def test_a_part_of_a_change_is_never_confirmed() -> None:
    device = Device()
    device.dies = "a"
    with pytest.raises(
        transaction.NotConfirmed,
        match=r"a part of it is on the router\n.*takes the change back by itself within 5 minutes",
    ):
        push(device, "a c")
    assert "confirm" not in device.log
    assert device.log.count("connect") == device.log.count("close") < 50


def test_when_nothing_of_a_change_arrived_that_is_said() -> None:
    device = Device()
    device.dies, device.timer_starts = "a b", False
    with pytest.raises(transaction.NotConfirmed, match=r"cut in the middle\n +the router has what it had before"):
        push(device, "a c")
    assert "confirm" not in device.log


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_confirmation_that_was_cut_is_looked_at_again(confirmed: bool) -> None:
    device = Device()
    device.confirm_dies, device.confirmed_before_it_died = 1, confirmed
    assert push(device, "a c").committed
    assert device.pending is None
    assert device.log.count("confirm") == (0 if confirmed else 1)


def test_what_a_cut_confirmation_left_behind_is_removed() -> None:
    device = Device()
    device.confirm_dies, device.leftovers = 1, True
    assert push(device, "a c").committed
    assert device.log[-2:] == ["tidy", "close"]
