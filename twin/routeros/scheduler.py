"""``/system scheduler``: really runs its scripts.

``start-time=startup`` runs at each boot; another start time once, or again and again with an interval. Minutes last
``Router.minute`` seconds. What is due is worked out from start and interval, so it survives a power cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from datetime import datetime, timedelta

from twin.routeros import clock
from twin.routeros.durations import seconds
from twin.routeros.errors import Refusal
from twin.routeros.interpreter import Runner
from twin.routeros.router import Router
from twin.routeros.session import Quit

_PATH = "/system/scheduler"
_TICK = 0.05  # seconds: how exactly a time is kept
Definition = tuple[str, ...]


class Scheduler:
    """The timers of one router."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.booted = clock.now(router.config)
        self._due: dict[int, tuple[Definition, datetime | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Run what runs at startup, and watch the clock from now on."""
        self.booted = clock.now(self.router.config)
        for entry in self.router.config.enabled(_PATH):
            if entry["start-time"] == "startup":
                self._launch(entry["name"])
        self._loop = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        for task in (self._loop, *self._tasks):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _watch(self) -> None:
        while True:
            while not (self._due or self.router.config.entries(_PATH)):
                self.router.changed.clear()  # nothing to watch the clock for, in nearly every machine
                await self.router.changed.wait()
            self._refresh()
            now = clock.now(self.router.config)
            for entry in self.router.config.entries(_PATH):
                definition, due = self._due.get(entry.number, ((), None))
                if due is not None and due <= now:
                    self._due[entry.number] = (definition, self._following(definition, now))
                    self._launch(entry.get("name"))
            await asyncio.sleep(_TICK)

    def _refresh(self) -> None:
        """New and changed entries get a time, others keep theirs."""
        present = set()
        now = clock.now(self.router.config)
        for entry in self.router.config.entries(_PATH):
            if entry.get("disabled") == "yes":
                continue
            present.add(entry.number)
            definition = (entry.get("start-date"), entry.get("start-time"), entry.get("interval", "0s"))
            if self._due.get(entry.number, ((), None))[0] != definition:
                self._due[entry.number] = (definition, self._following(definition, now))
        self._due = {number: due for number, due in self._due.items() if number in present}
        self.router.next_runs = {number: due for number, (_, due) in self._due.items() if due is not None}

    def _following(self, definition: Definition, now: datetime) -> datetime | None:
        """The first time after ``now``; None when there is none."""
        date, time, interval = definition
        scale = self.router.minute / 60
        length = (seconds(interval) or 0) * scale
        start = self.booted if time == "startup" else clock.at(self.router.config, date, time)
        if start > now:
            return now + (start - now) * scale
        if not length:
            return None
        steps = math.floor((now - start).total_seconds() / length) + 1
        return start + timedelta(seconds=steps * length)

    def _launch(self, name: str) -> None:
        task = asyncio.create_task(self._run(name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, name: str) -> None:
        router = self.router
        entry = next((e for e in router.config.entries(_PATH) if e.get("name") == name), None)
        if entry is None or router.going_down:
            return
        router.run_counts[entry.number] = router.run_counts.get(entry.number, 0) + 1
        script = entry.get("on-event")
        stored = next((s for s in router.config.entries("/system/script") if s.get("name") == script), None)
        runner = Runner(router, entry.get("owner", "admin"), lambda text: None)
        try:
            await runner.run(stored.get("source") if stored else script)
        except Refusal as error:
            router.journal.log("script,error", f"executing script from scheduler ({name}) failed: {error}")
        except Quit:
            pass
        await router.settle()
