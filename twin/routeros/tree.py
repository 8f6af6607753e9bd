"""The syntax tree of RouterOS's console language: what ``twin.routeros.parser`` makes of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Literal:
    """A word or a quoted string."""

    text: str
    quoted: bool
    at: int  # offset in the source


@dataclass(frozen=True)
class Joined:
    """A quoted string with values inside: ``"to $name"``."""

    parts: tuple[Expression, ...]
    at: int


@dataclass(frozen=True)
class Variable:
    name: str
    at: int


@dataclass(frozen=True)
class Substitution:
    """``[command]``: the value that the command returns."""

    body: Script
    at: int


@dataclass(frozen=True)
class Block:
    """``{commands}``: code for ``do=``, text for an argument that takes a script."""

    source: str
    body: Script
    at: int


@dataclass(frozen=True)
class Unary:
    operator: str  # "!", "-"
    operand: Expression
    at: int


@dataclass(frozen=True)
class Binary:
    operator: str
    left: Expression
    right: Expression
    at: int


Expression: TypeAlias = Literal | Joined | Variable | Substitution | Block | Unary | Binary


@dataclass(frozen=True)
class Item:
    """One piece of a statement: ``name=value``, ``!name`` or a bare value (path word, flag, unnamed argument)."""

    name: str | None
    value: Expression | None  # None for ``!name``
    at: int


@dataclass(frozen=True)
class Statement:
    items: tuple[Item, ...]
    where: Expression | None  # the condition of ``find`` and of ``where``
    absolute: bool  # began with "/"
    keyword: bool  # began with ":"
    at: int


@dataclass(frozen=True)
class Script:
    statements: tuple[Statement, ...]
    source: Source


@dataclass(frozen=True)
class Source:
    """Text with folded lines joined, which still knows the lines it came from."""

    text: str
    joins: tuple[int, ...]  # offsets at which a folded line was joined

    def position(self, at: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1; a column counts from the start of the joined line."""
        start = self.text.rfind("\n", 0, at) + 1
        line = self.text.count("\n", 0, at) + 1 + sum(1 for join in self.joins if join <= at)
        return line, at - start + 1
