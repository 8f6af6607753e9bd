"""A RouterOS device on this machine's loopback, over a host that notes what it is asked."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import asyncssh

from twin.device import MeaningError, Unit
from twin.meaning import Meaning
from twin.routeros import RouterosDevice
from twin.routeros.interpreter import Runner

PORTS = ("ether1", "ether2", "ether3", "ether4", "ether5")


class NotingHost:
    """Implements ``twin.device.Host`` without Linux."""

    def __init__(self, folder: Path) -> None:
        self.lease_file = folder / "leases"
        self.meanings: list[Meaning] = []
        self.answers: dict[str, str] = {}  # first words of a command -> what it prints
        self.named: dict[str, str] = {}  # by DHCP: interface -> gateway
        self.reboots = 0
        self.refuses = ""

    async def apply(self, meaning: Meaning) -> None:
        if self.refuses:
            raise MeaningError(self.refuses)
        self.meanings.append(meaning)

    async def run(self, *argv: str, check: bool = True) -> str:
        line = " ".join(argv)
        return next((text for begin, text in self.answers.items() if line.startswith(begin)), "")

    def gateways(self) -> dict[str, str]:
        return self.named

    def reboot(self) -> None:
        self.reboots += 1


class Bench:
    """One unit, which can be switched off and on."""

    def __init__(self, folder: Path, release: str = "7.18") -> None:
        self.folder = folder
        self.host = NotingHost(folder)
        self.unit = Unit("ga-ry-router", "routeros", release, PORTS, folder / "disk")
        self.offset = _free_offset()
        self.device: RouterosDevice

    async def on(self) -> RouterosDevice:
        RouterosDevice.bind = "127.0.0.1"
        RouterosDevice.port_offset = self.offset
        self.device = RouterosDevice(self.unit, self.host)
        await self.device.boot()
        return self.device

    async def off(self) -> None:
        """A power cut: nothing is written any more."""
        await self.device.shutdown()

    @property
    def ssh_port(self) -> int:
        return 22 + self.offset

    @property
    def password(self) -> str:
        return self.device.router.label.password

    @property
    def meaning(self) -> Meaning:
        return self.host.meanings[-1]

    async def say(self, text: str, user: str = "admin", settle: bool = True) -> str:
        """What the console prints for these commands; raises Refusal like it."""
        printed: list[str] = []
        await Runner(self.device.router, user, printed.append).run(text)
        if settle:
            await self.device.router.settle()
        return "".join(printed)

    def connect(self, user: str = "admin+ct511w4098h", **options: Any) -> Any:
        given = {"password": self.password, "client_keys": None, **options}
        return asyncssh.connect("127.0.0.1", self.ssh_port, username=user, known_hosts=None, **given)


def _free_offset() -> int:
    """An offset at which the ports that a router opens are free."""
    for offset in range(21000, 60000, 137):
        with contextlib.ExitStack() as stack:
            try:
                for port in (22, 21, 23, 53, 80, 2000):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port + offset))
            except OSError:
                continue
            return offset
    raise AssertionError("no free ports")


@contextlib.asynccontextmanager
async def running(folder: Path, release: str = "7.18") -> AsyncIterator[Bench]:
    """A factory-new unit that is switched on."""
    bench = Bench(folder, release)
    await bench.on()
    try:
        yield bench
    finally:
        await bench.off()


@contextlib.asynccontextmanager
async def blank(folder: Path, release: str = "7.18") -> AsyncIterator[Bench]:
    """A unit without any configuration but users."""
    bench = Bench(folder, release)
    await bench.on()
    bench.device.router.reset(defaults=False)
    bench.device.router.touch()
    await bench.device.router.settle()
    try:
        yield bench
    finally:
        await bench.off()


def wait(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 30))


async def read_until(process: Any, text: str) -> str:
    """What a terminal shows up to and including ``text``."""
    seen = ""
    while not seen.endswith(text):
        data = await asyncio.wait_for(process.stdout.read(1), 10)
        assert data, f"the session ended after {seen!r}"
        seen += data
    return seen
