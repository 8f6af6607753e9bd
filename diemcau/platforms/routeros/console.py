"""Typing at a RouterOS console: a block of commands in one write, and what each of them printed.

After each command a mark is printed. It is typed as two strings that the console joins, so that only the output
holds it whole, never the echo of what was typed ahead.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from diemcau.errors import Problem, Unexpected, Unreachable

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]|[\x00-\x08\x0b-\x1f\x7f]")
# What the router's log says to everybody who is at a console, between two commands.
_LOGGED = re.compile(r"\(\d+ messages not shown\)|([\w/-]+ )?\d\d:\d\d:\d\d (echo: )?[a-z0-9,-]+ |echo: ")
_PROMPT = re.compile(r"^\[[^\]\n]*\] (?:/\S* )?(?:<SAFE> )?> ?")


class Console:
    """One console on one channel; ``host`` is named in errors."""

    def __init__(self, channel: Any, host: str, timeout: float) -> None:
        self._channel, self._host, self._timeout = channel, host, timeout

    def ask(self, commands: Sequence[str], heard: Callable[[], object] | None = None) -> list[str]:
        """What each command printed, without prompts and echo. One round trip for all of them.

        ``heard`` is called when the echo shows that they have arrived.
        """
        mark = secrets.token_hex(4)
        typed = [t for i, c in enumerate(commands) for t in (c, f':put ("dc-"."{mark}-{i}.")')]
        typed_ahead = "".join(f"{line}\r\n" for line in typed)
        text = self._exchange(typed_ahead, f"dc-{mark}-{len(commands) - 1}.", heard)
        outputs = []
        for i in range(len(commands)):
            output, found, text = text.partition(f"dc-{mark}-{i}.")
            if not found:
                raise Unexpected(
                    Problem(host=self._host, found="the answers to a block of commands came back incomplete")
                )
            outputs.append(_clean(output, set(typed)))
        return outputs

    def _exchange(self, typed: str, until: str, heard: Callable[[], object] | None) -> str:
        received, deadline = bytearray(), time.monotonic() + self._timeout
        try:
            self._channel.sendall(typed.encode())
            while until.encode() not in received:
                self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
                chunk = self._channel.recv(65536)
                if not chunk:
                    raise Unreachable(Problem(host=self._host, found="the session was cut in the middle"))
                deadline = time.monotonic() + self._timeout  # a slow line is not a dead one
                received += chunk  # a chunk may end inside a character or a control sequence
                if heard is not None and b"/" in chunk:  # every command of ours has one, a prompt has none
                    heard()
                    heard = None
        except TimeoutError:
            raise Unreachable(
                Problem(host=self._host, found="the session went silent: no answer within the time allowed")
            ) from None
        except (OSError, EOFError):
            raise Unreachable(Problem(host=self._host, found="the session was cut in the middle")) from None
        return _CONTROL.sub("", received.decode(errors="replace"))


def _clean(text: str, typed: set[str]) -> str:
    lines = []
    for line in text.split("\n"):
        shown = line
        while match := _PROMPT.match(shown):
            shown = shown[match.end() :]
        if shown != line or shown.strip() in typed or _LOGGED.match(shown):
            continue  # echo: an answer always begins on a line of its own
        lines.append(shown.rstrip())
    return "\n".join(lines).strip("\n")
