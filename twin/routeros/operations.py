"""What ``add``, ``set``, ``remove``, ``move`` … do to the configuration, for every menu alike."""

from __future__ import annotations

from dataclasses import replace

from twin.routeros.checks import check
from twin.routeros.errors import BadValue, Refusal
from twin.routeros.menu import Menu
from twin.routeros.store import Config, Entry

UNSET = "\0unset"  # the value of ``!name``


def typed(config: Config, menu: Menu, given: dict[str, str]) -> dict[str, str]:
    """The given values in canonical form. Raises Refusal with the console's words."""
    parsed = {}
    for name, value in given.items():
        arg = menu.arg(name)
        assert arg is not None and not arg.readonly, f"the resolver let {name} through"
        if value == UNSET:
            parsed[name] = UNSET
            continue
        try:
            parsed[name] = arg.type.parse(value, config.names)
        except BadValue as error:
            raise error.refusal(name) from None
    return parsed


def _kept(menu: Menu, values: dict[str, str]) -> dict[str, str]:
    """Without what is unset, and without defaults unless the menu remembers what was given."""
    defaults = {} if menu.explicit else menu.defaults()
    return {name: value for name, value in values.items() if value != UNSET and defaults.get(name) != value}


def add(config: Config, menu: Menu, given: dict[str, str], owner: str, before: int | None = None) -> Entry:
    """A new entry, at the end or before the entry with the number ``before``; ``owner`` is the user who adds it."""
    values = typed(config, menu, given)
    missing = [arg.name for arg in menu.args if arg.required and arg.name not in values]
    if missing:
        raise Refusal("missing value(s) of argument(s) " + " ".join(missing))
    values = check(config, menu, values, None)
    if menu.arg("owner") is not None:
        values["owner"] = owner
    entry = Entry(config.take_number(), _kept(menu, values))
    table = list(config.entries(menu.path))
    at = len(table) if before is None else next(i for i, each in enumerate(table) if each.number == before)
    config.put(menu.path, [*table[:at], entry, *table[at:]])
    return entry


def change(config: Config, menu: Menu, entry: Entry, given: dict[str, str]) -> None:
    values = typed(config, menu, given)
    for arg in menu.args:
        if arg.required and values.get(arg.name) == UNSET:
            raise Refusal(f"missing value(s) of argument(s) {arg.name}")
    merged = check(config, menu, {**entry.values, **values}, entry)
    old, new = entry.get("name"), merged.get("name", "")
    config.replace_entry(menu.path, replace(entry, values=_kept(menu, merged)))
    if menu.space and old and new and old != new:
        config.rename(menu, old, new)


def change_settings(config: Config, menu: Menu, given: dict[str, str]) -> None:
    values = typed(config, menu, given)
    stored = config.entries(menu.path)
    current = stored[0].values if stored else {}
    merged = check(config, menu, {**current, **values}, stored[0] if stored else Entry(0, {}))
    config.set_settings(menu.path, {name: value for name, value in merged.items() if value != UNSET})


def remove(config: Config, menu: Menu, chosen: list[Entry]) -> None:
    """What referred to a removed entry's name is left with its internal id, as on the real device."""
    for entry in chosen:
        if entry.builtin:
            raise Refusal(f"failure: can not remove {_kind(menu)}")
    check_removal(config, menu, chosen)
    gone = {entry.number for entry in chosen}
    config.put(menu.path, (entry for entry in config.entries(menu.path) if entry.number not in gone))
    for entry in chosen:
        if menu.space and entry.get("name"):
            config.rename(menu, entry.get("name"), entry.id)


def _kind(menu: Menu) -> str:
    return "builtin" if menu.path == "/interface/list" else "default item"


def check_removal(config: Config, menu: Menu, chosen: list[Entry]) -> None:
    """The last user who may do everything stays; keys and leases of what goes go too."""
    if menu.path == "/user":
        gone = {entry.number for entry in chosen}
        left = [e for e in config.entries("/user") if e.number not in gone]
        if not any(e.get("group") == "full" and e.get("disabled") != "yes" for e in left):
            raise Refusal("failure: last user with full access cannot be removed")
        names = {entry.get("name") for entry in chosen}
        config.put("/user/ssh-keys", (k for k in config.entries("/user/ssh-keys") if k.get("user") not in names))


def move(config: Config, menu: Menu, chosen: list[Entry], before: Entry | None) -> None:
    numbers = [entry.number for entry in chosen]
    if before is not None and before.number in numbers:
        return
    rest = [entry for entry in config.entries(menu.path) if entry.number not in numbers]
    at = len(rest) if before is None else next(i for i, each in enumerate(rest) if each.number == before.number)
    config.put(menu.path, [*rest[:at], *chosen, *rest[at:]])
