"""The administrator's two passwords, and the lock-out after wrong ones."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from twin.polycom.store import Store

USER = "admin"
ROOM, REMOTE = "room", "remote"
MAX_FAILED = 5
LOCKED_SECONDS = 60.0
LONGEST = 40  # characters


@dataclass(frozen=True)
class Login:
    """How an attempt ended."""

    success: bool
    failed: int  # in a row, this one included
    locked: bool


class Passwords:
    """The room password (remote control) and the remote one (SSH, HTTPS). The counter lives as long as the power."""

    def __init__(self, store: Store, serial: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._factory = serial
        self._clock = clock
        self._failed = 0
        self._locked_until: float | None = None

    def login(self, user: str, password: str) -> Login:
        """An attempt from afar, by SSH or HTTPS."""
        if self._locked_until is not None:
            if self._clock() < self._locked_until:
                return Login(False, self._failed, True)
            self._locked_until, self._failed = None, 0
        if user != USER:
            return Login(False, self._failed, False)
        if self._is(REMOTE, password):
            self._failed = 0
            return Login(True, 0, False)
        self._failed += 1
        if self._failed >= MAX_FAILED:
            self._locked_until = self._clock() + LOCKED_SECONDS
        return Login(False, self._failed, self._locked_until is not None)

    def change(self, which: str, old: str, new: str) -> bool:
        """Set one; False when ``old`` is wrong or ``new`` cannot be one."""
        if not self._is(which, old) or not 0 < len(new) <= LONGEST or not new.isprintable() or '"' in new:
            return False
        salt = os.urandom(16)
        self._store.put_password(which, f"{salt.hex()}:{_stretched(new, salt)}")
        return True

    def _is(self, which: str, password: str) -> bool:
        # Until a remote password is set, the room's counts everywhere.
        kept = self._store.password(which) or self._store.password(ROOM)
        if not kept:
            return hmac.compare_digest(_bytes(password), _bytes(self._factory))
        salt, _, digest = kept.partition(":")
        return hmac.compare_digest(_stretched(password, bytes.fromhex(salt)), digest)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _stretched(password: str, salt: bytes) -> str:
    return hashlib.scrypt(_bytes(password), salt=salt, n=1 << 10, r=8, p=1).hex()
