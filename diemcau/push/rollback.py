"""Putting a backup back: what a router had at some time becomes what is desired of it, as far as that is safe."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from diemcau.errors import DiemcauError, Problem
from diemcau.paths import shown
from diemcau.platforms import Platform
from diemcau.push.backups import Store
from diemcau.redaction import Secret

# Users and their keys are not in a RouterOS backup as a whole: the inventory's stay.
NOT_PUT_BACK = "system"


def sections(asked: Collection[str]) -> list[str]:
    """The sections that a backup brings back."""
    return [section for section in asked if section != NOT_PUT_BACK]


def text(store: Store, path: Path, host: str, platform: Platform, current: Secret) -> Secret:
    """The configuration in the backup ``path`` of router ``host``.

    ``current``: what the inventory asks for now. Raises DiemcauError when the file is no backup of this router, or
    holds other tunnel keys than those of now: with them the router would be alone.
    """
    if path.parent.name != host or path.suffix != f".{platform.EXTENSION}":
        raise DiemcauError(
            Problem(
                host=host,
                found=f"from_backup: {shown(path)} is no backup of this router as it is now",
                expected=f"{shown(store.directory)}/{host}/<time>.{platform.EXTENSION}",
                remedy=f"choose one of: {_choice(store, host, platform.EXTENSION)}",
            )
        )
    if not path.is_file():
        raise DiemcauError(
            Problem(
                host=host,
                found=f"from_backup: {shown(path)} does not exist",
                expected="a file that a run kept before its commit",
                remedy=f"choose one of: {_choice(store, host, platform.EXTENSION)}",
            )
        )
    found = store.read(path)
    other = [
        statement.shown
        for statement in platform.plan(platform.parse(found), platform.parse(current), ["vpn"]).statements
        if isinstance(statement.text, Secret) or "public-key" in statement.shown
    ]
    if other:
        raise DiemcauError(
            Problem(
                host=host,
                found=f"from_backup: {shown(path)} holds tunnel keys that are not valid any more",
                state=(
                    f"{len(other)} statements would bring the keys of now back, the first: {other[0]}\n"
                    "nothing was sent: with the old keys no tunnel would come up"
                ),
                remedy=(f"choose a backup from after the last change of keys, or run playbooks/site.yml -l {host}"),
            )
        )
    return found


def _choice(store: Store, host: str, extension: str) -> str:
    newest = sorted((store.directory / host).glob(f"*.{extension}"), reverse=True)[:3]
    return ", ".join(shown(path) for path in newest) or "none: there is no backup of this router"
