"""The list of the last 100 actions, which can be undone. In memory only: a power cut keeps what was changed."""

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


class History:
    """Of one router since it booted."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.actions: list[Action] = []
        self.undone: list[Action] = []

    def record(self, what: str, user: str, before: Snapshot) -> None:
        """``before`` is the configuration before the command ``what``."""
        self.actions.append(Action(what, user, datetime.now(), before))
        del self.actions[:-LIMIT]
        self.undone.clear()

    def undo(self) -> None:
        if not self.actions:
            raise Refusal("nothing to undo")
        action = self.actions.pop()
        self.undone.append(Action(action.what, action.user, action.when, self.config.snapshot()))
        self.config.restore(action.before)

    def redo(self) -> None:
        if not self.undone:
            raise Refusal("nothing to redo")
        action = self.undone.pop()
        self.actions.append(Action(action.what, action.user, action.when, self.config.snapshot()))
        self.config.restore(action.before)
