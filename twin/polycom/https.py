"""A small HTTP/1.1 server: requests with a length, answers in JSON, connections that stay open."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeAlias

MAX_HEAD = 16 * 1024  # bytes
MAX_BODY = 1024 * 1024
IDLE_SECONDS = 30.0


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str  # without the query
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def cookie(self, name: str) -> str:
        """A cookie's value; "" when there is none."""
        try:
            found = SimpleCookie(self.headers.get("cookie", "")).get(name)
        except CookieError:
            return ""
        return "" if found is None else found.value


@dataclass(frozen=True)
class Response:
    """What it gets: JSON, or nothing at all."""

    status: int = 200
    content: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Wrong(Exception):
    """The request makes no sense; the text says why."""


def failure(status: int, reason: str) -> Response:
    return Response(status, {"success": False, "reason": reason})


def json_object(request: Request) -> dict[str, Any]:
    """The body's JSON object. Raises Wrong."""
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Wrong("the body is not JSON") from None
    if not isinstance(body, dict):
        raise Wrong("expected an object")
    return body


Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


class _Bad(Exception):
    """Not HTTP as this server speaks it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HttpsServer:
    """Listens, and closes its connections when it stops."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self, host: str, port: int, context: ssl.SSLContext) -> int:
        """Returns the port; 0 takes a free one. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(
            self._serve, host, port, ssl=context, limit=MAX_HEAD, ssl_handshake_timeout=IDLE_SECONDS
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and cut what is there."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    @property
    def listening(self) -> bool:
        return self._server is not None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, EOFError, TimeoutError):
            pass  # the client is gone, or says nothing: nobody to tell
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            self._writers.discard(writer)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays."""
        try:
            request = await asyncio.wait_for(_read(reader, writer), IDLE_SECONDS)
        except _Bad as bad:
            await _write(writer, Response(bad.status, {"success": False}), keep=False)
            return False
        if request is None:
            return False
        try:
            response = await self._handler(request)
        except Exception as error:  # the twin's own fault: told to the log, the unit goes on
            context = {"message": f"{request.method} {request.path}", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
            response = Response(500, {"success": False})
        keep = request.headers.get("connection", "").lower() != "close"
        await _write(writer, response, keep)
        return keep


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    """The next request; None when the client ended the connection instead."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise _Bad(431) from None
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise _Bad(400)
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise _Bad(400)
        headers[name.lower()] = value.strip()
    if "transfer-encoding" in headers:
        raise _Bad(411)
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise _Bad(400)
    if int(length) > MAX_BODY:
        raise _Bad(413)
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(int(length))
    return Request(words[0], words[1].partition("?")[0], headers, body)


async def _write(writer: asyncio.StreamWriter, response: Response, keep: bool) -> None:
    body = b"" if response.content is None else json.dumps(response.content, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json;charset=UTF-8",
        "Content-Length": str(len(body)),
        "Connection": "keep-alive" if keep else "close",
        "Cache-Control": "no-cache",
        **response.headers,
    }
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
    await writer.drain()
