"""A router's machine: its software, the Linux under it, and the console that a technician has."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from twin import console
from twin.device import Device, DeviceRefused, Host, MeaningError, Unit
from twin.linux.host import LinuxHost

Software = Callable[[Unit, Host], Device]


def main(unit: Unit, software: Software, socket: Path, ready: int) -> int:
    """Boot and run until the power goes; ``ready`` is a pipe on which success or failure is told once."""
    unit.disk.mkdir(parents=True, exist_ok=True)
    if sys.version_info < (3, 12):  # later versions choose it themselves
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    return asyncio.run(_run(unit, software, socket, ready))


async def _run(unit: Unit, software: Software, socket: Path, ready: int) -> int:
    host = LinuxHost(unit.ports)
    try:
        await host.start()
        device = software(unit, host)
        await device.boot()
    except (MeaningError, DeviceRefused, OSError) as error:
        os.write(ready, f"{unit.name} does not boot: {error}\n".encode())
        raise

    async def status() -> dict[str, object]:
        return device.status()

    return await console.serve(socket, ready, status, device.usb)  # until the power is cut, or it reboots itself
