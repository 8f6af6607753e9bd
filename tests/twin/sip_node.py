"""A SIP client or a call server that a test asks over its stdin, in a namespace of its own: `python -m` this file."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from twin import syscalls
from twin.callserver.server import CallServer
from twin.device import DeviceRefused, MeaningError
from twin.polycom.agent import Account, Media
from twin.polycom.baresip import BaresipAgent

type_errors = (ValueError, DeviceRefused, MeaningError)


class Client:
    def __init__(self) -> None:
        self._agent = BaresipAgent()

    async def start(self, account: dict[str, Any] | None, media: dict[str, Any]) -> None:
        await self._agent.start(None if account is None else Account(**account), Media(**media))

    async def stop(self) -> None:
        await self._agent.stop()

    async def state(self) -> dict[str, Any]:
        return {"registered": self._agent.registered, "failure": self._agent.failure}

    async def dial(self, number: str, rate: int) -> int:
        return await self._agent.dial(number, rate)

    async def hang_up(self, call: int | None = None) -> None:
        await self._agent.hang_up(call)

    async def calls(self) -> list[dict[str, Any]]:
        return [asdict(call) for call in self._agent.calls()]

    async def statistics(self, call: int) -> list[dict[str, Any]]:
        return [asdict(stream) for stream in await self._agent.statistics(call)]


class Server:
    def __init__(self, address: str, disk: str) -> None:
        self._server = CallServer(address, Path(disk))

    async def boot(self) -> None:
        await self._server.boot()

    async def usb(self, name: str, text: str) -> str:
        return await self._server.usb(name, text.encode())

    async def usb_bytes(self, name: str, content: str) -> str:
        return await self._server.usb(name, bytes.fromhex(content))

    async def status(self) -> dict[str, Any]:
        return await self._server.status()


async def serve(node: Client | Server, answers: IO[str]) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        verb, arguments = json.loads(line)
        try:
            answer = {"result": await getattr(node, verb)(**arguments)}
        except type_errors as error:
            answer = {"refused": str(error)}
        print(json.dumps(answer), file=answers, flush=True)
    if isinstance(node, Client):
        await node.stop()


if __name__ == "__main__":
    syscalls.die_with_parent(signal.SIGKILL)
    syscalls.mount("tmpfs", "/run", "tmpfs", 0, "mode=755")  # `ip netns exec` gave us mounts of our own
    to_test = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what programs print goes to the log
    asyncio.set_child_watcher(asyncio.PidfdChildWatcher()) if sys.version_info < (3, 12) else None
    asyncio.run(serve(Server(*sys.argv[1:]) if len(sys.argv) > 1 else Client(), to_test))
    os._exit(0)
