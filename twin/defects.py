"""Defects that a router may have: a disk that is full, a clock that is wrong. They stand in files beside its disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

_FULL, _CLOCK = "disk-full", "clock-offset"


def fill_disk(node: Path, full: bool) -> None:
    """``node``: a node's own directory."""
    if full:
        (node / _FULL).touch()
    else:
        (node / _FULL).unlink(missing_ok=True)


def set_clock(node: Path, seconds: int) -> None:
    """How far the clock is ahead from now on; 0 puts it right."""
    fresh = node / f"{_CLOCK}.new"
    fresh.write_text(str(seconds))
    fresh.rename(node / _CLOCK)


def disk_is_full(disk: Path) -> bool:
    """``disk``: as a unit has it."""
    return (disk.parent / _FULL).exists()


def clock_offset(disk: Path) -> timedelta:
    """How far a unit's clock is ahead."""
    try:
        return timedelta(seconds=int((disk.parent / _CLOCK).read_text()))
    except FileNotFoundError:
        return timedelta()
