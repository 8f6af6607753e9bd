"""A full disk takes no file, a clock that jumps is the router's clock."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.twin.routeros_kit import running, wait
from tests.twin.test_routeros_safety import armed, name, until
from tests.twin.vyos_bench import booted
from twin import defects
from twin.routeros.errors import Refusal


def test_a_full_disk_of_routeros_takes_no_backup(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            defects.fill_disk(bench.folder, True)
            with pytest.raises(Refusal, match="not enough space"):
                await bench.say("/system backup save name=b dont-encrypt=yes")
            assert await bench.say("/file print count-only") == "0\n"
            defects.fill_disk(bench.folder, False)
            assert "backup saved" in await bench.say("/system backup save name=b dont-encrypt=yes")

    wait(work())


@pytest.mark.parametrize(("seconds", "early"), [(3600, True), (-3600, False)])
def test_a_deadline_is_a_time_of_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, early: bool
) -> None:
    monkeypatch.setenv("TWIN_MINUTE", "1")  # the deadline is five of them away

    async def work() -> None:
        async with running(tmp_path) as bench:
            await armed(bench)
            await until(lambda: len(bench.device.router.next_runs) == 1)
            defects.set_clock(bench.folder, seconds)
            if early:
                await until(lambda: bench.host.reboots == 1, 3)
                return
            await asyncio.sleep(6)
            assert bench.host.reboots == 0 and await name(bench) == "after"
            defects.set_clock(bench.folder, 0)
            await until(lambda: bench.host.reboots == 1, 3)

    wait(work())


def test_a_full_disk_of_vyos_saves_nothing(tmp_path: Path) -> None:
    async def work() -> None:
        async with booted(tmp_path / "disk") as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.all("configure", "set system host-name lost", "commit")
                defects.fill_disk(tmp_path, True)
                assert "No space left on device" in await cli.do("save")
                defects.fill_disk(tmp_path, False)
                assert await cli.do("save") == ""

    asyncio.run(work())


def test_a_vyos_with_a_full_disk_boots(tmp_path: Path) -> None:
    """It cannot write down its ports, which it does in each boot that finds one missing in its file."""

    async def work() -> None:
        file = tmp_path / "disk" / "config" / "config.boot"
        async with booted(tmp_path / "disk"):
            told = file.read_text()
        file.write_text(re.sub(r" +hw-id .*\n", "", told))
        defects.fill_disk(tmp_path, True)
        async with booted(tmp_path / "disk") as bench:
            assert bench.device.status()["hostname"] == "vyos"
        assert "hw-id" in told and "hw-id" not in file.read_text()

    asyncio.run(work())
