"""Finding each answer among echo, prompts and type-ahead."""

from __future__ import annotations

import re

import pytest

from diemcau.errors import Unreachable
from diemcau.platforms.routeros.console import Console


class Channel:
    """A console that echoes everything first, as it does with what is typed ahead, then prompts and answers."""

    def __init__(self, answers: dict[str, str], chunk: int = 7, cut: bool = False) -> None:
        self.answers, self.chunk, self.cut, self.pending = answers, chunk, cut, b""

    def settimeout(self, seconds: float) -> None: ...

    def sendall(self, data: bytes) -> None:
        out = "\x1b[9999B" + data.decode()
        for line in data.decode().split("\r\n")[:-1]:
            out += f"\r\r\r[diemcau@x] > {line}\r\n"
            mark = re.fullmatch(r':put \("(.*)"\."(.*)"\)', line)
            out += f"{mark[1]}{mark[2]}\r\n" if mark else self.answers.get(line, "")
        self.pending = (out + "[diemcau@x] > ").encode()

    def recv(self, size: int) -> bytes:
        if self.cut:
            return b""
        if not self.pending:
            raise TimeoutError
        piece, self.pending = self.pending[: self.chunk], self.pending[self.chunk :]
        return piece


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 4096])
def test_each_command_gets_its_own_answer(chunk: int) -> None:
    """A chunk may end inside a control sequence, a character of several bytes, or a mark."""
    answers = {"/a": "Ơne\r\n\x1b[1mtwo\x1b[m  \r\n", "/b": "", "/c": "# comment\r\n\r\nend\r\n"}
    channel = Channel(answers, chunk)
    assert Console(channel, "x", 5).ask(["/a", "/b", "/c"]) == ["Ơne\ntwo", "", "# comment\n\nend"]


def test_a_cut_session_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="ga-ry-router: the session was cut"):
        Console(Channel({}, cut=True), "ga-ry-router", 5).ask(["/a"])


def test_a_session_that_ended_before_anything_was_typed_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """paramiko raises EOFError, which is no OSError, when its transport is gone."""

    def ended(self: Channel, data: bytes) -> None:
        raise EOFError

    monkeypatch.setattr(Channel, "sendall", ended)
    with pytest.raises(Unreachable, match="ga-ry-router: the session was cut"):
        Console(Channel({}), "ga-ry-router", 5).ask(["/a"])


def test_silence_is_unreachable() -> None:
    channel = Channel({})
    channel.sendall = lambda data: None  # type: ignore[method-assign]
    with pytest.raises(Unreachable, match="went silent"):
        Console(channel, "ga-ry-router", 5).ask(["/a"])


@pytest.mark.parametrize(
    "logged",
    [
        "2026-11-23 01:02:03 system,error,critical login failure for user root from 203.0.113.77 via ssh",
        "nov/23/2026 01:02:03 system,error,critical login failure for user root",
        "01:02:03 echo: system,error,critical login failure for user root",
        "(3 messages not shown)",
    ],
)
def test_what_the_log_says_in_between_is_no_answer(logged: str) -> None:
    answer = "/system identity set name=x\r\n# 2026-11-23 01:02:03 by RouterOS 7.18.2\r\n"
    channel = Channel({"/a": f"{answer}{logged}\r\n"})
    assert Console(channel, "x", 5).ask(["/a"]) == [answer.replace("\r", "").strip()]
