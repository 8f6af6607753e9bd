"""RouterOS's times: ``1d2h3m4s``, ``00:05:00``, ``30``. Canonical form as printed."""

from __future__ import annotations

import re

_UNITS = {"w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"(\d+)(ms|w|d|h|m|s)")
_CLOCK = re.compile(r"(?:(\d+)d ?)?(\d{1,3}):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d+))?)?")


def seconds(text: str) -> float | None:
    """Seconds of a time in any accepted spelling; None when it is none."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if match := _CLOCK.fullmatch(text):
        days, hours, minutes, rest, fraction = match.groups()
        whole = int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + int(rest or 0)
        return whole + (float(f"0.{fraction}") if fraction else 0.0)
    parts = _PART.findall(text)
    if not parts or "".join(a + b for a, b in parts) != text:
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def spelled(value: float) -> str:
    """``90.0`` as ``1m30s``, ``0`` as ``0s``."""
    rest = round(value * 1000)
    out = ""
    for unit in ("w", "d", "h", "m", "s"):
        size = round(_UNITS[unit] * 1000)
        if rest >= size:
            out += f"{rest // size}{unit}"
            rest %= size
    if rest:
        out += f"{rest}ms"
    return out or "0s"


def clock(value: float) -> str:
    """``3661`` as ``01:01:01``: how /ip dhcp-server and uptime counters below a day are not, but clocks are."""
    whole = int(value)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
