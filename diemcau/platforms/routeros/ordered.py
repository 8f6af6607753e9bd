"""Menus whose order has a meaning: firewall and routing filters. As few moves as the order allows."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from diemcau.platforms import Statement
from diemcau.platforms.routeros.keyed import Owned
from diemcau.platforms.routeros.menus import Menu
from diemcau.platforms.routeros.parse import Entry
from diemcau.platforms.routeros.sections import owner
from diemcau.platforms.routeros.statements import make, place, selector


def reorder(name: str, meta: Menu, owned: list[Owned], wanted: list[Owned]) -> tuple[list[Statement], list[Statement]]:
    """What is put (each before the next one that stays) and what is removed.

    First to last, so that what lets the session in is there before the refusal of everything else. A rule is named
    by its chain and comment where these are unique, else by its place among the static rules; both are counted on
    ``work``, which follows what the statements do in the order they are executed.
    """
    have, want = [entry for entry, _ in owned], [entry for entry, _ in wanted]
    work = list(have)
    old, new = list(map(_frozen, have)), list(map(_frozen, want))
    stays = {
        block.b + i: have[block.a + i]
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for i in range(block.size)
    }
    section = owner(name, {})
    put: list[Statement] = []
    drop: list[Statement] = []
    kept = {id(entry) for entry in stays.values()}
    for number, rule in enumerate(want):
        if number in stays:
            continue
        following = next((stays[later] for later in range(number + 1, len(want)) if later in stays), None)
        before = _name(meta, following, work) if following is not None else ""
        put.append(make(name, "add", section, values=rule, before=before))
        added = dict(rule)
        kept.add(id(added))
        work.insert(_index(work, following) if following is not None else len(work), added)
    for entry in reversed(list(work)):
        if id(entry) not in kept:
            drop.append(make(name, "remove", section, _name(meta, entry, work)))
            del work[_index(work, entry)]
    return put, drop


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
    return place(meta, _index(work, entry))
