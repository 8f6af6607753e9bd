"""Two models to the statements that turn the running one into the desired one.

Additions and changes come first, from what others depend on to what depends on it; removals last, the other way
round. So the path that carries the session is never gone before its successor is there. An entry that stays is
changed where it stands, never removed and added again: what refers to it would lose it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from diemcau.errors import Problem, Unexpected
from diemcau.platforms import Plan, Statement
from diemcau.platforms.routeros.keyed import keyed, placed
from diemcau.platforms.routeros.menus import ENTRIES, SETTINGS, defaults
from diemcau.platforms.routeros.ordered import reorder
from diemcau.platforms.routeros.parse import Entry, Model
from diemcau.platforms.routeros.sections import owner
from diemcau.platforms.routeros.statements import make

# What a device has without being asked: not worth a word among the unmanaged.
EXPECTED = frozenset(("/disk", "/interface ethernet", "/user group", "/port", "/ip hotspot profile", "/routing id"))


def plan(running: Model, desired: Model, sections: Collection[str]) -> Plan:
    """Statements within ``sections``, each valid when executed in this order."""
    changes: list[tuple[int, Statement]] = []
    removals: list[tuple[int, Statement]] = []
    _refuse_unknown(desired)
    bridges = {str(b.get("name")) for model in (running, desired) for b in model.entries.get("/interface bridge", [])}
    for name, meta in ENTRIES.items():
        have = [(e, owned) for e in running.entries.get(name, []) if (owned := owner(name, e, bridges)) in sections]
        want = [(e, owned) for e in desired.entries.get(name, []) if (owned := owner(name, e, bridges)) in sections]
        if meta.ordered:
            put, drop = reorder(name, meta, running.entries.get(name, []), have, want)
        else:
            put, drop = (placed if meta.by_place else keyed)(name, meta, have, want)
        changes += [(meta.stage, statement) for statement in put]
        removals += [(meta.stage, statement) for statement in drop]
    settings = [(5, statement) for statement in _settings(running, desired, sections)]
    ordered = [s for _, s in sorted([*changes, *settings], key=lambda item: item[0])]
    ordered += [s for _, s in sorted(removals, key=lambda item: -item[0])]
    return Plan(tuple(ordered), _unmanaged(running))


def managed(model: Model) -> Model:
    """The part of a model that sections own: what a plan may aim at."""
    return Model(
        {name: values for name, values in model.settings.items() if name[0] in SETTINGS},
        {menu: entries for menu, entries in model.entries.items() if menu in ENTRIES},
    )


def _refuse_unknown(desired: Model) -> None:
    """What is asked for and could not be compared would be left out without a word."""
    unknown = {m for m in desired.entries if m not in ENTRIES} | {m for m, _ in desired.settings if m not in SETTINGS}
    if unknown:
        raise Unexpected(Problem(found=f"no section owns {', '.join(sorted(unknown))}"))


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
    """Menus that no section owns, and changes of entries that every router has and no inventory asks for."""
    changed = {menu for (menu, _), values in running.settings.items() if menu in ENTRIES and set(values) - {"comment"}}
    menus = {menu for menu, _ in running.settings} | running.entries.keys()
    return tuple(sorted(changed | {m for m in menus if m not in ENTRIES and m not in SETTINGS and m not in EXPECTED}))
