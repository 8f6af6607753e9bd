"""Values of the console language, and how expressions and conditions are worked out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from twin.routeros.durations import seconds
from twin.routeros.errors import BadValue, Refusal
from twin.routeros.menu import Menu
from twin.routeros.store import Config
from twin.routeros.tree import Binary, Expression, Literal, Unary

Value: TypeAlias = "bool | int | str | list[Value] | None"
Evaluate: TypeAlias = Callable[[Expression], Awaitable[Value]]


def as_text(value: Value) -> str:
    """As ``:put`` prints it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(as_text(part) for part in value)
    return str(value)


def as_argument(value: Value) -> str:
    """As the value of an argument: lists with commas, truth as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(as_argument(part) for part in value)
    return as_text(value)


def truth(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    text = as_text(value)
    if text in ("true", "yes"):
        return True
    if text in ("false", "no", ""):
        return False
    raise Refusal("conditional not boolean")


def number(value: Value) -> int:
    text = as_text(value)
    if not re.fullmatch(r"-?\d+", text):
        raise Refusal("cannot convert to number")
    return int(text)


def _normal(value: Value) -> str:
    text = as_text(value)
    return {"yes": "true", "no": "false"}.get(text, text)


def _ordered(value: Value) -> tuple[int, float | str]:
    text = as_text(value)
    if re.fullmatch(r"-?\d+", text):
        return 0, float(text)
    duration = seconds(text)
    if duration is not None:
        return 0, duration
    try:
        return 1, float(int(ipaddress.ip_address(text)))
    except ValueError:
        return 2, text


def operate(operator: str, left: Value, right: Value) -> Value:
    """The operators that look at both sides."""
    if operator == "=":
        return _normal(left) == _normal(right)
    if operator == "!=":
        return _normal(left) != _normal(right)
    if operator in ("<", ">", "<=", ">="):
        a, b = _ordered(left), _ordered(right)
        if a[0] != b[0]:
            a, b = (2, as_text(left)), (2, as_text(right))
        return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]
    if operator == "~":
        try:
            return re.search(as_text(right), as_text(left)) is not None
        except re.error:
            raise Refusal("bad regular expression") from None
    if operator == "in":
        return _inside(left, right)
    if operator == ".":
        return as_text(left) + as_text(right)
    if operator == ",":
        return [*(left if isinstance(left, list) else [left]), *(right if isinstance(right, list) else [right])]
    return _calculated(operator, number(left), number(right))


def _calculated(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%") and right == 0:
        raise Refusal("division by zero")
    if operator == "/":
        return int(left / right)
    if operator == "%":
        return left % right
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


def _inside(left: Value, right: Value) -> bool:
    if isinstance(right, list):
        return as_text(left) in [as_text(part) for part in right]
    try:
        network = ipaddress.ip_network(as_text(right), strict=False)
        return ipaddress.ip_interface(as_text(left)).ip in network
    except ValueError:
        return False


async def binary(node: Binary, evaluate: Evaluate) -> Value:
    left = await evaluate(node.left)
    if node.operator == "and":
        return truth(left) and truth(await evaluate(node.right))
    if node.operator == "or":
        return truth(left) or truth(await evaluate(node.right))
    return operate(node.operator, left, await evaluate(node.right))


async def unary(node: Unary, evaluate: Evaluate) -> Value:
    value = await evaluate(node.operand)
    return not truth(value) if node.operator == "!" else -number(value)


class Condition:
    """The condition of ``find`` and ``where``: bare words on the left of a comparison are properties."""

    def __init__(self, node: Expression, menu: Menu, config: Config, evaluate: Evaluate) -> None:
        self.node = node
        self.menu = menu
        self.config = config
        self.evaluate = evaluate

    async def holds(self, properties: dict[str, str]) -> bool:
        return await self._holds(self.node, properties)

    async def _holds(self, node: Expression, properties: dict[str, str]) -> bool:
        if isinstance(node, Unary) and node.operator == "!":
            return not await self._holds(node.operand, properties)
        if isinstance(node, Literal) and not node.quoted:
            return properties.get(node.text, "no") not in ("no", "false", "")
        if not isinstance(node, Binary):
            return truth(await self.evaluate(node))
        if node.operator == "and":
            return await self._holds(node.left, properties) and await self._holds(node.right, properties)
        if node.operator == "or":
            return await self._holds(node.left, properties) or await self._holds(node.right, properties)
        right = await self.evaluate(node.right)
        left: Value
        if isinstance(node.left, Literal) and not node.left.quoted:
            name = node.left.text
            if name not in properties:
                return node.operator == "!=" or (node.operator == "=" and as_text(right) == "")
            left = properties[name]
            if node.operator in ("=", "!="):
                right = self._canonical(name, right)
        else:
            left = await self.evaluate(node.left)
        return truth(operate(node.operator, left, right))

    def _canonical(self, name: str, value: Value) -> Value:
        """``interval=300`` finds what is printed as 5m."""
        arg = self.menu.arg(name)
        if arg is None or arg.readonly or not isinstance(value, str):
            return as_argument(value)
        try:
            return arg.type.parse(value, self.config.names)
        except BadValue:
            return value
