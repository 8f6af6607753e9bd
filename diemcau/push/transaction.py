"""One change of one router: read, plan, back up, commit with a revert timer, come back on a new session, confirm.

The device itself takes a change back unless it is confirmed over a *new* session that arrives through the path
that people will use: a session that was open before the change proves nothing about the path after it. A change may
well cut the session that it came through; then the new one tells what became of it. docs/transactions.md has the cases.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from diemcau.errors import DiemcauError, Problem, Unexpected, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms import AT_ONCE, Driver, Moment, Plan, Platform, Running
from diemcau.redaction import Secret
from diemcau.transport.ssh import Target

BOOT = 300.0  # seconds that a router may take to restart
LOOK = 10.0  # seconds from one look at a router that is taking a change back to the next
WORD = 60.0  # seconds from one word about that to the next

Tell = Callable[[str], None]


class WrongRelease(DiemcauError):
    """The device runs another release than the inventory names; nothing was sent."""


class RevertPending(DiemcauError):
    """An earlier run's revert timer runs on the device and does not end; nothing was sent."""


class NotConfirmed(DiemcauError):
    """The change was not confirmed: the device takes back by itself what it has of it."""


@dataclass(frozen=True)
class Job:
    """What is asked of one router."""

    platform: Platform
    target: Target
    release: str  # what the inventory names
    desired: Secret  # text in the device's language
    sections: Collection[str]
    held: Collection[str] = ()  # tunnel interfaces that stay as they run
    confirm_minutes: int = 5  # after which the device takes the change back

    def models(self, running: Running) -> tuple[Any, Any]:
        """What runs, and what is desired of it."""
        now, desired = self.platform.parse(running.text), self.platform.parse(self.desired)
        return now, self.platform.held(now, desired, self.held) if self.held else desired

    def plan(self, running: Running) -> Plan:
        return self.platform.plan(*self.models(running), self.sections)


@dataclass(frozen=True)
class Outcome:
    plan: Plan
    committed: bool
    finished: bool = False  # what an earlier run had left unconfirmed was what is asked for, and is confirmed now
    pending: bool = False  # with check: what an earlier run has changed is not confirmed yet


Admit = Callable[[Driver, Any, Any], None]  # the open session, the running model, the desired one
Agree = Callable[[], object]


def push(
    job: Job,
    *,
    check: bool,
    backup: Callable[[Secret], object],
    tell: Tell,
    admit: Admit = lambda driver, running, desired: None,
    agree: Agree = lambda: None,
    moment: Moment = AT_ONCE,
) -> Outcome:
    """Bring one router to what is desired; with ``check`` only find out what that would take.

    ``admit`` looks at a change before anything of it is sent, and raises DiemcauError when it may not be made now.
    ``agree`` is called when a new session has reached the router, and raises it when the change is not to be confirmed.

    ``moment`` is for whoever changes another router at the same time.

    ``backup`` is given the running configuration before anything is sent, ``tell`` a word of
    progress. Raises only DiemcauError; whatever it raises, the device keeps or takes back by itself what it had.
    """
    driver, running = _meet(job)
    try:
        plan = job.plan(running)
        if check:
            return Outcome(plan, committed=False, pending=bool(running.pending))
        if running.pending and not plan and set(job.sections) == set(SECTIONS):
            admit(driver, *job.models(running))
            agree()
            driver.confirm()
            return Outcome(plan, committed=True, finished=True)
        if running.pending:
            driver.close()
            driver, running = _after_revert(job, running.pending, tell)
            plan = job.plan(running)
        if not plan:
            if running.leftovers:
                driver.tidy()
            return Outcome(plan, committed=False)
        admit(driver, *job.models(running))
        backup(running.text)
        count = "1 statement" if len(plan.statements) == 1 else f"{len(plan.statements)} statements"
        tell(f"{count}, taken back after {job.confirm_minutes} min unless confirmed")
        # No confirmation races the timer, which runs from here at the earliest.
        deadline = time.monotonic() + job.confirm_minutes * 60 * 2 / 3
        broken = _commit(job, driver, plan, moment)
    finally:
        driver.close()
    _confirm(job, deadline, broken, tell, agree)
    return Outcome(plan, committed=True)


