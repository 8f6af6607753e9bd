"""Typing at a VyOS shell and understanding where an answer begins and ends.

Two ways to type. :meth:`Dialogue.block` writes many commands at once, each followed by an ``echo`` of a mark, and
waits for the last mark: one round trip for all. A mark is typed in two pieces, so that only its output is whole,
never its echo. :meth:`Dialogue.command` writes one command and waits for the prompt: for commands that run
``sudo``, which with ``use_pty`` (Debian 12's default) swallows whatever was typed ahead, or that ask questions.
"""

from __future__ import annotations

import codecs
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from diemcau.errors import Problem, Unexpected, Unreachable
from diemcau.platforms.vyos.parse import is_noise

# Control sequences: colours, bracketed paste, window titles, character sets; then the bell and carriage returns.
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-B]|\x1b[=>78]|[\x07\r]")
_EDIT = re.compile(r"\[edit[^\]]*\]")


class Channel(Protocol):
    """What is needed of ``paramiko.Channel``."""

    def sendall(self, s: bytes) -> None: ...

    def recv(self, nbytes: int) -> bytes: ...

    def settimeout(self, timeout: float | None) -> None: ...


class Dialogue:
    """One shell on one channel. ``host`` is named in errors, ``user`` is what prompts begin with."""

    def __init__(self, channel: Channel, host: str, user: str, timeout: float) -> None:
        self._channel, self._host, self._timeout = channel, host, timeout
        self._prompt = re.compile(rf"^{re.escape(user)}@[\w.-]+(?::[^\s$#]*)?[$#] ?", re.MULTILINE)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unread = ""
        self.exchanges = 0  # how often something was written and an answer awaited: round trips

    def await_prompt(self) -> None:
        """Wait for the first prompt after login, past any banner. Costs no round trip of its own."""
        self._read_until(self._prompt, self._timeout)

    def block(self, commands: Sequence[str]) -> list[list[str]]:
        """Type all commands at once; the output lines of each, without prompts and echo. One exchange.

        Not for commands that run sudo or read from the terminal.
        """
        mark = secrets.token_hex(4)
        typed = [line for i, command in enumerate(commands) for line in (command, f'echo "dc-"{mark}-{i}.')]
        text = self._exchange(typed, re.compile(rf"dc-{mark}-{len(commands) - 1}\.\n"), self._timeout)
        self._read_until(self._prompt, self._timeout)
        outputs = []
        for i in range(len(commands)):
            output, found, text = text.partition(f"dc-{mark}-{i}.\n")
            if not found:
                raise Unexpected(
                    Problem(host=self._host, found="the answers to a block of commands came back incomplete")
                )
            outputs.append(self._clean(output, typed))
        return outputs

    def command(self, command: str, *, until: str = "", patience: float | None = None) -> list[str]:
        """Type one command; its output lines up to the next prompt, or up to what matches ``until``. One exchange.

        ``patience``: seconds without an answer after which the session counts as dead; default the target's timeout.
        """
        pattern = re.compile(f"{self._prompt.pattern}|{until}" if until else self._prompt.pattern, re.MULTILINE)
        return self._clean(self._exchange([command], pattern, patience or self._timeout), [command])

    def rest(self, patience: float) -> list[str]:
        """What a command whose output was read up to something prints after that, up to the prompt. No exchange."""
        return self._clean(self._read_until(self._prompt, patience), ())

    def _exchange(self, typed: Iterable[str], until: re.Pattern[str], patience: float) -> str:
        self.exchanges += 1
        self._unread = ""
        try:
            self._channel.settimeout(patience)
            self._channel.sendall("".join(f"{line}\n" for line in typed).encode())
        except (OSError, EOFError) as error:
            raise self._dead(error) from None
        return self._read_until(until, patience)

    def _read_until(self, until: re.Pattern[str], patience: float) -> str:
        """Text up to the end of what matches; what came after it stays unread."""
        deadline = time.monotonic() + patience
        raw = text = self._unread
        while not (match := until.search(text)):
            self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                chunk = self._channel.recv(65536)
            except (OSError, EOFError) as error:  # socket.timeout is one
                raise self._dead(error) from None
            if not chunk:
                raise self._dead(EOFError())
            deadline = max(deadline, time.monotonic() + min(patience, 30.0))  # a slow line is not a dead one
            raw += self._decoder.decode(chunk)
            text = _CONTROL.sub("", raw)
        self._unread = text[match.end() :]
        return text[: match.end()]

    def _clean(self, text: str, typed: Iterable[str]) -> list[str]:
        """Output lines without prompts, ``[edit]`` marks, echoed commands and messages to all terminals."""
        echoes = set(typed)
        lines = []
        for line in text.split("\n"):
            while match := self._prompt.match(line):
                line = line[match.end() :]
            line = line.rstrip()
            if line.strip() not in echoes and not _EDIT.fullmatch(line.strip()) and not is_noise(line):
                lines.append(line)
        return lines

    def _dead(self, error: BaseException) -> Unreachable:
        if isinstance(error, TimeoutError):
            return Unreachable(
                Problem(host=self._host, found="the session went silent: no answer within the time allowed")
            )
        return Unreachable(Problem(host=self._host, found="the session was cut in the middle"))
