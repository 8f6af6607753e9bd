"""The call server knows whom a person told it about, and nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.twin.conftest import until
from tests.twin.sip_kit import SERVER, Bench, Refused, bench
from twin.callserver.accounts import accounts, subscribers
from twin.callserver.rpc import registrations
from twin.callserver.server import ACCOUNTS
from twin.device import DeviceRefused


def test_accounts_of_a_file() -> None:
    wanted = {"8001": "a,b", "8018": 'mật "khẩu"'}
    assert accounts('8001,"a,b"\n\n8018,"mật ""khẩu"""\n') == wanted
    assert accounts('user,password\r\n8001,"a,b"\r\n8018,"mật ""khẩu"""\r\n') == wanted
    assert accounts("") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("8001,s3cret\n8002\n", "line 2: 1 fields, expected user,password"),
        ("8001,s3cret,s3cret\n", "line 1: 3 fields, expected user,password"),
        ("8001,s3cret\nuser,\n", "line 2: the password of user is empty"),
        ("80:01,s3cret\n", "line 1: the user is not one of letters, digits and . _ + -"),
        ("8001,s3cret\n8001,s3cret\n", "line 2: 8001 has an account already in a line above"),
        ('8001,"s3cret\n', "line 1: no CSV: unexpected end of data"),
    ],
)
def test_a_wrong_file_is_told_by_its_line_without_any_password(text: str, message: str) -> None:
    with pytest.raises(DeviceRefused) as raised:
        accounts(text)
    assert str(raised.value) == message


def test_the_table_holds_digests() -> None:
    # md5 of "8001:10.77.1.15:s3cret"
    assert subscribers({"8001": "s3cret"}, "10.77.1.15").splitlines() == [
        "username(string) domain(string) ha1(string)",
        "8001:10.77.1.15:31aa2c4a7b56d3eedb76e28c046e0060",
    ]


def test_registrations_of_a_dump() -> None:
    contact = {"Contact": {"Address": "sip:8001-0x5@10.77.1.20:5060;transport=tcp", "Expires": 9}}
    other = {"Contact": {"Address": "sip:8018@10.77.18.20"}}
    infos = [{"Info": {"AoR": "8001", "Contacts": [contact]}}, {"Info": {"AoR": "8018", "Contacts": [other]}}]
    dumped = {"Domains": [{"Domain": {"Domain": "location", "AoRs": infos, "Stats": {"Records": 2}}}]}
    assert registrations(dumped) == {"8001": "10.77.1.20", "8018": "10.77.18.20"}
    assert registrations({"Domains": []}) == {}


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    with bench(tmp_path_factory.mktemp("sip"), accounts=2) as made:
        made.plug("stranger", "10.9.0.99")
        yield made


def ask(lan: Bench, request: str, user: str, *headers: str) -> str:
    """The status line that a stranger's own request gets."""
    lines = [
        f"{request} SIP/2.0",
        "Via: SIP/2.0/UDP 10.9.0.99:5070;branch=z9hG4bK1;rport",
        "Max-Forwards: 5",
        f"From: <sip:{user}@{SERVER}>;tag=1",
        f"To: <sip:8002@{SERVER}>",
        "Call-ID: stranger",
        f"CSeq: 1 {request.split()[0]}",
        "Contact: <sip:8001@10.9.0.99:5070>",
        *headers,
        "Content-Length: 0",
        "",
        "",
    ]
    script = (
        "import socket, sys\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "s.bind(('', 5070)); s.settimeout(10)\n"
        f"s.sendto(sys.argv[1].encode(), ('{SERVER}', 5060))\n"
        "print(s.recv(9000).decode().splitlines()[0])\n"
    )
    argv = ["ip", "netns", "exec", f"{lan.prefix}stranger", "python3", "-c", script, "\r\n".join(lines)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.root
def test_a_stranger_neither_registers_nor_calls(lan: Bench) -> None:
    lan.register(1)
    assert ask(lan, f"REGISTER sip:{SERVER}", "8002") == "SIP/2.0 401 Unauthorized"
    assert ask(lan, f"INVITE sip:8001@{SERVER}", "8002") == "SIP/2.0 407 Proxy Authentication Required"
    assert ask(lan, "INVITE sip:8001@192.0.2.1", "8002") == "SIP/2.0 407 Proxy Authentication Required"
    assert ask(lan, f"BYE sip:8001@{SERVER}", "8002") == "SIP/2.0 407 Proxy Authentication Required"
    assert lan.server.ask("status") == {"registrations": {"8001": "10.9.0.11"}}


@pytest.mark.root
def test_nobody_takes_part_in_anothers_name(lan: Bench) -> None:
    client = lan.client(1)
    account = {
        "registrar": SERVER,
        "proxy": "",
        "user": "8002",
        "auth_user": "8001",
        "password": lan.password(1),
        "transport": "udp",
    }
    media = {
        "name": "",
        "auto_answer": True,
        "multipoint_auto_answer": True,
        "mute": False,
        "udp_low": 3230,
        "udp_high": 3291,
        "dscp_audio": 0,
        "dscp_video": 0,
        "dscp_signalling": 0,
        "rate_kbps": 512,
    }
    client.ask("start", account=account, media=media)
    until(lambda: client.ask("state")["failure"] != "")
    assert "8002" not in lan.server.ask("status")["registrations"]


@pytest.mark.root
def test_who_has_no_account_any_more_is_gone_at_once(lan: Bench) -> None:
    lan.register(1)
    lan.register(2)
    said = lan.server.ask("usb", name="new.csv", text=f"8001,{lan.password(1)}\n")
    assert said == "1 accounts from new.csv"
    assert lan.server.ask("status")["registrations"] == {"8001": "10.9.0.11"}
    with pytest.raises(Refused, match=r"^new\.csv, line 1: 1 fields"):
        lan.server.ask("usb", name="new.csv", text="8001\n")
    with pytest.raises(Refused, match=r"^new\.csv: not UTF-8"):
        lan.server.ask("usb_bytes", name="new.csv", content="ff00")
    kept = lan.folder / "disk" / ACCOUNTS
    assert kept.read_text() == f"8001,{lan.password(1)}\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    lan.server.ask("usb", name="new.csv", text=f"8001,{lan.password(1)}\n8002,{lan.password(2)}\n")


@pytest.mark.root
def test_kamcmd_finds_it_and_it_comes_back_when_it_is_killed(lan: Bench) -> None:
    lan.register(1)
    [first, *_] = sorted(lan.server.pids("kamailio"))
    argv = ["nsenter", "-t", str(first), "-m", "-n", "kamcmd", "ul.dump"]
    assert "AoR: 8001" in subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    os.kill(first, signal.SIGKILL)  # its parts must not stay behind with the port
    until(lambda: lan.server.ask("status") == {"registrations": {}}, timeout=40)
    lan.register(2)
    assert lan.server.ask("status") == {"registrations": {"8002": "10.9.0.12"}}
