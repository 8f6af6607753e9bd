"""Everything that can go wrong on purpose, as data: a :class:`Problem` from where it is noticed to where it is printed.

Nobody takes a message apart: what a caller needs of it is a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong. Sorted by file and line. Holds no secret."""

    file: str = ""  # relative to the project: "inventory/district.yml"
    line: int = 0  # 1-based; 0 = the file as a whole
    host: str = ""  # inventory host; "" = the whole district
    key: str = ""  # "wan.circuits[0].up_kbps"
    found: str = ""  # what is wrong: "0 is not a valid rate"
    expected: str = ""  # "64 to 10000000 kbit/s"
    remedy: str = ""  # "Write the rate that the provider's contract names."
    state: str = ""  # what the device is like now: "the router takes the change back by itself"; one statement a line
    untouched: bool = False  # nothing was sent to the device

    def __str__(self) -> str:
        """For a person; text from devices and files cannot steer the terminal."""
        untouched = "nothing was sent" if self.untouched else ""
        labelled = (("", self.state), ("", untouched), ("expected: ", self.expected), ("to do: ", self.remedy))
        return "\n".join([self.headline(), *(_indented(label, text) for label, text in labelled if text)])

    def headline(self, *, below: str = "") -> str:
        """What is wrong and where, in one line; ``below``: the host whose name stands before it already."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        host = "" if self.host == below else self.host
        return ": ".join(_in_one_line(part) for part in (where, host, self.key, self.found) if part)

    @property
    def reason(self) -> str:
        """What is wrong and where, in one line without the host: to stand in another sentence, or in a table."""
        return self.headline(below=self.host)

    def at(self, host: str) -> Problem:
        """The same, of this host, unless it is known already."""
        return self if self.host else replace(self, host=host)

    def also(self, state: str, *, remedy: str = "") -> Problem:
        """The same with what else is known of the device's state; ``remedy`` takes the place of its own."""
        return replace(self, state="\n".join(filter(None, (self.state, state))), remedy=remedy or self.remedy)

    def as_dict(self) -> dict[str, str | int]:
        """What a task's result carries."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, str | int]) -> Self:
        """The problem that a task's result carries. Raises TypeError for what is none."""
        known = {field.name for field in fields(cls)}
        if unknown := values.keys() - known:
            raise TypeError(f"no field of a problem: {', '.join(sorted(unknown))}")
        return cls(**values)  # type: ignore[arg-type]  # as_dict() wrote them


def problems_of(told: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """What a result carries, or a task is given, under ``problems``. Raises TypeError for what is none."""
    return [Problem.from_dict(each) for each in told]


def _in_one_line(text: str) -> str:
    """What an inventory or a device holds may have line breaks, and signs that a terminal obeys: shown, not sent."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _indented(label: str, text: str) -> str:
    """A part of the message, its further lines below its first."""
    first, *others = map(_in_one_line, text.split("\n"))
    return "\n".join([f"    {label}{first}", *(f"    {' ' * len(label)}{line}" for line in others)])


class DiemcauError(Exception):
    """Base of all. ``str(error)`` is the whole message for a person; it never holds a secret."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(*self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))

    @property
    def problem(self) -> Problem:
        """The first one: all errors but those of an inventory have one."""
        return self.problems[0]


class Unreachable(DiemcauError):
    """No session could be opened, or it died: nobody knows more than the problem says."""


class HostKeyChanged(DiemcauError):
    """The device shows another host key than the pinned one."""


class Refused(DiemcauError):
    """The device refused a statement, in its own words; it is as it was before."""

    def __init__(self, words: str, statement: str = "", section: str = "") -> None:
        super().__init__(Problem(found=words))
        self.words, self.statement, self.section = words, statement, section


class Unexpected(DiemcauError):
    """The device said something that its driver does not know; the problem quotes it, secrets masked."""


class InventoryError(DiemcauError):
    """All mistakes of an inventory together."""
