"""Stands in for ``diemcau/platforms/vyos/driver.py`` in a copy of the project: routers of paper, in a folder.

``build/paper/<host>`` is what a router runs (its release, then its configuration), ``build/paper/log`` what was done.
"""

from __future__ import annotations

import time
from typing import Any

from diemcau.paths import PROJECT
from diemcau.platforms import AT_ONCE, Moment, Plan, Running, State
from diemcau.redaction import Secret, reveal

FOLDER = PROJECT / "build" / "paper"


class PaperDriver:
    def __init__(self, host: str) -> None:
        self._host = host

    def _log(self, *words: str) -> None:
        with (FOLDER / "log").open("a", encoding="utf-8") as log:
            log.write(f"{' '.join((self._host, *words))}\n")

    def read(self) -> Running:
        self._log("read")
        release, _, text = (FOLDER / self._host).read_text(encoding="utf-8").partition("\n")
        return Running(release, Secret(text))

    def commit(self, plan: Plan, minutes: int, moment: Moment = AT_ONCE) -> None:
        sections = sorted({statement.section for statement in plan.statements})
        self._log("commit", *sections)
        time.sleep(0.3)  # in which another router's commit would begin if it did not wait
        release, *lines = (FOLDER / self._host).read_text(encoding="utf-8").splitlines()
        for statement in plan.statements:
            verb, _, path = str(reveal(statement.text)).partition(" ")
            if verb == "set":
                lines.append(f"set {path}")
            else:
                lines = [line for line in lines if not f"{line} ".startswith(f"set {path} ")]
        (FOLDER / self._host).write_text("\n".join([release, *lines, ""]), encoding="utf-8")

    def confirm(self) -> None:
        self._log("confirm")

    def tidy(self) -> None: ...

    def state(self) -> State:
        """Nobody is at the other ends: a change moves no tunnel that carries something."""
        return State(handshakes={}, leases={}, neighbors={})

    def close(self) -> None: ...


def connect(target: Any) -> PaperDriver:
    return PaperDriver(target.host)
