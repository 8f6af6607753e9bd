"""The benchmark's laboratory: a network namespace with one unit in it, and slow lines to the unit."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from diemcau.intent import SECTIONS, Router
from diemcau.platforms import Plan, Platform, load
from diemcau.push import transaction
from diemcau.redaction import Secret, joined
from diemcau.transport.ssh import Target
from tests.bench import commune
from tests.bench.proxy import Count, slow_line
from tests.bench.unit import PORTS

PROJECT = Path(__file__).resolve().parents[2]
INSIDE = "DIEMCAU_BENCH_INSIDE"


def enter(module: str, arguments: Sequence[str]) -> None:
    """Go on in namespaces of our own, network and processes, which end with us; needs root. Returns inside."""
    if os.environ.get(INSIDE) != "1":
        command = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-m", module]
        os.execvpe(command[0], [*command, *arguments], {**os.environ, INSIDE: "1"})
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


@dataclass(frozen=True)
class Measured:
    count: Count
    seconds: float


@dataclass
class Lab:
    """A unit that was provisioned as ``router``."""

    platform: Platform
    router: Router
    keys: commune.Keys
    loop: asyncio.AbstractEventLoop

    def measure(self, delay: float, work: Callable[[int], None]) -> Measured:
        """Do ``work`` over a line with ``delay`` seconds each way; it is given the port where the line begins."""

        async def enter() -> tuple[contextlib.AsyncExitStack, int, Count]:
            stack = contextlib.AsyncExitStack()
            port, count = await stack.enter_async_context(slow_line(commune.ADDRESS, 22, delay))
            return stack, port, count

        stack, port, count = asyncio.run_coroutine_threadsafe(enter(), self.loop).result()
        start = time.monotonic()
        try:
            work(port)
            return Measured(count, time.monotonic() - start)
        finally:
            asyncio.run_coroutine_threadsafe(stack.aclose(), self.loop).result()

    def push(self, router: Router, port: int = 22) -> Plan:
        """What the suite does with one router; returns what it sent."""
        target = Target(
            router.host, commune.ADDRESS, commune.USER, self.keys.user, self.keys.host_public, port=port
        )  # fmt: skip
        job = transaction.Job(self.platform, target, router.release, Secret(self.text(router)), SECTIONS)
        return transaction.push(job, check=False, backup=lambda text: None, tell=lambda words: None).plan

    def text(self, router: Router) -> str:
        return joined(self.platform.render(router, SECTIONS).values()).reveal()

    def statements(self, router: Router) -> list[str]:
        """What would turn the unit's configuration into this one, for those who send it by other means."""
        model = self.platform.parse
        plan = self.platform.plan(model(self.text(self.router)), model(self.text(router)), SECTIONS)
        return [str(statement.text) for statement in plan.statements]


@contextlib.contextmanager
def lab(platform: str, release: str) -> Iterator[Lab]:
    """A unit of that platform, provisioned from factory-new as the suite does it: by its bundle, then by a push."""
    keys = commune.keys()
    router = commune.router(platform, release, keys.user_public)
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(tempfile.TemporaryDirectory(prefix="diemcau-bench-"))
        unit = stack.enter_context(_unit(platform, release, disk))
        loop = stack.enter_context(_loop())
        made = Lab(load(platform), router, keys, loop)
        bundle = made.platform.bundle(router, keys.host).reveal().encode()
        answer = _ask(unit, {"name": f"bundle.{made.platform.EXTENSION}", "content": base64.b64encode(bundle).decode()})
        if "printed" not in answer:
            raise RuntimeError(f"the unit refused its bundle: {answer}")
        made.push(router)
        if again := made.push(router):
            raise RuntimeError(f"a second run changes something again:\n{again.shown()}")
        yield made


@contextlib.contextmanager
def _unit(platform: str, release: str, disk: str) -> Iterator[subprocess.Popen[str]]:
    for port in PORTS[platform]:  # what stands for the unit's sockets
        subprocess.run(["ip", "link", "add", port, "type", "bridge"], check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.unit", platform, release, disk],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    try:
        _answer(process)
        yield process
    finally:
        process.kill()
        process.wait()
        for port in PORTS[platform]:
            subprocess.run(["ip", "link", "del", port], check=True)


def _ask(unit: subprocess.Popen[str], request: dict[str, str]) -> dict[str, object]:
    assert unit.stdin is not None
    unit.stdin.write(json.dumps(request) + "\n")
    unit.stdin.flush()
    return _answer(unit)


def _answer(unit: subprocess.Popen[str]) -> dict[str, object]:
    assert unit.stdout is not None
    line = unit.stdout.readline()
    if not line:
        raise RuntimeError(f"the unit ended with exit status {unit.wait()}")
    answer: dict[str, object] = json.loads(line)
    return answer


@contextlib.contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread: the lines run in it while netmiko blocks this one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
