"""Finds out what the statements of a script mean before any of them runs: menus, commands, names of arguments.

RouterOS does the same: a wrong word anywhere in a line (or in a file, unless it is imported with ``verbose=yes``)
means that nothing of it is executed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.routeros.errors import ScriptError
from twin.routeros.menu import Menu
from twin.routeros.schema import Schema
from twin.routeros.tree import (
    Binary,
    Block,
    Expression,
    Item,
    Joined,
    Literal,
    Script,
    Source,
    Statement,
    Substitution,
    Unary,
)
from twin.routeros.types import FLAG
from twin.routeros.words import GLOBAL, ROOT_EXPORT, Signature, signature


@dataclass(frozen=True)
class Command:
    """A resolved statement. ``verb`` is "" for a mere change of the current menu."""

    path: str  # the menu; for language commands the menu in which they were given
    verb: str
    is_global: bool = False
    named: dict[str, Expression | None] = field(default_factory=dict)  # None: ``!name``
    flags: frozenset[str] = frozenset()
    where: Expression | None = None
    at: tuple[int, int] = (1, 1)


@dataclass
class Program:
    """Resolved commands, and the programs of every bracket inside them (by the identity of the tree's node)."""

    commands: list[Command]
    source: Source
    inner: dict[int, Program]
    kept: list[object]  # keeps the nodes alive as long as their identities are used


def resolve(script: Script, path: str, schema: Schema) -> tuple[Program, str]:
    """The program, and the menu in which it leaves the console. Raises ScriptError."""
    resolver = _Resolver(script.source, schema)
    return resolver.program(script, path)


class _Resolver:
    def __init__(self, source: Source, schema: Schema) -> None:
        self.source = source
        self.schema = schema
        self.inner: dict[int, Program] = {}
        self.kept: list[object] = []

    def program(self, script: Script, path: str) -> tuple[Program, str]:
        commands = []
        for statement in script.statements:
            command = self.command(statement, path)
            commands.append(command)
            if not command.verb:
                path = command.path
        return Program(commands, self.source, self.inner, self.kept), path

    def error(self, words: str, at: int) -> ScriptError:
        return ScriptError(words, *self.source.position(at))

    def command(self, statement: Statement, path: str) -> Command:
        at = self.source.position(statement.at)
        items = list(statement.items)
        if items and isinstance(items[0].value, Block) and items[0].name is None and len(items) == 1:
            self.expression(items[0].value, path)
            return Command(path, "do", True, {"command": items[0].value}, at=at)
        # ``:log info x``: a colon also leads to the menus at the root
        word = items[0].value if items else None
        rooted = isinstance(word, Literal) and f"/{word.text}" in self.schema.paths
        if statement.keyword and not rooted:
            if not isinstance(word, Literal) or word.text not in GLOBAL:
                name = word.text if isinstance(word, Literal) else ""
                raise self.error(f"bad command name {name}".rstrip(), items[0].at)
            return self.bind(path, word.text, True, GLOBAL[word.text], items[1:], None, statement)
        current = "" if statement.absolute or statement.keyword else path
        while items:
            item = items[0]
            word = item.value
            if item.name is not None or not isinstance(word, Literal) or word.quoted:
                raise self.error("expected command name", item.at)
            at_word = word.at
            pieces = word.text.split("/")
            for index, piece in enumerate(pieces):
                following = self.step(current, piece)
                if following is not None:
                    current = following
                elif index == len(pieces) - 1:
                    return self.verb(current, piece, at_word, items[1:], statement)
                else:
                    raise self.error(f"bad command name {piece}", at_word)
                at_word += len(piece) + 1
            items.pop(0)
        return Command(current, "", at=at)

    def step(self, path: str, word: str) -> str | None:
        """The menu that ``word`` leads to, None when it is no menu."""
        if word == "..":
            return path.rpartition("/")[0]
        below = f"{path}/{word}"
        return below if word and below in self.schema.paths else None

    def verb(self, path: str, word: str, at: int, rest: list[Item], statement: Statement) -> Command:
        menu = self.schema.menus.get(path)
        if menu is not None and (word in menu.verbs or word in menu.commands):
            found = signature(menu, word, self.schema.release)
            return self.bind(path, word, False, found, rest, statement.where, statement)
        if word == "export":
            return self.bind(path, word, False, ROOT_EXPORT, rest, None, statement)
        if word in GLOBAL and (path == "" or not statement.absolute):
            return self.bind(path, word, True, GLOBAL[word], rest, statement.where, statement)
        raise self.error(f"bad command name {word}", at)

    def bind(
        self,
        path: str,
        verb: str,
        is_global: bool,
        found: Signature,
        items: list[Item],
        where: Expression | None,
        statement: Statement,
    ) -> Command:
        named: dict[str, Expression | None] = {}
        flags: set[str] = set()
        free = list(found.unnamed)
        menu = self.schema.menus.get(path) if not is_global else None
        group = ""  # ``remote.address=… .as=…``: a name that begins with a dot belongs to the group before it
        for item in items:
            value = item.value
            if item.name is not None:
                name = group + item.name if item.name.startswith(".") else item.name
                group = name.partition(".")[0] if "." in name else ""
                if name not in found.named or (value is None and verb not in ("set", "add")):
                    raise self.error("expected end of command", item.at)
                named[name] = value
                if name in free:
                    free.remove(name)
            elif isinstance(value, Literal) and not value.quoted and value.text in found.flags:
                flags.add(value.text)
            elif isinstance(value, Literal) and not value.quoted and menu is not None and _is_flag(menu, value.text):
                named[value.text] = Literal("yes", True, value.at)
            elif free:
                named[free.pop(0)] = value
            else:
                raise self.error("expected end of command", item.at)
            if value is not None:
                self.expression(value, path)
        if where is not None:
            self.expression(where, path)
        at = self.source.position(statement.at)
        return Command(path, verb, is_global, named, frozenset(flags), where, at)

    def expression(self, value: Expression, path: str) -> None:
        """Resolve the commands in every bracket of a value."""
        if isinstance(value, Substitution | Block):
            self.inner[id(value)] = self.program(value.body, path)[0]
            self.kept.append(value)
        elif isinstance(value, Joined):
            for part in value.parts:
                self.expression(part, path)
        elif isinstance(value, Unary):
            self.expression(value.operand, path)
        elif isinstance(value, Binary):
            self.expression(value.left, path)
            self.expression(value.right, path)


def _is_flag(menu: Menu, name: str) -> bool:
    arg = menu.arg(name)
    return arg is not None and arg.type is FLAG
