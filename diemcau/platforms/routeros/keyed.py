"""Menus whose order has no meaning: entries are known by the arguments that name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from diemcau.platforms import Statement
from diemcau.platforms.routeros.menus import Menu
from diemcau.platforms.routeros.parse import Entry
from diemcau.platforms.routeros.statements import make, place, selector

Owned = tuple[Entry, str | None]  # an entry and its section
Name = tuple[tuple[object, ...], int]  # what names an entry, and the how manieth of that name it is


def keyed(name: str, meta: Menu, have: list[Owned], want: list[Owned]) -> tuple[list[Statement], list[Statement]]:
    """What is put and what is removed."""
    old, new = _named(meta, have), _named(meta, want)
    twins = {key for key, number in old if number}

    def found(of: Name) -> str:
        by_name = selector(meta, everything[of][0])
        return f"[:pick {by_name} {of[1]}]" if of[0] in twins else by_name

    def remove(names: Iterable[Name]) -> list[Statement]:
        last_first = sorted(names, key=lambda of: -of[1])  # no removal changes a place that is still to come
        return [make(name, "remove", everything[of][1], found(of)) for of in last_first]

    everything = dict(old)
    early = _in_the_way(meta, old, new)
    put = remove(early)
    old = {of: entry for of, entry in old.items() if of not in early}
    if meta.parent:
        return _family(name, meta, old, new)
    put += [s for of in new if of in old for s in _change(name, meta, found(of), old[of][0], new[of])]
    added = {of: new[of] for of in new if of not in old}
    gone = {of: old[of] for of in old if of not in new}
    for entry, section in added.values():
        renamed = _same(meta, entry, section, gone, added)
        if renamed is None:
            put.append(make(name, "add", section, values=entry))
        else:
            put += _change(name, meta, found(renamed), gone.pop(renamed)[0], (entry, section))
    return ([*remove(gone), *put], []) if meta.first else (put, remove(gone))


def _family(
    name: str, meta: Menu, old: dict[Name, Owned], new: dict[Name, Owned]
) -> tuple[list[Statement], list[Statement]]:
    """The same for a menu whose entries stand below each other: parents before their children, and gone after them."""
    ambiguous = _named_like_an_interface(meta, old, new)
    put = _dropped(name, meta, ambiguous)
    old = {of: entry for of, entry in old.items() if of not in ambiguous}
    for of in _from_the_top(meta, new):
        entry, section = new[of]
        if of in old:
            put += _change(name, meta, selector(meta, old[of][0]), old[of][0], new[of])
        else:
            put.append(make(name, "add", section, values=entry))
    return put, _dropped(name, meta, {of: old[of] for of in old if of not in new})


def _dropped(name: str, meta: Menu, gone: dict[Name, Owned]) -> list[Statement]:
    top_down = [make(name, "remove", gone[of][1], selector(meta, gone[of][0])) for of in _from_the_top(meta, gone)]
    return top_down[::-1]


def _named_like_an_interface(meta: Menu, old: dict[Name, Owned], new: dict[Name, Owned]) -> dict[Name, Owned]:
    """Entries that are called what new ones name as their parent and mean another thing by, with all below them.

    They go first: a parent is found by its name among entries and interfaces.
    """
    (key,) = meta.key
    names = {entry.get(meta.parent) for entry, _ in new.values()} - {entry.get(key) for entry, _ in new.values()}
    found: dict[Name, Owned] = {}
    while more := {
        of: (entry, section)
        for of, (entry, section) in old.items()
        if of not in found
        and (entry.get(key) in names or entry.get(meta.parent) in {f.get(key) for f, _ in found.values()})
    }:
        found |= more
    return found


def _from_the_top(meta: Menu, entries: dict[Name, Owned]) -> list[Name]:
    """Parents first; what is its own grandparent comes last, in the order in which it stands."""
    (key,) = meta.key
    names = {entry.get(key): of for of, (entry, _) in entries.items()}
    found: dict[Name, None] = {}

    def visit(of: Name, above: tuple[Name, ...]) -> None:
        parent = names.get(entries[of][0].get(meta.parent))
        if parent is not None and parent not in above:
            visit(parent, (*above, of))
        found.setdefault(of)

    for of in entries:
        visit(of, (of,))
    return list(found)


def placed(name: str, meta: Menu, have: list[Owned], want: list[Owned]) -> tuple[list[Statement], list[Statement]]:
    """The same for a menu whose entries are found by their place; what is put comes behind them."""
    old, new = _named(meta, have), _named(meta, want)
    put = [make(name, "add", s, values=_written(e)) for of, (e, s) in new.items() if of not in old]
    gone = [number for number, of in reversed(list(enumerate(old))) if of not in new]
    return put, [make(name, "remove", have[number][1], place(meta, number)) for number in gone]


def _named(meta: Menu, entries: list[Owned]) -> dict[Name, Owned]:
    named: dict[Name, Owned] = {}
    times: Counter[tuple[object, ...]] = Counter()
    for entry, section in entries:
        key = tuple(entry.get(k, meta.defaults.get(k, "")) for k in meta.key)
        named[key, times[key]] = entry, section
        times[key] += 1
    return named


def _written(entry: Entry) -> Entry:
    return {k: v for k, v in entry.items() if k != "key-owner"}  # the owner is a part of the key's text


def _in_the_way(meta: Menu, old: dict[Name, Owned], new: dict[Name, Owned]) -> list[Name]:
    """Entries that hold what another one is to get, and what the router refuses to have twice: they go first."""

    def unique(entry: Entry) -> tuple[object, ...]:
        return tuple(entry.get(k) for k in meta.same)

    wanted = {unique(new[of][0]): of for of in new if of in old and unique(new[of][0]) != unique(old[of][0])}
    return [of for of in old if meta.same and wanted.get(unique(old[of][0]), of) != of]


def _same(
    meta: Menu, entry: Entry, section: str | None, gone: dict[Name, Owned], added: dict[Name, Owned]
) -> Name | None:
    """What names the one entry that would go and is this one but for its name, in the same section."""

    def alike(other: Entry) -> bool:
        return all(k in entry and other.get(k) == entry[k] for k in meta.same)

    if not meta.same or sum(alike(other) for other, _ in added.values()) != 1:
        return None
    found = [of for of, (other, owned) in gone.items() if owned == section and alike(other)]
    return found[0] if len(found) == 1 else None


def _change(name: str, meta: Menu, found: str, old: Entry, new: Owned) -> list[Statement]:
    """At most one statement: arguments that differ, those that go back to their default, those that go."""
    entry, section = new
    skip = meta.write_only | meta.derived
    changed: Entry = {k: v for k, v in entry.items() if k not in skip and old.get(k) != v}
    unset = []
    for key in old.keys() - entry.keys() - skip - meta.chosen:
        if key in meta.defaults:
            changed[key] = meta.defaults[key]
        else:
            unset.append(key)
    if not changed and not unset:
        return []
    # What cannot be read is written with every change: the entry's comment tells that a password is another one.
    changed |= {k: v for k, v in entry.items() if k in meta.write_only}
    return [make(name, "set", section, found, dict(sorted(changed.items())), unset)]
