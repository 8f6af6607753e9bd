"""One change of one router: read, plan, back up, commit with a revert timer, come back on a new session, confirm.

The device itself takes a change back unless it is confirmed over a *new* session that arrives through the path
that people will use: a session that was open before the change proves nothing about the path after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from diemcau.errors import DiemcauError, HostKeyChanged, Unreachable
from diemcau.platforms import Driver, Plan, Platform, Running
from diemcau.session import Target


class WrongRelease(DiemcauError):
    """The device runs another release than the inventory names; nothing was sent."""


class RevertPending(DiemcauError):
    """An earlier run's revert timer still runs on the device; nothing was sent."""


class NotConfirmed(DiemcauError):
    """The change is on the device but no new session reached it: the device takes it back by itself."""


@dataclass(frozen=True)
class Job:
    """What is asked of one router."""

    platform: Platform
    target: Target
    release: str  # what the inventory names
    desired: str  # text in the device's language; holds secrets
    sections: Collection[str]
    held: Collection[str] = ()  # tunnel interfaces that stay as they run
    confirm_minutes: int = 5  # after which the device takes the change back


@dataclass(frozen=True)
class Outcome:
    plan: Plan
    committed: bool


Admit = Callable[[Driver, Any, Any], None]  # the open session, the running model, the desired one


def push(
    job: Job,
    *,
    check: bool,
    backup: Callable[[str], None],
    tell: Callable[[str], None],
    admit: Admit = lambda driver, running, desired: None,
    agree: Callable[[], object] = lambda: None,
) -> Outcome:
    """Bring one router to what is desired; with ``check`` only find out what that would take.

    ``admit`` looks at a change before anything of it is sent, and raises DiemcauError when it may not be made now.
    ``agree`` is called when a new session has reached the router, and raises it when the change is not to be confirmed.

    ``backup`` is given the running configuration (with secrets) before anything is sent, ``tell`` a word of
    progress. Raises only DiemcauError; whatever it raises, the device keeps or takes back by itself what it had.
    """
    driver = job.platform.connect(job.target)
    try:
        running = driver.read()
        _check_release(job, running)
        model, desired = job.platform.parse(running.text), job.platform.parse(job.desired)
        if job.held:
            desired = job.platform.held(model, desired, job.held)
        plan = job.platform.plan(model, desired, job.sections)
        if check or not plan:
            return Outcome(plan, committed=False)
        if running.pending:
            raise RevertPending(
                f"{job.target.host}: an earlier change has not been confirmed: {running.pending}\n"
                f"    nothing was sent\n"
                f"    to do: wait until the router has taken that change back, run again with -l {job.target.host}"
            )
        admit(driver, model, desired)
        backup(running.text)
        count = "1 statement" if len(plan.statements) == 1 else f"{len(plan.statements)} statements"
        tell(f"{count}, taken back after {job.confirm_minutes} min unless confirmed")
        _commit(job, driver, plan)
    finally:
        driver.close()
    _confirm(job, tell, agree)
    return Outcome(plan, committed=True)


def _commit(job: Job, driver: Driver, plan: Plan) -> None:
    try:
        driver.commit(plan, job.confirm_minutes)
    except Unreachable as error:
        raise NotConfirmed(
            f"{error} during the commit\n"
            f"    what arrived of the change was not confirmed: the router takes the change back by itself within "
            f"{job.confirm_minutes} minutes\n"
            f"    to do: wait that long, run again with -l {job.target.host}"
        ) from None


def _check_release(job: Job, running: Running) -> None:
    if running.release != job.release:
        raise WrongRelease(
            f"{job.target.host}: the device runs release {running.release}, the inventory says {job.release}. "
            f'Nothing was sent. Write release: "{running.release}" for this host, or upgrade the device'
        )


def _confirm(job: Job, tell: Callable[[str], None], agree: Callable[[], object]) -> None:
    """Confirm over a new session; try until two thirds of the revert time are gone, so that no late one races it."""
    deadline = time.monotonic() + job.confirm_minutes * 60 * 2 / 3
    pause = 1.0
    while True:
        try:
            driver = job.platform.connect(job.target)
            break
        except HostKeyChanged:
            raise
        except Unreachable as error:
            if time.monotonic() + pause > deadline:
                raise NotConfirmed(
                    f"{job.target.host}: not confirmed: after the change no new session reached the router\n"
                    f"    {error}\n"
                    f"    the router takes the change back by itself within {job.confirm_minutes} minutes\n"
                    f"    to do: correct the inventory, wait that long, run again with -l {job.target.host}"
                ) from None
            tell(f"no new session yet, next try in {pause:.0f} s")
            time.sleep(pause)
            pause = min(pause * 2, 15.0)
    try:
        agree()
        driver.confirm()
    finally:
        driver.close()
