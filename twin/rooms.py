"""A room's machine: an endpoint that gets its address by DHCP, and the SIP client that it calls with."""

from __future__ import annotations

import asyncio
import os
import sys
from ipaddress import IPv4Interface
from pathlib import Path

from twin import cell, console
from twin.device import DeviceRefused, MeaningError
from twin.linux import commands, dhcp_client
from twin.linux.commands import Daemon
from twin.meaning import DhcpClient
from twin.polycom.baresip import BaresipAgent
from twin.polycom.device import PolycomDevice, RoomUnit, StaticAddress

PORT = "eth0"

# A lease from a factory-new router lasts half an hour and is worth nothing once the router is set up. A person would
# switch the room off and on; here the room begins anew when its gateway is silent for about ten seconds. It asks by
# ARP, which no router's filter drops.
PATIENT = f"""
while :; do
    "$@" & client=$!
    missed=0
    while [ $missed -lt 3 ] && kill -0 $client 2>/dev/null; do
        sleep 3
        gateway=
        [ ! -f {dhcp_client.FOLDER}/{PORT} ] || read -r address gateway < {dhcp_client.FOLDER}/{PORT}
        if [ -z "$gateway" ] || busybox arping -q -c 1 -w 1 -I {PORT} "$gateway" >/dev/null 2>&1; then
            missed=0
        else
            missed=$((missed + 1))
        fi
    done
    kill $client 2>/dev/null
    wait $client
done
"""


def main(unit: RoomUnit, socket: Path, ready: int) -> int:
    """Boot and run until the power goes; ``ready`` is a pipe on which success or failure is told once."""
    unit.disk.mkdir(parents=True, exist_ok=True)
    if sys.version_info < (3, 12):  # later versions choose it themselves
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    return asyncio.run(_run(unit, socket, ready))


async def _run(unit: RoomUnit, socket: Path, ready: int) -> int:
    try:
        lines = [f"address flush dev {PORT} scope global", f"link set {PORT} up", "link set lo up"]
        await commands.batch(["ip"], lines)
        device = PolycomDevice(unit, BaresipAgent(port=PORT), commands_run, lambda: os._exit(cell.REBOOT), port=PORT)
        if device.static_address is None:
            client = await _dhcp(unit.name)
        else:
            client = None
            await _static(device.static_address)
        await device.boot()
    except (MeaningError, DeviceRefused, OSError, ValueError) as error:
        os.write(ready, f"{unit.name} does not boot: {error}\n".encode())
        raise

    async def status() -> dict[str, object]:
        return {**device.status(), "dhcp": client.pid if client is not None else None}

    async def usb(name: str, content: bytes) -> str:
        raise DeviceRefused("a room's endpoint reads no sticks")

    return await console.serve(socket, ready, status, usb)


async def commands_run(*argv: str, check: bool = True) -> str:
    """Run a command in the room's namespaces; raises MeaningError with ``check``."""
    return await commands.run(argv, check=check)


async def _dhcp(name: str) -> Daemon:
    """Start the DHCP client."""
    dhcp_client.install()
    script = Path("/run/room")
    script.write_text(PATIENT)
    environment = dhcp_client.environment(DhcpClient(PORT, distance=0))
    client = Daemon(["sh", str(script), *dhcp_client.argv(PORT, name)], environment)
    await client.start()
    return client


async def _static(given: StaticAddress) -> None:
    """Take the address that the unit's settings name."""
    lines = [f"address replace {IPv4Interface(given.address)} dev {PORT}"]
    if given.gateway:
        lines.append(f"route replace default via {given.gateway} dev {PORT}")
    try:
        await commands.batch(["ip"], lines)
    except MeaningError as error:  # as with the real one: it boots, and is not reached
        print(f"the address of the settings: {error}", file=sys.stderr, flush=True)
