"""Two models to the statements that turn the running one into the desired one.

Additions and changes come first, from what others depend on to what depends on it; removals last, the other way
round. So the path that carries the session is never gone before its successor is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from diemcau.errors import Unexpected
from diemcau.platforms import Plan, Statement
from diemcau.platforms.routeros.menus import ENTRIES, SETTINGS, Menu, defaults
from diemcau.platforms.routeros.ordered import reorder
from diemcau.platforms.routeros.parse import Entry, Model
from diemcau.platforms.routeros.sections import owner
from diemcau.platforms.routeros.statements import make, selector

# What a device has without being asked: not worth a word among the unmanaged.
EXPECTED = frozenset(("/disk", "/interface ethernet", "/user group", "/port", "/ip hotspot profile", "/routing id"))


def plan(running: Model, desired: Model, sections: Collection[str]) -> Plan:
    """Statements within ``sections``, each valid when executed in this order."""
    changes: list[tuple[int, Statement]] = []
    removals: list[tuple[int, Statement]] = []
    for menu in desired.entries:
        if menu not in ENTRIES:
            raise Unexpected(f"no section owns {menu}")
    for name, meta in ENTRIES.items():
        have = [e for e in running.entries.get(name, []) if owner(name, e) in sections]
        want = [e for e in desired.entries.get(name, []) if owner(name, e) in sections]
        compare = reorder if meta.ordered else _placed if meta.by_place else _keyed
        put, drop = compare(name, meta, have, want)
        changes += [(meta.stage, statement) for statement in put]
        removals += [(meta.stage, statement) for statement in drop]
    settings = [(5, statement) for statement in _settings(running, desired, sections)]
    ordered = [s for _, s in sorted([*changes, *settings], key=lambda item: item[0])]
    ordered += [s for _, s in sorted(removals, key=lambda item: -item[0])]
    return Plan(tuple(ordered), _unmanaged(running))


def managed(model: Model) -> Model:
    """The part of a model that sections own: what a plan may aim at."""
    return Model(model.settings, {menu: entries for menu, entries in model.entries.items() if menu in ENTRIES})


def _keyed(name: str, meta: Menu, have: list[Entry], want: list[Entry]) -> tuple[list[Statement], list[Statement]]:
    """Statements for a menu whose order has no meaning: what is put, what is removed."""
    put: list[Statement] = []
    drop: list[Statement] = []
    old: dict[tuple[object, ...], list[Entry]] = {}
    for entry in have:
        old.setdefault(_key(meta, entry), []).append(entry)
    for entry in want:
        twins = old.pop(_key(meta, entry), [])
        changed = _difference(meta, twins[0], entry) if len(twins) == 1 else None
        if changed is None:  # not there, there twice, or an argument has to go that has no default
            put += [make(name, "remove", owner(name, entry), selector(meta, twins[0]))] if twins else []
            put.append(make(name, "add", owner(name, entry), values=_written(entry)))
        elif changed:
            put.append(make(name, "set", owner(name, entry), selector(meta, entry), changed))
    for twins in old.values():
        drop.append(make(name, "remove", owner(name, twins[0]), selector(meta, twins[0])))
    return put, drop


def _placed(name: str, meta: Menu, have: list[Entry], want: list[Entry]) -> tuple[list[Statement], list[Statement]]:
    """The same for a menu whose entries are found by their place; what is put comes behind them."""
    old, new = [_key(meta, entry) for entry in have], [_key(meta, entry) for entry in want]
    kept = {old.index(key) for key in new if key in old}
    put = [make(name, "add", owner(name, e), values=_written(e)) for e in want if _key(meta, e) not in old]
    gone = [place for place in range(len(have) - 1, -1, -1) if place not in kept]
    return put, [make(name, "remove", owner(name, have[place]), f"[:pick [find] {place}]") for place in gone]


def _key(meta: Menu, entry: Entry) -> tuple[object, ...]:
    return tuple(entry.get(k, meta.defaults.get(k, "")) for k in meta.key)


def _written(entry: Entry) -> Entry:
    return {k: v for k, v in entry.items() if k != "key-owner"}  # the owner is a part of the key's text


def _difference(meta: Menu, old: Entry, new: Entry) -> Entry | None:
    """Arguments to set; None when one has to go that has no default to go back to."""
    skip = meta.write_only | meta.derived
    changed: Entry = {k: v for k, v in new.items() if k not in skip and old.get(k) != v}
    for key in old.keys() - new.keys() - skip - meta.chosen:
        if key not in meta.defaults:
            return None
        changed[key] = meta.defaults[key]
    return changed


def _settings(running: Model, desired: Model, sections: Collection[str]) -> Iterator[Statement]:
    for menu in SETTINGS:
        section = owner(menu, {})
        if section not in sections:
            continue
        names = [n for n in dict.fromkeys([*desired.settings, *running.settings]) if n[0] == menu]
        for name in names:
            old, new = running.settings.get(name, {}), desired.settings.get(name, {})
            back: Entry = {k: v for k, v in defaults(*name).items() if k in old and k not in new}
            changed = {**{k: v for k, v in new.items() if old.get(k) != v}, **back}
            if changed:
                yield make(menu, "set", section, name[1], changed)


def _unmanaged(running: Model) -> tuple[str, ...]:
    menus = {menu for menu, _ in running.settings} | running.entries.keys()
    return tuple(sorted(m for m in menus if m not in ENTRIES and m not in SETTINGS and m not in EXPECTED))
