"""baresip's control port: netstrings of JSON over TCP, commands one way, answers and events the other."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from typing import Any

CONNECT_TIMEOUT = 10.0  # seconds; it listens some 20 ms after its start, on a busy computer later
ANSWER_TIMEOUT = 10.0  # seconds
LONGEST = 1 << 20  # bytes of one message

Event = dict[str, Any]


def encode(message: Event) -> bytes:
    """A netstring: the length, a colon, the text, a comma."""
    text = json.dumps(message).encode()
    return b"%d:%s," % (len(text), text)


async def decode(stream: asyncio.StreamReader) -> Event:
    """The next message; raises IncompleteReadError at the end and ValueError when it is none."""
    length = int((await stream.readuntil(b":"))[:-1])
    if not 0 < length <= LONGEST:
        raise ValueError(f"a message of {length} bytes")
    # A calling party's name may hold anything.
    text = (await stream.readexactly(length + 1))[:-1].decode("utf-8", errors="replace")
    found = json.loads(text, strict=False)
    if not isinstance(found, dict):
        raise ValueError(f"not an object: {text[:80]}")
    return found


class Control:
    """A connection to one running baresip."""

    def __init__(self, told: Callable[[Event], None]) -> None:
        self._told = told  # is given each event
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[str, asyncio.Future[Event]] = {}
        self._tokens = itertools.count(1)

    @property
    def alive(self) -> bool:
        """Whether it is connected and understood what it heard."""
        return self._reading is not None and not self._reading.done()

    async def connect(self, port: int) -> None:
        """Connect as soon as it listens; raises ConnectionError when it does not."""
        deadline = asyncio.get_running_loop().time() + CONNECT_TIMEOUT
        while True:
            try:
                reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except OSError as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise ConnectionRefusedError(f"the SIP client does not listen: {error}") from error
                await asyncio.sleep(0.02)
        self._reading = asyncio.create_task(self._read(reader))

    async def _read(self, stream: asyncio.StreamReader) -> None:
        try:
            while True:
                message = await decode(stream)
                if message.get("event"):
                    self._told(message)
                elif (future := self._waiting.pop(str(message.get("token")), None)) and not future.done():
                    future.set_result(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it ended, which who runs it notices
        finally:
            for future in self._waiting.values():
                future.cancel()

    async def command(self, name: str, parameters: str = "") -> str:
        """What it says to a command. Raises ValueError with its words when it refuses, ConnectionError when it is gone.

        Secrets have no place here.
        """
        if self._writer is None or not self.alive:
            raise ConnectionResetError("the SIP client does not run")
        token = str(next(self._tokens))
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._waiting[token] = future
        self._writer.write(encode({"command": name, "params": parameters, "token": token}))
        done, _ = await asyncio.wait({future}, timeout=ANSWER_TIMEOUT)
        self._waiting.pop(token, None)
        if not done or future.cancelled():
            future.cancel()
            raise ConnectionResetError(f"the SIP client does not answer to {name}")
        answer = future.result()
        words = str(answer.get("data", ""))
        if not answer.get("ok"):
            raise ValueError(words.strip() or f"the SIP client refuses {name}")
        return words

    async def close(self) -> None:
        """Hang up on it; may be called twice."""
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, ValueError):
                await self._reading
