"""What a person does at a machine itself: look at it, and plug in a stick. Through a socket in the state directory."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from twin import state
from twin.device import DeviceRefused

LINE_LIMIT = 64 * 1024 * 1024  # bytes of one request; a stick's file comes in one

Status = Callable[[], Awaitable[dict[str, object]]]
Usb = Callable[[str, bytes], Awaitable[str]]


async def serve(path: Path, ready: int, status: Status, usb: Usb) -> int:
    """Tell on the pipe ``ready`` that the machine is up, then answer until its power goes."""
    listener = state.listen(path)
    server = await asyncio.start_unix_server(_Console(status, usb).serve, sock=listener, limit=LINE_LIMIT)
    os.write(ready, b"\n")
    os.close(ready)
    async with server:
        await server.serve_forever()
    return 1


class _Console:
    """Answers one JSON line for each connection: ``status``, or ``usb`` with a file."""

    def __init__(self, status: Status, usb: Usb) -> None:
        self._status = status
        self._usb = usb

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
                return {"status": await self._status()}
            case {"verb": "usb", "name": name, "content": content}:
                return {"printed": await self._usb(name, base64.b64decode(content))}
        raise ValueError(f"no such request: {request.get('verb')}")
