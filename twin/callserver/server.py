"""The call server's machine: Kamailio, and the console at which a person brings the accounts."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from twin import console
from twin.callserver import config, rpc
from twin.callserver.accounts import accounts, subscribers
from twin.callserver.config import FOLDER, TABLES
from twin.device import DeviceRefused, MeaningError
from twin.linux.commands import Daemon
from twin.polycom.store import write_whole

ACCOUNTS = "accounts.csv"
MOST_DEATHS = 5
DEATH_PAUSE = 2.0  # seconds before it is started anew


class CallServer:
    """The machine's software, with its accounts on a disk."""

    def __init__(self, address: str, disk: Path) -> None:
        self._address = address
        self._kept = disk / ACCOUNTS
        self._daemon = Daemon(
            ["kamailio", "-DD", "-E", "-f", str(FOLDER / "kamailio.cfg"), "-m", "16", "-M", "4"], group=True
        )
        self._watch: asyncio.Task[None] | None = None

    async def boot(self) -> None:
        """Start with the accounts of the disk, if any; raises MeaningError with Kamailio's words in the log."""
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        TABLES.mkdir(parents=True, exist_ok=True)
        (FOLDER / "kamailio.cfg").write_text(config.text(self._address))
        write_whole(TABLES / "version", "table_name(string) table_version(int)\nsubscriber:7\n")
        self._publish(accounts(self._kept.read_text(encoding="utf-8")) if self._kept.exists() else {})
        await self._start()
        self._watch = asyncio.create_task(self._keep())

    async def _start(self) -> None:
        config.RPC.unlink(missing_ok=True)
        await self._daemon.start()
        await self._daemon.until(str(config.RPC))

    async def _keep(self) -> None:
        """Start it anew when it dies, a few times."""
        for _ in range(MOST_DEATHS):
            await self._daemon.ended()
            self._daemon.end_group()
            await asyncio.sleep(DEATH_PAUSE)
            try:
                await self._start()
            except MeaningError as error:
                print(error, file=sys.stderr, flush=True)

    def _publish(self, passwords: dict[str, str]) -> None:
        write_whole(TABLES / "subscriber", subscribers(passwords, self._address))

    async def usb(self, name: str, content: bytes) -> str:
        """Take the accounts of a file, instead of all that were there; raises DeviceRefused."""
        try:
            text = content.decode("utf-8-sig")
            given = accounts(text)
        except UnicodeDecodeError:
            raise DeviceRefused(f"{name}: not UTF-8 text, expected lines user,password") from None
        except DeviceRefused as refusal:
            raise DeviceRefused(f"{name}, {refusal}") from None
        write_whole(self._kept, text)
        self._publish(given)
        for user in await self._registrations():
            if user not in given:
                await rpc.ask("ul.rm", "location", user)
        return f"{len(given)} accounts from {name}"

    async def status(self) -> dict[str, object]:
        """``registrations``: the contact's address of each user; None when Kamailio does not tell."""
        try:
            return {"registrations": await self._registrations()}
        except MeaningError as error:
            print(error, file=sys.stderr, flush=True)
            return {"registrations": None}

    async def _registrations(self) -> dict[str, str]:
        return rpc.registrations(await rpc.ask("ul.dump"))


def main(address: str, disk: Path, path: Path, ready: int) -> int:
    """Boot and run until the power goes; ``ready`` is a pipe on which success or failure is told once."""
    if sys.version_info < (3, 12):  # later versions choose it themselves
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    return asyncio.run(_run(CallServer(address, disk), path, ready))


async def _run(server: CallServer, path: Path, ready: int) -> int:
    try:
        await server.boot()
    except (MeaningError, DeviceRefused, OSError, ValueError) as error:
        os.write(ready, f"call-server does not boot: {error}\n".encode())
        raise
    return await console.serve(path, ready, server.status, server.usb)
