"""Two models to the statements that turn the running one into the desired one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from diemcau.errors import Problem, Unexpected
from diemcau.intent import SECTIONS
from diemcau.platforms import Plan, Statement
from diemcau.platforms.vyos import sections as who
from diemcau.platforms.vyos.words import Model, Path, order, shown, statement, writable
from diemcau.redaction import Secret, reveal


def plan(running: Model, desired: Model, sections: Collection[str]) -> Plan:
    """First the deletes, then the sets, both by section and path. Paths outside ``sections`` are not touched.

    A delete names the highest node whose whole content goes, so that no empty node is left behind, but never one
    above a managed root, nor one that holds a path of another section or of none. Raises Unexpected for a desired
    path that no section owns, and for a running value that VyOS's own command line cannot name.
    """
    for path in desired:
        _section(path)
    unwanted = {p for p in running - desired if who.owner(p) in sections and not who.neutral(p)}
    missing = {p for p in desired - running if who.owner(p) in sections}
    deletes, again = _deletes(running, desired, unwanted)
    sets = {p: _section(p) for p in missing | again}
    return Plan(
        statements=(*_statements("delete", deletes), *_statements("set", sets)),
        unmanaged=who.unmanaged(running),
    )


def _deletes(running: Model, desired: Model, unwanted: set[Path]) -> tuple[dict[Path, str], set[Path]]:
    """Nodes to delete with their sections, and paths to set again because a node had to go that holds more."""
    content = Counter(p for path in running if not who.neutral(path) for p in _prefixes(path))
    going = Counter(p for path in unwanted for p in _prefixes(path))
    wanted = {p for path in desired for p in _prefixes(path)}
    deletes: dict[Path, str] = {}
    again: set[Path] = set()
    for path in unwanted:
        if path in wanted:
            continue  # an empty node that gets content: nothing to take away
        whole = [p for p in _prefixes(path) if _at_root_or_below(p, path) and going[p] == content[p]]
        node = next((p for p in whole if p not in wanted), path)
        if node == path and path[:-1] in whole and content[path[:-1]] == 1:
            node = path[:-1]  # the one value of a leaf goes without being named
        if not _nameable(node):
            node = next(p for p in _prefixes(node) if not _nameable(p))[:-1]
            kept = {p for p in running - unwanted if p[: len(node)] == node and not who.neutral(p)}
            if not _at_root_or_below(node, path) or any(who.owner(p) != who.owner(path) for p in kept):
                raise Unexpected(Problem(found=f"VyOS's command line cannot name this: {shown('delete', path)}"))
            again |= kept
        deletes[node] = _section(path)
    return {n: s for n, s in deletes.items() if not any(p in deletes for p in _prefixes(n[:-1]))}, again


def _nameable(path: Path) -> bool:
    return all(writable(reveal(token)) for token in path)


def _prefixes(path: Path) -> Iterable[Path]:
    return (path[:length] for length in range(1, len(path) + 1))


def _at_root_or_below(node: Path, path: Path) -> bool:
    """Whether a prefix of ``path`` may be deleted: it is not above the managed root that ``path`` stands under."""
    root = who.root(path)
    return root is not None and len(node) >= len(root)


def _statements(verb: str, nodes: Mapping[Path, str]) -> list[Statement]:
    ordered = sorted(nodes.items(), key=lambda item: (SECTIONS.index(item[1]), order(item[0])))
    return [_statement(verb, path, section) for path, section in ordered]


def _statement(verb: str, path: Path, section: str) -> Statement:
    text = statement(verb, path)
    secret = any(isinstance(token, Secret) for token in path)
    return Statement(Secret(text) if secret else text, shown(verb, path), section)


def _section(path: Path) -> str:
    section = who.owner(path)
    if section is None:
        raise Unexpected(Problem(found=f"no section owns this statement: {shown('set', path)}"))
    return section
