"""Files that a run leaves for people: written only when they differ, private ones readable for nobody else."""

from __future__ import annotations

import os
from pathlib import Path


def put(path: Path, content: str | bytes, *, private: bool, check: bool) -> bool:
    """Make the file hold ``content``; whether it did not before. With ``check`` nothing is written.

    The file appears or changes as a whole. A private one has mode 0600 from its first byte on, in a folder of mode 0700
    if that has to be made.
    """
    wanted = content.encode() if isinstance(content, str) else content
    kept = path.exists() and (not private or path.stat().st_mode & 0o077 == 0)
    if kept and path.read_bytes() == wanted:
        return False
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o755)
        draft = path.with_name(f".{path.name}")
        draft.unlink(missing_ok=True)  # of a run that was killed
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(wanted)
        draft.replace(path)
    return True


def gone(path: Path, *, check: bool) -> bool:
    """Make the file be no more; whether it was there. With ``check`` nothing is deleted."""
    if not path.exists():
        return False
    if not check:
        path.unlink()
    return True
