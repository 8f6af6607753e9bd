"""Debian's Chromium without a screen, driven over a pipe (the DevTools protocol), with the network taken away."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# No sandbox: as root there is none. The rest keeps it from looking for its maker's hosts.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
    "--proxy-server=127.0.0.1:9", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


@dataclass
class Page:
    """One page that is open."""

    requests: Any
    answers: Any
    session: str = ""
    count: int = 0
    pending: bytes = b""
    events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for something and wait for its answer; what happens meanwhile goes to ``events``."""
        self.count += 1
        asked = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            asked["sessionId"] = self.session
        self.requests.write(json.dumps(asked).encode() + b"\0")
        self.requests.flush()
        while True:
            told = self._next()
            if told.get("id") == self.count:
                assert "error" not in told, told
                return dict(told["result"])
            self.events.append(told)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.pending:
            piece = os.read(self.answers.fileno(), 65536)
            assert piece, "Chromium has ended"
            self.pending += piece
        message, _, self.pending = self.pending.partition(b"\0")
        return dict(json.loads(message))

    def until(self, event: str) -> None:
        """Wait for something to happen, if it has not yet."""
        while not any(seen.get("method") == event for seen in self.events):
            self.events.append(self._next())

    def evaluate(self, expression: str) -> Any:
        """What a JavaScript expression gives."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def show(self, path: Path, width: int, height: int = 800) -> None:
        """Load a file in a window of that size; a phone's when it is narrow."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.until("Page.loadEventFired")

    def picture(self, path: Path) -> bytes:
        """The whole page as PNG, also kept in ``path``."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        content = base64.b64decode(shot["data"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return content

    def complaints(self) -> list[str]:
        """Errors and warnings of the console, exceptions, and requests that failed."""
        bad = ("Runtime.exceptionThrown", "Network.loadingFailed", "Log.entryAdded", "Runtime.consoleAPICalled")
        return [json.dumps(seen) for seen in self.events if seen.get("method") in bad]

    def requested(self) -> list[str]:
        """What the page asked for."""
        return [
            seen["params"]["request"]["url"]
            for seen in self.events
            if seen.get("method") == "Network.requestWillBeSent"
        ]


@contextmanager
def opened() -> Iterator[Page]:
    """A browser of its own, ended afterwards."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: tools/install test"
    profile = tempfile.mkdtemp()
    ask_read, ask_write = os.pipe()
    tell_read, tell_write = os.pipe()

    def inherit() -> None:
        # Duplicates above both numbers first: the pipes themselves may be 3 and 4.
        ask, tell = os.dup(ask_read), os.dup(tell_write)
        high = [os.dup(ask), os.dup(tell)]
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"], close_fds=False, preexec_fn=inherit,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(ask_read)
    os.close(tell_write)
    try:
        with os.fdopen(ask_write, "wb") as requests, os.fdopen(tell_read, "rb") as answers:
            page = Page(requests, answers)
            target = page.call("Target.createTarget", url="about:blank")["targetId"]
            page.session = page.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
                page.call(f"{domain}.enable")
            yield page
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(profile, ignore_errors=True)
