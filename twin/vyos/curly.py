"""The form of a configuration with braces: `show configuration`, `show` with its marks, and config.boot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twin.vyos.schema import Node, locate
from twin.vyos.tree import Tree, copy, ordered, put

_TOKEN = re.compile(
    r'\s*(?:/\*.*?\*/|//[^\n]*|(?P<brace>[{}])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[^\s{}"]+))', re.S
)


def _shown(value: str, always: bool) -> str:
    if always or not value or re.search(r'[\s{}"*\\]|//', value):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value


def render(tree: Tree, schema: Node, *, quote: bool = False, old: Tree | None = None) -> str:
    """The text. ``quote`` puts every value in quotes, as config.boot has it.

    With ``old``, each line begins with "+", "-", ">" (another value) or a blank, as `show` in configuration mode does.
    """
    return "".join(line + "\n" for line in _lines(tree, schema, quote, old, 0))


def _lines(tree: Tree, schema: Node, quote: bool, old: Tree | None, depth: int, mark: str = " ") -> Iterator[str]:
    merged = copy(tree) if old is None else {**{name: child for name, child in old.items() if name not in tree}, **tree}
    for name, _ in ordered(merged, schema, at_value=True):
        node = schema.children.get(name) or Node("node")
        now, before = tree.get(name), old.get(name) if old is not None else None
        yield from _entry(name, node, now, before, quote, old is not None, depth, mark)


def _entry(
    name: str, node: Node, now: Tree | None, before: Tree | None, quote: bool, marks: bool, depth: int, mark: str
) -> Iterator[str]:
    def line(sign: str, text: str) -> str:
        return (sign if marks else "") + "    " * depth + text

    def sign(now: Tree | None, before: Tree | None) -> str:
        return mark if mark != " " or not marks else "-" if now is None else "+" if before is None else " "

    if node.kind == "leaf" and not node.valued:
        yield line(sign(now, before), name)
    elif node.kind == "leaf":
        for value in dict.fromkeys([*(now or {}), *(before or {} if marks and (node.multi or now is None) else {})]):
            own = sign(
                None if now is None or value not in now else {}, None if before is None or value not in before else {}
            )
            if not node.multi and own == "+" and before:
                own = ">"
            yield line(own, f"{name} {_shown(value, quote)}")
    elif node.kind == "tag":
        both = {**(before or {}), **(now or {})} if marks else dict(now or {})
        for value, _ in ordered(both, node, at_value=True):
            yield from _block(f"{name} {_shown(value, False)}", node, (now or {}).get(value), (before or {}).get(value),
                              quote, marks, depth, mark)  # fmt: skip
    else:
        yield from _block(name, node, now, before, quote, marks, depth, mark)


def _block(
    title: str, node: Node, now: Tree | None, before: Tree | None, quote: bool, marks: bool, depth: int, mark: str
) -> Iterator[str]:
    own = mark if mark != " " or not marks else "-" if now is None else "+" if before is None else " "
    pad = (own if marks else "") + "    " * depth
    yield f"{pad}{title} {{"
    shown = now if now is not None else before or {}
    old = None if not marks else before if own == " " else {}
    yield from _lines(shown, node, quote, old, depth + 1, own if marks else " ")
    yield f"{pad}}}"


class CurlyError(Exception):
    """The text is no configuration; the words are those of the device's loader."""


def _tokens(text: str) -> Iterator[str | tuple[str, str]]:
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise CurlyError(f"Failed to parse config: syntax error near character {position}")
        position = match.end()
        if match["brace"]:
            yield match["brace"]
        elif match["quoted"] is not None:
            yield "word", re.sub(r"\\(.)", r"\1", match["quoted"])
        elif match["word"] is not None:
            yield "word", match["word"]


def parse(text: str, schema: Node) -> tuple[Tree, list[str]]:
    """The tree that a text describes, and the paths in it that the schema does not know (these are left out).

    Raises CurlyError when braces do not match.
    """
    tree: Tree = {}
    unknown: list[str] = []
    levels: list[tuple[str, ...]] = [()]
    for words, opens in _statements(text):
        if not words:  # a closing brace
            if len(levels) == 1:
                raise CurlyError("Failed to parse config: unexpected }")
            levels.pop()
            continue
        path = (*levels[-1], *words)
        if locate(schema, path)[0] is None:
            unknown.append(" ".join(path))
        else:
            put(tree, path, schema)
        if opens:
            levels.append(path)
    if len(levels) != 1:
        raise CurlyError("Failed to parse config: missing }")
    return tree, unknown


def _statements(text: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Each line's words and whether it opens a block; no words = a block ends. A line is a statement."""
    for line in re.sub(r"/\*.*?\*/", "", text, flags=re.S).splitlines():
        words: list[str] = []
        for token in _tokens(line):
            if isinstance(token, tuple):
                words.append(token[1])
            elif token == "{":
                yield tuple(words), True
                words = []
            else:
                if words:
                    yield tuple(words), False
                    words = []
                yield (), False
        if words:
            yield tuple(words), False