def _meet(job: Job) -> tuple[Driver, Running]:
    """An open session and what the device has."""
    driver = job.platform.connect(job.target)
    try:
        running = driver.read()
        if running.release != job.release:
            raise WrongRelease(
                Problem(
                    host=job.target.host,
                    found=f"the device runs release {running.release}, the inventory says {job.release}",
                    untouched=True,
                    remedy=f'write release: "{running.release}" for this host, or upgrade the device',
                )
            )
    except BaseException:
        driver.close()
        raise
    return driver, running


def _after_revert(job: Job, pending: str, tell: Tell) -> tuple[Driver, Running]:
    """Wait until the device has taken back what an earlier run left unconfirmed; it may restart for that."""
    deadline = time.monotonic() + job.confirm_minutes * 60 + BOOT
    next_word = time.monotonic()
    while time.monotonic() < deadline:
        if time.monotonic() >= next_word:
            tell(f"an earlier change was not confirmed ({pending}): waiting until the router has taken it back")
            next_word = time.monotonic() + WORD
        time.sleep(LOOK)
        try:
            driver, running = _meet(job)
        except (Unreachable, Unexpected):  # while it restarts it may be silent, or show a part
            continue
        if not running.pending:
            return driver, running
        driver.close()
    raise RevertPending(
        Problem(
            host=job.target.host,
            found=f"an earlier change has not been confirmed, nor taken back in time: {pending}",
            untouched=True,
            remedy=(
                "have the router switched off and on, which takes that change back; run again with -l "
                f"{job.target.host}"
            ),
        )
    )


def _commit(job: Job, driver: Driver, plan: Plan, moment: Moment) -> str:
    """Send the plan; the reason when the session broke off meanwhile, which says nothing about the change."""
    try:
        driver.commit(plan, job.confirm_minutes, moment)
    except Unreachable as error:
        moment.lost(error)
        return error.problem.reason
    return ""


def _confirm(job: Job, deadline: float, broken: str, tell: Tell, agree: Agree) -> None:
    """Confirm over a new session. ``broken``: why the session of the commit ended early; empty when it did its work.

    Raises NotConfirmed when no session got through before the deadline, or the change is not there as a whole.
    """
    pause, why = 1.0, broken
    while True:
        try:
            driver = job.platform.connect(job.target)
        except Unreachable as error:
            why = f"no new session reached the router: {error.problem.reason}"
        else:
            try:
                if _settled(job, driver, broken, agree):
                    return
                why = "a part of it is on the router"
            except Unreachable as error:
                broken = why = error.problem.reason  # the next session has to look what became of the confirmation
            finally:
                driver.close()
        if time.monotonic() + pause > deadline:
            raise NotConfirmed(
                Problem(
                    host=job.target.host,
                    found=f"the change is not confirmed: {why}",
                    state=f"the router takes the change back by itself within {job.confirm_minutes} minutes",
                    remedy=f"correct the inventory, wait that long, run again with -l {job.target.host}",
                )
            )
        tell(f"not confirmed yet, next try in {pause:.0f} s")
        time.sleep(pause)
        pause = min(pause * 2, 15.0)


def _settled(job: Job, driver: Driver, broken: str, agree: Agree) -> bool:
    """Whether the change is there as a whole, and confirmed. Looks first when the session before broke off."""
    if not broken:
        agree()
        driver.confirm()
        return True
    running = driver.read()
    there = not job.plan(running)
    if running.pending and there:
        agree()
        driver.confirm()
    elif not running.pending and not there:
        raise NotConfirmed(
            Problem(
                host=job.target.host,
                found=broken,
                state=("the router has what it had before: nothing of the change arrived, or it was taken back"),
                remedy=(
                    f"run again with -l {job.target.host}; if that ends in the same way, the change cuts "
                    "the way to the router: correct the inventory"
                ),
            )
        )
    elif running.leftovers and there:
        driver.tidy()
    return there
