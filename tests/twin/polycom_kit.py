"""A RealPresence Group on this machine's loopback, over a SIP client that only notes what it is asked."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import http.client
import json
import shutil
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from twin.polycom import certificates
from twin.polycom.agent import Account, Call, Media, Stream
from twin.polycom.device import PolycomDevice
from twin.polycom.unit import BAD_DAYS_FILE, MODEL, RoomUnit

MAC = "64:16:7f:88:00:12"
SERIAL = "82137791677458"
PROMPT = "-> "
T = TypeVar("T")


def wait(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 60))


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)


class FakeAgent:
    """Implements ``twin.polycom.agent.Agent`` without SIP."""

    def __init__(self) -> None:
        self.starts: list[tuple[Account | None, Media]] = []
        self.stops = 0
        self.registered = False
        self.failure = ""
        self.running: list[Call] = []
        self.streams: list[Stream] = []
        self.dialled: list[tuple[str, int]] = []
        self.refuses = ""

    async def start(self, account: Account | None, media: Media) -> None:
        self.starts.append((account, media))
        self.registered = account is not None

    async def stop(self) -> None:
        self.stops += 1
        self.running = []

    async def dial(self, number: str, rate_kbps: int) -> int:
        if self.refuses:
            raise ValueError(self.refuses)
        self.dialled.append((number, rate_kbps))
        self.running.append(Call(len(self.dialled), number, "", rate_kbps, False, True, False))
        return len(self.dialled)

    async def hang_up(self, call: int | None = None) -> None:
        self.running = [one for one in self.running if call is not None and one.id != call]

    def calls(self) -> list[Call]:
        return list(self.running)

    async def statistics(self, call: int) -> list[Stream]:
        return list(self.streams) if any(one.id == call for one in self.running) else []

    def connect(self, name: str, **changes: object) -> None:
        """The other side of the last call answers."""
        self.running[-1] = replace(self.running[-1], name=name, connected=True, **changes)  # type: ignore[arg-type]


@functools.cache
def _keys() -> tempfile.TemporaryDirectory[str]:
    """Keys take a while to make: the units of a test run share them."""
    folder = tempfile.TemporaryDirectory(prefix="polycom-keys-")
    certificates.ssh_host_key(Path(folder.name), "unit")
    certificates.web_context(Path(folder.name), "unit")
    return folder


class Shell:
    """A person at the command line."""

    def __init__(self, process: asyncssh.SSHClientProcess[str]) -> None:
        self.process = process

    async def read(self, until: str = PROMPT) -> str:
        return await asyncio.wait_for(self.process.stdout.readuntil(until), 30)

    async def type(self, line: str) -> str:
        """What the terminal shows up to the next prompt."""
        self.process.stdin.write(line + "\r")
        shown = await self.read()
        assert shown.startswith(line + "\r\n"), shown  # the echo
        return shown[len(line) + 2 : -len(PROMPT)]

    async def ask(self, line: str) -> str:
        """The reply's lines, each with its end turned into a newline; the last one's end is dropped."""
        reply = await self.type(line)
        assert reply.endswith("\r\r\n"), reply
        return reply.removesuffix("\r\r\n").replace("\r\r\n", "\n")


class Web:
    """A browser's session."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie = ""

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, Any]:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            cookie = response.getheader("Set-Cookie")
            if cookie:
                self.cookie = cookie.partition(";")[0]
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    async def send(self, method: str, path: str, content: object = None, **headers: str) -> tuple[int, Any]:
        body = content if isinstance(content, bytes) else None if content is None else json.dumps(content).encode()
        everything = {"Cookie": self.cookie, "Content-Type": "application/json", **headers}
        return await asyncio.to_thread(self._send, method, path, body, everything)

    async def get(self, path: str) -> Any:
        status, content = await self.send("GET", path)
        assert status == 200, (status, content)
        return content

    async def post(self, path: str, content: object) -> Any:
        status, answer = await self.send("POST", path, content)
        assert status == 200, (status, answer)
        return answer

    async def login(self, password: str = SERIAL, user: str = "admin") -> tuple[int, Any]:
        return await self.send("POST", "/rest/session", {"action": "Login", "user": user, "password": password})

    async def write(self, **settings: object) -> Any:
        """Names with two underscores for each dot."""
        given = [{"name": name.replace("__", "."), "value": value} for name, value in settings.items()]
        return await self.post("/rest/config", {"vars": given})

    async def value(self, name: str) -> Any:
        answer = await self.post("/rest/config", {"names": [name]})
        return answer["vars"][0]


class Bench:
    """One unit, which can be switched off and on."""

    def __init__(self, folder: Path, bad: Mapping[str, object] | None = None, model: str = MODEL) -> None:
        self.unit = RoomUnit("ga-ry-room", MAC, "", model, folder / "disk")
        self.unit.disk.mkdir(parents=True)
        for path in Path(_keys().name).iterdir():
            shutil.copy(path, self.unit.disk)
        if bad is not None:
            (self.unit.disk / BAD_DAYS_FILE).write_text(json.dumps(bad))
        self.printed: dict[str, str] = {}  # a command's beginning -> what it prints
        self.reboots = 0
        self.agent: FakeAgent
        self.device: PolycomDevice

    async def run(self, *argv: str, check: bool = True) -> str:
        line = " ".join(argv)
        return next((text for begin, text in self.printed.items() if line.startswith(begin)), "")

    def _reboot(self) -> None:
        self.reboots += 1

    async def on(self, **options: Any) -> None:
        self.agent = FakeAgent()
        self.device = PolycomDevice(
            self.unit,
            self.agent,
            self.run,
            self._reboot,
            **{"bind": "127.0.0.1", "ssh_port": 0, "https_port": 0, **options},
        )
        await self.device.boot()

    async def again(self) -> None:
        """A power cut, and the power again."""
        await self.device.shutdown()
        await self.on()

    @contextlib.asynccontextmanager
    async def connection(
        self, password: str = SERIAL, **options: Any
    ) -> AsyncIterator[asyncssh.connection.SSHClientConnection]:
        async with asyncssh.connect(
            "127.0.0.1",
            self.device.ssh_port,
            username="admin",
            password=password,
            known_hosts=None,
            client_keys=None,
            config=None,
            agent_path=None,
            preferred_auth="password",
            server_host_key_algs=["ssh-rsa"],
            **options,
        ) as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def shell(self, password: str = SERIAL, greeted: bool = True) -> AsyncIterator[Shell]:
        async with self.connection(password) as connection:
            process = await connection.create_process(term_type="vt100", encoding="utf-8")
            shell = Shell(process)
            if greeted:
                await shell.read()
            yield shell

    async def web(self, password: str = SERIAL) -> Web:
        """A session that is logged in."""
        web = Web(self.device.https_port)
        status, answer = await web.login(password)
        assert status == 200, answer
        return web


@contextlib.asynccontextmanager
async def running(folder: Path, bad: Mapping[str, object] | None = None, **options: Any) -> AsyncIterator[Bench]:
    bench = Bench(folder, bad)
    await bench.on(**options)
    try:
        yield bench
    finally:
        await bench.device.shutdown()


def on_a_unit(test: Callable[[Bench], Awaitable[None]], folder: Path, bad: Mapping[str, object] | None = None) -> None:
    """Run a test on a fresh unit."""

    async def work() -> None:
        async with running(folder, bad) as bench:
            await test(bench)

    wait(work())
