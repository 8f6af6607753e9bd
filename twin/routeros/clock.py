"""The router's clock: the machine's, as far as it is not wrong, in the zone that is configured."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, tzinfo

from twin.routeros.store import Config


def zone(config: Config) -> tzinfo:
    name = config.settings("/system/clock")["time-zone-name"]
    return UTC if name == "manual" else zoneinfo.ZoneInfo(name)


def now(config: Config) -> datetime:
    return datetime.now(zone(config)) + config.clock_offset()


def at(config: Config, date: str, time: str) -> datetime:
    """A date and a time of the router's clock, as printed."""
    return datetime.strptime(f"{date} {time}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone(config))
