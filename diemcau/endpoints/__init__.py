"""Rooms: what is asked of one endpoint, free of any family's spelling. A family is a package beside this file."""

from __future__ import annotations

from dataclasses import dataclass

from diemcau.intent import Value
from diemcau.redaction import MASK, Secret


@dataclass(frozen=True)
class Change:
    """One setting that differs."""

    setting: str  # neutral name
    before: Value | None  # None = cannot be read, or is not set
    after: Value
    shown: str  # the device's own statement for people, secrets as ***

    def line(self) -> str:
        """``system_name: "old" -> "new"`` with secrets masked."""
        before = MASK if isinstance(self.after, Secret) else "–" if self.before is None else self.before
        return f"{self.setting}: {before} -> {self.after}"
