"""A router's configuration as data: tables of entries by menu path. Tables are never changed in place, only replaced,
so that a snapshot of everything is a copy of one small dict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from twin.routeros.menu import Menu
from twin.routeros.schema import Schema

Snapshot = dict[str, "tuple[Entry, ...]"]

#: Namespaces that are a part of another one: what refers to a bridge refers to an interface too.
_PARTS = {"bridge": "/interface/bridge", "wireguard": "/interface/wireguard"}
LOOPBACK = "lo"  # RouterOS 7.14 and later have one that cannot be removed


@dataclass(frozen=True)
class Entry:
    """One entry of a menu; of a settings menu there is exactly one."""

    number: int
    values: dict[str, str]  # only what was given and is not the default; never changed in place
    builtin: bool = False  # came with the device: cannot be removed

    @property
    def id(self) -> str:
        return f"*{self.number:X}"

    def get(self, name: str, otherwise: str = "") -> str:
        return self.values.get(name, otherwise)


class Config:
    """All tables. ``changed`` is called after each change with the menu's path."""

    def __init__(self, schema: Schema, changed: Callable[[str], None] = lambda path: None) -> None:
        self.schema = schema
        self.tables: Snapshot = {}
        self.next_number = 1
        self.changed = changed
        self.clock_offset: Callable[[], timedelta] = timedelta  # how far the clock is ahead

    # ------------------------------------------------------------ reading
    def entries(self, path: str) -> tuple[Entry, ...]:
        return self.tables.get(path, ())

    def enabled(self, path: str) -> list[dict[str, str]]:
        """The entries of a menu that are not disabled, with defaults filled in."""
        if path not in self.schema.menus:
            return []
        menu = self.schema.menu(path)
        return [self.full(menu, entry) for entry in self.entries(path) if entry.get("disabled") != "yes"]

    def full(self, menu: Menu, entry: Entry) -> dict[str, str]:
        return {**menu.defaults(), **entry.values}

    def settings(self, path: str) -> dict[str, str]:
        """A settings menu with defaults filled in."""
        stored = self.entries(path)
        return {**self.schema.menu(path).defaults(), **(stored[0].values if stored else {})}

    def names(self, space: str) -> dict[str, str]:
        """The names of a namespace; ids (``*1A``) lead to names as well."""
        if space in _PARTS:
            tables = [self.entries(_PARTS[space])]
        else:
            tables = [self.entries(menu.path) for menu in self.schema.owners(space)]
        found = {}
        for table in tables:
            for entry in table:
                name = entry.get("name")
                found[name] = found[entry.id] = name
        if space == "interface":
            found[LOOPBACK] = LOOPBACK
        return found

    # ------------------------------------------------------------ changing
    def take_number(self) -> int:
        self.next_number += 1
        return self.next_number - 1

    def put(self, path: str, table: Iterable[Entry]) -> None:
        self.tables[path] = tuple(table)
        self.changed(path)

    def set_settings(self, path: str, values: dict[str, str]) -> None:
        defaults = self.schema.menu(path).defaults()
        kept = {name: value for name, value in values.items() if defaults.get(name) != value}
        if kept:
            self.put(path, (Entry(0, kept),))
        elif self.tables.pop(path, None) is not None:
            self.changed(path)

    def replace_entry(self, path: str, entry: Entry) -> None:
        self.put(path, (entry if each.number == entry.number else each for each in self.entries(path)))

    def rename(self, menu: Menu, old: str, new: str) -> None:
        """Let everything that refers to ``old`` (a name in the menu's namespace) refer to ``new``."""
        spaces = ({menu.space} | {space for space, path in _PARTS.items() if path == menu.path}) - {""}
        for other in self.schema.menus.values():
            referring = [arg.name for arg in other.args if {arg.type.space, arg.type.also} & spaces]
            if not referring or not self.entries(other.path):
                continue
            table = tuple(_renamed(entry, referring, old, new) for entry in self.entries(other.path))
            if table != self.entries(other.path):
                self.put(other.path, table)

    # ------------------------------------------------------------ as a whole
    def snapshot(self) -> Snapshot:
        return dict(self.tables)

    def restore(self, snapshot: Snapshot) -> None:
        self.tables = dict(snapshot)
        self.changed("")

    def dump(self) -> dict[str, Any]:
        """For a file."""
        tables = {
            path: [[entry.number, entry.builtin, entry.values] for entry in table]
            for path, table in self.tables.items()
        }
        return {"next": self.next_number, "tables": tables}

    def load(self, dumped: dict[str, Any]) -> None:
        self.next_number = dumped["next"]
        self.restore(
            {
                path: tuple(Entry(number, dict(values), builtin) for number, builtin, values in table)
                for path, table in dumped["tables"].items()
            }
        )


def _renamed(entry: Entry, referring: list[str], old: str, new: str) -> Entry:
    changed = {}
    for name in referring:
        value = entry.values.get(name)
        if value is None or old not in value:
            continue
        sign = "!" if value.startswith("!") else ""
        parts = value.removeprefix("!").split(",")
        if old in parts:
            changed[name] = sign + ",".join(new if part == old else part for part in parts)
    return replace(entry, values={**entry.values, **changed}) if changed else entry
