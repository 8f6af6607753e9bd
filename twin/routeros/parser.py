"""Reads RouterOS's console language: statements, quotes, escapes, folded lines, brackets.

Sources: the vendor's scripting page and exports published by owners of routers. Only text is looked at here;
whether a menu or an argument exists is ``twin.routeros.resolver``'s business.
"""

from __future__ import annotations

import re

from twin.routeros.errors import Incomplete, ScriptError
from twin.routeros.expressions import ExpressionParser
from twin.routeros.tree import Block, Item, Literal, Script, Source, Statement

_NAMED = re.compile(r"(!?)(\.?[A-Za-z][A-Za-z0-9_.-]*)=(?!=)")
_NEGATED = re.compile(r"!([A-Za-z][A-Za-z0-9_.-]*)(?=[\s;\]})]|$)")
_FOLD = re.compile(r"\\(\r?\n[ \t]*|.|$)", re.DOTALL)


def unfold(text: str) -> Source:
    """Join lines that end in a backslash, the way exports fold them (inside and outside of quotes)."""
    joins: list[int] = []
    parts: list[str] = []
    length = last = 0
    for match in _FOLD.finditer(text):
        if match.group(1)[:1] not in ("\r", "\n"):
            continue
        parts.append(text[last : match.start()])
        length += match.start() - last
        joins.append(length)
        last = match.end()
    parts.append(text[last:])
    return Source("".join(parts).replace("\r\n", "\n").replace("\r", "\n"), tuple(joins))


def parse(text: str) -> Script:
    """The script that ``text`` is. Raises ScriptError, Incomplete when the text ends too early."""
    source = unfold(text)
    parser = Parser(source)
    statements = parser.statements(end="")
    return Script(statements, source)


class Parser(ExpressionParser):
    """Statements; expressions come from the base class."""

    def statements(self, end: str) -> tuple[Statement, ...]:
        """Statements up to the bracket ``end``, which is consumed, or up to the end of the text."""
        found: list[Statement] = []
        start = self.at
        while True:
            self.skip(" \t\n;")
            if self.at >= len(self.text):
                if end:
                    raise self.incomplete("expected closing " + {"]": "bracket", "}": "brace"}[end], start)
                return tuple(found)
            char = self.text[self.at]
            if char == "#":
                newline = self.text.find("\n", self.at)
                self.at = len(self.text) if newline < 0 else newline
            elif char == end:
                self.at += 1
                return tuple(found)
            else:
                found.append(self.statement(end))

    def script(self, end: str) -> Script:
        return Script(self.statements(end), self.source)

    def statement(self, end: str) -> Statement:
        at = self.at
        if self.text[at] == "{":
            return Statement((Item(None, self.block(), at),), None, False, False, at)
        absolute, keyword = self.text[at] == "/", self.text[at] == ":"
        if absolute or keyword:
            self.at += 1
        items: list[Item] = []
        where = None
        while True:
            self.skip(" \t")
            if self.at >= len(self.text) or self.text[self.at] in "\n;" or self.text[self.at] == end:
                break
            item = self.item()
            items.append(item)
            if not keyword and _opens_condition(item):
                where = self.condition(end)
                break
        if keyword and not items:
            raise self.error("syntax error", at)
        return Statement(tuple(items), where, absolute, keyword, at)

    def item(self) -> Item:
        at = self.at
        if match := _NEGATED.match(self.text, at):
            self.at = match.end()
            return Item(match.group(1), None, at)
        if match := _NAMED.match(self.text, at):
            if match.group(1):
                raise self.error("syntax error", at)
            self.at = match.end()
            return Item(match.group(2), self.argument_value(), at)
        return Item(None, self.argument_value(), at)

    def block(self) -> Block:
        at = self.at
        self.at += 1
        body = self.script("}")
        return Block(self.text[at + 1 : self.at - 1], body, at)


def _opens_condition(item: Item) -> bool:
    """Whether everything after this word is a condition: ``find …`` and ``… where …``."""
    value = item.value
    if item.name is not None or not isinstance(value, Literal) or value.quoted:
        return False
    return value.text == "where" or value.text.rsplit("/", 1)[-1] == "find"


__all__ = ["Incomplete", "Parser", "ScriptError", "parse", "unfold"]
