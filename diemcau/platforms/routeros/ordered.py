"""Menus whose order has a meaning: firewall and routing filters. As few moves as the order allows."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from diemcau.platforms import Statement
from diemcau.platforms.routeros.menus import Menu
from diemcau.platforms.routeros.parse import Entry
from diemcau.platforms.routeros.sections import owner
from diemcau.platforms.routeros.statements import make, selector


def reorder(name: str, meta: Menu, have: list[Entry], want: list[Entry]) -> tuple[list[Statement], list[Statement]]:
    """What is put (each before the next one that stays) and what is removed.

    A rule that stays is named by its chain and comment where these are unique, else by its place among the static
    rules. Places are counted on ``work``, which follows what the statements do in the order they are executed.
    """
    work = list(have)
    old, new = list(map(_frozen, have)), list(map(_frozen, want))
    matched = [m for m in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks() if m.size]
    stays = {m.a + i: m.b + i for m in matched for i in range(m.size)}
    kept = {b: id(have[a]) for a, b in stays.items()}
    anchors = {id(have[a]) for a in stays}
    put: list[Statement] = []
    following: Entry | None = None
    section = owner(name, {})
    for place in range(len(want) - 1, -1, -1):
        if place in kept:
            following = next(e for e in work if id(e) == kept[place])
            continue
        rule = dict(want[place])
        values: Entry = dict(rule)
        before = ""
        if following is not None:
            before = f" place-before={_name(meta, following, work)}"
            work.insert(_index(work, following), rule)
        else:
            work.append(rule)
        statement = make(name, "add", section, values=values)
        put.append(Statement(_append(statement.text, before), statement.shown + before, statement.section))
        anchors.add(id(rule))
        following = rule
    drop: list[Statement] = []
    for entry in reversed(list(work)):
        if id(entry) not in anchors:
            drop.append(make(name, "remove", section, _name(meta, entry, work)))
            del work[_index(work, entry)]
    return put, drop


def _append(text: object, words: str) -> str:
    return f"{text}{words}"


def _frozen(entry: Entry) -> frozenset[tuple[str, object]]:
    return frozenset(entry.items())


def _index(work: list[Entry], entry: Entry) -> int:
    return next(i for i, e in enumerate(work) if e is entry)


def _name(meta: Menu, entry: Entry, work: list[Entry]) -> str:
    """A selector that finds this entry and no other, at this moment."""
    same = Counter(tuple(e.get(k) for k in meta.key) for e in work)
    key = tuple(entry.get(k) for k in meta.key)
    if None not in key and same[key] == 1:
        return selector(meta, entry)
    return f"[:pick [find dynamic=no] {_index(work, entry)}]"
