"""The console: a terminal over SSH with echo, type-ahead and menus in the prompt."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, field

import asyncssh

from twin.routeros.errors import Refusal
from twin.routeros.importing import unfinished
from twin.routeros.interpreter import Runner
from twin.routeros.router import Router
from twin.routeros.session import Quit
from twin.ssh import read_input

_ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z~]|O.|.)")
_CTRL_C, _CTRL_D, _CTRL_U = "\x03", "\x04", "\x15"
LOGO = """

  MMM      MMM       KKK                          TTTTTTTTTTT      KKK
  MMMM    MMMM       KKK                          TTTTTTTTTTT      KKK
  MMM MMMM MMM  III  KKK  KKK  RRRRRR     OOOOOO      TTT     III  KKK  KKK
  MMM  MM  MMM  III  KKKKK     RRR  RRR  OOO  OOO     TTT     III  KKKKK
  MMM      MMM  III  KKK KKK   RRRRRR    OOO  OOO     TTT     III  KKK KKK
  MMM      MMM  III  KKK  KKK  RRR  RRR   OOOOOO      TTT     III  KKK  KKK

  MikroTik RouterOS {version} (c) 1999-2025       https://www.mikrotik.com/

Press F1 for help

"""


class _Ended(Exception):
    """The client is gone, or typed Ctrl-D: not ``/quit``."""


def login_name(text: str) -> str:
    """``admin+ct511w4098h`` is admin with options for the console."""
    return text.partition("+")[0]


@dataclass
class Console:
    """One interactive session."""

    router: Router
    user: str
    process: asyncssh.SSHServerProcess[str]
    typed: str = ""  # read and not yet used
    line: str = ""
    echo: str = ""  # of what has arrived: goes out with what follows it, or when no more is there
    after_return: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    running: asyncio.Task[object] | None = None

    def write(self, text: str) -> None:
        text, self.echo = self.echo + text, ""
        if text and not self.process.is_closing():
            self.process.stdout.write(text.replace("\r\n", "\n").replace("\n", "\r\n"))

    # ------------------------------------------------------------ the terminal
    async def pump(self) -> None:
        """Read all the time: Ctrl-C must be seen while a command runs."""
        try:
            while data := await read_input(self.process):
                if self.running is not None and _CTRL_C in data:
                    data = data.rpartition(_CTRL_C)[2]
                    self.typed = ""
                    self.running.cancel()
                self.typed += data
                self.arrived.set()
        finally:
            self.closed = True
            self.arrived.set()
            if self.running is not None:
                self.running.cancel()

    async def char(self) -> str:
        while True:
            match = _ESCAPE.match(self.typed)
            if match:
                self.typed = self.typed[match.end() :]
                continue
            if self.typed:
                char, self.typed = self.typed[0], self.typed[1:]
                if char == "\n" and self.after_return:
                    self.after_return = False
                    continue
                self.after_return = char == "\r"
                return char
            if self.closed:
                raise _Ended
            self.write("")
            self.arrived.clear()
            await self.arrived.wait()

    async def read_line(self, prompt: str, ending: bool = False) -> str:
        """A line, echoed. ``ending`` says that Ctrl-D on an empty line ends the session."""
        self.write(prompt)
        self.line = ""
        while True:
            char = await self.char()
            if char in "\r\n":
                self.write("\n")
                return self.line
            if ending and char == _CTRL_D and not self.line:
                self.write("\n")
                raise _Ended
            if char == _CTRL_C:
                self.write("\n" + prompt)
                self.line = ""
            elif char == _CTRL_U:
                self.echo += "\b \b" * len(self.line)
                self.line = ""
            elif char in "\x7f\b":
                if self.line:
                    self.line = self.line[:-1]
                    self.echo += "\b \b"
            elif char >= " ":
                self.line += char
                self.echo += char

    async def ask(self, question: str) -> str:
        return await self.read_line(question)

    # ------------------------------------------------------------ the session
    def prompt(self, path: str) -> str:
        return f"[{self.user}@{self.router.hostname()}] {path}> "

    async def run(self) -> None:
        """Until ``/quit`` or any other end."""
        pump = asyncio.create_task(self.pump())
        runner = Runner(self.router, self.user, self.write, True, self.ask)
        try:
            self.write(LOGO.format(version=self.router.version))
            note = self.router.config.settings("/system/note")
            if note["note"] and note["show-at-login"] == "yes":
                self.write(note["note"] + "\n")
            while not self.router.going_down:
                await self.process.stdout.drain()
                await self.one(runner)
        except (Quit, _Ended):
            pass
        finally:
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await pump

    async def one(self, runner: Runner) -> None:
        """One command, which may span lines."""
        text = await self.read_line(self.prompt(runner.path), ending=True)
        while unfinished(text):
            text += "\n" + await self.read_line("... ")
        if not text.strip():
            return
        self.running = asyncio.ensure_future(runner.run(text))
        try:
            await self.running
        except Refusal as error:
            self.write(f"{error}\n")
        except asyncio.CancelledError:
            if self.closed:
                raise _Ended from None
            if not self.running.cancelled():
                raise
            self.write("interrupted\n")
        finally:
            self.running = None


async def execute(router: Router, user: str, process: asyncssh.SSHServerProcess[str], command: str) -> int:
    """An exec request: one command, no terminal. Returns the exit status."""

    def write(text: str) -> None:
        if not process.is_closing():
            process.stdout.write(text.replace("\r\n", "\n").replace("\n", "\r\n"))

    status = 0
    try:
        await Runner(router, user, write).run(command)
    except Refusal as error:
        write(f"{error}\n")
        status = 1
    except Quit:
        pass
    await router.settle()
    return status
