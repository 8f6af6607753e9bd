"""The terminal of an SSH session: echo, the prompt, the greeting, and the bad manners of real units."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import asyncssh

from twin.polycom.commands import execute, introduction
from twin.polycom.endpoint import Endpoint
from twin.polycom.unit import BadDays
from twin.ssh import read_input

PROMPT = "-> "
END = "\r\r\n"  # of a reply's line
LAG_SECONDS = 1.0
LATE_SECONDS = 2.0  # a late greeting comes by itself then
HURRY_SECONDS = 0.05
CROSSTALK_SECONDS = 0.1
_LOST = 4  # characters of a command that came in a hurry
_CTRL_C, _CTRL_D, _CTRL_U = "\x03", "\x04", "\x15"


@dataclass
class Line:
    """The unit's one command interpreter, which sessions share: who asked last, and when."""

    last: Console | None = None
    when: float = 0.0

    def crossed(self, console: Console, now: float) -> Console | None:
        """The other session that asked a moment ago."""
        other, when = self.last, self.when
        self.last, self.when = console, now
        return other if other is not console and now - when < CROSSTALK_SECONDS else None


@dataclass
class Console:
    """One session."""

    endpoint: Endpoint
    process: asyncssh.SSHServerProcess[str]
    bad: BadDays
    line: Line
    _typed: str = ""
    _echo: str = ""  # of what has arrived: goes out with what follows it, or when no more is there
    _arrived: float = 0.0  # when the last text came
    _before: float = -1.0  # when the command before came
    _held: list[str] | None = None  # a reply that lags
    _late: list[list[str]] = field(default_factory=list)  # the greeting's parts that are still to come
    _lag: asyncio.TimerHandle | None = None

    def write(self, text: str) -> None:
        text, self._echo = self._echo + text, ""
        if text and not self.process.is_closing():
            self.process.stdout.write(text)

    def write_lines(self, lines: list[str]) -> None:
        self.write("".join(line + END for line in lines))

    async def run(self) -> None:
        """Until the client goes or the unit goes down."""
        loop = asyncio.get_running_loop()
        late = None
        greeting = await introduction(self.endpoint)
        if self.bad.late_banner:
            self._late = [greeting[:3], greeting[3:]]
            late = loop.call_later(LATE_SECONDS, self._greet)
        else:
            self.write_lines(greeting)
        self.write(PROMPT)
        try:
            while not self.endpoint.going_down and (line := await self._read_line()) is not None:
                await self._one(line, loop.time())
        finally:
            for timer in (late, self._lag):
                if timer is not None:
                    timer.cancel()

    def _greet(self) -> None:
        late, self._late = self._late, []
        for part in late:
            self.write_lines(part)

    # ------------------------------------------------------------ one exchange
    async def _one(self, line: str, now: float) -> None:
        self._release()
        hasty = self._arrived - self._before < HURRY_SECONDS
        self._before = self._arrived
        if self.bad.hurry and hasty:
            line = line[_LOST:]
        crossed = self.line.crossed(self, now) if self.bad.crosstalk else None
        reply = await execute(self.endpoint, line)
        if self._late:
            inside = 1 if len(reply) > 1 else 0
            reply[inside:inside] = self._late.pop(0)
        if crossed is not None:
            crossed.write_lines(reply)
        if self.bad.lag and reply:
            self._held = reply
            self._lag = asyncio.get_running_loop().call_later(LAG_SECONDS, self._release)
        else:
            self.write_lines(reply)
        self.write(PROMPT)

    def _release(self) -> None:
        """Write the reply that lags."""
        if self._lag is not None:
            self._lag.cancel()
        if self._held is not None:
            held, self._held = self._held, None
            self.write_lines(held)

    # ------------------------------------------------------------ the terminal
    async def _read_line(self) -> str | None:
        """A line that ended with CR, echoed; LF is nothing. None at the end of input."""
        line = ""
        while True:
            if not self._typed:
                self.write("")
                self._typed = await read_input(self.process)
                self._arrived = asyncio.get_running_loop().time()
                if not self._typed:
                    return None
            char, self._typed = self._typed[0], self._typed[1:]
            if char == "\r":
                self.write("\r\n")
                return line
            if char == _CTRL_D and not line:
                return None
            if char in (_CTRL_C, _CTRL_U):
                self._echo += "\b \b" * len(line)
                line = ""
            elif char in "\x7f\b":
                if line:
                    line = line[:-1]
                    self._echo += "\b \b"
            elif char.isprintable():
                line += char
                self._echo += char
