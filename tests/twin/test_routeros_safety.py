"""What takes changes back, and what does not: schedulers, backups, power cuts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.twin.routeros_kit import Bench, read_until, running, wait
from twin.device import DeviceRefused
from twin.routeros.errors import Refusal
from twin.routeros.session import Quit

PROMPT = "[admin@MikroTik] > "
LOAD = '/system backup load name=before password=\\"\\"'


async def shell(connection: Any) -> Any:
    process = await connection.create_process(term_type="xterm")
    await read_until(process, "> ")
    return process


async def typed(process: Any, text: str, until: str) -> str:
    process.stdin.write(text)
    return await read_until(process, until)


async def name(bench: Bench) -> str:
    return (await bench.say(":put [/system note get note]")).strip()


async def until(condition: Any, seconds: float = 5) -> None:
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def test_a_change_survives_a_power_cut_without_saving(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            await bench.say("/system note set note=kept", settle=False)
            await asyncio.sleep(0.4)
            await bench.off()
            await bench.on()
            assert await name(bench) == "kept"
            assert bench.device.status()["factory_new"] is False
            await bench.say('/system note set note=""')
            assert bench.device.status()["factory_new"] is True

    wait(work())


async def armed(bench: Bench) -> None:
    """A backup, two timers that load it, and a change."""
    await bench.say("/system note set note=before; /system backup save name=before dont-encrypt=yes")
    await bench.say(f'/system scheduler add name=deadline interval=5m on-event="{LOAD}"')
    await bench.say(f'/system scheduler add name=startup start-time=startup interval=0s on-event="{LOAD}"')
    await bench.say("/system note set note=after; /user add name=x group=full password=x")


def test_the_deadline_takes_a_change_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MINUTE", "0.2")

    async def work() -> None:
        async with running(tmp_path) as bench:
            await armed(bench)
            assert await name(bench) == "after"
            await until(lambda: bench.host.reboots == 1)
            await bench.off()
            await bench.on()
            assert await name(bench) == "before"
            assert await bench.say("/system scheduler print count-only; /user print count-only") == "0\n1\n"
            await asyncio.sleep(1.2)
            assert bench.host.reboots == 1  # the backup held no timers

    wait(work())


def test_a_power_cut_takes_a_change_back(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            await armed(bench)
            await bench.off()
            await bench.on()
            await until(lambda: bench.host.reboots == 1)
            await bench.off()
            await bench.on()
            assert await name(bench) == "before"

    wait(work())


def test_removed_timers_do_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MINUTE", "0.1")

    async def work() -> None:
        async with running(tmp_path) as bench:
            await armed(bench)
            await bench.say("/system scheduler remove [find]")
            await asyncio.sleep(0.8)
            await bench.off()
            await bench.on()
            await asyncio.sleep(0.3)
            assert bench.host.reboots == 0
            assert await name(bench) == "after"

    wait(work())


def test_schedulers_run_again_and_again_and_tell_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MINUTE", "6")

    async def work() -> None:
        async with running(tmp_path) as bench:
            await bench.say('/system scheduler add name=count interval=3s on-event=":log info tick"')
            await bench.say("/system scheduler add name=wrong interval=3s on-event=/nonsense")
            await bench.say("/system scheduler add name=off interval=3s on-event=/nonsense disabled=yes")
            await asyncio.sleep(1.6)
            log = await bench.say("/log print")
            assert log.count("tick") >= 3
            assert "executing script from scheduler (wrong) failed: bad command name nonsense" in log
            assert "(off)" not in log

    wait(work())


def test_a_backup_with_a_password(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            await bench.say("/system backup save name=x password=right")
            for given in ("", " password=wrong"):
                with pytest.raises(Refusal):
                    await bench.say(f"/system backup load name=x{given}")
            (bench.device.router.files / "z.backup").write_bytes(b"nothing of the kind")
            with pytest.raises(Refusal, match="wrong backup file"):
                await bench.say('/system backup load name=z password=""')
            assert bench.host.reboots == 0

    wait(work())


def test_resetting(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            (bench.device.router.files / "first.rsc").write_text("/system note set note=reset\n")
            with pytest.raises(Refusal, match="run-after-reset"):
                await bench.say("/system reset-configuration no-defaults=yes run-after-reset=nope.rsc")
            with pytest.raises(Quit):
                await bench.say("/system reset-configuration no-defaults=yes skip-backup=yes run-after-reset=first.rsc")
            await until(lambda: bench.host.reboots == 1)
            await bench.off()
            await bench.on()
            assert await name(bench) == "reset"
            assert await bench.say("/ip address print count-only; /user print count-only") == "0\n1\n"
            assert not (bench.device.router.files / "auto-before-reset.backup").exists()

    wait(work())


def test_a_reboot_asks_a_person(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench, bench.connect() as connection:
            process = await shell(connection)
            assert await typed(process, "/system reboot\r\n", "[y/N]: ") == "/system reboot\r\nReboot, yes? [y/N]: "
            assert "action cancelled" in await typed(process, "\r\n", PROMPT)
            await typed(process, "/system reboot\r\n", "[y/N]: ")
            assert "system will reboot shortly" in await typed(process, "y\r\n", "shortly\r\n")
            await asyncio.wait_for(process.wait_closed(), 5)
            await until(lambda: bench.host.reboots == 1)

    wait(work())


def test_the_technicians_stick(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            bundle = b'/system note set note=from-stick\n/file remove [find name~"site.rsc"]\n'
            bundle += b"/user add name=d group=full password=x\n"
            assert "executed successfully" in await bench.device.usb("site.rsc", bundle)
            assert await name(bench) == "from-stick"
            assert bench.host.meanings
            assert await bench.say("/file print count-only") == "0\n"
            with pytest.raises(DeviceRefused, match=r"bad command name nonsense \(line 1 column 2\)"):
                await bench.device.usb("site.rsc", b"/nonsense\n")
            assert await bench.say("/file print count-only") == "0\n"
            await bench.say("/user remove admin", user="d")
            with pytest.raises(DeviceRefused, match="incorrect username or password"):
                await bench.device.usb("site.rsc", bundle)

    wait(work())


def test_linux_refusing_is_logged_and_the_console_goes_on(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            bench.host.refuses = "frr: nonsense"
            await bench.say("/system note set note=x")
            assert "Linux refused the configuration: frr: nonsense" in bench.device.router.journal.file.read_text()
            assert await name(bench) == "x"

    wait(work())
