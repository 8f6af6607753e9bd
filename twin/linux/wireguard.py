"""WireGuard interfaces: a wireguard-go process for each, configured through its socket."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from twin.device import MeaningError
from twin.linux.commands import Daemon, attempt
from twin.meaning import Link

SOCKETS = Path("/run/wireguard")  # in the machine's own, volatile /run
# Twelve routers with two tunnels each share a small computer: one processor each, memory given back early.
ENVIRONMENT = {"LOG_LEVEL": "error", "GOMAXPROCS": "1", "GOGC": "50", "WG_PROCESS_FOREGROUND": "1"}


class WireGuard:
    """All WireGuard interfaces of a machine."""

    def __init__(self) -> None:
        self._daemons: dict[str, Daemon] = {}
        self._texts: dict[str, str] = {}  # what each interface was last given

    def pids(self) -> dict[str, int | None]:
        return {name: daemon.pid for name, daemon in self._daemons.items()}

    async def remove(self, links: Iterable[Link]) -> None:
        """Remove the interfaces that are not wanted any more, and those whose process died."""
        wanted = {link.name for link in links if link.kind == "wireguard"}
        for name, daemon in list(self._daemons.items()):
            if name not in wanted or not daemon.alive:
                await daemon.stop()
                del self._daemons[name]
                self._texts.pop(name, None)

    async def create(self, links: Iterable[Link]) -> None:
        """Make the interfaces that are missing, still without keys."""
        for link in links:
            if link.kind != "wireguard" or link.name in self._daemons:
                continue
            daemon = Daemon(["wireguard-go", "-f", link.name], ENVIRONMENT)
            await daemon.start()
            self._daemons[link.name] = daemon
            await daemon.until(str(SOCKETS / f"{link.name}.sock"))

    async def configure(self, links: Iterable[Link]) -> None:
        """Give each interface its keys and peers; peers that stay keep their session.

        Raises MeaningError with `wg`'s words, without any key.
        """
        for link in links:
            if link.kind != "wireguard" or self._texts.get(link.name) == link.wireguard:
                continue
            self._texts.pop(link.name, None)
            path = SOCKETS / f"{link.name}.conf"  # in memory; `wg` reads files only
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(link.wireguard)
            try:
                status, _, errors = await attempt(["wg", "syncconf", link.name, str(path)])
            finally:
                path.unlink()
            if status != 0:
                raise MeaningError(f"wg: {link.name}: {_without_keys(errors.strip())}")
            self._texts[link.name] = link.wireguard


def _without_keys(words: str) -> str:
    """`wg` quotes a malformed key or line in full: such a quotation may hold a secret."""
    return "\n".join(re.sub(r"`.*'", "`***'", line) if "ey" in line else line for line in words.splitlines())
