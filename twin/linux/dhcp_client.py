"""DHCP clients: busybox's udhcpc with a script of our own."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from twin.linux.commands import Daemon, batch, run
from twin.meaning import DhcpClient

FOLDER = Path("/run/twin-dhcp")  # in the machine's own, volatile /run
SILENT = ".silent"  # after an interface's name: a mark for the script that its gateway does not answer

# udhcpc calls it with the event as its argument and the lease in the environment ("mask" is a prefix length).
SCRIPT = """#!/bin/sh
lease=/run/twin-dhcp/$interface
drop() {
    [ -f "$lease" ] || return 0
    read -r address gateway < "$lease"
    rm -f "$lease"
    ip address delete "$address" dev "$interface" 2>/dev/null
    [ -z "$gateway" ] || ip route delete default via "$gateway" dev "$interface" metric "$METRIC" 2>/dev/null
    return 0
}
case "$1" in
deconfig) drop ;;
bound | renew)
    set -- $router
    if [ -f "$lease" ] && read -r address gateway < "$lease" && [ "$address $gateway" != "$ip/$mask $1" ]; then drop; fi
    ip address replace "$ip/$mask" dev "$interface"
    echo "$ip/$mask $1" > "$lease"
    if [ -n "$1" ] && [ "$ROUTE" = yes ] && [ ! -f "$lease.silent" ]; then
        ip route replace default via "$1" dev "$interface" metric "$METRIC" proto dhcp
    fi
    ;;
esac
"""


def metric(distance: int) -> int:
    """The metric of a route that is to count as having an administrative distance.

    zebra takes the upper 8 bits of a kernel route's metric for its distance, and installs its own routes with
    metric 20: so the same number makes it, and the kernel, choose between DHCP's route and a configured one.
    """
    return distance << 24


def argv(interface: str, hostname: str | None = None) -> list[str]:
    """udhcpc in the foreground: asks every second until it has a lease, then renews."""
    options = [] if hostname is None else ["-x", f"hostname:{hostname}"]
    return ["udhcpc", "-f", "-i", interface, "-s", str(FOLDER / "script"), "-t", "3", "-T", "1", "-A", "1", *options]


def environment(client: DhcpClient) -> dict[str, str]:
    """What the script needs to know beside the lease."""
    return {"METRIC": str(metric(client.distance)), "ROUTE": "yes" if client.default_route else "no"}


def install() -> None:
    """Put the script where udhcpc finds it."""
    FOLDER.mkdir(exist_ok=True)
    script = FOLDER / "script"
    script.write_text(SCRIPT)
    script.chmod(0o755)


def leased() -> dict[str, str]:
    """The address that each client has put on its interface."""
    found = {}
    for path in FOLDER.glob("*") if FOLDER.is_dir() else ():
        with contextlib.suppress(FileNotFoundError, IndexError):
            if path.name != "script" and not path.name.endswith(SILENT):
                found[path.name] = path.read_text().split()[0]
    return found


def gateways() -> dict[str, str]:
    """The gateway that each client was told."""
    found = {}
    for name in leased():
        with contextlib.suppress(FileNotFoundError, ValueError):
            _, found[name] = (FOLDER / name).read_text().split()
    return found


class DhcpClients:
    """All DHCP clients of a machine."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[DhcpClient, Daemon]] = {}

    def pids(self) -> dict[str, int | None]:
        return {name: daemon.pid for name, (_, daemon) in self._running.items()}

    async def stop_unwanted(self, wanted: Sequence[DhcpClient]) -> None:
        """Stop the clients that are not wanted as they are, and take back what they had configured."""
        for name, (client, daemon) in list(self._running.items()):
            same = replace(client, silent=False) in [replace(each, silent=False) for each in wanted]
            if same and daemon.alive:
                continue
            await daemon.stop()
            del self._running[name]
            await self._give_back(client)

    async def _give_back(self, client: DhcpClient) -> None:
        lease = FOLDER / client.interface
        (FOLDER / f"{client.interface}{SILENT}").unlink(missing_ok=True)
        if not lease.exists():
            return
        address, *_ = lease.read_text().split()
        lease.unlink()
        # The interface may be gone already: then so is what stood on it.
        metrics = ["metric", str(metric(client.distance))]
        await run(["ip", "route", "delete", "default", "dev", client.interface, *metrics], check=False)
        await run(["ip", "address", "delete", address, "dev", client.interface], check=False)

    async def start_wanted(self, wanted: Sequence[DhcpClient]) -> None:
        """Start the clients that are missing; their interfaces must exist."""
        install()
        for client in wanted:
            if client.interface not in self._running:
                await batch(["ip"], [f"link set {client.interface} up"])
                daemon = Daemon(argv(client.interface), environment(client))
                await daemon.start()
                self._running[client.interface] = (replace(client, silent=False), daemon)
            known, daemon = self._running[client.interface]
            if client.silent != known.silent:
                await _hush(client)
                self._running[client.interface] = (client, daemon)


async def _hush(client: DhcpClient) -> None:
    """Take the default route of a lease away, or put it back."""
    mark = FOLDER / f"{client.interface}{SILENT}"
    route = ["default", "dev", client.interface, "metric", str(metric(client.distance))]
    if client.silent:
        mark.touch()
        await run(["ip", "route", "delete", *route], check=False)
        return
    mark.unlink()
    if client.default_route and (gateway := gateways().get(client.interface)):
        await run(["ip", "route", "replace", *route, "via", gateway, "proto", "dhcp"], check=False)
