from __future__ import annotations

import pytest

from diemcau.errors import Unreachable
from diemcau.platforms.vyos.dialogue import Dialogue
from tests.unit.platforms.vyos.fakes import FakeVyos


class Scripted:
    """A channel that answers what it is told to, whatever is typed."""

    def __init__(self, *answers: str) -> None:
        self.answers = [answer.encode() for answer in answers]
        self.typed = b""

    def settimeout(self, timeout: float | None) -> None:
        pass

    def sendall(self, s: bytes) -> None:
        self.typed += s

    def recv(self, nbytes: int) -> bytes:
        if not self.answers:
            raise TimeoutError
        return self.answers.pop(0)


def test_the_first_prompt_is_found_behind_a_banner() -> None:
    Dialogue(Scripted("Welcome\r\nu@nowhere says hi\r\n", "\x1b]0;t\x07u@r:~$ "), "r", "u", 1).await_prompt()


def test_a_command_ends_at_the_prompt_even_if_a_message_follows_it() -> None:
    channel = Scripted("ls\r\nfile\r\nu@r:~$ \r\n[commit-confirm] System will reboot in 1 minute\r\n")
    assert Dialogue(channel, "r", "u", 1).command("ls") == ["file"]


def test_the_prompt_may_come_in_pieces_and_in_colour() -> None:
    channel = Scripted("fi", "le\r\n\x1b[01", ";32mu@r\x1b[0m", ":/config# ")
    assert Dialogue(channel, "r", "u", 1).command("ls") == ["file"]


def test_a_question_is_answered_before_the_prompt_comes() -> None:
    channel = Scripted("save\r\nProceed ? [Y/n] ", "done\r\n[edit]\r\nu@r# ")
    subject = Dialogue(channel, "r", "u", 1)
    assert subject.command("save", until=r"\[Y/n\]") == ["Proceed ? [Y/n]"]
    assert subject.command("y") == ["done"]
    assert channel.typed == b"save\ny\n"


def test_a_block_gives_each_commands_own_output() -> None:
    device = FakeVyos(["system host-name 'a'"])
    subject = Dialogue(device, "r", device.user, 1)
    subject.await_prompt()
    outputs = subject.block(["show configuration commands", "date +%s", "nonsense"])
    assert outputs[:2] == [["set system host-name 'a'"], ["1000100"]]
    assert "Invalid command: [nonsense]" in "".join(outputs[2])
    assert subject.exchanges == 1


def test_the_echo_of_a_mark_is_not_taken_for_its_output() -> None:
    device = FakeVyos([])
    subject = Dialogue(device, "r", device.user, 1)
    subject.await_prompt()
    subject.block(["date +%s"])
    (mark,) = (line for line in device.typed if line.startswith("echo"))
    assert "".join(mark.removeprefix("echo ").split('"')) not in mark


class Ended(Scripted):
    """paramiko raises EOFError, which is no OSError, when its transport is gone."""

    def sendall(self, data: bytes) -> None:
        raise EOFError


def test_silence_and_an_end_of_the_session_are_told_apart() -> None:
    with pytest.raises(Unreachable, match="r: the session went silent"):
        Dialogue(Scripted("no prompt here"), "r", "u", 0.01).command("x")
    with pytest.raises(Unreachable, match="r: the session was cut"):
        Dialogue(Scripted("half", ""), "r", "u", 1).command("x")
    with pytest.raises(Unreachable, match="r: the session was cut"):
        Dialogue(Ended(), "r", "u", 1).command("x")
