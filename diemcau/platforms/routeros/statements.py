"""Writing statements of RouterOS's language, for the wire and for people."""

from __future__ import annotations

from diemcau.platforms import Statement
from diemcau.platforms.routeros.menus import Menu
from diemcau.platforms.routeros.parse import Entry
from diemcau.platforms.routeros.words import pairs
from diemcau.redaction import Secret


def make(menu: str, verb: str, section: str | None, selector: str = "", values: Entry | None = None) -> Statement:
    """One statement: ``/ip address add address=…``, ``/ip route remove [find …]``, ``/ip service set ssh …``."""
    values = values or {}
    words = [menu, verb, *([selector] if selector else [])]
    text = " ".join([*words, *([pairs(values, show=False)] if values else [])])
    shown = " ".join([*words, *([pairs(values, show=True)] if values else [])])
    secret = any(isinstance(value, Secret) for value in values.values())
    return Statement(Secret(text) if secret else text, shown, section or "")


def selector(meta: Menu, entry: Entry) -> str:
    """What finds an entry by the arguments that name it, defaults too: ``[find list=WAN interface=ether1]``."""
    named = {
        key: entry.get(key, meta.defaults.get(key, "")) for key in meta.key if key in entry or key in meta.defaults
    }
    return f"[find {pairs(named, show=False)}]"
