"""The timer of commit-confirm: it belongs to the device, not to the session that started it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

DEFAULT_MINUTES = 10
_NOTICES = (60, 15, 5, 1)  # minutes before the end at which everybody who is logged in is told


def minute() -> float:
    """Seconds in a minute of the timer: 60, unless a rehearsal sets TWIN_MINUTE to be quicker."""
    return float(os.environ.get("TWIN_MINUTE", "60"))


class ConfirmTimer:
    """At most one. ``expired`` is awaited when nobody confirmed; a power cut forgets it."""

    def __init__(self, wall: Callable[[str], None]) -> None:
        self._wall = wall
        self._task: asyncio.Task[None] | None = None
        self.action = "reboot"

    @property
    def pending(self) -> bool:
        return self._task is not None

    def start(self, minutes: int, action: str, expired: Callable[[], Awaitable[None]]) -> None:
        """``action`` is "reboot" or "reload": what the notices announce."""
        assert self._task is None
        self.action = action
        self._task = asyncio.create_task(self._run(minutes, expired))

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, minutes: int, expired: Callable[[], Awaitable[None]]) -> None:
        left = minutes
        for notice in _NOTICES:
            if notice < left:
                await asyncio.sleep((left - notice) * minute())
                left = notice
                self._wall(self._notice(notice))
        await asyncio.sleep(left * minute())
        self._task = None
        await expired()

    def _notice(self, left: int) -> str:
        what = "reboot" if self.action == "reboot" else "reload previous config"
        plural = "" if left == 1 else "s"
        return (
            f"[commit-confirm] System will {what} in {left} minute{plural}\nto rollback the last commit.\n"
            f"Confirm your changes to cancel the {self.action}.\n"
        )
