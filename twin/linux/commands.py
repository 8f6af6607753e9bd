"""Running the tools and daemons that a machine consists of."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Sequence

from twin.device import MeaningError

# The daemons' own words go to the machine's log; their environment holds nothing of the caller's.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
TOOL_TIMEOUT = 60.0  # seconds; a tool that needs longer hangs
STOP_TIMEOUT = 5.0  # seconds until SIGKILL follows SIGTERM


async def run(argv: Sequence[str], text: str = "", *, check: bool = True) -> str:
    """Run a tool with text on its stdin and return its stdout.

    With ``check``, raises MeaningError with the tool's words when it fails.
    """
    status, output, errors = await attempt(argv, text)
    if check and status != 0:
        raise MeaningError(f"{argv[0]}: {(errors or output).strip() or f'exit status {status}'}")
    return output


async def attempt(argv: Sequence[str], text: str = "") -> tuple[int, str, str]:
    """Run a tool with text on its stdin; returns exit status, stdout and stderr."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=ENVIRONMENT,
        )
    except OSError as error:
        raise MeaningError(f"{argv[0]}: {error.strerror}") from error
    try:
        output, errors = await asyncio.wait_for(process.communicate(text.encode()), TOOL_TIMEOUT)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        raise MeaningError(f"{argv[0]}: no end after {TOOL_TIMEOUT:.0f} s") from None
    return process.returncode or 0, output.decode(errors="replace"), errors.decode(errors="replace")


async def batch(argv: Sequence[str], lines: Sequence[str]) -> None:
    """Feed lines to `ip` or `tc`; raises MeaningError with the tool's words and the line that failed."""
    if not lines:
        return
    status, _, errors = await attempt([*argv, "-batch", "-"], "\n".join(lines) + "\n")
    if status != 0:
        words, _, number = errors.strip().rpartition("Command failed -:")
        about = f" ({lines[int(number) - 1]})" if number.isdigit() else ""
        raise MeaningError(f"{argv[0]}: {words.strip() or errors.strip()}{about}")


class Daemon:
    """A process in the foreground of this one; it ends with the machine, or when it is stopped."""

    def __init__(self, argv: Sequence[str], environment: dict[str, str] | None = None, *, group: bool = False) -> None:
        """With ``group`` its own children are in a process group with it, which `end_group` ends."""
        self.argv = tuple(argv)
        self._group = group
        self._environment = {**ENVIRONMENT, **(environment or {})}
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Raises MeaningError when the program does not exist."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.argv,
                stdin=asyncio.subprocess.DEVNULL,
                env=self._environment,
                start_new_session=self._group,
            )
        except OSError as error:
            raise MeaningError(f"{self.argv[0]}: {error.strerror}") from error
        self._watch = asyncio.create_task(self._tell_death(self._process))

    async def _tell_death(self, process: asyncio.subprocess.Process) -> None:
        status = await process.wait()
        if self._process is process:  # else it was stopped on purpose
            print(f"{self.argv[0]} ended by itself with status {status}", file=sys.stderr, flush=True)

    async def ended(self) -> None:
        """Wait until it is gone; returns at once when it does not run."""
        if self._process is not None:
            await self._process.wait()

    def end_group(self) -> None:
        """Kill what it left behind when it died."""
        if self._group and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """Stop it and wait until it is gone; the second time does nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def until(self, ready: str, timeout: float = 30.0) -> None:
        """Wait until the daemon answers at its socket; raises MeaningError when it dies before."""
        for _ in range(int(timeout / 0.02)):
            if _answers(ready):
                return
            if not self.alive:
                raise MeaningError(f"{self.argv[0]} ended while starting")
            await asyncio.sleep(0.02)
        raise MeaningError(f"{self.argv[0]} made no {ready} within {timeout:.0f} s")


def _answers(path: str) -> bool:
    """Whether somebody takes connections there. A socket is there a moment earlier: `wg` removes what refuses it."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError:
            return True  # of another kind, for datagrams: there is no more to see of it
    return True
