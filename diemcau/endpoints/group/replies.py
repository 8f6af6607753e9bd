"""What a Group endpoint says on its command line: echo, prompt, replies, refusals, and a banner that comes late.

Replies begin with the command's own words, so each is found by them, whatever stands between: replies can lag by one
exchange, and the lines of the log-in banner can arrive inside later replies. Only refusals name no command; they
come in order, so a refusal belongs to the oldest command that has no reply yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from diemcau.redaction import Secret, reveal

PROMPT = "-> "

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]|[\x00-\x08\x0b-\x1f\x7f]")
# "Hi, my name is : Ga Ry", "Serial Number: 8213…", "SNMP Enabled:": no reply begins with a capital letter.
_BANNER = re.compile(r"[A-Z][^:]*:")
_NO_CALL = "system is not in a call"
_STATES = ("online", "offline", "up", "down", "unknown")
_PROVISIONED = "controlled by a provisioning service"


@dataclass(frozen=True)
class Command:
    """One line to type, and how its reply is known."""

    text: str | Secret
    words: str  # with which its reply begins: "systemsetting sipenable"
    block: str = ""  # "status" or "callinfo": the reply is a block of lines
    expect: Callable[[str], bool] | None = None  # a reply that is not so may be an earlier command's


@dataclass(frozen=True)
class Reply:
    """``value``: what stands behind the words, as the device spelled it; lines of a block.

    It may be the SNMP community, which only the setting that was asked for can tell.
    """

    value: str = field(repr=False)


@dataclass(frozen=True)
class Refusal:
    words: str


@dataclass
class Pending:
    """A command that was sent."""

    command: Command
    echoed: bool = False
    lines: list[str] = field(default_factory=list)  # of a block
    other: Reply | None = None  # a reply with its words that was not the expected one
    answer: Reply | Refusal | None = None
    passed: bool = False  # a later command has its reply: no other comes for this one

    @property
    def done(self) -> bool:
        return self.answer is not None or self.passed


class Conversation:
    """Gives each line that the device printed to the command that it belongs to."""

    def __init__(self) -> None:
        self._open: list[Pending] = []
        self.echoes: bool | None = None  # None: not known before the first reply
        self.noise: list[str] = []  # lines that belong to nothing; may hold secrets

    @property
    def outstanding(self) -> int:
        return len(self._open)

    def sent(self, command: Command) -> Pending:
        pending = Pending(command)
        self._open.append(pending)
        return pending

    def hear(self, raw: str) -> None:
        """One line, without its end."""
        line = clean(raw)
        if not line or self._echo(line):
            return
        if _BANNER.match(line):
            return
        if (words := refusal(line)) is not None:
            if self._open:
                self._close(self._open[0], Refusal(words))
            return
        if not any(self._take(pending, line) for pending in list(self._open)):
            self.noise = [*self.noise[-9:], line]

    def _echo(self, line: str) -> bool:
        """Whether the line only repeats what was typed. Some replies look exactly like their command."""
        if self.echoes is False:
            return False
        for pending in self._open:
            if not pending.echoed and " ".join(reveal(pending.command.text).split()) == " ".join(line.split()):
                pending.echoed = self.echoes = True
                return True
        return False

    def _take(self, pending: Pending, line: str) -> bool:
        command = pending.command
        if command.block:
            return self._take_line(pending, line)
        value = _value(command.words, line)
        if value is None:
            return False
        if command.expect is not None and not command.expect(value):
            pending.other = Reply(value)
        else:
            self._close(pending, Reply(value))
        return True

    def _take_line(self, pending: Pending, line: str) -> bool:
        low = line.lower().strip('"')
        if pending.command.block == "callinfo":
            ours = low.startswith(("callinfo", _NO_CALL))
            last = low == "callinfo end" or low.startswith(_NO_CALL)
        else:
            first, *rest = low.split()
            ours = first == "status" or (len(rest) == 1 and rest[0] in _STATES)
            last = low == "status end"
        if ours:
            pending.lines.append(line)
            if last:
                self._close(pending, Reply("\n".join(pending.lines)))
        return ours

    def _close(self, pending: Pending, answer: Reply | Refusal) -> None:
        pending.answer = answer
        place = self._open.index(pending)
        for earlier in self._open[:place]:
            earlier.passed = True
        del self._open[: place + 1]
        if self.echoes is None:
            self.echoes = pending.echoed


def clean(raw: str) -> str:
    """A line without control characters, blanks at its ends and prompts in front."""
    line = _CONTROL.sub("", raw).strip()
    while line == PROMPT.strip() or line.startswith(PROMPT):
        line = line[len(PROMPT.strip()) :].strip()
    return line


def refusal(line: str) -> str | None:
    """The device's words when a line refuses something; None when it does not."""
    text = line.strip()
    refused = text.lower().startswith(("error:", "info:")) or _PROVISIONED in text.lower()
    return text if refused else None


