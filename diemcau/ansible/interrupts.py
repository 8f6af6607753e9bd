"""Ctrl-C during something that must be put right before the process ends, such as a call that must be hung up.

Ansible's worker would end at once, without any ``finally``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """No Exception: nothing takes it for a fault and goes on."""


@contextmanager
def orderly() -> Iterator[None]:
    """Every ``finally`` and ``with`` inside runs when the process is told to end; then it ends. Main thread only."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)  # impatience does not hinder
        raise Interrupted

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    except Interrupted:
        os._exit(1)  # the one who interrupted expects no result, and no traceback
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
