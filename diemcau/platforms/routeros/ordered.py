"""Menus whose order has a meaning: firewall and routing filters. As few moves as the order allows."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from diemcau.platforms import Statement
from diemcau.platforms.routeros.keyed import Owned
from diemcau.platforms.routeros.menus import Menu
from diemcau.platforms.routeros.parse import Entry
from diemcau.platforms.routeros.statements import make, place, selector


def reorder(
    name: str, meta: Menu, there: list[Entry], owned: list[Owned], wanted: list[Owned]
) -> tuple[list[Statement], list[Statement]]:
    """What is put (each before the next one that stays) and what is removed.

    First to last, so that what lets the session in is there before the refusal of everything else. A rule is named
    by its chain and comment where these are unique, else by its place among the static rules; both are counted on
    ``work``, which follows what the statements do in the order they are executed. ``there`` is the whole menu: sections
    that share one are each in their own order, and the order of two sections' rules among each other says nothing.
    """
    work = list(there)
    sections = dict.fromkeys(section for _, section in (*wanted, *owned))
    put: list[Statement] = []
    kept: set[int] = set()
    for section in sections:
        have, want = ([entry for entry, of in found if of == section] for found in (owned, wanted))
        put += _put(name, meta, section, (have, want), work, kept)
    drop: list[Statement] = []
    gone = {id(entry): section for entry, section in owned if id(entry) not in kept}
    for entry in reversed(list(work)):
        if id(entry) in gone:
            drop.append(make(name, "remove", gone[id(entry)], _name(meta, entry, work)))
            del work[_index(work, entry)]
    return put, drop


def _put(
    name: str,
    meta: Menu,
    section: str | None,
    both: tuple[list[Entry], list[Entry]],
    work: list[Entry],
    kept: set[int],
) -> list[Statement]:
    """What is put of one section. Notes it in ``work``, and what stays in ``kept``."""
    have, want = both
    old, new = list(map(_frozen, have)), list(map(_frozen, want))
    stays = {
        block.b + i: have[block.a + i]
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for i in range(block.size)
    }
    kept |= {id(entry) for entry in stays.values()}
    put = []
    for number, rule in enumerate(want):
        if number in stays:
            continue
        following = next((stays[later] for later in range(number + 1, len(want)) if later in stays), None)
        before = _name(meta, following, work) if following is not None else ""
        put.append(make(name, "add", section, values=rule, before=before))
        work.insert(_index(work, following) if following is not None else len(work), dict(rule))
    return put


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
