"""A slow line for TCP: a proxy that delays each direction, counts its bytes, and counts round trips.

A *round trip* is a wait that the line's delay is paid for: the client needs an answer before it goes on. Counted is
the longest chain of such waits, not the number of messages: what is sent without waiting costs no round trip,
whatever travels the other way meanwhile. So each piece of data carries a number. A piece from the client has one more
than the highest that the client had received when it sent it; a piece from the server has the highest that had
arrived at the server. The highest that the client received, and one for TCP's own handshake, is the connection's
count; the time of a connection is that count times the round-trip time, plus what both ends compute.

The numbers need a delay that is longer than what both ends compute between two pieces: at 0 ms every answer arrives
before the next piece is sent, and the count is an upper bound.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

_CHUNK = 65536


@dataclass
class Count:
    """What went over a line; of several connections the sums, for they were used one after the other."""

    connections: int = 0
    round_trips: int = 0
    up_bytes: int = 0  # client to server
    down_bytes: int = 0


class _Connection:
    """One TCP connection through the line: two queues with a delay, and the numbers that the module describes."""

    def __init__(self, delay: float, count: Count) -> None:
        self._delay = delay
        self._count = count
        self._at_client = 0  # highest number that the client received
        self._at_server = 1  # the client's last step of TCP's handshake arrived
        self._reported = 0

    async def run(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        address: str,
        port: int,
    ) -> None:
        """Carry data until both sides have closed. The client's handshake is paid for here: its kernel saw none."""
        self._count.connections += 1
        self._report()
        await asyncio.sleep(3 * self._delay)  # SYN up, SYN-ACK down, ACK up
        writers = [client[1]]
        try:
            server = await asyncio.open_connection(address, port)
            writers.append(server[1])
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._carry(client[0], server[1], up=True))
                tasks.create_task(self._carry(server[0], client[1], up=False))
        except* OSError:
            pass  # one side refused or broke off: the other one is told below, as on a real line
        finally:
            for writer in writers:
                writer.close()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, up: bool) -> None:
        """One direction: what arrives leaves ``delay`` later, in the same order, the end of the stream included."""
        queue: asyncio.Queue[tuple[float, int, bytes]] = asyncio.Queue()
        clock = asyncio.get_running_loop().time

        async def deliver() -> None:
            data = b"-"
            while data:
                due, number, data = await queue.get()
                await asyncio.sleep(due - clock())
                if sink.is_closing():
                    return  # it went away meanwhile: what still travels is for nobody
                if not data:
                    sink.write_eof()
                elif up:
                    self._at_server = max(self._at_server, number)
                    self._count.up_bytes += len(data)
                    sink.write(data)
                else:
                    self._at_client = max(self._at_client, number)
                    self._count.down_bytes += len(data)
                    self._report()
                    sink.write(data)
                await sink.drain()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(deliver())
            data = b"-"
            while data:
                data = await source.read(_CHUNK)
                number = self._at_client + 1 if up else self._at_server
                queue.put_nowait((clock() + self._delay, number, data))

    def _report(self) -> None:
        """Add what this connection's count grew by; TCP's handshake is the one that is always there."""
        now = 1 + self._at_client
        self._count.round_trips += now - self._reported
        self._reported = now


@contextlib.asynccontextmanager
async def slow_line(address: str, port: int, delay: float, *, listen: int = 0) -> AsyncIterator[tuple[int, Count]]:
    """A line to ``address``:``port`` with ``delay`` seconds in each direction.

    Gives the port on 127.0.0.1 where it begins (``listen``, or a free one) and the running count. Leaving ends the
    connections that are still open.
    """
    count = Count()
    open_connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_Connection(delay, count).run((reader, writer), address, port))
        open_connections.add(task)
        task.add_done_callback(open_connections.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", listen)
    try:
        yield server.sockets[0].getsockname()[1], count
    finally:
        server.close()
        for task in open_connections:
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)
