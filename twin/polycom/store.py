"""The unit's memory: settings, camera presets and password digests in one file that no power cut halves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from twin.device import DeviceRefused
from twin.polycom.settings import SERIAL, SETTINGS

FILE = "settings.json"


def write_whole(path: Path, text: str) -> None:
    """Write a file readable by its owner only; a power cut leaves the old or the new text. Raises OSError."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


class Store:
    """What was changed since the factory; each change is on the disk when its method returns."""

    def __init__(self, disk: Path, factory: Mapping[str, str]) -> None:
        """``factory`` holds this unit's own defaults. Raises DeviceRefused when the file cannot be read."""
        disk.mkdir(parents=True, exist_ok=True)
        self._path = disk / FILE
        self._factory = factory
        self._settings: dict[str, str] = {}
        self._passwords: dict[str, str] = {}
        self._presets: list[int] = []
        if self.factory_new:
            return
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self._settings, self._passwords, self._presets = kept["settings"], kept["passwords"], kept["presets"]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise DeviceRefused(f"{self._path} cannot be read: {error}; remove it for a factory-new unit") from None

    @property
    def factory_new(self) -> bool:
        """Whether nobody changed anything yet."""
        return not self._path.exists()

    def __getitem__(self, key: str) -> str:
        kept = self._settings.get(key)
        return kept if kept is not None else self._factory.get(key, SETTINGS[key].default)

    @property
    def serial(self) -> str:
        """The unit's serial number."""
        return self[SERIAL]

    def put(self, key: str, value: str) -> None:
        """Keep a value, which is in its kind's spelling."""
        if self.factory_new or self[key] != value:
            self._settings[key] = value
            self._save()

    def snapshot(self) -> dict[str, str]:
        """All settings as they are now."""
        return {key: self[key] for key in SETTINGS}

    def password(self, which: str) -> str:
        """The digest of the "room" or "remote" password; "" = never set."""
        return self._passwords.get(which, "")

    def put_password(self, which: str, digest: str) -> None:
        self._passwords[which] = digest
        self._save()

    def put_preset(self, number: int) -> None:
        """Remember where the camera looks."""
        self._presets = sorted({*self._presets, number})
        self._save()

    def _save(self) -> None:
        kept = {"settings": self._settings, "passwords": self._passwords, "presets": self._presets}
        write_whole(self._path, json.dumps(kept, ensure_ascii=False, indent=1))
