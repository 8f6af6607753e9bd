"""Taking safe mode, also from another session that is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.routeros.errors import Refusal

if TYPE_CHECKING:
    from twin.routeros.interpreter import Runner

QUESTION = "Hijacking Safe Mode from someone - unroll/release/don't take it [u/r/d]: "


async def take(runner: Runner, on_error: str) -> None:
    """``on_error`` says what to do when another session is in safe mode: abort, ask, release, unroll."""
    history = runner.router.history
    if runner.session is None:
        raise Refusal("failure: safe mode needs a session")
    if history.holder is runner.session:
        return
    if history.holder is not None:
        if on_error == "ask" and runner.interactive:
            on_error = {"u": "unroll", "r": "release"}.get((await runner.ask(QUESTION)).strip()[:1], "abort")
        if on_error == "unroll":
            history.unroll()
        elif on_error == "release":
            history.release()
        else:
            raise Refusal("failure: safe mode is taken by another session")
    history.take(runner.session)
