"""The driver over real SSH: netmiko on one side, asyncssh with the scripted shell on the other."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import asyncssh
import pytest

from diemcau.errors import HostKeyChanged, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms.vyos import connect, parse, plan, render
from diemcau.redaction import Secret, joined
from diemcau.transport.ssh import Target
from tests.unit.platforms.routers import commune
from tests.unit.platforms.vyos.fakes import FakeVyos

OLD = ("system host-name 'vyos'", "interfaces ethernet eth0 hw-id '0c:00:00:00:00:01'")


class Server:
    """An SSH server in a thread, each session a shell of ``device``."""

    def __init__(self, device: FakeVyos, compressions: str = "none") -> None:
        self.device, self.port, self.compressions, self.agreed = device, 0, compressions, ""
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self.over = threading.Event()  # a session has ended: the next one may have the device
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        async def main() -> None:
            authorized = asyncssh.import_authorized_keys(self.user_key.export_public_key().decode())
            server = await asyncssh.listen(
                "127.0.0.1",
                0,
                server_host_keys=[self.host_key],
                authorized_client_keys=authorized,
                process_factory=self._shell,
                line_editor=False,
                encoding=None,
                compression_algs=self.compressions,
            )
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()

        self._loop.create_task(main())
        self._loop.run_forever()

    async def _shell(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.agreed = process.get_extra_info("send_compression")
        try:
            while True:
                while self.device._out:
                    process.stdout.write(self.device.recv(65536))
                if self.device.dead or not (typed := await process.stdin.read(65536)):
                    break
                self.device.sendall(typed)
        except (asyncssh.BreakReceived, OSError):
            pass
        finally:
            self.over.set()
        process.exit(0)

    def target(self, **changed: object) -> Target:
        values: dict[str, object] = {
            "host": "ga-ry-router",
            "address": "127.0.0.1",
            "port": self.port,
            "user": "diemcau",
            "private_key": Secret(self.user_key.export_private_key("openssh").decode()),
            "host_key": self.host_key.export_public_key().decode(),
            "timeout": 10.0,
        }
        return Target(**{**values, **changed})  # type: ignore[arg-type]

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@contextmanager
def serving(device: FakeVyos, compressions: str = "none") -> Iterator[Server]:
    with Server(device, compressions) as server:
        yield server


def test_a_whole_change_over_two_sessions_without_a_fixed_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    device = FakeVyos(OLD)
    desired = parse(joined(render(commune("vyos", "1.4"), SECTIONS).values()).reveal())
    with serving(device) as server:
        first = connect(server.target())
        running = first.read()
        first.commit(plan(parse(running.text), desired, SECTIONS), 5)
        first.close()
        first.close()
        assert server.over.wait(10)  # or the first session would read what the second is told
        device.__dict__.update(FakeVyos(device.running).__dict__ | {"timer": True, "saved": device.saved})
        second = connect(server.target())
        second.confirm()
        second.close()
    assert parse("".join(f"set {path}\n" for path in device.saved)) >= desired
    assert not device.timer
    assert sum(paused) < 1  # second, of both; netmiko's own preparations alone pause for longer


@pytest.mark.parametrize("offered", ["zlib@openssh.com,none", "none"])
def test_what_is_read_is_compressed_where_the_server_can(offered: str) -> None:
    with serving(FakeVyos(OLD), offered) as server:
        session = connect(server.target())
        assert parse(session.read().text)
        session.close()
        assert server.over.wait(10)
        assert server.agreed == offered.partition(",")[0]


def test_another_host_key_is_named() -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with serving(FakeVyos(OLD)) as server, pytest.raises(HostKeyChanged, match="ga-ry-router"):
        connect(server.target(host_key=other))


def test_a_session_that_ends_at_once_is_unreachable() -> None:
    device = FakeVyos(OLD)
    device.dead, device._out = True, b"Too many users\r\n"
    with serving(device) as server, pytest.raises(Unreachable, match="ga-ry-router: the session was cut"):
        connect(server.target())
