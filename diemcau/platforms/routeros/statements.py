"""Writing statements of RouterOS's language, for the wire and for people."""

from __future__ import annotations

from collections.abc import Collection

from diemcau.platforms import Statement
from diemcau.platforms.routeros.menus import Menu
from diemcau.platforms.routeros.parse import Entry
from diemcau.platforms.routeros.words import FLAGS, pairs, quoted
from diemcau.redaction import Secret, reveal


def make(
    menu: str,
    verb: str,
    section: str | None,
    selector: str = "",
    values: Entry | None = None,
    unset: Collection[str] = (),
    before: str = "",
) -> Statement:
    """One statement: ``/ip address add address=…``, ``/ip route remove [find …]``, ``/ip service set ssh …``.

    ``unset`` are arguments that go without another value, ``before`` finds the entry that a new one goes before.
    """
    values = values or {}
    head = [menu, verb, *([selector] if selector else [])]
    tail = [*(f"!{key}" for key in sorted(unset)), *([f"place-before={before}"] if before else [])]
    text = " ".join([*head, *([pairs(values, show=False)] if values else []), *tail])
    shown = " ".join([*head, *([pairs(values, show=True)] if values else []), *tail])
    secret = any(isinstance(value, Secret) for value in values.values())
    return Statement(Secret(text) if secret else text, shown, section or "")


def selector(meta: Menu, entry: Entry) -> str:
    """What finds an entry by the arguments that name it, defaults too: ``[find list="WAN" interface="ether1"]``.

    Values are quoted always: the console reads a bare ``10.77.18.1/24`` as a prefix, and its host part is gone.
    """
    words = ["dynamic=no"] if meta.static else []
    for key in meta.key:
        value = reveal(entry.get(key, meta.defaults.get(key, "")))
        if key in FLAGS:
            words += [key] if value == "yes" else []
        elif value:
            host = key == "address" and meta.key == ("address", "interface") and "/" not in value
            words.append(f"{key}={quoted(f'{value}/32' if host else value)}")
    return f"[find {' '.join(words)}]"


def place(meta: Menu, number: int) -> str:
    """What finds an entry by its place among those that are configured, counted from 0."""
    return f"[:pick [find{' dynamic=no' if meta.static else ''}] {number}]"
