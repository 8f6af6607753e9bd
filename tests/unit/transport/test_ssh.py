"""Opening a session: the pinned key and no other, and words instead of tracebacks."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import paramiko
import pytest
from netmiko.mikrotik.mikrotik_ssh import MikrotikRouterOsSSH

from diemcau.errors import HostKeyChanged, Unreachable
from diemcau.redaction import Secret
from diemcau.transport.ssh import Target, impatient, open_session

ERRORS = Path(__file__).resolve().parents[2] / "errors"
USER_KEY = asyncssh.generate_private_key("ssh-ed25519")
HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
PRIVATE = USER_KEY.export_private_key().decode()


BROKEN_OFF = """
import pathlib, sys
from diemcau.errors import Unreachable
from diemcau.redaction import Secret
from diemcau.transport.ssh import Target, open_session
from netmiko.mikrotik.mikrotik_ssh import MikrotikRouterOsSSH
secret = Secret(pathlib.Path(sys.argv[2]).read_text())
key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ" + "A" * 42
try:
    open_session(Target("x", "127.0.0.1", "diemcau", secret, key, port=int(sys.argv[1])), MikrotikRouterOsSSH)
except Unreachable as error:
    print(error)
"""


class Quick(MikrotikRouterOsSSH):
    """A session that asks nothing of the device."""

    def session_preparation(self) -> None:
        self.ansi_escape_codes = True


class Server(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key.public_data == USER_KEY.public_data


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """An SSH server on loopback, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> asyncssh.SSHAcceptor:
        def shell(process: asyncssh.SSHServerProcess[str]) -> None:
            process.stdout.write("[x@y] > ")

        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Server, server_host_keys=[HOST_KEY], process_factory=shell
        )

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    yield server.get_port()
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    loop.close()


def target(port: int) -> Target:
    host_key = HOST_KEY.export_public_key().decode()
    return Target("ga-ry-router", "127.0.0.1", "diemcau", Secret(PRIVATE), host_key, port=port, timeout=20)


def test_opens_with_the_pinned_key(port: int) -> None:
    session = open_session(target(port), Quick)
    assert session.is_alive()
    session.paramiko_cleanup()


def test_another_host_key_is_refused_by_name(port: int) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(HostKeyChanged) as caught:
        open_session(replace(target(port), host_key=other), Quick)
    shown = re.sub(r"SHA256:\S+?(?=[.,])", "SHA256:…", str(caught.value))
    assert shown == (ERRORS / "host-key-changed.txt").read_text(encoding="utf-8").rstrip("\n")


def test_a_refused_key_says_so(port: int) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    with pytest.raises(Unreachable, match="refuses the user diemcau and its SSH key"):
        open_session(replace(target(port), private_key=Secret(stranger)), Quick)


@pytest.mark.parametrize("words", ["Authentication timeout.", "Authentication failed: transport shut down or saw EOF"])
def test_a_log_in_that_is_not_answered_is_no_refused_key(
    port: int, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """A line that loses packets in this moment, and no wrong password."""

    def silent(*_: object) -> None:
        raise paramiko.AuthenticationException(words)

    monkeypatch.setattr(paramiko.Transport, "auth_publickey", silent)
    with pytest.raises(Unreachable, match="does not answer it"):
        open_session(target(port), Quick)


def test_nobody_listening_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    with pytest.raises(Unreachable, match="cannot be reached by SSH"):
        open_session(target(closed), Quick)


def test_a_session_that_breaks_off_prints_nothing(tmp_path: Path) -> None:
    """In a process of its own: pytest listens to what libraries log, a terminal gets what nobody listens to."""
    key = tmp_path / "key"
    key.write_text(PRIVATE, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        run = subprocess.Popen(
            [sys.executable, "-c", BROKEN_OFF, str(listener.getsockname()[1]), str(key)], cwd=ERRORS.parents[1],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        listener.settimeout(60)  # a process that ends before it connects fails the test, and does not hold it up
        listener.accept()[0].close()
        output, errors = run.communicate(timeout=60)
    assert "cannot be reached by SSH" in output
    assert errors == ""


def test_an_impatient_session_gives_up_a_silent_device_after_its_own_time() -> None:
    target = Target("x", "127.0.0.1", "diemcau", None, "ssh-ed25519 AAAA")
    assert impatient(target, None) == target
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
        quick = impatient(replace(target, port=silent.getsockname()[1], private_key=Secret(PRIVATE)), 0.5)
        assert (quick.timeout, quick.connect_timeout) == (0.5, 0.5)
        with pytest.raises(Unreachable, match=r"x: 127\.0\.0\.1 cannot be reached by SSH"):
            open_session(
                replace(quick, host_key=f"ssh-ed25519 {HOST_KEY.export_public_key().decode().split()[1]}"), Quick
            )
