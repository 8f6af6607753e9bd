"""The routing daemons: FRR's zebra, staticd and bgpd, one set for each machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from twin.device import MeaningError
from twin.linux import frr_delta
from twin.linux.commands import Daemon, attempt

PROGRAMS = Path("/usr/lib/frr")
SOCKETS = Path("/run/frr")  # in the machine's own, volatile /run
CONFIGURATION = Path("/etc/frr")  # volatile too
NOISE = ("XFRR_end_configuration", "MPLS support")
# Routes of their own next hops, not of shared ones: else the kernel tells nobody when a port takes its routes with it,
# and looks behind a dead route for no other. wireguard-go depends on both; a kernel's WireGuard does not.
PLAIN = "no zebra nexthop kernel enable"
# In the order in which they need each other; mgmtd exists since FRR 9.
DAEMONS = ("mgmtd", "zebra", "staticd", "bgpd")


class Routing:
    """FRR with one configuration, or no FRR."""

    def __init__(self) -> None:
        self._daemons: dict[str, Daemon] = {}
        self._text = ""

    def pids(self) -> dict[str, int | None]:
        return {name: daemon.pid for name, daemon in self._daemons.items()}

    async def check(self, text: str) -> None:
        """Raises MeaningError with vtysh's words when a configuration has a line that does not exist."""
        if not text or text == self._text:
            return
        _folders()
        status, output, errors = await attempt(["vtysh", "-C", "-f", _file("check.conf", text)])
        if status != 0:
            raise MeaningError(f"frr: {_words(output, errors)}")

    async def change(self, text: str) -> None:
        """Run with this configuration; sessions with neighbours that did not change stay up.

        Raises MeaningError with the daemons' words; then the configuration before runs again.
        """
        healthy = bool(self._daemons) and all(daemon.alive for daemon in self._daemons.values())
        if text == self._text and healthy == bool(text):
            return
        before = self._text
        try:
            if not text or not healthy or not before or not await self._delta(text):
                await self._afresh(text)
        except MeaningError:
            if text != before:
                await self._afresh(before)
            raise
        self._text = text

    async def _delta(self, text: str) -> bool:
        """Change what differs; False when only a fresh start does it for sure."""
        old, new = frr_delta.parse(self._text), frr_delta.parse(text)
        added = frr_delta.additions(old, new)
        if added is None:
            return False
        before = await self._running()
        await self._load(added)
        removed = frr_delta.removals(old, new, before, await self._running())
        if removed is None:
            return False
        await self._load(removed)
        if frr_delta.differs(old, new, await self._running()):
            return False
        if frr_delta.touches_policy(added + removed):
            await attempt(["vtysh", "-c", "clear bgp ipv4 unicast * soft"])
        return True

    async def _running(self) -> frr_delta.Lines:
        _, output, _ = await attempt(["vtysh", "-c", "show running-config"])
        return frr_delta.parse(output)

    async def _load(self, lines: list[str]) -> None:
        if not lines:
            return
        status, output, errors = await attempt(["vtysh", "-f", _file("change.conf", "\n".join(lines) + "\n")])
        words = _words(output, errors)
        # A daemon's own refusal is printed like any other answer, and vtysh ends well after it.
        if status != 0 or any(line.startswith("%") for line in words.splitlines()):
            raise MeaningError(f"frr: {words}")

    async def _afresh(self, text: str) -> None:
        for daemon in reversed(list(self._daemons.values())):
            await daemon.stop()
        self._daemons, self._text = {}, ""
        if not text:
            return
        _folders()
        for name in DAEMONS:
            if not (PROGRAMS / name).exists():
                continue
            options = ["-A", "127.0.0.1", "-P", "0", "-F", "traditional", "--log", "stdout", "--log-level", "warn"]
            daemon = self._daemons[name] = Daemon([str(PROGRAMS / name), *options])
            (CONFIGURATION / f"{name}.conf").touch()  # else each complains; all is said through vtysh
            socket = SOCKETS / f"{name}.vty"
            socket.unlink(missing_ok=True)
            await daemon.start()
            if name in ("mgmtd", "zebra"):  # those after them look for these at once and then not for seconds
                await daemon.until(str(socket))
        for name, daemon in self._daemons.items():
            await daemon.until(str(SOCKETS / f"{name}.vty"))
        # What they say goes to the machine's log, wherever a configuration sends it.
        await self._load([PLAIN, *(line for line in text.splitlines() if not line.startswith(frr_delta.IGNORED))])


def _folders() -> None:
    SOCKETS.mkdir(exist_ok=True)
    for folder in (SOCKETS, CONFIGURATION):
        shutil.chown(folder, "frr", "frr")
    (CONFIGURATION / "vtysh.conf").touch()


def _file(name: str, text: str) -> str:
    path = SOCKETS / name
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return str(path)


def _words(output: str, errors: str) -> str:
    """What the daemons said, each line once."""
    lines = [line.strip() for line in (errors + "\n" + output).splitlines()]
    said = [line for line in lines if line and not any(noise in line for noise in NOISE)]
    return "\n".join(dict.fromkeys(said))
