"""The command line of the VyOS device over SSH: prompts, echoes, refusals in the device's words."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import asyncssh
import pytest

from tests.twin.vyos_bench import Bench, booted
from twin.defects import set_clock


def test_factory_new_unit_has_no_ssh_and_its_ports(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            assert bench.device.status()["factory_new"] is True
            assert bench.host.meanings[-1].ssh_port is None
            with pytest.raises(ConnectionRefusedError):
                async with bench.connect():
                    pass
            assert [link.name for link in bench.host.meanings[-1].links] == ["eth0", "eth1", "eth2", "lo"]

    asyncio.run(main())


def test_prompts_modes_and_exit(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                cli.process.stdin.write("configure\n")
                assert await cli.read() == "configure\r\n[edit]\r\nvyos@vyos# "
                assert await cli.do("set system host-name tr-hy") == ""
                assert await cli.do("exit") == (
                    "Cannot exit: configuration modified.\nUse 'exit discard' to discard the changes and exit.\n"
                )
                assert await cli.do("commit") == ""
                cli.process.stdin.write("exit\n")
                # bash reads the host name when it starts: the log-in shell keeps the old one
                text = await cli.read()
                assert text.endswith("configuration changes have not been saved.\r\nexit\r\nvyos@vyos:~$ ")
                cli.process.stdin.write("configure\n")
                assert (await cli.read()).endswith("[edit]\r\nvyos@tr-hy# ")

    asyncio.run(main())


def test_a_wrong_clock_is_wrong_for_handshakes_too(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            shaken = "wg0\tAAAA=\t1000000\nwg0\tBBBB=\t0\n"
            bench.host.answers["wg", "show", "all", "latest-handshakes"] = shaken
            async with bench.terminal() as cli:
                right = await cli.do("sudo wg show all latest-handshakes")
                assert right.replace("\r\n", "\n") == shaken
                set_clock(bench.device.system.unit.disk.parent, -600)
                before = int(time.time())
                shown = int((await cli.do("date +%s")).strip())
                assert before - 600 <= shown <= time.time() - 600
                wrong = await cli.do("sudo wg show all latest-handshakes")
                assert wrong.split() == ["wg0", "AAAA=", "999400", "wg0", "BBBB=", "0"]

    asyncio.run(main())


REFUSALS = [
    ("set system hostname x", "\n  Configuration path: system [hostname] is not valid\n  Set failed\n\n"),
    ("set foo", "\n  Configuration path: [foo] is not valid\n  Set failed\n\n"),
    ("set system host-name", "\n  Configuration path: [system host-name] requires a value\n  Set failed\n\n"),
    ("set system host-name vyos", "\n  Configuration path: [system host-name vyos] already exists\n\n"),
    (
        "set interfaces ethernet eth0 address 10.0.0.0/24",
        "\n  Error: 10.0.0.0/24 is not a valid IPv4 host\n\n\n"
        "  Invalid value\n  Value validation failed\n  Set failed\n\n",
    ),
    ("delete service dhcp-server", "\n  Nothing to delete (the specified node does not exist)\n\n"),
    ("delete system host-name other", "\n  Nothing to delete (the specified value does not exist)\n\n"),
    ("delete service dchp-server", "\n  Configuration path: service [dchp-server] is not valid\n  Delete failed\n\n"),
    ("show service lldp", "\n  Configuration under specified path is empty\n\n"),
    ("commit", "No configuration changes to commit\n"),
    ("commit-confirm 5", "No configuration changes to commit\n"),
    ("confirm", "No confirm pending\n"),
    ("compare", "No changes between working and active configurations.\n\n"),
    ("load nothing.boot", "No such file 'nothing.boot'\n"),
    ("exit now", "Invalid argument \"now\" for 'exit'\n"),
    ("reboot now", "Exit from configure mode before rebooting.\n"),
    ("run show versoin", "\n  Invalid command: show [versoin]\n\n"),
    ("frobnicate", "vbash: frobnicate: command not found\n"),
    ("up", "\n  Already at the top level\n\n"),
]


def test_configuration_mode_refuses_in_its_words(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.do("configure")
                for line, expected in REFUSALS:
                    assert await cli.do(line) == expected, line

    asyncio.run(main())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("show foo", "\n  Invalid command: show [foo]\n\n"),
        ("show", "\n  Incomplete command: show\n\n"),
        ("frobnicate", "-vbash: frobnicate: command not found\n"),
        ("echo 'it''s' \"a b\" c\\ d", "its a b c d\n"),
        ('echo diem""cau-42', "diemcau-42\n"),
        ("false; true && echo yes || echo no", "yes\n"),
        ("echo one > note; cat note; rm note; cat note", "one\ncat: note: No such file or directory\n"),
        ("echo $(date)", "-vbash: syntax error near unexpected token `$('\n"),
        ("uname -r", "6.6.47-amd64-vyos\n"),
        ("show configuration commands | match host-name", "set system host-name 'vyos'\n"),
        ("show configuration commands | match conntrack | count", "7\n"),
    ],
)
def test_operational_mode(tmp_path: Path, line: str, expected: str) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                assert await cli.do(line) == expected

    asyncio.run(main())


def test_version_names_the_release(tmp_path: Path) -> None:
    async def main(release: str) -> str:
        async with booted(tmp_path / release, release) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                return await cli.do("show version | no-more")

    assert asyncio.run(main("1.4")).startswith("Version:          VyOS 1.4.3\nRelease train:    sagitta\n")
    assert asyncio.run(main("1.5")).startswith("Version:          VyOS 1.5")


def test_type_ahead_is_done_in_order_and_the_sentinel_is_output_not_echo(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                lines = [f"set protocols static route 10.{n}.0.0/16 next-hop 192.0.2.1" for n in range(1, 201)]
                block = ["configure", *lines, "compare commands", "exit discard", 'echo end""-7']
                cli.process.stdin.write("\n".join(block) + "\n")
                text = ""
                while "end-7" not in text:
                    text += await asyncio.wait_for(cli.process.stdout.read(65536), 10)
                assert text.count("\r\nset protocols static route 10.200.0.0/16 next-hop 192.0.2.1\r\n") == 1
                assert text.index('echo end""-7') < text.index("\r\nend-7")
                assert bench.device.system.running.get("protocols") is None

    asyncio.run(main())


def test_long_output_is_paged_unless_the_terminal_has_no_length(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                cli.process.stdin.write("show configuration\n")
                text = ""
                while not text.endswith("\n:"):
                    text += await asyncio.wait_for(cli.process.stdout.read(65536), 10)
                assert "host-name" not in text
                cli.process.stdin.write("q")
                await cli.read()
                await cli.do("set terminal length 0")
                assert "    host-name vyos\n" in await cli.do("show configuration")

    asyncio.run(main())


def test_a_question_mark_asks_for_help_and_is_not_typed(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                cli.process.stdin.write("echo $?\n")
                text = await cli.read()
                assert "Possible completions:" in text and text.endswith("echo $\r\n$\r\nvyos@vyos:~$ ")

    asyncio.run(main())


def test_ctrl_c_drops_the_line(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                cli.process.stdin.write("reboot now\x03")
                assert await cli.read() == "reboot now^C\r\nvyos@vyos:~$ "
                assert bench.host.reboots == 0

    asyncio.run(main())


def test_vbash_reads_a_script_from_its_input(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            script = (
                "source /opt/vyatta/etc/functions/script-template\nconfigure\n"
                "set system host-name dang\ncommit\nexit\necho done\n"
            )
            async with bench.connect() as client:
                result = await client.run("vbash -s", input=script)
                assert (result.stdout, result.exit_status) == ("done\n", 0)
                assert (await client.run("show version")).stdout == "vbash: show: command not found\n"
                wrapped = await client.run("/opt/vyatta/bin/vyatta-op-cmd-wrapper show version")
                assert isinstance(wrapped.stdout, str) and wrapped.stdout.startswith("Version: ")
            assert bench.device.status()["hostname"] == "dang"

    asyncio.run(main())


async def _round_trip(disk: Path, other: Path, release: str, lines: list[str]) -> None:
    async with booted(disk, release) as bench, booted(other, release) as second:
        await bench.open_ssh(*lines)
        shown = await _shown(bench)
        await second.script(
            "configure",
            *(f"delete {top}" for top in ("interfaces", "service", "system")),
            *shown.splitlines(),
            "commit",
        )
        assert second.device.system.running == bench.device.system.running
        assert set(lines) <= {line.replace("'", "") for line in shown.splitlines()}


async def _shown(bench: Bench) -> str:
    async with bench.terminal() as cli:
        await cli.do("set terminal length 0")
        return await cli.do("show configuration commands")


@pytest.mark.parametrize("release", ["1.4", "1.5"])
def test_what_is_shown_can_be_set_again(tmp_path: Path, release: str) -> None:
    lan = "set service dhcp-server shared-network-name LAN subnet 10.77.18.0/24"
    lines = [
        "set interfaces bridge br0 address 10.77.18.1/24",
        "set interfaces bridge br0 member interface eth1",
        "set interfaces ethernet eth2 address dhcp",
        "set protocols static route 0.0.0.0/0 next-hop 192.0.2.1 distance 5",
        f"{lan} range 0 start 10.77.18.100",
        f"{lan} range 0 stop 10.77.18.199",
        f"{lan} subnet-id 1" if release == "1.5" else f"{lan} lease 3600",
    ]
    asyncio.run(_round_trip(tmp_path / "a", tmp_path / "b", release, lines))


def test_only_asyncssh_errors_reach_a_client_that_vanishes(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.connect() as client:
                await client.create_process(term_type="vt100")
                client.abort()
            with pytest.raises(asyncssh.Error):
                await client.run("true")
            async with bench.terminal() as cli:  # and the device goes on
                assert await cli.do("true") == ""

    asyncio.run(main())


def test_echo_can_be_off_until_a_configuration_command_turns_it_on(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.do("stty -echo")
                cli.process.stdin.write("systemctl is-active commit-confirm.timer\n")
                assert await cli.read() == "inactive\r\nvyos@vyos:~$ "
                cli.process.stdin.write("configure\n")
                assert await cli.read() == "[edit]\r\nvyos@vyos# "
                cli.process.stdin.write("set service lldp\n")
                assert await cli.read() == "[edit]\r\nvyos@vyos# "
                assert await cli.do("discard") == "\n  Changes have been discarded\n\n"

    asyncio.run(main())
