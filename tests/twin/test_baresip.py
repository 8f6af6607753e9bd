"""The rooms' SIP client registers, calls with real RTP that is marked as asked, and measures what arrives."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.conftest import until
from tests.twin.sip_kit import HIGH, LOW, MEDIA, Bench, Node, Refused, bench
from twin.polycom import baresip_config as files
from twin.polycom.agent import Account, Media

ACCOUNT = Account("10.77.1.15", "", "8018", "8018", "s3cret", "udp")


def media(**changed: object) -> Media:
    return Media(**{**MEDIA, **changed})


def test_numbers_and_addresses() -> None:
    assert files.target("8001", "10.77.1.15") == "sip:8001@10.77.1.15"
    assert files.target("8001@10.77.2.15", "10.77.1.15") == "sip:8001@10.77.2.15"
    assert files.target("10.77.1.20", "10.77.1.15") == "sip:10.77.1.20"
    assert files.number_of("sip:8001@10.77.1.15;transport=udp", "10.77.1.15") == "8001"
    assert files.number_of("sip:8001@10.77.1.15:5060", "10.77.1.15") == "8001"
    assert files.number_of("sip:8001@10.77.2.15", "10.77.1.15") == "8001@10.77.2.15"
    assert files.number_of("sip:10.77.1.20", "10.77.1.15") == "10.77.1.20"


def test_a_name_cannot_end_its_quotation_and_a_password_cannot_end_its_field() -> None:
    line = files.user_agent(ACCOUNT, media(name='A "B" <sip:x@y>;z\\'))
    assert line.startswith('"A B sip:x@y;z" <sip:8018@10.77.1.15;transport=udp>;auth_user=8018;auth_pass=s3cret;')
    for password in ("a;b", 'a"b', "a b", "mật khẩu"):
        with pytest.raises(ValueError, match="the SIP password holds") as raised:
            files.user_agent(Account("10.77.1.15", "", "8018", "8018", password, "udp"), media())
        assert password not in str(raised.value)


def test_the_second_call_has_its_own_rule() -> None:
    one = media(multipoint_auto_answer=False)
    assert [files.answer_mode(one, calls) for calls in (0, 1, 2)] == ["auto", "manual", "manual"]
    other = media(auto_answer=False)
    assert [files.answer_mode(other, calls) for calls in (0, 1, 2)] == ["manual", "auto", "auto"]


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    with bench(tmp_path_factory.mktemp("sip"), accounts=6) as made:
        yield made


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves a call behind."""
    yield
    if "lan" in request.fixturenames:
        made: Bench = request.getfixturevalue("lan")
        for name, node in made.nodes.items():
            if name != "server":
                node.ask("hang_up")
                until(lambda node=node: not node.calls())  # type: ignore[misc]


def call(caller: Node, number: str) -> int:
    found: int = caller.ask("dial", number=number, rate=512)
    until(lambda: any(one["id"] == found and one["connected"] for one in caller.calls()))
    return found


@pytest.mark.root
def test_the_right_password_registers(lan: Bench) -> None:
    lan.register(1)
    assert lan.server.ask("status")["registrations"]["8001"] == "10.9.0.11"
    lan.register(2, transport="tcp")
    assert lan.server.ask("status")["registrations"]["8002"] == "10.9.0.12"


@pytest.mark.root
@pytest.mark.slow
def test_a_wrong_password_is_refused_in_sips_words_until_it_is_right(lan: Bench) -> None:
    client = lan.client(3)
    client.register("8003", "wrong")
    until(lambda: client.ask("state")["failure"] != "")
    assert client.ask("state") == {"registered": False, "failure": "401 Unauthorized"}
    assert "8003" not in lan.server.ask("status")["registrations"]
    # The account is mended on the other side: the client asks again by itself.
    lines = "".join(f"800{n},{lan.password(n) if n != 3 else 'wrong'}\n" for n in range(1, 7))
    lan.server.ask("usb", name="accounts.csv", text=lines)
    until(client.registered, timeout=150)  # it waits for longer after each refusal
    lan.server.ask("usb", name="accounts.csv", text=lines.replace("wrong", lan.password(3)))
    lan.register(3)


