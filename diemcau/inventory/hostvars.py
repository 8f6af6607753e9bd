"""The variables of a host that mean something to the suite, and what stands for one that cannot be had."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache

from diemcau.intent import SECTIONS
from diemcau.inventory import source_location

# Variables that mean something to the suite. Others are the district's own business, but for near misses.
NAMES = (
    *("district", "site", "platform", "release", "ports"),
    *("mac", "serial_number", "family", "model", "room"),
    *SECTIONS,
)
GROUPS = "group_names"


@dataclass(frozen=True)
class Broken:
    """Stands for a variable whose template cannot be rendered."""

    words: str  # Ansible's own
    place: source_location.Place | None


@cache
def near(name: str) -> bool:
    """Whether a variable's name is nearly one of ours."""
    return bool(difflib.get_close_matches(name, NAMES, 1, 0.8))
