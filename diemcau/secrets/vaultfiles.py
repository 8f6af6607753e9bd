"""Encrypted YAML files of secrets: read with plain words when that fails, written as a whole or not at all."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import yaml

from diemcau import files
from diemcau.errors import DiemcauError, Problem
from diemcau.paths import shown

RESTORE = "put the file back from your backup"


class Vault(Protocol):
    """Ansible's VaultLib."""

    def encrypt(self, plaintext: bytes) -> bytes: ...

    def decrypt(self, vaulttext: bytes) -> bytes: ...

    def __hash__(self) -> int: ...  # what one vault opened is not for another


def reader(vault: Vault) -> Callable[[Path], dict[str, str]]:
    """How an encrypted file is read; every way in which that fails is one plain DiemcauError."""
    return lambda path: dict(_parse(path, text(path, vault)))


def add(path: Path, new: Mapping[str, str], vault: Vault) -> None:
    """Put new secrets behind what the file holds, comments and all."""
    _put(path, lambda old: old, {}, new, vault)


def change(path: Path, new: Mapping[str, str], drop: Collection[str], vault: Vault) -> None:
    """Put ``new`` in the place of what has these names, take out what is named in ``drop``, keep the rest.

    All of it or nothing: the file is written as a whole.
    """
    gone = {*new, *drop}
    _put(path, lambda old: _without(old, gone), dict.fromkeys(gone), new, vault)


def _put(
    path: Path, prepare: Callable[[str], str], gone: Mapping[str, None], new: Mapping[str, str], vault: Vault
) -> None:
    old = text(path, vault) if path.exists() else "---\n"
    added = yaml.safe_dump(dict(new), sort_keys=False) if new else ""
    whole = prepare(old).rstrip("\n") + "\n" + added
    try:
        before = {name: value for name, value in (yaml.safe_load(old) or {}).items() if name not in gone}
        kept = (yaml.safe_load(whole) or {}) == {**before, **new}
    except (yaml.YAMLError, AttributeError):
        kept = False
    if not kept:
        raise DiemcauError(
            Problem(
                file=shown(path),
                found="nothing can be added to it: expected one name: value for each line",
                remedy=f"bring it to that form with: ansible-vault edit {shown(path)}",
            )
        )
    files.write(path, vault.encrypt(whole.encode()))


def _without(text: str, names: Collection[str]) -> str:
    """The lines of a YAML mapping without those of some of its names; a value may take several lines."""
    lines, keep = [], True
    for line in text.splitlines(keepends=True):
        if head := re.match(r"([^\s:#-][^:]*):(\s|$)", line):
            keep = head[1].strip("\"'") not in names
        elif line.startswith("#"):
            keep = True
        if keep:
            lines.append(line)
    return "".join(lines)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """One process at a time."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def text(path: Path, vault: Vault) -> str:
    """What an encrypted file holds. Raises DiemcauError when it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        remedy = "correct its owner and mode (0600)"
        raise DiemcauError(
            Problem(file=shown(path), found=f"cannot be read: {error.strerror}", remedy=f"{remedy}")
        ) from None
    if not content.startswith(b"$ANSIBLE_VAULT;"):
        remedy = f"encrypt it with: ansible-vault encrypt {shown(path)}" if content.strip() else RESTORE
        state = "is not encrypted" if content.strip() else "is empty"
        raise DiemcauError(
            Problem(
                file=shown(path), found=f"{state}", expected="a file encrypted by ansible-vault", remedy=f"{remedy}"
            )
        )
    try:
        return _decrypted(vault, content)
    except Exception:  # VaultLib raises many kinds, and their words may quote the content
        raise DiemcauError(
            Problem(
                file=shown(path),
                found=(
                    "cannot be decrypted: the vault password is not the one that encrypted it, or the file is damaged"
                ),
                expected="the password in .vault_password (tools/vault-password prints it)",
                remedy=(
                    "put your copy of .vault_password back; if other files can be read with it, put this "
                    "file back from your backup"
                ),
            )
        ) from None


@lru_cache(maxsize=1024)
def _decrypted(vault: Vault, content: bytes) -> str:
    """Kept: a file's key takes 10 000 rounds of a hash, and each worker process asks for every file."""
    return bytes(vault.decrypt(content)).decode()


@lru_cache(maxsize=1024)
def _parse(path: Path, text: str) -> dict[str, str]:
    try:
        values: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(v, str) for pair in values.items() for v in pair):
        raise DiemcauError(
            Problem(
                file=shown(path),
                found="its content is no list of secrets",
                expected="one name: value for each line, all of them text",
                remedy=f"correct it with: ansible-vault edit {shown(path)}",
            )
        )
    return values