def provisioned(words: str) -> bool:
    """Whether a refusal says that a provisioning service holds the setting."""
    return _PROVISIONED in words.lower()


def _value(words: str, line: str) -> str | None:
    """What stands behind a command's words; ``get`` and ``set`` do not count. None: another command's line."""
    rest = line.split()
    for word in words.split():
        if rest and rest[0].lower() in ("get", "set"):
            del rest[0]
        if not rest or rest[0].lower() != word:
            return None
        del rest[0]
    if rest == ["get"]:
        return None  # an echo
    skipped = len(rest) > 1 and rest[0].lower() in ("get", "set")
    tail = _behind(line, len(line.split()) - len(rest) + skipped)
    return tail or None


def _behind(line: str, count: int) -> str:
    """The line without its first words, blanks inside kept."""
    for _ in range(count):
        line = re.sub(r"^\s*\S+\s*", "", line, count=1)
    return line


def status(block: str) -> dict[str, str]:
    """``status``: subsystem -> "online" or "offline"."""
    pairs = (line.lower().split() for line in block.splitlines())
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and pair[0] != "status"}


@dataclass(frozen=True)
class CallInfo:
    """One line of ``callinfo all``."""

    id: str
    name: str
    number: str
    rate_kbps: int  # 0 = the device gave no number
    connected: bool
    muted: bool
    outgoing: bool


def free(block: str) -> bool:
    """``callinfo all``: whether the device says that there is no call. A caller's name may hold any words."""
    lines = [line.lower().strip('"') for line in block.splitlines()]
    return any(line.startswith(_NO_CALL) for line in lines) and not any(line.startswith("callinfo:") for line in lines)


def calls(block: str) -> list[CallInfo]:
    """``callinfo all``: the calls; none when the system is not in a call."""
    found = []
    for line in block.splitlines():
        head, _, rest = line.partition(":")
        if head.lower() != "callinfo" or rest.count(":") < 7:
            continue
        number, *middle, speed, state, mute, direction, _ = rest.split(":")
        # A name may hold colons, a number hardly: "sip:8001@x" does.
        name, _, called = ":".join(middle).partition(":")
        found.append(
            CallInfo(
                id=number,
                name=name,
                number=called,
                rate_kbps=int(speed) if speed.isdigit() else 0,
                connected=state.lower() == "connected",
                muted=mute.lower() == "muted",
                outgoing=direction.lower() == "outgoing",
            )
        )
    return found


def statistics(text: str) -> list[dict[str, str]]:
    """``netstats`` and ``advnetstats``: for each call, name -> value with its unit ("64 K", "0.0 %")."""
    found = []
    for line in text.splitlines():
        pairs = re.findall(r"(%?[A-Za-z]\w*):\s*(\S+(?: (?:%|K|M|ms|kbps)(?!\S))?)", line)
        if pairs and pairs[0][0] == "call":
            found.append(dict(pairs))
    return found
