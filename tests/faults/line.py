"""A line for SSH that does something to itself when a given number of bytes has gone over it, both ways together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

_CHUNK = 512  # so small that a moment is nearly a byte


@dataclass
class _Fate:
    """Of one connection."""

    broken: asyncio.Event = field(default_factory=asyncio.Event)
    silent: bool = False


class Line:
    """Listens on loopback and carries every connection to the router, each over a new connection of its own.

    ``what`` happens once, after ``after`` bytes: "reset" breaks the connection off, "stall" lets nothing through it
    any more, "kill" ends this process at once, "off" does so in silence, as a machine without power; anything else
    only calls ``tell``.
    """

    def __init__(self, address: str, what: str, after: int, tell: Callable[[], None]) -> None:
        self.address, self.what, self.after, self.tell = address, what, after, tell
        self.carried, self.port, self._happened = 0, 0, False
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.wait_for(asyncio.open_connection(self.address, 22), 15)
        except (OSError, TimeoutError):
            writer.transport.abort()
            return
        how = _Fate()
        ways = [
            asyncio.create_task(self._carry(reader, far_writer, how)),
            asyncio.create_task(self._carry(far_reader, writer, how)),
            asyncio.create_task(how.broken.wait()),
        ]
        _, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        if not how.broken.is_set():
            await asyncio.wait(left, timeout=1)
        for way in ways:
            way.cancel()
        for end in (writer, far_writer):
            if how.broken.is_set():
                end.transport.abort()
            else:
                end.close()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, how: _Fate) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(_CHUNK):
                self.carried += len(data)
                if not self._happened and self.carried > self.after:
                    self._happened = True
                    await self._happen(how)
                if how.silent:
                    await asyncio.Event().wait()
                sink.write(data)
                await sink.drain()
            sink.write_eof()

    async def _happen(self, how: _Fate) -> None:
        self.tell()
        how.silent = self.what in ("stall", "off")
        if self.what == "off":
            await asyncio.sleep(2)
        if self.what in ("kill", "off"):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.what == "reset":
            how.broken.set()
            await asyncio.Event().wait()
