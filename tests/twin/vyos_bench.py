"""A VyOS device of the twin on this machine's loopback, without namespaces: for tests of its command line."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

from twin.device import MeaningError, Unit
from twin.meaning import Meaning
from twin.vyos import VyosDevice

USER_KEY = asyncssh.generate_private_key("ssh-ed25519")
KEY_BLOB = USER_KEY.export_public_key("openssh").decode().split()[1]
PROMPT = re.compile(r"(?:\w+@[\w-]+:~\$ |\[edit[^\]]*\]\r\n\w+@[\w-]+# )$")


@dataclass
class FakeHost:
    """Keeps what it is asked for; refuses meanings that ``refuse`` names a reason for."""

    lease_file: Path = Path("/nonexistent")
    meanings: list[Meaning] = field(default_factory=list)
    reboots: int = 0
    rebooted: asyncio.Event = field(default_factory=asyncio.Event)
    refuse: Callable[[Meaning], str] = lambda meaning: ""
    gate: Callable[[Meaning], Awaitable[None]] | None = None
    answers: dict[tuple[str, ...], str] = field(default_factory=dict)

    async def apply(self, meaning: Meaning) -> None:
        if self.gate is not None:
            await self.gate(meaning)
        if reason := self.refuse(meaning):
            raise MeaningError(reason)
        self.meanings.append(meaning)

    async def run(self, *argv: str, check: bool = True) -> str:
        return self.answers.get(argv, "")

    def gateways(self) -> dict[str, str]:
        return {}

    def reboot(self) -> None:
        self.reboots += 1
        self.rebooted.set()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Bench:
    device: VyosDevice
    host: FakeHost
    port: int

    async def script(self, *lines: str) -> str:
        """Run a vbash script from the stick."""
        body = "\n".join(["#!/bin/vbash", "source /opt/vyatta/etc/functions/script-template", *lines, ""])
        return await self.device.usb("setup", body.encode())

    async def open_ssh(self, *lines: str) -> None:
        """Turn SSH on, for the user vyos with password and key."""
        keys = "set system login user vyos authentication public-keys test"
        await self.script(
            "configure", f"set service ssh port {self.port}", f"{keys} type ssh-ed25519", f"{keys} key {KEY_BLOB}",
            *lines, "commit", "save", "exit",
        )  # fmt: skip

    def connect(self, user: str = "vyos", **options: object) -> asyncssh.connection._ACMWrapper:
        return asyncssh.connect(
            "127.0.0.1", self.port, username=user, config=None, agent_path=None,
            **{"client_keys": [USER_KEY], "known_hosts": None, **options},
        )  # fmt: skip

    @contextlib.asynccontextmanager
    async def terminal(self, user: str = "vyos") -> AsyncIterator[Terminal]:
        async with (
            self.connect(user) as client,
            client.create_process(term_type="vt100", term_size=(511, 24)) as process,
        ):
            terminal = Terminal(process)
            await terminal.read()
            yield terminal


class Terminal:
    """Types lines and reads until the prompt."""

    def __init__(self, process: asyncssh.SSHClientProcess[str]) -> None:
        self.process = process

    async def read(self, until: re.Pattern[str] = PROMPT) -> str:
        text = ""
        while until.search(text) is None:
            more = await asyncio.wait_for(self.process.stdout.read(65536), 10)
            assert more, f"the session ended after: {text}"
            text += more
        return text

    async def do(self, line: str) -> str:
        """What a command printed: without its echo and the prompt."""
        self.process.stdin.write(line + "\n")
        text = await self.read()
        assert text.startswith(line + "\r\n"), text
        return PROMPT.sub("", text.removeprefix(line + "\r\n")).replace("\r\n", "\n")

    async def all(self, *lines: str) -> str:
        return "".join([await self.do(line) for line in lines])


@contextlib.asynccontextmanager
async def booted(disk: Path, release: str = "1.4", host: FakeHost | None = None) -> AsyncIterator[Bench]:
    """A device that starts from what is on ``disk``."""
    host = host or FakeHost()
    device = VyosDevice(Unit("ga-ry-router", "vyos", release, ("eth0", "eth1", "eth2"), disk), host)
    await device.boot()
    try:
        yield Bench(device, host, free_port())
    finally:
        await device.shutdown()
