"""A client that knows nothing of the twin: netmiko's own class for VyOS."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from netmiko import ConnectHandler

from tests.twin.vyos_bench import booted


def _converse(port: int) -> tuple[str, str, str, str]:
    with ConnectHandler(
        device_type="vyos", host="127.0.0.1", port=port, username="vyos", password="vyos", allow_agent=False
    ) as device:
        shown = device.send_command("show configuration commands")
        assert isinstance(shown, str)
        done = device.send_config_set(["set system host-name netmiko", "set service lldp"])
        device.commit()
        left = device.exit_config_mode()
        refused = device.send_config_set(["set system hostname x"])
        device.exit_config_mode()
    return shown, done, left, refused


@pytest.mark.slow
def test_netmiko_reads_sets_and_commits(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            shown, done, left, refused = await asyncio.to_thread(_converse, bench.port)
            assert "set system host-name 'vyos'" in shown.splitlines()
            assert "set service lldp" in done
            assert "configuration changes have not been saved" in left
            assert "Configuration path: system [hostname] is not valid" in refused
            assert bench.device.status()["hostname"] == "netmiko"

    asyncio.run(main())


def _refused(port: int) -> str:
    with (
        ConnectHandler(
            device_type="vyos", host="127.0.0.1", port=port, username="vyos", password="vyos", allow_agent=False
        ) as device,
        pytest.raises(ValueError, match="Commit failed") as caught,
    ):
        device.send_config_set(["set protocols bgp neighbor 10.0.0.1 remote-as 65001"])
        device.commit()
    return str(caught.value)


@pytest.mark.slow
def test_netmiko_sees_a_failed_commit(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            assert "BGP system-as number must be defined!" in await asyncio.to_thread(_refused, bench.port)

    asyncio.run(main())