@pytest.mark.root
def test_without_an_account_nothing_runs(lan: Bench) -> None:
    client = lan.client(4)
    client.ask("start", account=None, media=MEDIA)
    assert client.pids("baresip") == []
    with pytest.raises(Refused, match="not registered"):
        client.ask("dial", number="8001", rate=512)
    client.register("8004", "se;cret")
    state = client.ask("state")
    assert state["failure"] == "the SIP password holds a character that the client cannot take"


@pytest.mark.root
@pytest.mark.slow
def test_a_call_on_the_wire(lan: Bench) -> None:
    """Ports within the range, each medium and the signalling with its own mark, and believable statistics."""
    one, two = lan.register(1), lan.register(2, name="Huyện ủy")
    capture = lan.folder / "call.pcap"
    tap = subprocess.Popen(
        ["ip", "netns", "exec", lan.wires, "tcpdump", "-Unni", "br0", "-w", str(capture)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tap.stderr is not None
    assert "listening on" in tap.stderr.readline()
    number = call(one, "8002")
    assert one.calls() == [
        {
            "id": number,
            "number": "8002",
            "name": "",
            "rate_kbps": 512,
            "connected": True,
            "outgoing": True,
            "muted": False,
        }
    ]
    until(lambda: [each["name"] for each in two.calls()] == ["Xã Ga Ry"])
    assert [(each["number"], each["outgoing"], each["rate_kbps"]) for each in two.calls()] == [("8001", False, 1920)]
    until(lambda: len(one.ask("statistics", call=number)) == 4, timeout=30)
    time.sleep(3)  # the client counts rates over three seconds
    measured = {(each["direction"], each["medium"]): each for each in one.ask("statistics", call=number)}
    assert set(measured) == {(way, medium) for way in ("TX", "RX") for medium in ("AUDIO", "VIDEO")}
    for (way, medium), stream in measured.items():
        assert stream["packets_lost"] == 0, (way, stream)
        assert 0 <= stream["jitter_ms"] < 200
        assert stream["rate_kbps"] > (50 if medium == "AUDIO" else 0.5)
    assert 50 < measured["RX", "AUDIO"]["rate_kbps"] < 75  # G.711
    one.ask("hang_up", call=number)
    until(lambda: one.calls() == two.calls() == [])
    assert one.ask("statistics", call=number) == []
    tap.terminate()
    tap.communicate(timeout=10)
    marks = seen(capture, "10.9.0.11", "10.9.0.12")
    assert marks["signalling"] == Counter({24 << 2: marks["signalling"].total()})
    assert set(marks["audio"]) == {46 << 2} and marks["audio"].total() > 100
    assert set(marks["video"]) == {34 << 2} and marks["video"].total() > 10
    assert set(marks["control"]) == {46 << 2, 34 << 2}
    assert set(marks) == {"signalling", "audio", "video", "control"}


def seen(capture: Path, *hosts: str) -> dict[str, Counter[int]]:
    """How often each TOS byte was seen on what the hosts sent."""
    sources = " or ".join(f"src host {host}" for host in hosts)
    argv = ["tcpdump", "-nnvx", "-r", str(capture), f"(udp or tcp) and ({sources})"]
    shown = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    found: dict[str, Counter[int]] = {}
    for text in re.split(r"\n(?=\S)", shown):
        packet = bytes.fromhex("".join(re.findall(r"\t0x[0-9a-f]+: +([0-9a-f ]+)", text)).replace(" ", ""))
        assert packet[0] == 0x45
        source, target = int.from_bytes(packet[20:22], "big"), int.from_bytes(packet[22:24], "big")
        if 5060 in (source, target):
            kind = "signalling"
        else:
            assert packet[9] == 17 and LOW <= source <= HIGH and LOW <= target <= HIGH, text
            kind = "control" if source & 1 else ("audio" if packet[29] & 0x7F in (0, 8) else "video")
        found.setdefault(kind, Counter())[packet[1]] += 1
    return found


@pytest.mark.root
@pytest.mark.slow
def test_calls_beside_each_other_all_go_on(lan: Bench) -> None:
    hub = lan.register(1)
    others = [lan.register(number) for number in (2, 3, 5)]
    numbers = [call(other, "8001") for other in others[:2]]
    outgoing = call(hub, "8005")
    until(lambda: hub.connected() == 3)
    assert len({each["id"] for each in hub.calls()}) == 3
    until(lambda: [each["name"] for each in hub.calls()] == ["Xã Ga Ry", "Xã Ga Ry", ""])
    for each in hub.calls():  # none is on hold: sound arrives on each, and leaves on each
        until(lambda each=each: len(hub.ask("statistics", call=each["id"])) == 4, timeout=30)  # type: ignore[misc]
    time.sleep(3)
    for node, ids in ((hub, [each["id"] for each in hub.calls()]), (others[0], numbers[:1]), (others[1], numbers[1:])):
        for found in ids:
            rates = {
                each["direction"]: each["rate_kbps"]
                for each in node.ask("statistics", call=found)
                if each["medium"] == "AUDIO"
            }
            assert min(rates.values()) > 50, rates
    hub.ask("hang_up", call=outgoing)
    until(lambda: hub.connected() == 2 and not others[2].calls())
    hub.ask("hang_up")
    until(lambda: not any(node.calls() for node in (hub, *others)))


@pytest.mark.root
def test_who_answers_by_hand_rings(lan: Bench) -> None:
    one, two = lan.register(1), lan.register(2, auto_answer=False)
    number = one.ask("dial", number="8002", rate=512)
    until(lambda: len(two.calls()) == 1)
    time.sleep(1)
    assert (one.connected(), two.connected()) == (0, 0)
    one.ask("hang_up", call=number)
    until(lambda: two.calls() == [])


@pytest.mark.root
def test_a_call_beside_another_rings_where_that_is_asked(lan: Bench) -> None:
    hub = lan.register(1, multipoint_auto_answer=False, mute=True)
    two, three = lan.register(2), lan.register(3)
    first = call(two, "8001")
    until(lambda: [each["muted"] for each in hub.calls()] == [True])
    three.ask("dial", number="8001", rate=512)
    until(lambda: len(hub.calls()) == 2)
    time.sleep(1)
    assert (hub.connected(), three.connected()) == (1, 0)
    three.ask("hang_up")
    two.ask("hang_up", call=first)
    until(lambda: hub.calls() == [])
    call(three, "8001")  # the first one again


@pytest.mark.root
def test_nobody_is_there(lan: Bench) -> None:
    one = lan.register(1)
    one.ask("dial", number="8006", rate=512)
    until(lambda: one.calls() == [])


@pytest.mark.root
def test_it_comes_back_when_it_is_killed_and_moves_with_the_address(lan: Bench) -> None:
    client = lan.register(5)
    [pid] = client.pids("baresip")
    os.kill(pid, signal.SIGKILL)
    until(lambda: client.pids("baresip") not in ([pid], []) and client.registered(), timeout=40)
    lan.ip("c5", "address flush dev eth0", "address add 10.9.0.55/24 dev eth0")
    until(lambda: lan.server.ask("status")["registrations"].get("8005") == "10.9.0.55", timeout=40)
    client.ask("stop")
    client.ask("stop")
    assert client.pids("baresip") == []
    ruleset = subprocess.run(
        ["ip", "netns", "exec", client.namespace, "nft", "list", "ruleset"], capture_output=True, text=True, check=True
    )
    assert ruleset.stdout == ""


@pytest.mark.root
def test_the_password_is_in_no_file_command_line_or_log(lan: Bench) -> None:
    client = lan.register(2)
    [pid] = client.pids("baresip")
    files_of_client = [path for path in Path(f"/proc/{pid}/root/run").rglob("*") if path.is_file()]
    assert any(path.name == "config" for path in files_of_client)
    assert not any(b"pa55" in path.read_bytes() for path in files_of_client)
    for process in lan.nodes.values():
        for found in process.pids("baresip") + process.pids("kamailio"):
            told = Path(f"/proc/{found}/cmdline").read_bytes() + Path(f"/proc/{found}/environ").read_bytes()
            assert b"pa55" not in told
    client.ask("stop")
    assert not any("pa55" in node.log.read_text() for node in lan.nodes.values())
