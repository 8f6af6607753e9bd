"""Files that a run leaves: each appears or changes as a whole, private ones are readable for nobody else.

A file is written to a draft beside it, ``.<name>.<random>``, which takes its place when all of it is on the disk. The
writer holds a lock on its draft, so a draft without one is of a run that was killed.
"""

from __future__ import annotations

import fcntl
import glob
import os
import secrets as _random
from contextlib import suppress
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o644


def write(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Make the file hold ``content``, through a power cut as well: what it held before, or all of this.

    ``mode`` holds from the first byte on. The folder has to be there. Raises OSError; then the file is as it was.
    """
    sweep(path.parent, path.name)
    draft = path.with_name(f".{path.name}.{_random.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def sweep(folder: Path, name: str | None = None) -> None:
    """Delete the drafts of runs that were killed: of one file, or of all files in the folder."""
    for draft in folder.glob(f".{'*' if name is None else glob.escape(name)}.*"):
        # Another run may sweep as well, or its writer be at work.
        with suppress(FileNotFoundError, BlockingIOError), draft.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.unlink()


def is_draft(path: Path) -> bool:
    """Whether this is no file yet, but what may become one."""
    return path.name.startswith(".")


def _settle(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(path: Path, content: str | bytes, *, private: bool, check: bool) -> bool:
    """Make the file hold ``content``; whether it did not before. With ``check`` nothing is written.

    A private one has mode 0600, in a folder of mode 0700 if that has to be made.
    """
    wanted = content.encode() if isinstance(content, str) else content
    kept = path.exists() and (not private or path.stat().st_mode & 0o077 == 0)
    if kept and path.read_bytes() == wanted:
        return False
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o755)
        write(path, wanted, mode=PRIVATE if private else PUBLIC)
    return True


def gone(path: Path, *, check: bool) -> bool:
    """Make the file be no more; whether it was there. With ``check`` nothing is deleted."""
    if not path.exists():
        return False
    if not check:
        path.unlink()
    return True
