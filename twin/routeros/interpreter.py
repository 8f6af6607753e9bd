"""Runs scripts: variables, brackets, control commands; menus' commands are in ``twin.routeros.verbs``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from twin.routeros import evaluate as ev
from twin.routeros.call import Call
from twin.routeros.durations import seconds
from twin.routeros.errors import Refusal, ScriptError
from twin.routeros.evaluate import Value
from twin.routeros.importing import import_file
from twin.routeros.parser import parse
from twin.routeros.ping import ping
from twin.routeros.resolver import Command, Program, resolve
from twin.routeros.router import Router
from twin.routeros.session import Quit, Return, Scope
from twin.routeros.tree import Binary, Block, Expression, Joined, Literal, Substitution, Unary, Variable
from twin.routeros.verbs import run_verb


async def _no_one(question: str) -> str:
    raise AssertionError(f"nobody to ask: {question}")


@dataclass
class Runner:
    """One session, or one script that runs by itself. Implements ``twin.routeros.session.Session``."""

    router: Router
    user: str
    write: Callable[[str], None]  # lines with "\n"
    interactive: bool = False
    ask: Callable[[str], Awaitable[str]] = _no_one
    path: str = ""
    depth: int = 0

    async def run(self, text: str) -> Value:
        """Everything in ``text``; the current menu stays for the next call. Raises Refusal."""
        program, path = resolve(parse(text), self.path, self.router.schema)
        self.path = path
        try:
            return await self.program(program, Scope())
        except Return as returned:
            return returned.value

    async def program(self, program: Program, scope: Scope, wanted: bool = False) -> Value:
        value: Value = None
        for command in program.commands:
            value = await self.command(program, command, scope, wanted)
        return value

    async def command(self, program: Program, command: Command, scope: Scope, wanted: bool) -> Value:
        if not command.verb:
            return None

        async def evaluate(node: Expression) -> Value:
            return await self.value(program, node, scope)

        try:
            if command.is_global:
                handler = getattr(self, f"do_{command.verb}")
                value: Value = await handler(program, command, scope)
                return value
            named = {}
            for name, node in command.named.items():
                named[name] = None if node is None else await evaluate(node)
            return await run_verb(Call(self, command, named, evaluate, wanted))
        except Refusal as error:
            if not error.command and not isinstance(error, ScriptError):
                error.command = f"{command.path if not command.is_global else ''}/{command.verb}"
                error.line = command.at[0]
            raise

    async def value(self, program: Program, node: Expression, scope: Scope) -> Value:
        async def evaluate(inner: Expression) -> Value:
            return await self.value(program, inner, scope)

        if isinstance(node, Literal):
            if not node.quoted and node.text in ("true", "false"):
                return node.text == "true"
            return node.text
        if isinstance(node, Joined):
            return "".join([ev.as_text(await evaluate(part)) for part in node.parts])
        if isinstance(node, Variable):
            holder = scope.holder(node.name)
            return (holder if holder is not None else self.router.variables).get(node.name)
        if isinstance(node, Substitution):
            try:
                return await self.program(program.inner[id(node)], Scope(parent=scope), wanted=True)
            except Return as returned:
                return returned.value
        if isinstance(node, Block):
            return node.source.strip()
        if isinstance(node, Unary):
            return await ev.unary(node, evaluate)
        assert isinstance(node, Binary)
        return await ev.binary(node, evaluate)

    async def confirm(self, question: str, yes: tuple[str, ...] = ("y", "yes")) -> None:
        """Ask a person; scripts are not asked. Raises Refusal when the answer is no."""
        if self.interactive and (await self.ask(question)).strip().lower() not in yes:
            raise Refusal("action cancelled")

    def leave(self) -> None:
        """The device goes down: nothing more of this script runs."""
        raise Quit

    async def nested(self, text: str) -> None:
        """Another script, in a scope of its own."""
        inner = Runner(self.router, self.user, self.write, False, _no_one, "", self.depth + 1)
        await inner.run(text)

    # ------------------------------------------------------------ helpers of the commands below
    async def given(self, program: Program, command: Command, scope: Scope, name: str, default: Value = None) -> Value:
        node = command.named.get(name)
        return default if node is None else await self.value(program, node, scope)

    def word(self, command: Command, name: str) -> str:
        node = command.named.get(name)
        if not isinstance(node, Literal):
            raise ScriptError("syntax error", *command.at)
        return node.text

    async def block(self, program: Program, command: Command, scope: Scope, name: str) -> Value:
        node = command.named.get(name)
        if node is None:
            return None
        if isinstance(node, Block):
            return await self.program(program.inner[id(node)], Scope(parent=scope))
        text = ev.as_text(await self.value(program, node, scope))
        inner, _ = resolve(parse(text), command.path, self.router.schema)
        return await self.program(inner, Scope(parent=scope))

    # ------------------------------------------------------------ the language's own commands
    async def do_put(self, program: Program, command: Command, scope: Scope) -> Value:
        self.write(ev.as_text(await self.given(program, command, scope, "message")) + "\n")
        return None

    async def do_delay(self, program: Program, command: Command, scope: Scope) -> Value:
        duration = seconds(ev.as_text(await self.given(program, command, scope, "delay-time", "1s")))
        if duration is None:
            raise Refusal("invalid value for argument delay-time")
        await self.router.settle()
        await asyncio.sleep(duration * self.router.minute / 60)
        return None

    async def do_local(self, program: Program, command: Command, scope: Scope) -> Value:
        scope.values[self.word(command, "name")] = await self.given(program, command, scope, "value")
        return None

    async def do_global(self, program: Program, command: Command, scope: Scope) -> Value:
        name = self.word(command, "name")
        if "value" in command.named:
            self.router.variables[name] = await self.given(program, command, scope, "value")
        return None

    async def do_set(self, program: Program, command: Command, scope: Scope) -> Value:
        name = self.word(command, "name")
        holder = scope.holder(name)
        (holder if holder is not None else self.router.variables)[name] = await self.given(
            program, command, scope, "value"
        )
        return None

    async def do_do(self, program: Program, command: Command, scope: Scope) -> Value:
        if "on-error" not in command.named:
            return await self.block(program, command, scope, "command")
        try:
            return await self.block(program, command, scope, "command")
        except Refusal:
            return await self.block(program, command, scope, "on-error")

    async def do_onerror(self, program: Program, command: Command, scope: Scope) -> Value:
        try:
            await self.block(program, command, scope, "in")
        except Refusal as error:
            inner = Scope({self.word(command, "error"): str(error)}, scope)
            await self.block(program, command, inner, "do")
            return True
        return False

    async def do_if(self, program: Program, command: Command, scope: Scope) -> Value:
        holds = ev.truth(await self.given(program, command, scope, "condition"))
        return await self.block(program, command, scope, "do" if holds else "else")

    async def do_foreach(self, program: Program, command: Command, scope: Scope) -> Value:
        name = self.word(command, "counter")
        found = await self.given(program, command, scope, "in")
        for value in found if isinstance(found, list) else [] if found in (None, "") else [found]:
            await self.block(program, command, Scope({name: value}, scope), "do")
        return None

    async def do_while(self, program: Program, command: Command, scope: Scope) -> Value:
        while ev.truth(await self.given(program, command, scope, "condition")):
            await self.block(program, command, scope, "do")
            await asyncio.sleep(0)
        return None

    async def do_pick(self, program: Program, command: Command, scope: Scope) -> Value:
        whole = await self.given(program, command, scope, "counter")
        begin = ev.number(await self.given(program, command, scope, "begin", 0))
        end = await self.given(program, command, scope, "end")
        last = begin + 1 if end is None else ev.number(end)
        if isinstance(whole, list):
            return whole[begin:last] if end is not None else (whole[begin] if begin < len(whole) else None)
        return ev.as_text(whole)[begin:last]

    async def do_find(self, program: Program, command: Command, scope: Scope) -> Value:
        whole = await self.given(program, command, scope, "in")
        key = ev.as_text(await self.given(program, command, scope, "key"))
        start = ev.number(await self.given(program, command, scope, "from", -1)) + 1
        if isinstance(whole, list):
            texts = [ev.as_text(part) for part in whole]
            return texts.index(key, start) if key in texts[start:] else None
        at = ev.as_text(whole).find(key, start)
        return at if at >= 0 else None

    async def do_len(self, program: Program, command: Command, scope: Scope) -> Value:
        value = await self.given(program, command, scope, "value")
        return len(value) if isinstance(value, list) else len(ev.as_text(value))

    async def do_tostr(self, program: Program, command: Command, scope: Scope) -> Value:
        return ev.as_text(await self.given(program, command, scope, "value"))

    async def do_tonum(self, program: Program, command: Command, scope: Scope) -> Value:
        return ev.number(await self.given(program, command, scope, "value"))

    async def do_toarray(self, program: Program, command: Command, scope: Scope) -> Value:
        value = await self.given(program, command, scope, "value")
        if isinstance(value, list):
            return value
        return [part.strip() for part in ev.as_text(value).split(",")]

    async def do_typeof(self, program: Program, command: Command, scope: Scope) -> Value:
        value = await self.given(program, command, scope, "value")
        if value is None:
            return "nothing"
        if isinstance(value, bool):
            return "bool"
        if isinstance(value, list):
            return "array"
        text = ev.as_text(value)
        return "num" if isinstance(value, int) or text.isdigit() else "id" if text.startswith("*") else "str"

    async def do_error(self, program: Program, command: Command, scope: Scope) -> Value:
        raise Refusal(ev.as_text(await self.given(program, command, scope, "message")))

    async def do_return(self, program: Program, command: Command, scope: Scope) -> Value:
        raise Return(await self.given(program, command, scope, "value"))

    async def do_nothing(self, program: Program, command: Command, scope: Scope) -> Value:
        return None

    async def do_quit(self, program: Program, command: Command, scope: Scope) -> Value:
        raise Quit

    async def do_undo(self, program: Program, command: Command, scope: Scope) -> Value:
        self.router.history.undo()
        return None

    async def do_redo(self, program: Program, command: Command, scope: Scope) -> Value:
        self.router.history.redo()
        return None

    async def do_import(self, program: Program, command: Command, scope: Scope) -> Value:
        name = ev.as_text(await self.given(program, command, scope, "file-name", ""))
        verbose = "verbose" in command.flags or ev.truth(await self.given(program, command, scope, "verbose", "no"))
        dry = "dry-run" in command.flags or ev.truth(await self.given(program, command, scope, "dry-run", "no"))
        first = ev.number(await self.given(program, command, scope, "from-line", 1))
        await import_file(self, name, verbose, dry, first)
        return None

    async def do_ping(self, program: Program, command: Command, scope: Scope) -> Value:
        given = {name: ev.as_text(await self.given(program, command, scope, name)) for name in command.named}
        return await ping(self, given)
