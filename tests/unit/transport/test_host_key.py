"""What a device shows to anybody: taken without a log-in, and words when nobody is there."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import asyncssh
import pytest

from diemcau.errors import Unreachable
from diemcau.transport import host_key

ED25519, RSA = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-rsa", key_size=2048)


@contextmanager
def server(asked: list[str]) -> Iterator[int]:
    """An SSH server with two keys; who tries to log in is noted."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    class Server(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            asked.append(username)
            return True

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen("127.0.0.1", 0, server_factory=Server, server_host_keys=[ED25519, RSA])

    listening = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    try:
        yield listening.get_port()
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


@pytest.mark.parametrize(("kind", "key"), [("", ED25519), ("ssh-ed25519", ED25519), ("ssh-rsa", RSA)])
def test_the_key_is_seen_and_nobody_logs_in(kind: str, key: asyncssh.SSHKey) -> None:
    asked: list[str] = []
    with server(asked) as port:
        shown = host_key.host_key("ga-ry-router", "127.0.0.1", port, kind=kind)
    assert shown.split() == key.export_public_key().decode().split()[:2]
    assert asked == []


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    with pytest.raises(Unreachable, match=r"^ga-ry-router: 127.0.0.1 cannot be reached by SSH: Connection refused$"):
        host_key.host_key("ga-ry-router", "127.0.0.1", closed)


def test_somebody_who_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(Unreachable, match="cannot be reached by SSH"):
        host_key.host_key("ga-ry-router", "127.0.0.1", mute.getsockname()[1], timeout=0.5)
