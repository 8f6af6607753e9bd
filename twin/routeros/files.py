"""The files that /file lists and SFTP shows: a folder of the unit's disk, which survives a power cut."""

from __future__ import annotations

import zlib
from datetime import datetime
from pathlib import Path

from twin import defects
from twin.routeros.errors import Refusal
from twin.routeros.router import Router

LARGEST_CONTENTS = 60000  # bytes that ``contents`` can hold
_TYPES = {".rsc": "script", ".backup": "backup", ".txt": ".txt file", ".npk": "package"}


def path_of(root: Path, name: str) -> Path:
    """Where a file of that name is. Raises Refusal for names that lead out of the device."""
    path = root / name.strip("/")
    if not name.strip("/") or ".." in path.parts or "\0" in name:
        raise Refusal("failure: bad file name")
    return path


def file_rows(root: Path) -> list[tuple[str, dict[str, str]]]:
    """All files with their properties, by name."""
    found = []
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        state = path.stat()
        modified = datetime.fromtimestamp(state.st_mtime).strftime("%Y-%m-%d %H:%M:%S")
        properties = {"name": name, "last-modified": modified}
        if path.is_dir():
            properties["type"] = "directory"
        else:
            properties |= {"type": _TYPES.get(path.suffix, f"{path.suffix} file".strip()), "size": str(state.st_size)}
            if state.st_size <= LARGEST_CONTENTS:
                properties["contents"] = path.read_bytes().decode("utf-8", "surrogateescape")
        found.append((f"*{zlib.crc32(name.encode('utf-8', 'surrogateescape')):X}", properties))
    return found


def read_file(router: Router, name: str, argument: str) -> bytes:
    """The content of a file that an argument names. Raises Refusal."""
    path = path_of(router.files, name)
    if not path.is_file():
        raise Refusal(f"input does not match any value of {argument}")
    return path.read_bytes()


def write_file(router: Router, name: str, content: str | bytes) -> None:
    """Raises Refusal, also when the disk is full."""
    if defects.disk_is_full(router.unit.disk):
        raise Refusal("failure: not enough space on disk")
    path = path_of(router.files, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
    path.touch(0o600)
    path.write_bytes(raw)
