"""Random changes of a commune, as people make them in the inventory: from one statement to more than a hundred."""

from __future__ import annotations

import copy
import random
import re
from typing import Any

Variables = dict[str, Any]


def changed(variables: Variables, rng: random.Random) -> Variables:
    """A commune's variables with one to four things that differ from what they were."""
    new = copy.deepcopy(variables)
    for change in rng.sample(_CHANGES, rng.randint(1, 4)):
        change(new, rng)
    return new


def _time_zone(new: Variables, rng: random.Random) -> None:
    new.setdefault("system", {})["timezone"] = rng.choice(["Asia/Ho_Chi_Minh", "Asia/Bangkok", "UTC"])


def _syslog(new: Variables, rng: random.Random) -> None:
    new.setdefault("system", {})["syslog_host"] = f"10.77.1.{rng.randint(30, 60)}"


def _timers(new: Variables, rng: random.Random) -> None:
    keepalive = rng.randint(3, 8)
    new["routing"] = {"keepalive_time": keepalive, "hold_time": 3 * keepalive}


def _tunnels(new: Variables, rng: random.Random) -> None:
    new["vpn"] = {"mtu": rng.choice([1320, 1360, 1400, 1420]), "keepalive": rng.randint(10, 30)}


def _leases(new: Variables, rng: random.Random) -> None:
    new["lan"] = {"lease_time": rng.randint(10, 100) * 600}


def _openings(new: Variables, rng: random.Random) -> None:
    new["firewall"] = {"allow": [_opening(number, rng) for number in range(rng.choice([0, 1, 3, 15, 50]))]}


def _opening(number: int, rng: random.Random) -> Variables:
    where = f"198.51.100.{128 + number}/32"
    name = f"opening-{chr(97 + number // 26)}{chr(97 + number % 26)}"
    return {"name": name, "destination": where, "protocol": "tcp", "ports": [rng.randint(1, 65535)]}


_CHANGES = (_time_zone, _syslog, _timers, _tunnels, _leases, _openings)


def severed(text: str) -> str:
    """A template with a slip of the pen: the firewall lets in a control machine that is not there."""
    return re.sub(r"\b10\.77\.1\.10\b", "10.77.1.11", text)


def refused(variables: Variables) -> Variables:
    """A value that the suite takes and the device does not."""
    new = copy.deepcopy(variables)
    new.setdefault("system", {})["timezone"] = "Asia/Nowhere"
    return new
