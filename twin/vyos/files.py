"""The files on a unit's disk that people and scripts touch."""

from __future__ import annotations

import errno
import posixpath
from pathlib import Path

from twin import defects

CONFIG = "/config"
BOOT = "/config/config.boot"
DEFAULT = "/opt/vyatta/etc/config.boot.default"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"


class Files:
    """Absolute paths of the device, kept below one folder of the host."""

    def __init__(self, disk: Path, default: str) -> None:
        self._disk = disk
        self._default = default

    def absolute(self, name: str, folder: str = "/") -> str:
        """The one name of a file: no "..", and /config for the folder that has two names."""
        path = posixpath.normpath(posixpath.join(folder, name))
        old = "/opt/vyatta/etc/config"
        return CONFIG + path.removeprefix(old) if path == old or path.startswith(old + "/") else path

    def _host(self, path: str) -> Path:
        return self._disk / self.absolute(path).lstrip("/")

    def exists(self, path: str) -> bool:
        return self.absolute(path) == DEFAULT or self._host(path).exists()

    def is_folder(self, path: str) -> bool:
        return self._host(path).is_dir()

    def read(self, path: str) -> str:
        """Raises OSError."""
        if self.absolute(path) == DEFAULT:
            return self._default
        return self._host(path).read_text(encoding="utf-8", errors="replace")

    def write(self, path: str, text: str, *, append: bool = False, mode: int = 0o600) -> None:
        """Raises OSError. A power cut leaves the old or the new text, never half of it."""
        target = self._host(path)
        if self.absolute(path) == DEFAULT:
            raise PermissionError(13, "Permission denied", path)
        if defects.disk_is_full(self._disk):
            raise OSError(errno.ENOSPC, "No space left on device", path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if append and target.exists():
            text = target.read_text(encoding="utf-8") + text
        beside = target.with_name(f".{target.name}.new")
        beside.touch(mode=mode)
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)

    def remove(self, path: str) -> None:
        """Raises OSError."""
        self._host(path).unlink()

    def chmod(self, path: str, mode: int) -> None:
        """Raises OSError."""
        self._host(path).chmod(mode)

    def listing(self, path: str) -> list[str]:
        """Raises OSError."""
        host = self._host(path)
        if host.is_dir():
            return sorted(one.name for one in host.iterdir())
        host.stat()  # raises when there is nothing
        return [path]

    def sftp_root(self, user: str) -> Path:
        """What a user sees over SFTP: the whole disk, as on the device."""
        (self._disk / "home" / user).mkdir(parents=True, exist_ok=True)
        return self._disk

    def clear_volatile(self) -> None:
        """What a boot forgets: /tmp."""
        folder = self._host("/tmp")
        if folder.is_dir():
            for one in folder.iterdir():
                if one.is_file():
                    one.unlink()
