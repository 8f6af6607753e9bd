"""The driver over real SSH: netmiko on one side, asyncssh with the scripted router on the other."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import pytest

from diemcau.errors import HostKeyChanged, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms.routeros import connect, parse, plan, render
from diemcau.platforms.routeros.upload import upload
from diemcau.redaction import Secret, joined
from diemcau.transport.ssh import Target
from tests.unit.platforms.routeros.fakes import FakeRouter
from tests.unit.platforms.routeros.interpreter import Device
from tests.unit.platforms.routers import commune

TEXT = joined(render(commune("routeros", "7.22"), SECTIONS).values()).reveal()


class Server:
    """An SSH server in a thread: each session is a console of ``router``, files arrive in its ``files``."""

    def __init__(self, router: FakeRouter, disk: Path) -> None:
        self.router, self.disk, self.port = router, disk, 0
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self.logins: list[str] = []
        self.mute = False  # takes the file transfer and never answers
        self.stalls = False  # takes the log-in, and nothing comes after it
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        async def main() -> None:
            server = await asyncssh.listen(
                "127.0.0.1",
                0,
                server_host_keys=[self.host_key],
                authorized_client_keys=asyncssh.import_authorized_keys(self.user_key.export_public_key().decode()),
                process_factory=self._console,
                sftp_factory=self._files,
                line_editor=False,
                encoding=None,
            )
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()

        self._loop.create_task(main())
        self._loop.run_forever()

    def stop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.05, self._loop.stop)

    def _files(self, channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        server = self

        class Files(asyncssh.SFTPServer):
            async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
                if server.mute:
                    await asyncio.sleep(60)
                return super().open(path, pflags, attrs)

            async def close(self, file_obj: object) -> None:
                file_obj.close()  # type: ignore[attr-defined]
                for path in server.disk.iterdir():
                    server.router.files[path.name] = path.read_text()

        return Files(channel, chroot=str(self.disk).encode())

    async def _console(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.logins.append(str(process.get_extra_info("username")))
        if self.stalls:
            await process.stdin.read()
            return
        process.stdout.write(b"\r\n  MikroTik RouterOS\r\n\r\n[diemcau@ch-om] > ")
        typed = b""
        try:
            while data := await process.stdin.read(65536):
                typed += data
                if not typed.endswith(b"\r\n"):
                    continue
                self.router.feed(typed.decode())
                typed = b""
                while self.router.out:
                    process.stdout.write(self.router.recv(65536))
                if self.router.dead:
                    break
        except (asyncssh.BreakReceived, OSError):
            pass
        process.exit(0)

    def target(self, **changed: object) -> Target:
        values: dict[str, object] = {
            "host": "ch-om-router",
            "address": "127.0.0.1",
            "port": self.port,
            "user": "diemcau",
            "private_key": Secret(self.user_key.export_private_key("openssh").decode()),
            "host_key": self.host_key.export_public_key().decode(),
            "timeout": 10.0,
        }
        return Target(**{**values, **changed})  # type: ignore[arg-type]


@contextmanager
def serving(router: FakeRouter, disk: Path) -> Iterator[Server]:
    server = Server(router, disk)
    server._thread.start()
    assert server._ready.wait(10)
    try:
        yield server
    finally:
        server._loop.call_soon_threadsafe(server.stop)
        server._thread.join(10)


def fake() -> FakeRouter:
    return FakeRouter(Device({"/user": [{"name": "admin", "group": "full"}]}, {}), release="7.22.1")


def test_a_whole_change_over_two_sessions_without_a_fixed_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pauses are counted and not made: how long a busy machine takes for the rest says nothing.

    Looks for an answer are a hundredth of a second apart, as many as it takes: no fixed pause.
    """
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    router = fake()
    with serving(router, tmp_path) as server:
        first = connect(server.target())
        running = first.read()
        first.commit(plan(parse(running.text), parse(TEXT), SECTIONS), 5)
        first.close()
        first.close()
        second = connect(server.target())
        second.confirm()
        assert not plan(parse(second.read().text), parse(TEXT), SECTIONS)
        second.close()
        assert {login.partition("+")[0] for login in server.logins} == {"diemcau"}
    assert (router.timers, router.files) == ({}, {})
    # Seconds, of both sessions; netmiko's own preparations alone pause for longer. Answers that are there need no look.
    assert sum(pause for pause in paused if pause > 0.01) < 1


def test_another_host_key_is_named(tmp_path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with serving(fake(), tmp_path) as server, pytest.raises(HostKeyChanged, match="ch-om-router"):
        connect(server.target(host_key=other))


def test_a_session_that_ends_in_the_middle_is_unreachable(tmp_path: Path) -> None:
    router = fake()
    router.dies_at = "/export"
    with serving(router, tmp_path) as server:
        session = connect(server.target())
        with pytest.raises(Unreachable, match="ch-om-router: the session was cut"):
            session.read()
        session.close()


def test_a_line_that_stalls_right_after_the_log_in_is_unreachable(tmp_path: Path) -> None:
    with serving(fake(), tmp_path) as server:
        server.stalls = True
        with pytest.raises(Unreachable, match="takes the log-in and shows no prompt"):
            connect(server.target(timeout=0.5))


def test_a_transfer_that_goes_silent_ends_in_time(tmp_path: Path) -> None:
    with serving(fake(), tmp_path) as server:
        server.mute = True
        began = time.monotonic()
        session = connect(server.target())
        connected = time.monotonic() - began
        with pytest.raises(Unreachable, match="could not be uploaded"):
            upload(session._session.remote_conn_pre, "x.rsc", "text", 0.5)
        silent = time.monotonic() - began - connected
        assert 0.5 <= silent < 2.0 + 10 * connected  # so busy is this machine
        session.close()
