"""A unit's life: the factory, power cuts, reboots, and the SIP client that follows the settings."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.twin.polycom_kit import MAC, SERIAL, Bench, on_a_unit, running, until, wait
from twin.device import DeviceRefused
from twin.polycom.agent import Account
from twin.polycom.commands import execute
from twin.polycom.settings import SETTINGS
from twin.polycom.store import FILE, Store
from twin.polycom.unit import BAD_DAYS_FILE, BadDays, bad_days, serial_of

ACCOUNT = (
    "systemsetting sipenable True",
    "systemsetting sipregistrarserver 10.77.1.15",
    "systemsetting sipusername 8018",
    "systemsetting sipaccountname tay-giang-8018",
    "systemsetting sippassword s3cret",
    "systemsetting siptransportprotocol TCP",
)


def test_serial_numbers_come_from_the_label_or_the_mac() -> None:
    assert serial_of(MAC) == SERIAL
    assert len(SERIAL) == 14
    assert serial_of("64:16:7f:88:00:13") == str(int(SERIAL) + 1)


def test_factory_new_until_something_is_set(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        status = bench.device.status()
        assert status["factory_new"] is True
        assert (status["model"], status["serial"]) == ("RealPresence Group 500", SERIAL)
        assert (status["extension"], status["registered"], status["hostname"]) == ("", False, f"RPG-{SERIAL}")
        await bench.again()
        assert bench.device.status()["factory_new"] is True  # keys alone are nothing that a person did
        async with bench.shell() as shell:
            await shell.ask("volume get")
            assert bench.device.status()["factory_new"] is True
            await shell.ask("volume set 25")  # the same value, but somebody was here
        assert bench.device.status()["factory_new"] is False
        await bench.again()
        assert bench.device.status()["factory_new"] is False

    on_a_unit(test, tmp_path)


def test_everything_survives_a_power_cut(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            for line in ('systemname set "Xã Ch\'Ơm"', "volume set 40", "preset near set 3", "sleeptime 0", *ACCOUNT):
                await shell.ask(line)
            await shell.ask(f"setpassword admin remote {SERIAL} xa-vang-1")
            await shell.ask("mute near on")
        await bench.again()
        async with bench.shell("xa-vang-1") as shell:
            assert await shell.ask("systemname get") == 'systemname "Xã Ch\'Ơm"'
            assert await shell.ask("volume get") == "volume 40"
            assert await shell.ask("sleeptime get") == "sleeptime 0"
            assert await shell.ask("mute near get") == "mute near off"  # volatile
        status = bench.device.status()
        assert (status["extension"], status["registered"]) == ("8018", True)
        kept = json.loads((bench.unit.disk / FILE).read_text())
        assert kept["presets"] == [3]
        assert "xa-vang-1" not in str(kept)
        assert (bench.unit.disk / FILE).stat().st_mode & 0o77 == 0

    on_a_unit(test, tmp_path)


def test_the_power_goes_while_the_memory_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path, {}).put("volume", "10")

    class PowerCut(Exception):
        pass

    def cut(self: Path, *arguments: object, **options: object) -> None:
        os.truncate(self, 0)  # whatever was written of it
        raise PowerCut

    for moment in ("write_text", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(Path, moment, cut)
            with pytest.raises(PowerCut):
                Store(tmp_path, {}).put("volume", "20")
        assert Store(tmp_path, {})["volume"] == "10"
    Store(tmp_path, {}).put("volume", "30")
    assert Store(tmp_path, {})["volume"] == "30"
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_damaged_memory_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    with pytest.raises(DeviceRefused, match=f"{FILE} cannot be read"):
        Store(tmp_path, {})


def test_the_factory_spells_its_values_as_the_settings_do() -> None:
    for setting in SETTINGS.values():
        if setting.default:
            assert setting.kind.canonical(setting.default) == setting.default, setting.key


# ---------------------------------------------------------------- the SIP client
def test_the_client_follows_the_settings(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        agent = bench.agent
        ((account, media),) = agent.starts
        assert account is None
        assert (media.name, media.auto_answer, media.rate_kbps) == ("RealPresence Group 500", False, 6144)
        # what units do before anybody asks them: IP precedence 5, 4 and 3
        assert (media.dscp_audio, media.dscp_video, media.dscp_signalling) == (40, 32, 24)
        async with bench.shell() as shell:
            for line in (*ACCOUNT, "autoanswer yes", "muteautoanswer yes", 'systemname set "Ga Ry"'):
                await shell.ask(line)
            await until(lambda: len(agent.starts) > 1 and agent.starts[-1][1].name == "Ga Ry")
            account, media = agent.starts[-1]
            assert account == Account("10.77.1.15", "", "8018", "tay-giang-8018", "s3cret", "tcp")
            assert (media.auto_answer, media.multipoint_auto_answer, media.mute) == (True, False, True)
            assert bench.device.status()["registered"] is True
            before = len(agent.starts)
            await shell.ask("volume set 3")
            await shell.ask("systemsetting sipenable False")
            await until(lambda: agent.starts[-1][0] is None)
            assert len(agent.starts) == before + 1  # the volume is none of its business

    on_a_unit(test, tmp_path)


def test_settings_that_come_in_a_bunch_start_the_client_once(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        for line in ACCOUNT:
            await execute(bench.device.endpoint, line)
        await until(lambda: len(bench.agent.starts) == 2)
        assert bench.agent.starts[-1][0] == Account("10.77.1.15", "", "8018", "tay-giang-8018", "s3cret", "tcp")
        await execute(bench.device.endpoint, "systemname set Dang")
        await bench.device._keeper.settle()  # what a call does: it waits for nothing else
        assert bench.agent.starts[-1][1].name == "Dang"

    on_a_unit(test, tmp_path)


def test_no_account_without_a_registrar_a_user_or_a_word(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.device._keeper._quiet = 0.01
        async with bench.shell() as shell:
            for line in ACCOUNT:
                await shell.ask(line)
            await until(lambda: bench.agent.starts[-1][0] is not None)
            for line, back in (
                ('systemsetting sipregistrarserver ""', "systemsetting sipregistrarserver 10.77.1.15"),
                ('systemsetting sipusername ""', "systemsetting sipusername 8018@tay-giang"),
                ("systemsetting sipconfigtype Auto", "systemsetting sipconfigtype Specify"),
            ):
                await shell.ask(line)
                await until(lambda: bench.agent.starts[-1][0] is None)
                await shell.ask(back)
                await until(lambda: bench.agent.starts[-1][0] is not None)
        account = bench.agent.starts[-1][0]
        assert account is not None
        assert account.user == "8018"

    on_a_unit(test, tmp_path)


def test_a_new_name_ends_no_call(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        await bench.agent.dial("8001", 768)
        bench.device.endpoint.change("system.info.systemname", "Dang")
        bench.device._keeper._when -= 10.0  # as if the settings had been quiet for long
        await bench.device._keeper.settle()
        assert len(bench.agent.starts) == 1
        await bench.agent.hang_up()
        await until(lambda: len(bench.agent.starts) == 2)
        assert bench.agent.starts[-1][1].name == "Dang"

    on_a_unit(test, tmp_path)


def test_marks_and_ports(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        web = await bench.web()
        await web.write(
            comm__qos__tosfield="DIFFSERV",
            comm__qos__diffservqos__diffservaudio=46,
            comm__qos__diffservqos__diffservvideo=34,
            comm__qos__diffservqos__diffservoam=26,
            comm__firewall__fixedports=True,
        )
        await until(lambda: bench.agent.starts[-1][1].dscp_video == 34)
        media = bench.agent.starts[-1][1]
        assert (media.dscp_audio, media.dscp_signalling) == (46, 26)
        assert media.udp_low == 49152  # fixed ports wait for the reboot
        await bench.again()
        assert (bench.agent.starts[0][1].udp_low, bench.agent.starts[0][1].udp_high) == (3230, 3291)

    on_a_unit(test, tmp_path)


def test_a_client_that_does_not_start_is_tried_again(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        told: list[str] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: told.append(context["message"]))
        start = bench.agent.start

        async def broken(*arguments: object) -> None:
            raise RuntimeError("no")

        bench.agent.start = broken  # type: ignore[method-assign, assignment]
        bench.device.endpoint.change("system.info.systemname", "Dang")
        await until(lambda: bool(told))
        bench.agent.start = start  # type: ignore[method-assign]
        bench.device.endpoint.change("volume", "1")
        await until(lambda: bench.agent.starts[-1][1].name == "Dang")

    on_a_unit(test, tmp_path)


# ---------------------------------------------------------------- reboot
def test_reboot_now_asks_nothing_and_ends_the_session(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        await bench.agent.dial("8001", 768)  # a call is no protection
        async with bench.shell() as shell:
            assert await shell.ask("reboot") == "error: command needs more parameters to execute successfully"
            assert await shell.ask("hostname set ga-ry") == "hostname ga-ry"
            assert bench.device.status()["reboot_needed"] is True
            assert bench.device.status()["hostname"] == f"RPG-{SERIAL}"
            shell.process.stdin.write("reboot now\r")
            await until(lambda: bench.reboots == 1)
        assert bench.agent.stops == 1
        await bench.on()
        assert (bench.device.status()["hostname"], bench.device.status()["reboot_needed"]) == ("ga-ry", False)

    on_a_unit(test, tmp_path)


def test_shutdown_writes_nothing_and_may_come_twice(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            await shell.ask("volume set 7")
            before = {path: path.stat().st_mtime_ns for path in bench.unit.disk.iterdir()}
            await bench.device.shutdown()
            await bench.device.shutdown()
        assert {path: path.stat().st_mtime_ns for path in bench.unit.disk.iterdir()} == before

    on_a_unit(test, tmp_path)


def test_a_first_boot_makes_its_own_keys(tmp_path: Path) -> None:
    async def work() -> None:
        bench = Bench(tmp_path)
        for path in bench.unit.disk.iterdir():
            path.unlink()
        bench.unit.disk.rmdir()
        await bench.on()
        try:
            async with bench.shell() as shell:
                assert await shell.ask("serialnum") == f"serialnum {SERIAL}"
            await bench.web()
            assert sorted(path.name for path in bench.unit.disk.iterdir()) == ["https.pem", "ssh_host_rsa_key"]
            assert all(path.stat().st_mode & 0o77 == 0 for path in bench.unit.disk.iterdir())
        finally:
            await bench.device.shutdown()

    wait(work())


# ---------------------------------------------------------------- bad days
def test_bad_days_come_from_the_disk_or_the_environment(tmp_path: Path) -> None:
    assert bad_days(tmp_path, {}) == BadDays()
    environment = {"TWIN_POLYCOM_BAD_DAYS": '{"late_banner": true, "sessions_taken": 25}'}
    assert bad_days(tmp_path, environment) == BadDays(late_banner=True, sessions_taken=25)
    (tmp_path / BAD_DAYS_FILE).write_text('{"lag": true}')
    assert bad_days(tmp_path, environment) == BadDays(lag=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ('{"rain": true}', "rain: no such bad day; there are lag"),
        ('{"lag": 1}', "lag: expected bool, got 1"),
    ],
)
def test_bad_days_that_nobody_understands(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / BAD_DAYS_FILE).write_text(text)
    with pytest.raises(DeviceRefused, match=message) as caught:
        bad_days(tmp_path, {})
    assert str(tmp_path / BAD_DAYS_FILE) in str(caught.value)


def test_another_model(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path, {"model": "RealPresence Group 310"}) as bench:
            assert bench.device.status()["model"] == "RealPresence Group 310"
            assert (await (await bench.web()).get("/rest/system"))["model"] == "RealPresence Group 310"
            async with bench.shell() as shell:
                assert await shell.ask("systemsetting get model") == 'systemsetting model "RealPresence Group 310"'

    wait(work())
