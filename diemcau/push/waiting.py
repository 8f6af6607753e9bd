"""Waiting for a device that people set up: a try every few seconds, and a word now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from diemcau.errors import DiemcauError, Problem
from diemcau.platforms import Platform
from diemcau.transport.ssh import Target

PAUSE = 10.0  # seconds from one try to the next
WORD = 60.0  # seconds from one word to the next

Try = Callable[[float], DiemcauError | None]  # seconds that are left -> why the device did not answer


def attempt(platform: Platform, target: Target) -> DiemcauError | None:
    """One session with the pinned host key; why there was none, or None when the router answered."""
    try:
        platform.connect(target).close()
    except DiemcauError as error:
        return error
    return None


def router(platform: Platform, target: Target) -> Try:
    """How a router is tried: one session with the pinned host key."""
    return lambda left: attempt(platform, replace(target, connect_timeout=min(target.connect_timeout, left)))


def wait(
    once: Try,
    minutes: float,
    tell: Callable[[float, DiemcauError], None],
    word: float = WORD,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> DiemcauError | None:
    """Try until the device answers or ``minutes`` are over; the last reason, or None when it answered.

    At least one try. ``tell`` is given the seconds that are left and why the device did not answer, every ``word``
    seconds. Another key is a reason to go on: it may be the old device, whose successor is on its way.
    """
    end = clock() + minutes * 60
    next_word = clock()
    while True:
        began = clock()
        error = once(max(end - began, 1.0))
        now = clock()
        if error is None or now >= end:
            return error
        if now >= next_word:
            tell(end - now, error)
            next_word = now + word
        sleep(min(max(PAUSE - (now - began), 0.0), end - now))


def over(error: DiemcauError, target: Target, minutes: int, files: str, command: str) -> Problem:
    """What to tell when time is over. ``files``: where bundle and sheet are; ``command``: what goes on."""
    waited = f"{minutes} minute{'s' if minutes != 1 else ''}"
    return Problem(
        host=target.host,
        found=f"did not answer within {waited}: {error.problem.reason}",
        expected=f"the router at {target.address} with the host key of its bundle",
        remedy=f"have the lights and the import checked with the sheet in {files}/, then go on with\n{command}",
    )
