"""What a RealPresence Group is when it leaves the box, and the bad days that a test gives it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from twin.device import DeviceRefused

MODEL = "RealPresence Group 500"
SOFTWARE = "6.2.2-560174"
BAD_DAYS_FILE = "bad-days.json"
BAD_DAYS_VARIABLE = "TWIN_POLYCOM_BAD_DAYS"  # the same JSON; the file on the unit's disk goes before it


@dataclass(frozen=True)
class RoomUnit:
    """One piece of hardware, and the disk in it."""

    name: str  # the inventory's name, "ga-ry-room"
    mac: str  # "64:16:7f:88:00:12"
    serial: str  # 14 digits as on the label; "" = derived from the MAC
    model: str  # "RealPresence Group 500"; "" = that one
    disk: Path  # a directory: what survives a power cut; empty = factory-new


def serial_of(mac: str) -> str:
    """The serial number of the unit with this MAC, for units whose label nobody has read."""
    return f"8213{int(mac.replace(':', ''), 16) % 10**10:010d}"


@dataclass(frozen=True)
class BadDays:
    """What may go wrong with a unit that works."""

    lag: bool = False  # a reply comes when the next command is sent, or a second later
    late_banner: bool = False  # the greeting arrives inside later replies
    hurry: bool = False  # a command within 50 ms of the one before loses its beginning
    crosstalk: bool = False  # two sessions that ask within 100 ms read each other's replies
    sessions_taken: int = 0  # places in REST's session table that somebody else holds until the power goes
    model: str = ""  # calls itself so


def bad_days(disk: Path, environment: Mapping[str, str] = os.environ) -> BadDays:
    """The bad days that the file on the disk names, else the environment's; none when neither does.

    Raises DeviceRefused with the place and the key when they cannot be understood.
    """
    path = disk / BAD_DAYS_FILE
    where, text = (str(path), path.read_text()) if path.exists() else (BAD_DAYS_VARIABLE, "")
    text = text or environment.get(BAD_DAYS_VARIABLE, "{}")
    try:
        given = json.loads(text)
    except ValueError as error:
        raise DeviceRefused(f"{where}: not JSON: {error}") from None
    if not isinstance(given, dict):
        raise DeviceRefused(f"{where}: expected an object")
    known = {field.name: type(field.default) for field in fields(BadDays)}
    for key, value in given.items():
        if key not in known:
            raise DeviceRefused(f"{where}: {key}: no such bad day; there are {', '.join(known)}")
        if type(value) is not known[key]:
            raise DeviceRefused(f"{where}: {key}: expected {known[key].__name__}, got {value!r}")
    return BadDays(**given)
