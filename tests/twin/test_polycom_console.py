"""The SSH face: who gets in, what the terminal looks like, and the manners that make real units hard to talk to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncssh
import paramiko
import pytest
from netmiko import ConnectHandler

from tests.twin.polycom_kit import PROMPT, SERIAL, Bench, Shell, on_a_unit, running, until, wait
from twin.polycom import console
from twin.polycom.device import MAX_SSH_SESSIONS


async def host_key(bench: Bench, algorithm: str) -> asyncssh.SSHKey | None:
    return await asyncssh.get_server_host_key("127.0.0.1", bench.device.ssh_port, server_host_key_algs=[algorithm])


def test_the_host_key_is_signed_with_sha1_only(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        old = await host_key(bench, "ssh-rsa")
        assert old is not None
        for newer in ("rsa-sha2-256", "rsa-sha2-512", "ssh-ed25519"):
            with pytest.raises(asyncssh.KeyExchangeFailed):
                await host_key(bench, newer)
        await bench.again()
        again = await host_key(bench, "ssh-rsa")
        assert again is not None
        assert again.get_fingerprint() == old.get_fingerprint()  # it survives a power cut

    on_a_unit(test, tmp_path)


def test_a_newer_unit_signs_with_sha2_too(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path, old_host_key=False) as bench:
            assert await host_key(bench, "rsa-sha2-256") is not None

    wait(work())


def test_greeting_prompt_echo_and_ends_of_lines(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.connection() as connection:
            process = await connection.create_process(term_type="vt100", encoding="utf-8")
            shell = Shell(process)
            greeting = await shell.read()
            lines = greeting.split("\r\r\n")
            assert lines[0] == "Hi, my name is : RealPresence Group 500"
            assert lines[1] == "Here is what I know about myself:"
            assert f"Serial Number: {SERIAL}" in lines
            assert lines[-2:] == ["SNMP Enabled: False", PROMPT]
            assert await shell.type("serialnum") == f"serialnum {SERIAL}\r\r\n"
            assert await shell.type("") == ""  # an empty line is no command
            assert await shell.type("e164ext get") == "e164ext <empty>\r\r\n"
            # a line feed is nothing, a backspace takes back, Ctrl-U takes back all
            process.stdin.write("seri\nxx\x7f\x7falnum\r\n")
            assert await shell.read() == f"serixx\b \b\b \balnum\r\nserialnum {SERIAL}\r\r\n{PROMPT}"
            process.stdin.write("rubbish\x15version\r")
            assert "version" in await shell.read()
            process.stdin.write("\x04")
            await asyncio.wait_for(process.wait_closed(), 30)

    on_a_unit(test, tmp_path)


def test_type_ahead_is_answered_in_order(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            shell.process.stdin.write("volume get\rapiport get\r")
            assert await shell.read() == "volume get\r\nvolume 25\r\r\n-> "
            assert await shell.read() == "apiport get\r\napiport 24\r\r\n-> "

    on_a_unit(test, tmp_path)


def test_letters_that_arrive_in_pieces(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.connection() as connection:
            process = await connection.create_process(term_type="vt100", encoding=None)
            await asyncio.wait_for(process.stdout.readuntil(b"-> "), 30)
            name = "Ch'Ơm Bha Lêê"
            for byte in f'systemname set "{name}"\r'.encode():
                process.stdin.write(bytes([byte]))
            shown = await asyncio.wait_for(process.stdout.readuntil(b"-> "), 30)
            assert f'systemname "{name}"\r\r\n'.encode() in shown
            assert bench.device.status()["system_name"] == name

    on_a_unit(test, tmp_path)


def test_a_wrong_password_a_wrong_user_and_a_key_are_refused(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        with pytest.raises(asyncssh.PermissionDenied):
            async with bench.connection("1234"):
                pass
        key = asyncssh.generate_private_key("ssh-ed25519")
        for options in ({"username": "polycom"}, {"client_keys": [key], "preferred_auth": "publickey"}):
            with pytest.raises(asyncssh.PermissionDenied):
                await asyncssh.connect(
                    "127.0.0.1",
                    bench.device.ssh_port,
                    **{"username": "admin", "password": SERIAL, "known_hosts": None, "client_keys": None, **options},  # type: ignore[arg-type]
                    config=None,
                    agent_path=None,
                    server_host_key_algs=["ssh-rsa"],
                )

    on_a_unit(test, tmp_path)


def test_more_sessions_than_there_are_places(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as first, bench.shell() as second, bench.shell(), bench.shell():
            assert MAX_SSH_SESSIONS == 4
            async with bench.connection() as fifth:  # the password is right
                process = await fifth.create_process(term_type="vt100")
                assert await asyncio.wait_for(process.stdout.read(), 30) == ""
            assert await first.ask("volume get") == "volume 25"
            second.process.stdin.write("\x04")
            await asyncio.wait_for(second.process.wait_closed(), 30)
            async with bench.shell() as another:
                assert await another.ask("volume get") == "volume 25"

    on_a_unit(test, tmp_path)


def test_there_are_no_exec_requests(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.connection() as connection:
            done = await connection.run("serialnum")
            assert (done.stdout, done.exit_status) == ("", 1)

    on_a_unit(test, tmp_path)


def test_ssh_can_be_switched_off(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            assert await shell.ask("sshenable false") == "sshenable false"
            await until(lambda: bench.device._ssh is None)
            assert await shell.ask("volume get") == "volume 25"  # the session stays
            with pytest.raises(OSError, match="Connect call failed"):
                await host_key(bench, "ssh-rsa")
            assert await shell.ask("sshenable true") == "sshenable true"
            await until(lambda: bench.device._ssh is not None)
            assert await host_key(bench, "ssh-rsa") is not None

    on_a_unit(test, tmp_path)


# ---------------------------------------------------------------- bad days
def test_a_reply_lags_by_one_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "LAG_SECONDS", 1000.0)

    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            assert await shell.type("volume get") == ""
            assert await shell.type("apiport get") == "volume 25\r\r\n"
            assert await shell.type("") == "apiport 24\r\r\n"
            assert await shell.type("volume get") == ""

    on_a_unit(test, tmp_path, {"lag": True})


def test_a_reply_that_lags_comes_by_itself_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "LAG_SECONDS", 0.1)

    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            assert await shell.type("volume get") == ""
            assert await shell.read("volume 25\r\r\n") == "volume 25\r\r\n"

    on_a_unit(test, tmp_path, {"lag": True})


def test_the_greeting_arrives_inside_later_replies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "LATE_SECONDS", 1000.0)

    async def test(bench: Bench) -> None:
        async with bench.shell(greeted=False) as shell:
            assert await shell.read() == PROMPT
            assert await shell.type("volume get") == (
                "Hi, my name is : RealPresence Group 500\r\r\nHere is what I know about myself:\r\r\n"
                "Model: RealPresence Group 500\r\r\nvolume 25\r\r\n"
            )
            shown = (await shell.type("status")).split("\r\r\n")
            assert shown[:2] == ["inacall offline", f"Serial Number: {SERIAL}"]
            assert "SNMP Enabled: False" in shown
            assert shown[-2:] == ["status end", ""]
            assert await shell.type("volume get") == "volume 25\r\r\n"

    on_a_unit(test, tmp_path, {"late_banner": True})


def test_a_late_greeting_comes_by_itself_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "LATE_SECONDS", 0.1)

    async def test(bench: Bench) -> None:
        async with bench.shell(greeted=False) as shell:
            assert (await shell.read("SNMP Enabled: False")).startswith(PROMPT + "Hi, my name is")

    on_a_unit(test, tmp_path, {"late_banner": True})


def test_a_command_in_a_hurry_loses_its_beginning(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            shell.process.stdin.write("volume get\rapiport get\r")
            assert "volume 25\r\r\n" in await shell.read()
            assert "error: command not found\r\r\n" in await shell.read()
            await asyncio.sleep(0.1)
            assert await shell.ask("apiport get") == "apiport 24"

    on_a_unit(test, tmp_path, {"hurry": True})


def test_two_sessions_that_poll_at_once_read_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "CROSSTALK_SECONDS", 1000.0)

    async def test(bench: Bench) -> None:
        async with bench.shell() as one, bench.shell() as two:
            assert await one.ask("volume get") == "volume 25"
            assert await two.ask("apiport get") == "apiport 24"
            assert await one.read("\r\r\n") == "apiport 24\r\r\n"

    on_a_unit(test, tmp_path, {"crosstalk": True})


# ---------------------------------------------------------------- clients that know nothing of the twin
def test_netmiko_and_paramiko_get_in(tmp_path: Path) -> None:
    def talk(port: int) -> str:
        with ConnectHandler(
            device_type="generic",
            host="127.0.0.1",
            port=port,
            username="admin",
            password=SERIAL,
            allow_agent=False,
            default_enter="\r",
        ) as device:
            return str(device.send_command("systemname get", expect_string=r"-> "))

    def keys(port: int) -> tuple[str, bool]:
        with paramiko.Transport(("127.0.0.1", port)) as transport:
            transport.connect(username="admin", password=SERIAL)
            return transport.host_key_type, transport.is_authenticated()

    async def test(bench: Bench) -> None:
        assert 'systemname "RealPresence Group 500"' in await asyncio.to_thread(talk, bench.device.ssh_port)
        assert await asyncio.to_thread(keys, bench.device.ssh_port) == ("ssh-rsa", True)

    on_a_unit(test, tmp_path)
