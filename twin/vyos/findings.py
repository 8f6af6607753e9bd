"""What a commit check looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from twin.vyos.tree import Path, Tree


@dataclass(frozen=True)
class Context:
    """What a check may look at."""

    config: Tree
    old: Tree
    release: str
    ports: tuple[str, ...]  # ethernet ports that the unit has
    user: str  # who commits; "" at boot


Finding: TypeAlias = tuple[Path, str]  # the part that fails, and the words
Check: TypeAlias = Callable[[Context], Iterator[Finding]]
