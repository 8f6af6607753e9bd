"""One router of the twin by itself, without Linux under it: what a benchmark of command lines talks to.

Run in a network namespace of its own: ``python -m tests.bench.unit PLATFORM RELEASE DISK``. Each line on its standard
input, ``{"name": …, "content": base64}``, is a file from a technician's stick; one line answers each, the first one
says that the unit is up.
"""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
from pathlib import Path

from twin.cli import softwares
from twin.device import DeviceRefused, Unit
from twin.meaning import Meaning

PORTS = {"vyos": ("eth0", "eth1", "eth2"), "routeros": ("ether1", "ether2", "ether3", "ether4", "ether5")}


class IdleHost:
    """A host that moves no packets: every configuration is fine with it."""

    def __init__(self, disk: Path) -> None:
        self.lease_file = disk / "leases"

    async def apply(self, meaning: Meaning) -> None:
        """Nothing to do."""

    async def run(self, *argv: str, check: bool = True) -> str:
        """Commands run as they are, in this namespace, where there is little to see."""
        done = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, check=check)
        return done.stdout

    def gateways(self) -> dict[str, str]:
        """No line of this host has DHCP."""
        return {}

    def reboot(self) -> None:
        """A benchmark confirms what it does: nothing is ever taken back."""
        sys.exit("the unit restarts: a change was not confirmed")


async def main(platform: str, release: str, disk: Path) -> None:
    disk.mkdir(parents=True, exist_ok=True)
    unit = Unit("bench-router", platform, release, PORTS[platform], disk / "disk")
    unit.disk.mkdir(exist_ok=True)
    device = softwares({platform})[platform](unit, IdleHost(disk))
    await device.boot()
    print(json.dumps({"up": True}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        request = json.loads(line)
        try:
            answer = {"printed": await device.usb(request["name"], base64.b64decode(request["content"]))}
        except DeviceRefused as refusal:
            answer = {"refused": str(refusal)}
        print(json.dumps(answer), flush=True)
    await device.shutdown()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
