"""Backups of running configurations: one file for each device and time, encrypted with the vault password."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from diemcau import files
from diemcau.redaction import Secret
from diemcau.secrets import vaultfiles
from diemcau.secrets.vaultfiles import Vault


@dataclass(frozen=True)
class Store:
    directory: Path
    vault: Vault

    def keep(self, host: str, extension: str, text: Secret, most: int) -> Path:
        """Write ``text`` to ``<directory>/<host>/<UTC time>.<extension>``, encrypted.

        The time is to the microsecond: none is ever written over. Then all but the ``most`` newest of this device are
        deleted.
        """
        folder = self.directory / host
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S.%fZ}.{extension}"
        files.sweep(folder)
        files.write(path, self.vault.encrypt(text.reveal().encode()))
        for old in sorted(self._of(host), reverse=True)[most:]:
            old.unlink()
        return path

    def newest(self, host: str) -> Path | None:
        """The latest backup of a device, by its name; None when there is none."""
        return max(self._of(host), default=None)

    def read(self, path: Path) -> Secret:
        """What a backup holds. Raises DiemcauError when it cannot be read."""
        return Secret(vaultfiles.text(path, self.vault))

    def _of(self, host: str) -> list[Path]:
        return [path for path in (self.directory / host).glob("*") if not files.is_draft(path)]
