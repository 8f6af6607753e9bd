"""The router's log: in memory as the device keeps it, to syslog servers as configured, and to the unit's own file,
which is the twin's and no part of the device."""

from __future__ import annotations

import contextlib
import socket
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from twin.routeros.store import Config

_KEPT = 1000
_FACILITIES = ["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"]
_SEVERITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}


@dataclass(frozen=True)
class Line:
    number: int
    when: datetime
    topics: str
    message: str


class Journal:
    """Never give it a secret: everything can be read by whoever may read the log."""

    def __init__(self, config: Config, file: Path) -> None:
        self.config = config
        self.file = file
        self.lines: deque[Line] = deque(maxlen=_KEPT)
        self._number = 0

    def log(self, topics: str, message: str) -> None:
        """``topics`` as RouterOS writes them: "system,info,account"."""
        self._number += 1
        line = Line(self._number, datetime.now(), topics, message)
        self.lines.append(line)
        self._to_servers(line)

    def defect(self, message: str) -> None:
        """What would be a fault of the twin: for the unit's file only."""
        with self.file.open("a", encoding="utf-8") as out:
            out.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {message}\n")

    def _to_servers(self, line: Line) -> None:
        actions = {entry["name"]: entry for entry in self.config.enabled("/system/logging/action")}
        topics = set(line.topics.split(","))
        for rule in self.config.enabled("/system/logging"):
            action = actions.get(rule["action"], {})
            if action.get("target") != "remote" or not _applies(rule["topics"], topics):
                continue
            severity = next((_SEVERITIES[t] for t in line.topics.split(",") if t in _SEVERITIES), 6)
            facility = action["syslog-facility"]
            number = 16 + int(facility[-1]) if facility.startswith("local") else _facility(facility)
            name = self.config.settings("/system/identity")["name"]
            stamp = line.when.strftime("%b %e %H:%M:%S")
            packet = f"<{number * 8 + severity}>{stamp} {name} {line.topics} {rule['prefix']}{line.message}"
            with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                out.setblocking(False)
                out.sendto(packet.encode("utf-8", "replace"), (action["remote"], int(action["remote-port"])))


def _facility(name: str) -> int:
    return _FACILITIES.index(name) if name in _FACILITIES else _FACILITIES.index("daemon")


def _applies(wanted: str, topics: set[str]) -> bool:
    parts = [part for part in wanted.split(",") if part]
    return all((part[1:] not in topics) if part.startswith("!") else part in topics for part in parts)
