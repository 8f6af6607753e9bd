"""The list of actions that can be undone, and safe mode, which is a mark in it.

The list holds 100 actions. When safe mode's actions no longer fit, the session leaves safe mode silently and nothing
is undone. The list is in memory only: configuration is written to flash at once, so a power cut keeps what was
changed in safe mode (the vendor's page promises to undo only when a *session* ends; the pessimistic reading).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from twin.routeros.errors import Refusal
from twin.routeros.store import Config, Snapshot

LIMIT = 100


@dataclass(frozen=True)
class Action:
    what: str
    user: str
    when: datetime
    before: Snapshot
    floating: bool  # made in safe mode


class History:
    """Of one router since it booted."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.actions: list[Action] = []
        self.undone: list[Action] = []
        self.holder: object = None  # the session that is in safe mode
        self._taken: Snapshot = {}
        self._count = 0

    def record(self, what: str, user: str, before: Snapshot, count: int = 1) -> None:
        """``count`` entries were changed by one command; ``before`` is the configuration before it."""
        self.actions.append(Action(what, user, datetime.now(), before, self.holder is not None))
        del self.actions[:-LIMIT]
        self.undone.clear()
        if self.holder is not None:
            self._count += count
            if self._count > LIMIT:
                self.holder = None

    def take(self, session: object) -> None:
        self.holder = session
        self._taken = self.config.snapshot()
        self._count = 0

    def release(self) -> None:
        self.holder = None
        self.actions = [Action(a.what, a.user, a.when, a.before, False) for a in self.actions]

    def unroll(self) -> None:
        """Back to what it was when safe mode was taken, whoever changed it since."""
        self.holder = None
        self.actions = [action for action in self.actions if not action.floating]
        self.config.restore(self._taken)

    def undo(self) -> None:
        if not self.actions:
            raise Refusal("nothing to undo")
        action = self.actions.pop()
        self.undone.append(Action(action.what, action.user, action.when, self.config.snapshot(), action.floating))
        self.config.restore(action.before)

    def redo(self) -> None:
        if not self.undone:
            raise Refusal("nothing to redo")
        action = self.undone.pop()
        self.actions.append(Action(action.what, action.user, action.when, self.config.snapshot(), action.floating))
        self.config.restore(action.before)


def changed_entries(before: Snapshot, after: Snapshot) -> int:
    """How many entries differ."""
    total = 0
    for path in before.keys() | after.keys():
        old, new = before.get(path, ()), after.get(path, ())
        if old is not new:
            was = {entry.number: entry for entry in old}
            now = {entry.number: entry for entry in new}
            total += sum(1 for number in was.keys() | now.keys() if was.get(number) != now.get(number))
    return total
