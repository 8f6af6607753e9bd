"""Where the project stands on this machine, and how a path of it is shown."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def shown(path: Path) -> str:
    """The path as a person types it in the project; one outside of it whole."""
    return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)
