"""Where a value of the inventory was written: file and line.

Ansible tags every value that it loads with its origin, and the tags survive merging, templating and ``hostvars``.
``diemcau.ansible.core`` knows how a tag is read; without it messages name the inventory as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from diemcau.paths import shown

# Variables that a site or a host always has: a message about a variable that is missing points at one of them.
_LANDMARKS = ("platform", "release", "mac", "site", "wan")

Path_ = Sequence[str | int]  # ("wan", "circuits", 0, "up_kbps")


class Place(NamedTuple):
    file: str  # relative to the project where possible
    line: int  # 1-based; 0 = the file as a whole


INVENTORY = Place("inventory", 0)


def _nothing(value: object) -> Place | None:
    return None


_read: Callable[[object], Place | None] = _nothing


def read_places_by(reader: Callable[[object], Place | None]) -> None:
    """From here on ``reader`` tells where a value was written."""
    global _read
    _read = reader


def place(path: Path, line: int) -> Place:
    """A line of a file, by the name that a person has for it."""
    return Place(shown(path), line)


def of(value: object) -> Place | None:
    """Where ``value`` was written; None when nothing tells (booleans and null carry no tag)."""
    return _read(value)


def of_key(mapping: Mapping[Any, object], key: object) -> Place | None:
    """Where ``key`` itself was written."""
    return next((of(written) for written in mapping if written == key), None)


def locate(variables: Mapping[str, Any], path: Path_) -> Place:
    """Where the value at ``path`` of a host's variables was written, or the nearest thing around it that exists."""
    found: Place | None = None
    here: Any = variables
    for part in path:
        if isinstance(here, Mapping) and part in here:
            found = of(here[part]) or of_key(here, part) or found
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            found = of(here[part]) or found
        else:
            break
        here = here[part]
    if found is not None:
        return found
    landmarks = (of(variables[name]) for name in _LANDMARKS if name in variables)
    return next((place for place in landmarks if place), INVENTORY)


def exists(variables: Mapping[str, Any], path: Path_) -> bool:
    """Whether there is a value at ``path``: written by hand, not derived."""
    here: Any = variables
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def key_text(path: Path_) -> str:
    """The path as a person writes it: ``wan.circuits[0].up_kbps``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
