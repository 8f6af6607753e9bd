"""Rooms: what is asked of one endpoint, free of any family's spelling. A family is a package beside this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from diemcau.redaction import MASK, Secret

Value: TypeAlias = str | int | bool | Secret


@dataclass(frozen=True)
class Endpoint:
    """Everything that the inventory asks of one room's endpoint."""

    host: str  # "ga-ry-room"
    site: str  # "ga-ry"
    display_name: str  # "Ga Ry"
    mac: str  # lower case, colons
    address: str  # reserved on the room LAN
    family: str  # "group"
    model: str  # "RealPresence Group 500", as the device calls itself; "" = any of the family
    serial: str  # as on the label: the factory password; "" = not known
    extension: str  # what others dial: "8018"
    settings: Mapping[str, Value]  # neutral name -> value, in the order in which they are sent
    admin_password: Secret  # remote access: SSH and HTTPS
    room_password: Secret  # local: the remote control at the screen
    backup_rate_kbps: int | None = None  # of calls while the site is on its second circuit; None = it has no other
    previous_admin: Secret | None = None  # what it was while the endpoint has not taken the new one
    previous_room: Secret | None = None

    @property
    def label(self) -> str:
        """For a person: ``8018 Ga Ry``."""
        return f"{self.extension} {self.display_name}"


@dataclass(frozen=True)
class Change:
    """One setting that differs."""

    setting: str  # neutral name
    before: Value | None  # None = cannot be read, or is not set
    after: Value
    shown: str  # the device's own statement for people, secrets as ***

    def line(self) -> str:
        """``system_name: "old" -> "new"`` with secrets masked."""
        before = MASK if isinstance(self.after, Secret) else "–" if self.before is None else self.before
        return f"{self.setting}: {before} -> {self.after}"
