"""What commands may ask of the session or the script that gives them, and how they leave it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from twin.routeros.evaluate import Value
from twin.routeros.resolver import Program
from twin.routeros.router import Router


class Return(Exception):
    """``:return``: carries its value out of a block."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Quit(Exception):
    """``/quit``: the session ends."""


@dataclass
class Scope:
    """Variables of a block; ``:global`` ones belong to the router."""

    values: dict[str, Value] = field(default_factory=dict)
    parent: Scope | None = None

    def holder(self, name: str) -> dict[str, Value] | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values
            scope = scope.parent
        return None


class Session(Protocol):
    """Who gives a command."""

    router: Router
    user: str
    interactive: bool
    depth: int  # of imports and of scripts that run scripts

    def write(self, text: str, /) -> None:
        """Print lines with "\\n"."""

    def ask(self, question: str, /) -> Awaitable[str]:
        """What a person answers."""

    async def confirm(self, question: str, yes: tuple[str, ...] = ("y", "yes")) -> None:
        """Ask a person; scripts are not asked. Raises Refusal when the answer is no."""

    def leave(self) -> None:
        """The device goes down: nothing more runs."""

    async def nested(self, text: str) -> None:
        """Run another script, in a scope of its own."""

    async def program(self, program: Program, scope: Scope) -> Value:
        """Run what was resolved; its value is that of the last command."""
