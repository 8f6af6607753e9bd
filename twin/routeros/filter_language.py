"""The language of routing filter rules: ``if (dst in 10.0.0.0/16 && dst-len <= 24) { set bgp-med 2; accept }``.

Source: the vendor's page on route selection and filters. What the twin cannot turn into FRR is refused.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TypeAlias


class FilterError(Exception):
    """The rule is not understood."""


@dataclass(frozen=True)
class Test:
    """One comparison; ``subject`` is dst, dst-len, protocol, afi, chain or bgp-communities."""

    subject: str
    operator: str  # "in", "==", "!=", "<", "<=", ">", ">=", "includes", ""
    value: str


@dataclass(frozen=True)
class Not:
    test: Condition


@dataclass(frozen=True)
class And:
    left: Condition
    right: Condition


@dataclass(frozen=True)
class Or:
    left: Condition
    right: Condition


@dataclass(frozen=True)
class Action:
    """``accept``, ``reject``, ``return``, ``jump`` with its chain, ``set`` with property and number."""

    verb: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class If:
    condition: Condition
    then: tuple[Step, ...]
    otherwise: tuple[Step, ...]


Condition: TypeAlias = Test | Not | And | Or
Step: TypeAlias = Action | If

_TOKEN = re.compile(r"\s*(&&|\|\||==|!=|<=|>=|[<>(){};!]|\"[^\"]*\"|[^\s(){};<>=!&|\"]+)")
_SETTABLE = ("bgp-path-prepend", "bgp-local-pref", "bgp-med", "bgp-out-med", "bgp-weight")
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def parse_rule(text: str) -> tuple[Step, ...]:
    """The steps of one rule. Raises FilterError."""
    tokens, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            raise FilterError(f"syntax error at {stripped[at : at + 20]}")
        tokens.append(match[1])
        at = match.end()
    if not tokens:
        raise FilterError("empty rule")
    reader = _Reader(tokens)
    steps = reader.steps("")
    return steps


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        if not token:
            raise FilterError("unexpected end of rule")
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        got = self.peek()
        if got != token:
            raise FilterError(f"expected {token} before {got or 'end of rule'}")
        self.at += 1

    def steps(self, end: str) -> tuple[Step, ...]:
        found: list[Step] = []
        while self.peek() != end:
            if self.peek() == ";":
                self.at += 1
                continue
            found.append(self.step())
            if self.peek() not in (";", end) and not isinstance(found[-1], If):
                raise FilterError(f"expected ; before {self.peek() or 'end of rule'}")
        if end:
            self.expect(end)
        return tuple(found)

    def step(self) -> Step:
        word = self.next()
        if word == "if":
            self.expect("(")
            condition = self.disjunction()
            self.expect(")")
            self.expect("{")
            then = self.steps("}")
            otherwise: tuple[Step, ...] = ()
            if self.peek() == "else":
                self.at += 1
                if self.peek() == "if":
                    otherwise = (self.step(),)
                else:
                    self.expect("{")
                    otherwise = self.steps("}")
            return If(condition, then, otherwise)
        if word in ("accept", "reject", "return"):
            return Action(word)
        if word == "jump":
            return Action("jump", self.next().strip('"'))
        if word == "set":
            name, value = self.next(), self.next()
            if name not in _SETTABLE:
                raise FilterError(f"unknown property {name}")
            if not value.isdigit():
                raise FilterError(f"invalid value {value} of {name}")
            return Action("set", name, value)
        raise FilterError(f"unknown action {word}")

    def disjunction(self) -> Condition:
        left = self.conjunction()
        while self.peek() in ("||", "or"):
            self.at += 1
            left = Or(left, self.conjunction())
        return left

    def conjunction(self) -> Condition:
        left = self.negation()
        while self.peek() in ("&&", "and"):
            self.at += 1
            left = And(left, self.negation())
        return left

    def negation(self) -> Condition:
        if self.peek() in ("not", "!"):
            self.at += 1
            return Not(self.negation())
        if self.peek() == "(":
            self.at += 1
            inside = self.disjunction()
            self.expect(")")
            return inside
        return self.test()

    def test(self) -> Test:
        subject = self.next()
        if subject == "dst":
            operator, value = self.next(), self.next().strip('"')
            if operator not in ("in", "==", "!="):
                raise FilterError(f"unknown operator {operator} of dst")
            return Test("dst", operator, _prefix(value) if "/" in value else value)
        if subject == "dst-len":
            operator, value = self.next(), self.next()
            if operator == "in" and re.fullmatch(r"\d+-\d+", value):
                return Test(subject, operator, value)
            if operator not in _COMPARISONS or not value.isdigit() or int(value) > 32:
                raise FilterError(f"invalid comparison dst-len {operator} {value}")
            return Test(subject, operator, value)
        if subject in ("protocol", "afi", "chain"):
            return Test(subject, "", self.next().strip('"'))
        raise FilterError(f"unknown matcher {subject}")


def _prefix(text: str) -> str:
    try:
        return str(ipaddress.IPv4Network(text, strict=False))
    except ValueError:
        raise FilterError(f"invalid prefix {text}") from None
