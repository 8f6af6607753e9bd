"""Everything that can go wrong on purpose. Each message tells a person what, where, and how to put it right."""

from __future__ import annotations

from dataclasses import dataclass


class DiemcauError(Exception):
    """Base of all. ``str(error)`` is the whole message for a person; it never holds a secret."""


class Unreachable(DiemcauError):
    """No session could be opened, or it died: nobody knows more than the message says."""


class HostKeyChanged(DiemcauError):
    """The device shows another host key than the pinned one."""


class Refused(DiemcauError):
    """The device refused a statement, in its own words; it is as it was before."""

    def __init__(self, words: str, statement: str = "", section: str = "") -> None:
        super().__init__(words)
        self.words, self.statement, self.section = words, statement, section


class Unexpected(DiemcauError):
    """The device said something that its driver does not know; the message quotes it, secrets masked."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in the inventory. Sorted by file and line."""

    file: str  # relative to the project: "inventory/district.yml"
    line: int  # 1-based; 0 = the file as a whole
    host: str  # inventory host, or "" for the whole district
    key: str  # "wan.circuits[0].up_kbps"
    found: str  # what is wrong: "0 is not a rate"
    expected: str  # "64 to 10000000 kbit/s"
    remedy: str  # "Write the rate that the provider's contract names."

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        what = ": ".join(p for p in (where, self.host, self.key, self.found) if p)
        return f"{_in_one_line(what)}\n    expected: {self.expected}\n    to do: {self.remedy}"


def _in_one_line(text: str) -> str:
    """What the inventory holds may have line breaks, and signs that a terminal obeys: they are shown, not sent."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


class InventoryError(DiemcauError):
    """All mistakes of an inventory together."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))
