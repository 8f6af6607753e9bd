"""Where a shell reads and writes: a terminal with readline and a tty's echo, a bare stream, or a script's text."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable
from typing import Protocol

import asyncssh

from twin.ssh import read_input

INTERRUPT = "\x03"


class Io(Protocol):
    """What a shell needs of its surroundings."""

    tty: bool
    echo: bool  # what `stty echo` and `stty -echo` change

    def write(self, text: str) -> None: ...

    async def read_line(self, prompt: str) -> str | None:
        """A line without its end, None at the end of input, INTERRUPT after Ctrl-C."""

    async def ask(self, prompt: str) -> str | None:
        """A line that a running program asks for."""

    async def page(self, text: str) -> None:
        """Show a text, a screenful at a time where that is wanted."""


class ScriptIo:
    """A script: its lines come from a text, what it prints is kept."""

    tty = False
    echo = False

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.printed = ""

    def write(self, text: str) -> None:
        self.printed += text

    async def read_line(self, prompt: str) -> str | None:
        return next(self._lines, None)

    async def ask(self, prompt: str) -> str | None:
        self.write(prompt)
        return None  # a script has nobody to ask

    async def page(self, text: str) -> None:
        self.write(text)


class StreamIo:
    """An SSH channel without a terminal: no echo, no prompt."""

    tty = False
    echo = False

    def __init__(self, process: asyncssh.SSHServerProcess[str]) -> None:
        self._process = process
        self._pending = ""
        self._ended = False

    def write(self, text: str) -> None:
        if not self._process.is_closing():
            self._process.stdout.write(text)

    async def read_line(self, prompt: str) -> str | None:
        while "\n" not in self._pending and not self._ended:
            text = await read_input(self._process)
            self._ended = not text
            self._pending += text
        if not self._pending:
            return None
        line, _, self._pending = self._pending.partition("\n")
        return line.removesuffix("\r")

    async def ask(self, prompt: str) -> str | None:
        self.write(prompt)
        return await self.read_line("")

    async def page(self, text: str) -> None:
        self.write(text)


class Terminal:
    """A pseudo-terminal with bash's readline.

    While a command runs, the tty echoes what is typed ahead at once; readline echoes it again when it reads it.
    What arrives while readline waits is echoed once.
    """

    tty = True
    echo = True

    def __init__(self, process: asyncssh.SSHServerProcess[str]) -> None:
        self._process = process
        self._keys: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._ended = False
        self._cooked = True  # the tty's line discipline, not readline
        self._column = 0
        self.paging = True
        self._pump = asyncio.create_task(self._read())

    async def close(self) -> None:
        self._pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._pump

    @property
    def _size(self) -> tuple[int, int]:
        width, height, _, _ = self._process.term_size
        return width or 80, height or 24

    async def _read(self) -> None:
        try:
            while text := await read_input(self._process):
                if self._cooked:
                    if self.echo:
                        self._echo_cooked(text)
                    if INTERRUPT in text:  # the tty drops what was typed before a Ctrl-C
                        self._keys.clear()
                        text = text[text.rindex(INTERRUPT) + 1 :]
                self._keys.extend(text)
                self._arrived.set()
        except (asyncssh.Error, OSError):
            pass  # the client is gone: the same as an end of input
        finally:
            self._ended = True
            self._arrived.set()

    def _echo_cooked(self, text: str) -> None:
        shown = "".join(
            "\r\n" if key in "\r\n" else f"^{chr(ord(key) + 64)}" if ord(key) < 32 and key != "\t" else key
            for key in text.replace("\x7f", "\b \b")
        )
        self._send(shown)

    def _send(self, text: str) -> None:
        if text and not self._process.is_closing():
            self._process.stdout.write(text)

    def write(self, text: str) -> None:
        self._send(text.replace("\r\n", "\n").replace("\n", "\r\n"))

    async def _key(self) -> str | None:
        while not self._keys:
            if self._ended:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        return self._keys.popleft()

    async def read_line(self, prompt: str) -> str | None:
        self._cooked = False
        echo = self.echo  # readline looks when it begins: without echo it shows its prompt and nothing else
        self.write(prompt)
        self._column = len(prompt.rsplit("\n", 1)[-1])
        buffer, shown = "", ""
        try:
            while True:
                if not self._keys:
                    self._send(shown if echo else "")
                    shown = ""
                key = await self._key()
                if key is None or (key == "\x04" and not buffer):
                    return None
                if key in "\r\n":
                    shown += "\r\n"
                    return buffer
                if key == INTERRUPT:
                    shown += "^C\r\n"
                    return INTERRUPT
                if key == "\x1b":
                    await self._escape()
                    continue
                buffer, more = self._edited(buffer, key, prompt)
                shown += more
        finally:
            self._send(shown if echo else "")
            self._cooked = True

    def _edited(self, buffer: str, key: str, prompt: str) -> tuple[str, str]:
        """The line after a key, and what shows it."""
        if key == "?":  # bound to the help, also inside a word
            help_text = "\r\nPossible completions:\r\n  <Enter>\tExecute the current command\r\n\r\n"
            return buffer, f"{help_text}{prompt}{buffer}"
        if key in "\x7f\b":
            return buffer[:-1], "\b \b" if buffer else "\a"
        if key == "\x15":
            return "", "\b \b" * len(buffer)
        if ord(key) < 32:
            return buffer, "\a"
        return buffer + key, key + self._wrap()

    def _wrap(self) -> str:
        """What readline writes when the cursor leaves the last column."""
        self._column += 1
        if self._column < self._size[0]:
            return ""
        self._column = 0
        return " \r"

    async def _escape(self) -> None:
        """Swallow a cursor key."""
        if await self._key() in ("[", "O"):
            while (key := await self._key()) is not None and not key.isalpha() and key != "~":
                pass

    async def ask(self, prompt: str) -> str | None:
        self.write(prompt)
        buffer = ""
        while (key := await self._key()) is not None:
            if key in "\r\n":
                return buffer
            buffer = buffer[:-1] if key in "\x7f\b" else buffer + key
        return None

    async def page(self, text: str) -> None:
        lines = text.splitlines(keepends=True)
        height = self._size[1] - 1
        if not self.paging or len(lines) <= height:
            self.write(text)
            return
        self._cooked = False  # less reads single keys
        try:
            shown = height
            self.write("".join(lines[:shown]))
            while shown < len(lines):
                self._send(":")
                key = await self._key()
                self._send("\r\x1b[K")
                if key is None or key in "qQ":
                    return
                more = 1 if key in "\r\n" else height
                self.write("".join(lines[shown : shown + more]))
                shown += more
        finally:
            self._cooked = True
