"""A RouterOS of its own for the planner's tests: executes statements on lists of entries, knows nothing of plans."""

from __future__ import annotations

import re
from typing import Any

WORD = re.compile(r'(?:[^\s"\[]|"(?:[^"\\]|\\.)*"|\[(?:[^\[\]"]|"(?:[^"\\]|\\.)*"|\[[^\]]*\])*\])+')

Values = dict[str, str]
DEFAULTS = {"topics": "info"}  # of arguments that find entries


class Refused(Exception):
    """The statement names something that is not there."""


def text_of(value: str) -> str:
    if not value.startswith('"'):
        return value
    body = re.sub(r"\\([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), value[1:-1])
    return re.sub(r"\\(.)", r"\1", body).encode("latin-1").decode()


def values_of(words: list[str]) -> dict[str, str]:
    pairs = (word.partition("=") for word in words)
    return {key: text_of(value) if equals else "yes" for key, equals, value in pairs}


class Device:
    """``entries``: menu -> list of dicts; ``settings``: (menu, item) -> dict."""

    def __init__(
        self, entries: dict[str, list[dict[str, str]]], settings: dict[tuple[str, str], dict[str, str]]
    ) -> None:
        self.entries = {menu: [dict(e) for e in found] for menu, found in entries.items()}
        self.settings = {name: dict(values) for name, values in settings.items()}

    def run(self, statement: str) -> None:
        words = WORD.findall(statement)
        at = next(i for i, word in enumerate(words) if word in ("add", "set", "remove"))
        menu, verb, rest = " ".join(words[:at]), words[at], words[at + 1 :]
        entries = self.entries.setdefault(menu, [])
        if verb == "add":
            values = values_of(rest)
            before = values.pop("place-before", None)
            entries.insert(self._one(entries, before) if before else len(entries), values)
        elif verb == "remove":
            for place in sorted(self._find(entries, rest[0]), reverse=True):
                del entries[place]
        elif rest[0].startswith("["):
            for place in self._find(entries, rest[0]):
                entries[place].update(values_of(rest[1:]))
        else:
            item = rest.pop(0) if "=" not in rest[0] else ""
            self.settings.setdefault((menu, item), {}).update(values_of(rest))

    def _one(self, entries: list[dict[str, str]], selector: str) -> int:
        found = self._find(entries, selector)
        if len(found) != 1:
            raise Refused(f"{selector} finds {len(found)}")
        return found[0]

    def _find(self, entries: list[dict[str, str]], selector: str) -> list[int]:
        if pick := re.fullmatch(r"\[:pick \[find[^\]]*\] (\d+)\]", selector):
            if int(pick[1]) >= len(entries):
                raise Refused(selector)
            return [int(pick[1])]
        wanted: Any = values_of(WORD.findall(selector.removeprefix("[find").removesuffix("]")))
        found = [i for i, e in enumerate(entries) if all(e.get(k, DEFAULTS.get(k, "")) == v for k, v in wanted.items())]
        if not found:
            raise Refused(f"{selector} finds nothing")
        return found
