"""One SSH session with a Group endpoint's command line.

The device wants one command at a time, about 200 ms apart. What counts is when commands reach it, so the delay of the
line need not be waited for between two of them: getters leave every 200 ms, and each reply is found by its words. What
brought no reply, or a refusal, is asked once more alone. Commands that change something always wait for their reply.

Round trips from TCP connect: about 9 to the prompt, 1 for the first command, 1 and 200 ms a command for any number of
getters, 1 for each setter.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from netmiko.terminal_server.terminal_server import TerminalServerSSH

from diemcau.endpoints.group.replies import PROMPT, Command, Conversation, Pending, Refusal, Reply
from diemcau.errors import Problem, Unexpected, Unreachable
from diemcau.redaction import MASK, Secret, reveal
from diemcau.transport.ssh import Target, open_session, shown_host_key

GAP = 0.2  # seconds between two commands
PATIENCE = 2.5  # seconds for a first reply; then what the line needs
QUOTED = 80  # characters of what the device said, in a message

# Harmless, and answered in one line: makes a reply come out that lags by one exchange.
_FLUSH = Command("volume get", "volume")


class GroupSession(TerminalServerSSH):
    """netmiko's class for a bare terminal, without its preparations and good-byes."""

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing: a prompt proves nothing here, each reply is found by its words."""

    def cleanup(self, command: str = "") -> None:
        """Nothing: closing the transport ends the session."""


def connect(target: Target, secrets: Iterable[Secret] = ()) -> Console:
    """Open a session and wait for its prompt. Raises Unreachable and HostKeyChanged.

    ``secrets`` are masked wherever the device's words are quoted.
    """
    session = open_session(target, GroupSession, device_type="terminal_server")
    try:
        console = Console(session.remote_conn, target.host, target.timeout, secrets, session)
        console.greet()
    except BaseException:
        session.disconnect()
        raise
    return console


class Console:
    """``session`` is what :meth:`close` ends; counts bytes and commands."""

    def __init__(self, channel: Any, host: str, timeout: float, secrets: Iterable[Secret], session: Any = None) -> None:
        self._channel, self.host, self._timeout, self._session = channel, host, timeout, session
        self._secrets = [secret for secret in secrets if secret.reveal()]
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""  # the beginning of a line
        self._prompted = False
        self._talk = Conversation()
        self._last_sent = float("-inf")
        self._round_trip: float | None = None  # seconds, the shortest seen
        self._lags = False
        self.commands = self.bytes_up = self.bytes_down = 0

    @property
    def host_key(self) -> str:
        """What the device showed: ``ssh-rsa AAAA…``."""
        return shown_host_key(self._session)

    def know(self, secret: Secret) -> None:
        """One more secret to mask, as one that was read from the device."""
        if secret.reveal():
            self._secrets.append(secret)

    def greet(self) -> None:
        """Wait for the prompt; without one, go on: the first command shows whether anybody listens."""
        try:
            self._wait(lambda: self._prompted, self._timeout / 4)
        except Unreachable:
            raise Unreachable(
                Problem(
                    host=self.host,
                    found="the endpoint closed the SSH session right after log-in",
                    expected="a prompt; endpoints hold few sessions, others may have taken them all",
                    remedy=(f"close other sessions to it, or wait some minutes, then run again with -l {self.host}"),
                )
            ) from None

    def ask(self, command: Command) -> Reply | Refusal:
        """Type one command and wait for its reply. Raises Unreachable, and Unexpected when another reply came."""
        pending = self._send(command)
        start = time.monotonic()
        heard = self._wait(lambda: pending.done or pending.echoed, self._patience)
        if heard and (self._round_trip is None or time.monotonic() - start < self._round_trip):
            self._round_trip = time.monotonic() - start
        self._settle([pending])
        return self._settled(pending)

    def read(self, commands: Sequence[Command]) -> dict[Command, Reply | Refusal]:
        """What each getter answers. A refusal is given back only when the command was alone."""
        sent = {}
        for command in commands:
            self._wait(lambda: self._talk.outstanding <= self._window, self._patience)
            sent[command] = self._send(command)
        self._settle(list(sent.values()))
        return {
            command: pending.answer if isinstance(pending.answer, Reply) else self.ask(command)
            for command, pending in sent.items()
        }

    def mask(self, words: str) -> str:
        """What the device said, with secrets masked."""
        for secret in sorted(self._secrets, key=lambda s: -len(s.reveal())):
            words = words.replace(secret.reveal(), MASK)
        return words

    def close(self) -> None:
        """End the session. May be called twice."""
        if self._session is not None:
            self._session.disconnect()

    def _settle(self, waiting: Sequence[Pending]) -> None:
        """Wait until each has its reply or, because a later command has one, gets none. Raises Unreachable.

        A device that holds each reply back until the next command and one that is merely late look alike. So one more
        command is sent, and others at growing distances; what they bring belongs to them, however late it comes.
        """
        deadline = time.monotonic() + self._timeout
        patience = self._patience
        flushes: list[Pending] = []
        while not self._wait(lambda: all(p.done for p in waiting), min(patience, deadline - time.monotonic())):
            if time.monotonic() >= deadline:
                raise Unreachable(
                    Problem(host=self.host, found="the session went silent: no answer within the time allowed")
                )
            patience *= 2 if flushes else 1
            flushes.append(self._send(_FLUSH))
        if flushes and waiting[-1].answer is not None and not flushes[0].done:
            self._lags = True

    def _settled(self, pending: Pending) -> Reply | Refusal:
        if isinstance(pending.answer, Refusal):
            return Refusal(self.mask(pending.answer.words))
        found = pending.answer or pending.other
        if found is None:
            said = self.mask(" | ".join(self._talk.noise[-3:]))[:QUOTED]
            told = f", it said: {said}" if said else ""
            raise Unexpected(
                Problem(host=self.host, found=f"the endpoint gives no reply to {pending.command.words}{told}")
            )
        return found

    @property
    def _patience(self) -> float:
        if self._round_trip is None:
            return PATIENCE
        return GAP + 2 * self._round_trip if self._lags else max(1.0, 3 * self._round_trip)

    @property
    def _window(self) -> int:
        """How many commands may be on the line before another one leaves; with a quick line, only a lagging one."""
        return 1 + int((self._round_trip or 0.0) / GAP)

    def _send(self, command: Command) -> Pending:
        self._wait(lambda: False, self._last_sent + GAP - time.monotonic())
        data = f"{reveal(command.text)}\r".encode()
        pending = self._talk.sent(command)
        try:
            self._channel.settimeout(self._timeout)
            self._channel.sendall(data)
        except TimeoutError:
            raise Unreachable(Problem(host=self.host, found="the session went silent: nothing could be sent")) from None
        except (OSError, EOFError):  # EOFError: paramiko's, of a transport that ended
            raise self._cut() from None
        self._last_sent = time.monotonic()
        self.commands += 1
        self.bytes_up += len(data)
        return pending

    def _wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Take in what comes until something is so, or time is over; whether it is so."""
        deadline = time.monotonic() + seconds
        while not until():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            try:
                self._channel.settimeout(left)
                chunk = self._channel.recv(65536)
            except TimeoutError:
                continue
            except (OSError, EOFError):  # EOFError: paramiko's, of a transport that ended
                raise self._cut() from None
            if not chunk:
                raise self._cut()
            self.bytes_down += len(chunk)
            self._prompted = self._prompted or PROMPT.strip().encode() in chunk
            *lines, self._rest = (self._rest + self._decode.decode(chunk)).split("\n")
            for line in lines:
                self._talk.hear(line)
        return True

    def _cut(self) -> Unreachable:
        return Unreachable(Problem(host=self.host, found="the session was cut in the middle"))
