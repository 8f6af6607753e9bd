"""One router: its configuration, its files and log, and the way of a change to flash and to Linux."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from twin import defects
from twin.device import Host, MeaningError, Unit
from twin.routeros import factory, keys
from twin.routeros.evaluate import Value
from twin.routeros.history import History
from twin.routeros.identity import label
from twin.routeros.journal import Journal
from twin.routeros.menu import Release
from twin.routeros.schema import schema
from twin.routeros.store import Config

#: The full version of each release that the twin plays.
VERSIONS = {"7.18": "7.18.2", "7.19": "7.19.6", "7.20": "7.20.8", "7.21": "7.21.4", "7.22": "7.22.1"}
REBOOT_DELAY = 0.2  # seconds
DEBOUNCE = 0.1  # seconds between a change and its way to flash and to Linux


def _minute() -> float:
    """Seconds that a minute of the device's timers takes: less in tests."""
    return float(os.environ.get("TWIN_MINUTE", "60"))


class Router:
    """The device below its console. A power cut is the end of the process: what is in ``state.json`` comes back."""

    def __init__(self, unit: Unit, host: Host) -> None:
        self.unit = unit
        self.host = host
        self.release = Release.of(unit.release)
        self.version = VERSIONS.get(unit.release, f"{unit.release}.1")
        self.schema = schema(self.release)
        self.minute = _minute()
        unit.disk.mkdir(parents=True, exist_ok=True)
        self.files: Path = unit.disk / "files"
        self.files.mkdir(exist_ok=True)
        self.label = label(unit.disk / "label.json", unit.name, unit.number)
        self.config = Config(self.schema)
        self.config.clock_offset = lambda: defects.clock_offset(unit.disk)
        self.journal = Journal(self.config, unit.disk / "device.log")
        self.history = History(self.config)
        self.variables: dict[str, Value] = {}
        self.sessions: dict[int, dict[str, str]] = {}  # /user active
        self.dead_gateways: frozenset[str] = frozenset()  # of routes with check-gateway
        self.run_counts: dict[int, int] = {}  # of schedulers, since boot
        self.next_runs: dict[int, datetime] = {}
        self.host_keys: dict[str, str] = {}  # one of each kind; /ip ssh host-key-type chooses
        self.after_reset = ""  # the file that runs at the next boot
        self.booted = time.monotonic()
        self.build: Callable[[Router], Any] | None = None  # makes the Meaning; set by the device
        self.changed = asyncio.Event()  # set with each change of the configuration; who waits for it clears it
        self.settled: list[Callable[[], Awaitable[None]]] = []  # called after each settling
        self._factory: dict[str, Any] = {}
        self._state = unit.disk / "state.json"
        self._timer: asyncio.TimerHandle | None = None
        self._settling: set[asyncio.Future[None]] = set()
        self._lock = asyncio.Lock()
        self._dirty = False
        self.going_down = False

    # ------------------------------------------------------------ flash
    def load(self) -> None:
        """The configuration from flash, or the factory's when there is none."""
        if self._state.exists():
            stored = json.loads(self._state.read_text("utf-8"))
            self._factory = stored["factory"]
            self.load_dump(stored)
        else:
            self.reset(defaults=True)
        self.config.changed = self._changed

    def reset(self, defaults: bool, keep_users: bool = False) -> None:
        """Back to the factory's configuration, or to none."""
        factory.empty(self.config, self.unit.ports, self.label, keep_users)
        if defaults:
            factory.defaults(self.config, self.unit.ports, self.label)
            self._factory = self.config.dump()["tables"]
        for kind in ("rsa", "ed25519"):
            if kind not in self.host_keys:
                self.host_keys[kind] = keys.new_host_key(kind, 2048)
        self.save()

    def dump(self) -> dict[str, Any]:
        """Everything that a backup holds."""
        return {**self.config.dump(), "host_keys": self.host_keys, "after_reset": self.after_reset}

    def load_dump(self, dumped: dict[str, Any]) -> None:
        self.host_keys = dumped["host_keys"]
        self.after_reset = dumped["after_reset"]
        self.config.load(dumped)

    def save(self) -> None:
        """To flash, so that a power cut at any moment leaves the old or the new state."""
        fresh = self._state.with_suffix(".new")
        fresh.touch(0o600)
        fresh.write_text(json.dumps({**self.dump(), "factory": self._factory}), "utf-8")
        fresh.replace(self._state)

    @property
    def factory_new(self) -> bool:
        dumped = json.loads(json.dumps(self.config.dump()["tables"]))
        return bool(self._factory) and dumped == json.loads(json.dumps(self._factory))

    # ------------------------------------------------------------ to Linux
    def _changed(self, path: str) -> None:
        self.changed.set()
        self.touch()

    def touch(self) -> None:
        """Something changed: let it settle soon."""
        self._dirty = True
        if self._timer is None and not self.going_down:
            self._timer = asyncio.get_running_loop().call_later(DEBOUNCE, self._start_settling)

    def _start_settling(self) -> None:
        self._timer = None
        task = asyncio.ensure_future(self._settle())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def settle(self) -> None:
        """Write what changed to flash and make Linux match it; returns when that is done.

        A session that ends in the middle does not stop it.
        """
        task = asyncio.ensure_future(self._settle())
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)
        await asyncio.shield(task)

    async def _settle(self) -> None:
        async with self._lock:
            if not self._dirty or self.going_down:
                return
            self._dirty = False
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self.save()
            await self.apply()

    async def apply(self) -> None:
        assert self.build is not None
        try:
            await self.host.apply(self.build(self))
        except MeaningError as error:
            # The console accepted what Linux refuses: the twin's reader is wrong, not the user.
            self.journal.defect(f"Linux refused the configuration: {error}")
        for listener in self.settled:
            await listener()

    def go_down(self) -> None:
        """Stop everything that would still write."""
        self.going_down = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def reboot(self) -> None:
        """Boot again from flash, in a moment: long enough to tell the sessions."""
        self.save()
        self.go_down()
        asyncio.get_running_loop().call_later(REBOOT_DELAY, self.host.reboot)

    def hostname(self) -> str:
        return self.config.settings("/system/identity")["name"]
