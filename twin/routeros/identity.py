"""What is printed on the unit's label and burnt into it; made once for a unit, kept on its disk."""

from __future__ import annotations

import json
import random
import secrets
import string
from dataclasses import asdict, dataclass
from pathlib import Path

MODEL = "E50UG"  # the five-port hEX with a USB port
BOARD = "hEX"
_ALPHABET = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class Label:
    """``password`` is admin's; it is a secret that only the person who holds the unit can read."""

    password: str
    serial: str
    software_id: str
    mac: str  # of the first port


def label(path: Path, name: str, number: int = 0) -> Label:
    """The label of the unit, made on the first call."""
    if path.exists():
        return Label(**json.loads(path.read_text("utf-8")))
    which = f"{name} {number}" if number else name
    seeded = random.Random(f"routeros {which}")  # the same unit has the same serial number in every rehearsal
    serial = "H" + "".join(seeded.choices(_ALPHABET, k=10))
    software_id = "-".join("".join(seeded.choices(_ALPHABET, k=4)) for _ in range(2))
    mac = "D4:01:C3:" + ":".join(f"{seeded.randrange(256):02X}" for _ in range(3))
    password = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    made = Label(password, serial, software_id, mac)
    path.touch(0o600)
    path.write_text(json.dumps(asdict(made)), "utf-8")
    return made


def port_mac(first: str, index: int) -> str:
    """The MAC address of the port ``index`` places after the first one."""
    value = int(first.replace(":", ""), 16) + index
    digits = f"{value & 0xFFFFFFFFFFFF:012X}"
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))
