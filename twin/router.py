"""A router's machine: its software, the Linux under it, and the console that a technician has."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from twin import state
from twin.device import Device, DeviceRefused, Host, MeaningError, Unit
from twin.linux.host import LinuxHost

Software = Callable[[Unit, Host], Device]

LINE_LIMIT = 64 * 1024 * 1024  # bytes of one request; a stick's file comes in one


def main(unit: Unit, software: Software, console: Path, ready: int) -> int:
    """Boot and run until the power goes; ``ready`` is a pipe on which success or failure is told once."""
    unit.disk.mkdir(parents=True, exist_ok=True)
    if sys.version_info < (3, 12):  # later versions choose it themselves
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    return asyncio.run(_run(unit, software, console, ready))


async def _run(unit: Unit, software: Software, console: Path, ready: int) -> int:
    host = LinuxHost(unit.ports)
    try:
        await host.start()
        device = software(unit, host)
        await device.boot()
    except (MeaningError, DeviceRefused, OSError) as error:
        os.write(ready, f"{unit.name} does not boot: {error}\n".encode())
        raise
    listener = state.listen(console)
    server = await asyncio.start_unix_server(_Console(device).serve, sock=listener, limit=LINE_LIMIT)
    os.write(ready, b"\n")
    os.close(ready)
    async with server:
        await server.serve_forever()  # until the power is cut, or the device reboots itself
    return 1


class _Console:
    """Answers one JSON line for each connection: ``status``, or ``usb`` with a file."""

    def __init__(self, device: Device) -> None:
        self._device = device

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(json.loads(await reader.readline()))
        except DeviceRefused as refusal:
            answer = {"refused": str(refusal)}
        except Exception as error:  # the twin's own fault: told to the caller and to the log, the device goes on
            answer = {"error": f"{type(error).__name__}: {error}"}
            asyncio.get_running_loop().call_exception_handler({"message": "console", "exception": error})
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def _answer(self, request: dict[str, str]) -> dict[str, object]:
        match request:
            case {"verb": "status"}:
                return {"status": self._device.status()}
            case {"verb": "usb", "name": name, "content": content}:
                return {"printed": await self._device.usb(name, base64.b64decode(content))}
        raise ValueError(f"no such request: {request.get('verb')}")
