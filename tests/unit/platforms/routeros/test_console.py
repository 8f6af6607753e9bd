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


def test_each_command_gets_its_own_answer() -> None:
    channel = Channel({"/a": "one\r\ntwo  \r\n", "/b": "", "/c": "# comment\r\n\r\nend\r\n"})
    assert Console(channel, "x", 5).ask(["/a", "/b", "/c"]) == ["one\ntwo", "", "# comment\n\nend"]


def test_a_cut_session_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="ga-ry-router: the session was cut"):
        Console(Channel({}, cut=True), "ga-ry-router", 5).ask(["/a"])


def test_silence_is_unreachable() -> None:
    channel = Channel({})
    channel.sendall = lambda data: None  # type: ignore[method-assign]
    with pytest.raises(Unreachable, match="went silent"):
        Console(channel, "ga-ry-router", 5).ask(["/a"])
