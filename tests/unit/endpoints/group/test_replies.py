"""Each reply and refusal that the device is known to give, and what stands around them."""

from __future__ import annotations

import pytest

from diemcau.endpoints.group import replies
from diemcau.endpoints.group.replies import Command, Conversation, Pending, Refusal, Reply
from tests.unit.endpoints.fake_endpoint import BANNER


def talk(*commands: Command, lines: str, echoes: bool | None = None) -> list[Pending]:
    """What became of commands that were all sent before these lines came."""
    conversation = Conversation()
    conversation.echoes = echoes
    sent = [conversation.sent(command) for command in commands]
    for line in lines.split("\n"):
        conversation.hear(line)
    return sent


def getter(words: str) -> Command:
    first, _, rest = words.partition(" ")
    return Command(f"{first} get {rest}".strip(), words)


@pytest.mark.parametrize(
    ("words", "line", "value"),
    [
        ("systemname", 'systemname "Xa Ga Ry"', '"Xa Ga Ry"'),
        ("systemname", "systemname get Dang", "Dang"),
        ("snmplocation", "snmplocation <empty>", "<empty>"),
        ("systemsetting sipenable", "systemsetting sipenable True", "True"),
        ("systemsetting sipenable", "systemsetting get sipenable True", "True"),
        ("systemname", 'systemname "two  blanks"', '"two  blanks"'),
        ("setpassword admin room", "setpassword admin room old new", "old new"),
        ("hanging up", "hanging up all", "all"),
        ("sleeptime", "-> sleeptime 15\r\r", "15"),
        ("sleeptime", "\x1b[0m-> -> SLEEPTIME 15\r", "15"),
    ],
)
def test_a_reply_is_known_by_its_words(words: str, line: str, value: str) -> None:
    (pending,) = talk(Command("x", words), lines=line)
    assert pending.answer == Reply(value)


@pytest.mark.parametrize("line", ["systemname", "systemname get", "systemnames x", "hostname x", "", "-> "])
def test_what_is_no_reply_is_none(line: str) -> None:
    (pending,) = talk(getter("systemname"), lines=line)
    assert not pending.done


@pytest.mark.parametrize(
    "line",
    [
        "error: command not found",
        "error: command has illegal parameters",
        "error: command needs more parameters to execute successfully",
        "error: command contains unterminated quoted string",
        "error: this command is not supported",
        "error: Permission Denied",
        ' error: sub command "{0}" not found',
        "error: can't set dns server when dhcp is client.",
        "error: can't set defaultgateway when dhcp is client.",
        "error: systemname cannot be performed while in a call",
        "info: something else first",
        "this setting is controlled by a provisioning service and cannot be changed by hand",
        "-> error: command not found\r\r",
    ],
)
def test_a_refusal_is_the_oldest_commands(line: str) -> None:
    first, second = talk(getter("systemname"), getter("hostname"), lines=f"{line}\nhostname x")
    assert first.answer == Refusal(replies.clean(line))
    assert second.answer == Reply("x")


def test_only_the_words_of_the_provisioning_service_are_its() -> None:
    assert replies.provisioned("info: This setting is controlled by a provisioning service and cannot be changed")
    assert not replies.provisioned("error: command not found")


def test_an_echo_that_looks_like_the_reply_is_not_taken_for_it() -> None:
    command = Command("autoanswer yes", "autoanswer")
    (pending,) = talk(command, lines="-> autoanswer yes\r")
    assert not pending.done
    (pending,) = talk(command, lines="-> autoanswer yes\r\r\nautoanswer yes\r\r")
    assert pending.answer == Reply("yes")


def test_without_echo_the_first_line_is_the_reply() -> None:
    (pending,) = talk(Command("autoanswer yes", "autoanswer"), lines="autoanswer yes", echoes=False)
    assert pending.answer == Reply("yes")


def test_the_first_reply_shows_whether_the_device_echoes() -> None:
    for lines, echoes in (("system is not in a call", False), ("callinfo all\nsystem is not in a call", True)):
        conversation = Conversation()
        conversation.sent(Command("callinfo all", "callinfo", block="callinfo"))
        for line in lines.split("\n"):
            conversation.hear(line)
        assert conversation.echoes is echoes


@pytest.mark.parametrize("place", range(5))
def test_the_banner_may_come_anywhere(place: int) -> None:
    lines = ["-> callinfo all", "callinfo begin", "callinfo:1:A:8001:1920:connected:notmuted:outgoing:videocall",
             "callinfo end", 'systemname "Hi, my name is : x"']  # fmt: skip
    lines[place:place] = [f"{line}\r\r" for line in BANNER]
    block, name = talk(
        Command("callinfo all", "callinfo", block="callinfo"), getter("systemname"), lines="\n".join(lines)
    )
    assert isinstance(block.answer, Reply) and len(block.answer.value.splitlines()) == 3
    assert name.answer == Reply('"Hi, my name is : x"')


def test_a_reply_may_lag_behind_the_next_command() -> None:
    first, second = talk(
        getter("systemname"), getter("hostname"), lines="systemname get\nhostname get\nsystemname x\nhostname y"
    )
    assert (first.answer, second.answer) == (Reply("x"), Reply("y"))


def test_a_command_whose_turn_is_over_is_passed() -> None:
    first, second = talk(getter("systemname"), getter("hostname"), lines="hostname y")
    assert (first.answer, first.passed, second.answer) == (None, True, Reply("y"))


def test_an_older_value_is_no_reply_to_a_setter() -> None:
    command = Command("volume set 25", "volume", expect=lambda value: value == "25")
    (pending,) = talk(command, lines="volume 3")
    assert not pending.done and pending.other == Reply("3")
    (pending,) = talk(command, lines="volume 3\nvolume 25")
    assert pending.answer == Reply("25")


def test_status_is_a_block() -> None:
    status, other = talk(
        Command("status", "status", block="status"),
        getter("encryption"),
        lines="status\nipnetwork online\ngatekeeper online\nsipserver offline\nstatus end\nencryption yes",
    )
    assert isinstance(status.answer, Reply) and other.answer == Reply("yes")
    assert replies.status(status.answer.value) == {
        "ipnetwork": "online",
        "gatekeeper": "online",
        "sipserver": "offline",
    }


def test_calls() -> None:
    block = (
        "callinfo begin\n"
        "callinfo:43:A Nong:8011:1472:connected:notmuted:outgoing:videocall\n"
        "callinfo:44::sip:8001@10.77.1.15:384:connecting:muted:incoming:videocall\n"
        "callinfo end"
    )
    first, second = replies.calls(block)
    assert (first.id, first.name, first.number, first.rate_kbps) == ("43", "A Nong", "8011", 1472)
    assert (first.connected, first.muted, first.outgoing) == (True, False, True)
    assert (second.name, second.number, second.connected) == ("", "sip:8001@10.77.1.15", False)
    assert (second.muted, second.outgoing) == (True, False)
    assert replies.calls("system is not in a call") == []


def test_statistics() -> None:
    (net,) = replies.statistics("call:0 txrate:64 K rxrate:60 K pktloss:0 %pktloss:0.5 % tvp:H.264")
    assert (net["txrate"], net["rxrate"], net["%pktloss"], net["tvp"]) == ("64 K", "60 K", "0.5 %", "H.264")
    (more,) = replies.statistics("call:0 taj:3 ms raj:3 ms tvpl:0 rvpl:0 tvj:4 ms rvj:9 ms dc:---")
    assert (more["taj"], more["rvj"], more["rvpl"]) == ("3 ms", "9 ms", "0")
    assert replies.statistics("system is not in a call") == []
