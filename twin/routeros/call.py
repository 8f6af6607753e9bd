"""One command on its way into a menu."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from twin.routeros import evaluate as ev
from twin.routeros import operations
from twin.routeros.evaluate import Evaluate, Value
from twin.routeros.menu import Menu
from twin.routeros.resolver import Command
from twin.routeros.router import Router
from twin.routeros.session import Session


@dataclass
class Call:
    """One command about to run, its arguments worked out."""

    runner: Session
    command: Command
    named: dict[str, Value]
    evaluate: Evaluate
    wanted: bool  # its value is asked for: ``[…]``

    @property
    def router(self) -> Router:
        return self.runner.router

    @property
    def menu(self) -> Menu:
        return self.router.schema.menu(self.command.path)

    def text(self, name: str, otherwise: str = "") -> str:
        value = self.named.get(name)
        return otherwise if value is None else ev.as_argument(value)

    def given(self, *without: str) -> dict[str, str]:
        """The arguments as texts; ``!name`` is UNSET."""
        return {
            name: operations.UNSET if value is None and self.command.named.get(name) is None else ev.as_argument(value)
            for name, value in self.named.items()
            if name not in without
        }


Verb = Callable[[Call], Awaitable[Value]]
