"""A configuration as nested dicts, and its forms as text.

A leaf's values are its children: ``{"system": {"host-name": {"gw": {}}}}``. Which words are values is the schema's
business (:mod:`twin.vyos.schema`); the tree only keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from twin.vyos.schema import Node

Tree: TypeAlias = "dict[str, Tree]"
Path: TypeAlias = "tuple[str, ...]"


def copy(tree: Tree) -> Tree:
    return {name: copy(child) for name, child in tree.items()}


def get(tree: Tree, *path: str) -> Tree | None:
    """What is below ``path``; None when the path does not exist."""
    for word in path:
        child = tree.get(word)
        if child is None:
            return None
        tree = child
    return tree


def below(tree: Tree, *path: str) -> Tree:
    """What is below ``path``; nothing when it does not exist."""
    return get(tree, *path) or {}


def has(tree: Tree, *path: str) -> bool:
    return get(tree, *path) is not None


def value(tree: Tree, *path: str) -> str | None:
    """The value of a leaf with one value; None when it is not set."""
    return next(iter(below(tree, *path)), None)


def values(tree: Tree, *path: str) -> list[str]:
    """The values of a leaf or the names of a tag node, in the order in which they were set."""
    return list(below(tree, *path))


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sort key under which eth2 comes before eth10."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", name)]


def ordered(tree: Tree, schema: Node | None, at_value: bool = False) -> Iterator[tuple[str, Tree]]:
    """Children as the device prints them: sorted, but a leaf's values in the order in which they were set."""
    if schema is not None and schema.kind == "leaf" and not at_value:
        yield from tree.items()
    else:
        yield from sorted(tree.items(), key=lambda item: natural(item[0]))


def _descend(schema: Node | None, at_value: bool, word: str) -> tuple[Node | None, bool]:
    if schema is not None and schema.valued and not at_value:
        return schema, True
    return (schema.children.get(word) if schema is not None else None), False


def paths(tree: Tree, schema: Node | None, prefix: Path = (), at_value: bool = False) -> Iterator[Path]:
    """The longest paths, in the order in which the device prints them."""
    for word, child in ordered(tree, schema, at_value):
        if child:
            next_schema, next_at_value = _descend(schema, at_value, word)
            yield from paths(child, next_schema, (*prefix, word), next_at_value)
        else:
            yield (*prefix, word)


def quoted(path: Path, schema: Node | None) -> str:
    """A path as words of a command: values of leaves in single quotes."""
    words, at_value = [], False
    for word in path:
        is_value = schema is not None and schema.kind == "leaf" and schema.valued and not at_value
        words.append(f"'{word}'" if is_value or re.search(r"[^\w.:/@+=-]", word) else word)
        schema, at_value = _descend(schema, at_value, word)
    return " ".join(words)


def commands(tree: Tree, schema: Node) -> str:
    """The `set` lines that make this tree, as `show configuration commands` prints them."""
    return "".join(f"set {quoted(path, schema)}\n" for path in paths(tree, schema))


def put(tree: Tree, path: Path, schema: Node) -> None:
    """Set a path that the schema knows; the new value of a leaf with one value replaces the old one."""
    at_value = False
    node: Node | None = schema
    for word in path:
        if node is not None and node.kind == "leaf" and not node.multi and not at_value and word not in tree:
            tree.clear()
        tree = tree.setdefault(word, {})
        node, at_value = _descend(node, at_value, word)


def remove(tree: Tree, path: Path, schema: Node) -> None:
    """Delete a path that exists. A tag node or leaf whose last value goes, goes as well; a plain node stays, empty."""
    parents = [tree]
    kinds: list[bool] = []  # whether each word is a value
    node: Node | None = schema
    at_value = False
    for word in path:
        kinds.append(node is not None and node.valued and not at_value)
        node, at_value = _descend(node, at_value, word)
        parents.append(parents[-1][word])
    del parents[-2][path[-1]]
    if kinds[-1] and not parents[-2]:
        del parents[-3][path[-2]]


def difference(old: Tree, new: Tree, prefix: Path = ()) -> Iterator[tuple[str, Path]]:
    """("-", path) and ("+", path) of what went and what came; the shortest paths that went."""
    for word, child in old.items():
        if word not in new:
            yield "-", (*prefix, word)
        else:
            yield from difference(child, new[word], (*prefix, word))
    for word, child in new.items():
        if word not in old:
            yield from (("+", path) for path in _longest(child, (*prefix, word)))


def _longest(tree: Tree, prefix: Path) -> Iterator[Path]:
    if not tree:
        yield prefix
    for word, child in tree.items():
        yield from _longest(child, (*prefix, word))
