"""The table of REST sessions."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

MAX_SESSIONS = 25
IDLE_SECONDS = 10 * 60.0  # a session that nobody uses ends


class Sessions:
    """The table of sessions; lost with the power."""

    def __init__(self, taken: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: dict[str, float] = {}
        self._taken = taken

    def known(self, session: str) -> bool:
        """Whether it is in the table; one that is asked for lives on."""
        now = self._clock()
        self._used = {key: used for key, used in self._used.items() if now - used < IDLE_SECONDS}
        if session in self._used:
            self._used[session] = now
        return session in self._used

    def open(self) -> str:
        """A new session; "" when the table is full."""
        self.known("")
        if len(self._used) + self._taken >= MAX_SESSIONS:
            return ""
        session = "PS" + secrets.token_urlsafe(24)
        self._used[session] = self._clock()
        return session

    def close(self, session: str) -> None:
        self._used.pop(session, None)
