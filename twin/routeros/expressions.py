"""Reads values and conditions: words, quoted strings, ``$names``, ``[…]``, ``(…)`` and operators."""

from __future__ import annotations

import re

from twin.routeros.errors import Incomplete, ScriptError
from twin.routeros.tree import Binary, Block, Expression, Joined, Literal, Script, Source, Substitution, Unary, Variable

_WORD = re.compile(r"""[^\s;\]})"\[({$']+""")  # an argument's value
_CONDITION_WORD = re.compile(r"""[^\s;\]})"\[({$'=!~<>&|]+""")  # a property or a value in a condition
_OPERAND = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_:]|\.(?=[0-9])|-(?=[A-Za-z]))*")  # a word between ( and )
_NAME = re.compile(r"[A-Za-z0-9]+|\"([^\"]+)\"")
_ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", '"': b'"', "\\": b"\\", "$": b"$", "?": b"?", "_": b" "}
_ESCAPES |= {"a": b"\a", "b": b"\b", "f": b"\f", "v": b"\v"}
_OPERATORS = (
    ({"or": "or", "||": "or"},),
    ({"and": "and", "&&": "and"},),
    ({k: k for k in ("!=", "<=", ">=", "=", "<", ">", "~", "in")},),
    ({",": ","},),
    ({".": "."},),
    ({"+": "+", "-": "-"},),
    ({"*": "*", "/": "/", "%": "%"},),
)
_LEVELS = tuple(level[0] for level in _OPERATORS)
_COMPARISON = 2


class ExpressionParser:
    """A position in a text, and what can be read from there."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0

    def error(self, words: str, at: int) -> ScriptError:
        return ScriptError(words, *self.source.position(at))

    def incomplete(self, words: str, at: int) -> Incomplete:
        return Incomplete(words, *self.source.position(at))

    def skip(self, chars: str) -> None:
        while self.at < len(self.text) and self.text[self.at] in chars:
            self.at += 1

    def script(self, end: str) -> Script:
        raise NotImplementedError

    def block(self) -> Block:
        raise NotImplementedError

    def argument_value(self) -> Expression:
        """The value of an argument: one word, string or bracket, up to a blank."""
        at = self.at
        char = self.text[at : at + 1]
        if char and char in '"[({$':
            value = self.atom()
        elif match := _WORD.match(self.text, at):
            self.at = match.end()
            value = Literal(match.group(), False, at)
        else:
            value = Literal("", False, at)
            if char == "'" or (char and char in ")]}"):
                raise self.error("syntax error", at)
        if self.at < len(self.text) and self.text[self.at] not in " \t\n;]})":
            raise self.error("syntax error", self.at)
        return value

    def atom(self) -> Expression:
        at = self.at
        char = self.text[at]
        if char == '"':
            return self.string()
        if char == "$":
            return self.variable()
        self.at += 1
        if char == "[":
            return Substitution(self.script("]"), at)
        if char == "{":
            self.at = at
            return self.block()
        self.skip(" \t\n")
        value = self.binary(0, _OPERAND)
        self.skip(" \t\n")
        if self.at >= len(self.text):
            raise self.incomplete("expected closing parenthesis", at)
        if self.text[self.at] != ")":
            raise self.error("syntax error", self.at)
        self.at += 1
        return value

    def variable(self) -> Variable:
        at = self.at
        match = _NAME.match(self.text, at + 1)
        if match is None:
            raise self.error("syntax error", at)
        self.at = match.end()
        return Variable(match.group(1) or match.group(), at)

    def string(self) -> Expression:
        at = self.at
        self.at += 1
        raw = bytearray()
        parts: list[Expression] = []
        while True:
            if self.at >= len(self.text):
                raise self.incomplete("expected closing quote", at)
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                break
            if char == "\\":
                raw += self.escape()
            elif char == "$":
                if raw:
                    parts.append(Literal(_decode(raw), True, at))
                    raw = bytearray()
                following = self.text[self.at + 1 : self.at + 2]
                if following and following in "[(":
                    self.at += 1
                    parts.append(self.atom())
                else:
                    parts.append(self.variable())
            else:
                raw += char.encode("utf-8", "surrogateescape")
                self.at += 1
        if not parts:
            return Literal(_decode(raw), True, at)
        if raw:
            parts.append(Literal(_decode(raw), True, at))
        return Joined(tuple(parts), at)

    def escape(self) -> bytes:
        following = self.text[self.at + 1 : self.at + 3]
        if following[:1] in _ESCAPES and following[:1]:
            self.at += 2
            return _ESCAPES[following[0]]
        if re.fullmatch("[0-9A-F]{2}", following):
            self.at += 3
            return bytes([int(following, 16)])
        raise self.error("syntax error", self.at)

    def condition(self, end: str) -> Expression | None:
        """What follows ``find`` or ``where``: terms side by side are all to hold; None when there is none."""
        terms: list[Expression] = []
        while True:
            self.skip(" \t")
            if self.at >= len(self.text) or self.text[self.at] in "\n;" or self.text[self.at] == end:
                break
            if (
                self.text.startswith("where", self.at)
                and not terms
                and not self.text[self.at + 5 : self.at + 6].strip()
            ):
                self.at += 5
                continue
            terms.append(self.binary(0, _CONDITION_WORD))
        if not terms:
            return None
        whole = terms[0]
        for term in terms[1:]:
            whole = Binary("and", whole, term, whole.at)
        return whole

    def binary(self, level: int, word: re.Pattern[str]) -> Expression:
        if level == _COMPARISON and self.text.startswith("!", self.at) and not self.text.startswith("!=", self.at):
            at = self.at
            self.at += 1
            self.skip(" \t")
            return Unary("!", self.binary(level, word), at)
        if level == len(_LEVELS) or (word is _CONDITION_WORD and level > _COMPARISON):
            return self.operand(word)
        left = self.binary(level + 1, word)
        while True:
            before = self.at
            self.skip(" \t\n" if word is _OPERAND else " \t")
            operator = self.operator(level)
            if operator is None:
                self.at = before
                return left
            at = self.at
            self.skip(" \t\n" if word is _OPERAND else " \t")
            left = Binary(operator, left, self.binary(level + 1, word), at)

    def operator(self, level: int) -> str | None:
        for spelling, operator in _LEVELS[level].items():
            if not self.text.startswith(spelling, self.at):
                continue
            after = self.at + len(spelling)
            if spelling.isalpha() and self.text[after : after + 1].strip():
                continue
            self.at = after
            return operator
        return None

    def operand(self, word: re.Pattern[str]) -> Expression:
        at = self.at
        char = self.text[at : at + 1]
        if not char:
            raise self.incomplete("syntax error", at)
        if char in '"[({$':
            return self.atom()
        if char == "-" and word is _OPERAND:
            self.at += 1
            return Unary("-", self.operand(word), at)
        # On the right of a comparison an exclamation mark belongs to the value: ``in-interface-list=!LAN``.
        match = word.match(self.text, at + 1 if char == "!" and word is _CONDITION_WORD else at)
        if match is None:
            if word is _CONDITION_WORD and char in " \t\n;)]}":
                return Literal("", False, at)  # ``comment=`` without a value
            raise self.error("syntax error", at)
        self.at = match.end()
        return Literal(self.text[at : self.at], False, at)


def _decode(raw: bytearray) -> str:
    """RouterOS strings are bytes; text here, with bytes that are no UTF-8 kept as surrogates."""
    return bytes(raw).decode("utf-8", "surrogateescape")
