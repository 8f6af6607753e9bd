"""The console over SSH: asyncssh as a person types, netmiko as programs do."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from netmiko import ConnectHandler

from tests.twin.routeros_kit import Bench, read_until, running, wait

PROMPT = "[admin@MikroTik] > "


async def shell(connection: Any) -> Any:
    process = await connection.create_process(term_type="xterm")
    await read_until(process, PROMPT)
    return process


async def typed(process: Any, text: str, until: str = PROMPT) -> str:
    process.stdin.write(text)
    return await read_until(process, until)


def test_echo_menus_and_type_ahead(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench, bench.connect() as connection:
            process = await shell(connection)
            seen = await typed(
                process, "/ip address\r\nprint count-only\r\n/\r\n/system identity print\r\n", "MikroTik\r\n"
            )
            assert seen == (
                "/ip address\r\n"
                "[admin@MikroTik] /ip/address> print count-only\r\n"
                "1\r\n"
                "[admin@MikroTik] /ip/address> /\r\n"
                "[admin@MikroTik] > /system identity print\r\n"
                "  name: MikroTik\r\n"
            )
            await read_until(process, PROMPT)
            assert (
                await typed(process, "/fooo\b\r") == "/fooo\b \b\r\nbad command name foo (line 1 column 2)\r\n" + PROMPT
            )
            assert await typed(process, ':put "a\r', "... ") == ':put "a\r\n... '
            assert await typed(process, 'b"\r') == 'b"\r\na\r\nb\r\n' + PROMPT
            assert (await typed(process, ":put \\\r", "... ")).endswith("... ")
            assert await typed(process, "x\r") == "x\r\nx\r\n" + PROMPT
            assert "[admin@new] > " in await typed(process, "/system identity set name=new\r\n", "[admin@new] > ")
            process.stdin.write("/quit\r\n")
            await asyncio.wait_for(process.wait_closed(), 5)

    wait(work())


def test_a_running_command_can_be_interrupted(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench, bench.connect() as connection:
            process = await shell(connection)
            await typed(process, ":delay 1000s\r\n", "\r\n")
            await asyncio.sleep(0.1)
            assert await typed(process, "\x03") == "interrupted\r\n" + PROMPT

    wait(work())


def test_ctrl_d_on_an_empty_line_ends_the_session(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench, bench.connect() as connection:
            process = await shell(connection)
            await typed(process, ":put \x04x\r\n")  # not in the middle of one
            process.stdin.write("\x04")
            assert await read_until(process, "\r\n") == "\r\n"
            await asyncio.wait_for(process.wait_closed(), 5)

    wait(work())


def test_exec_requests(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench, bench.connect() as connection:
            done = await connection.run("/ip address print count-only")
            assert (done.stdout, done.exit_status) == ("1\r\n", 0)
            done = await connection.run("/nope")
            assert (done.stdout, done.exit_status) == ("bad command name nope (line 1 column 2)\r\n", 1)
            await connection.run("/system identity set name=by-exec")
            assert bench.meaning.hostname == "by-exec"  # settled when the answer is there

    wait(work())


def test_files_come_by_sftp_and_stay(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            async with bench.connect() as connection:
                async with connection.start_sftp_client() as sftp:
                    async with sftp.open("change.rsc", "w") as file:
                        await file.write("/system identity set name=imported\n")
                    with pytest.raises(asyncssh.SFTPError):
                        await sftp.open("../state.json", "r")
                assert "name=change.rsc type=script size=35" in (await connection.run("/file print terse")).stdout
                assert "executed successfully" in (await connection.run("/import change.rsc")).stdout
            await bench.off()
            await bench.on()
            assert "change.rsc" in await bench.say("/file print")
            await bench.say('/file remove [find name~"change"]; /file add name=a.txt contents="x\\ny"')
            assert await bench.say(":put [/file get a.txt contents]; /file print count-only") == "x\ny\n1\n"

    wait(work())


async def refused(bench: Bench, user: str, **options: Any) -> bool:
    try:
        async with bench.connect(user, **options):
            return False
    except asyncssh.PermissionDenied:
        return True


def test_who_gets_in(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            key = asyncssh.generate_private_key("ssh-ed25519")
            public = key.export_public_key().decode().strip()
            by_key = {"client_keys": [key], "password": None}
            assert not await refused(bench, "admin")
            assert await refused(bench, "admin", password="wrong")
            assert await refused(bench, "nobody")
            await bench.say(
                f'/user add name=diemcau group=full password=secret; /user ssh-keys add user=diemcau key="{public}"'
            )
            assert not await refused(bench, "diemcau+ct511w4098h", **by_key)
            assert await refused(bench, "diemcau", password="secret")  # who has a key has no password
            await bench.say("/ip ssh set always-allow-password-login=yes")
            assert not await refused(bench, "diemcau", password="secret")
            await bench.say("/user set diemcau address=10.0.0.0/8")
            async with bench.connect("diemcau", **by_key) as connection:
                assert (await connection.run(":put in")).stdout == ""
            await bench.say("/user disable diemcau")
            assert await refused(bench, "diemcau", **by_key)
            async with bench.connect() as connection:
                log = (await connection.run("/log print")).stdout
            assert "login failure for user nobody via ssh" in log
            assert "user admin logged in from 127.0.0.1 via ssh" in log

    wait(work())


def test_the_host_key_is_the_imported_one(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            key = asyncssh.generate_private_key("ssh-ed25519")
            (bench.device.router.files / "host.pem").write_bytes(key.export_private_key("pkcs8-pem"))
            await bench.say("/ip ssh import-host-key private-key-file=host.pem; /ip ssh set host-key-type=ed25519")
            for _ in range(2):
                async with bench.connect() as connection:
                    shown = connection.get_server_host_key()
                    assert shown is not None
                    assert shown.export_public_key() == key.export_public_key()
                await bench.off()
                await bench.on()

    wait(work())


def test_the_service_moves_and_closes(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            await bench.say("/ip service set ssh port=2222")
            assert bench.meaning.ssh_port == 2222
            with pytest.raises(OSError):
                await refused(bench, "admin")
            await bench.say("/ip service set ssh port=22")
            assert not await refused(bench, "admin")
            await bench.say("/ip service disable ssh")
            assert bench.meaning.ssh_port is None
            with pytest.raises(OSError):
                await refused(bench, "admin")

    wait(work())


def test_open_ports_follow_the_services(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:

            async def is_open(port: int) -> bool:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port + bench.offset)
                except OSError:
                    return False
                writer.close()
                return True

            assert [await is_open(port) for port in (21, 23, 53, 80, 2000, 443)] == [True] * 5 + [False]
            await bench.say("/ip service disable telnet,ftp,www; /tool bandwidth-server set enabled=no")
            await bench.say("/ip dns set allow-remote-requests=no")
            assert [await is_open(port) for port in (21, 23, 53, 80, 2000)] == [False] * 5

    wait(work())


def test_netmiko(tmp_path: Path) -> None:
    def talk(port: int, password: str) -> tuple[str, str, str, str]:
        options: dict[str, Any] = {"device_type": "mikrotik_routeros", "host": "127.0.0.1", "port": port}
        session = ConnectHandler(username="admin", password=password, **options)
        try:
            prompt = session.find_prompt()
            printed = session.send_command("/ip address print terse")
            refusal = session.send_command("/nope")
            session.send_config_set(["/system note set note=by-netmiko", "/ip address print"])
            return prompt, str(printed), str(refusal), str(session.send_command(":put [/system note get note]"))
        finally:
            session.disconnect()

    async def work() -> None:
        async with running(tmp_path) as bench:
            prompt, printed, refusal, after = await asyncio.to_thread(talk, bench.ssh_port, bench.password)
            assert prompt == "[admin@MikroTik] >"
            assert re.match(r"\s*0 +comment=defconf address=192\.168\.88\.1/24 ", printed)
            assert refusal.strip() == "bad command name nope (line 1 column 2)"
            assert after.strip() == "by-netmiko"

    wait(work())
