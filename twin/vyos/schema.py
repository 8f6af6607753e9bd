"""The configuration paths that this device knows, for each release, and the check of each value.

The texts in ``schema_*.py`` describe a tree by indentation. A line is ``name``, then

* nothing: a node with children;
* ``<check>``: a tag node, whose children belong to each value (``ethernet <eth>``);
* ``= check``: a leaf with one value, ``* check``: a leaf with several;
* ``!``: a leaf without a value.

``@1.4`` or ``@1.5`` at the end limits the line and what is below it to that release; ``&name`` in place of children
inserts the fragment of that name. Everything here exists in the trees that real VyOS 1.4 and 1.5 publish (a test
compares); what the twin would silently ignore in the data plane is left out, and so is refused as an unknown path.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

from twin.vyos import (
    schema_firewall,
    schema_interfaces,
    schema_qos,
    schema_routing,
    schema_services,
    schema_system,
)
from twin.vyos.values import Check, check_for

RELEASES = ("1.4", "1.5")

_LINE = re.compile(
    r"(?P<indent> *)(?P<name>[&\w.-]+)(?: <(?P<tag>[^>]+)>| = (?P<one>\S+)| \* (?P<many>\S+)| (?P<flag>!))?"
    r"(?: @(?P<release>\d\.\d))?"
)


@dataclass
class Node:
    """A place in the tree: kind "node", "tag" or "leaf"."""

    kind: str
    check: Check | None = None  # of a tag's or leaf's value; None = takes no value
    multi: bool = False
    children: dict[str, Node] = field(default_factory=dict)

    @property
    def valued(self) -> bool:
        return self.check is not None


def _parse(text: str, release: str) -> dict[str, Node]:
    top: dict[str, Node] = {}
    stack: list[tuple[int, dict[str, Node] | None]] = [(-1, top)]
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            raise ValueError(f"schema line {number}: {line}")
        depth = len(match["indent"])
        while stack[-1][0] >= depth:
            stack.pop()
        parent = stack[-1][1]
        if parent is None or match["release"] not in (None, release):
            stack.append((depth, None))  # the other release's, with all that is below
            continue
        if match["name"].startswith("&"):
            parent.update(_parse(FRAGMENTS[match["name"][1:]], release))
            continue
        kind = match["tag"] or match["one"] or match["many"]
        node = Node(
            kind="tag" if match["tag"] else "leaf" if kind or match["flag"] else "node",
            check=check_for(kind) if kind else None,
            multi=bool(match["many"]),
        )
        parent[match["name"]] = node
        stack.append((depth, node.children))
    return top


FRAGMENTS: dict[str, str] = {
    **schema_interfaces.FRAGMENTS,
    **schema_routing.FRAGMENTS,
    **schema_firewall.FRAGMENTS,
    **schema_qos.FRAGMENTS,
    **schema_services.FRAGMENTS,
    **schema_system.FRAGMENTS,
}


@functools.cache
def schema_for(release: str) -> Node:
    """The tree of "1.4" or "1.5"."""
    if release not in RELEASES:
        raise ValueError(f"the twin knows VyOS {' and '.join(RELEASES)}, not {release}")
    texts = (
        schema_firewall.FIREWALL,
        schema_interfaces.INTERFACES,
        schema_firewall.NAT,
        schema_routing.POLICY,
        schema_routing.PROTOCOLS,
        schema_qos.QOS,
        schema_services.SERVICE,
        schema_system.SYSTEM,
    )
    root = Node("node")
    for text in texts:
        root.children.update(_parse(text, release))
    return root


@dataclass(frozen=True)
class Place:
    """Where a path ends: at a node, or at a value of a tag or leaf."""

    node: Node
    at_value: bool

    @property
    def is_leaf_value(self) -> bool:
        return self.at_value and self.node.kind == "leaf"


def locate(root: Node, path: tuple[str, ...]) -> tuple[Place | None, int]:
    """Follow ``path`` without looking at values: the place, or None and the index of the first word that is wrong."""
    place = Place(root, False)
    for index, word in enumerate(path):
        node = place.node
        if node.valued and not place.at_value:
            place = Place(node, True)
            continue
        child = node.children.get(word) if node.kind != "leaf" else None
        if child is None:
            return None, index
        place = Place(child, False)
    return place, len(path)


def value_problem(root: Node, path: tuple[str, ...]) -> str:
    """What is wrong with the first bad value on a valid ``path``; "" when all are good."""
    place = Place(root, False)
    for word in path:
        if place.node.check is not None and not place.at_value:
            if problem := place.node.check(word):
                return problem
            place = Place(place.node, True)
        else:
            place = Place(place.node.children[word], False)
    return ""
