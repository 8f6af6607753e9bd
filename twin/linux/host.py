"""The machine under a device: keeps a network namespace in step with a meaning."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from twin import cell
from twin.linux import commands, conntrack, dhcp_client, dhcp_server, links, queues
from twin.linux.dhcp_client import DhcpClients
from twin.linux.dhcp_server import DhcpServer
from twin.linux.failover import Failover
from twin.linux.firewall import Firewall
from twin.linux.following import Following
from twin.linux.frr import Routing
from twin.linux.queues import Queues
from twin.linux.wireguard import WireGuard
from twin.meaning import Meaning

# Set before any interface comes up. A route whose port lost its cable is as good as none, as on the real devices.
SETTINGS = {
    "net/ipv4/conf/all/rp_filter": "0",
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv4/conf/all/promote_secondaries": "1",
    "net/ipv4/conf/default/promote_secondaries": "1",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    "net/ipv4/conf/default/ignore_routes_with_linkdown": "1",
}
PORT_SETTINGS = {
    "rp_filter": "0",
    "send_redirects": "0",
    "promote_secondaries": "1",
    "ignore_routes_with_linkdown": "1",
}


class LinuxHost:
    """Implements ``twin.device.Host`` for the namespaces that this process runs in."""

    def __init__(self, ports: Sequence[str]) -> None:
        self.lease_file: Path = dhcp_server.LEASES
        self._ports = tuple(ports)
        self._lock = asyncio.Lock()
        self._firewall = Firewall()
        self._wireguard = WireGuard()
        self._clients = DhcpClients()
        self._server = DhcpServer()
        self._queues = Queues()
        self._routing = Routing()
        self._failover = Failover()
        self._following = Following()

    async def start(self) -> None:
        """Begin as after a power cut, whatever the namespace held before."""
        await links.clear()
        await queues.clear(self._ports)
        await self._firewall.change("")
        conntrack.flush()
        for name, value in SETTINGS.items():
            Path("/proc/sys", name).write_text(value)
        for port in self._ports:
            for name, value in PORT_SETTINGS.items():
                Path("/proc/sys/net/ipv4/conf", port, name).write_text(value)
        _forwarding(False)
        self._following.start()

    async def apply(self, meaning: Meaning) -> None:
        """Make the namespace match; what did not change is not touched.

        Everything that can be checked is checked before anything is changed. Raises MeaningError.
        """
        async with self._lock:
            links.check(meaning.links, self._ports)
            queues.check(meaning.shapers)
            await asyncio.gather(
                self._firewall.check(meaning.nft),
                self._routing.check(meaning.frr),
                self._server.check(meaning.dnsmasq),
            )
            if meaning.hostname and socket.gethostname() != meaning.hostname:
                socket.sethostname(meaning.hostname)
            # The filter comes first, so that no new address is reachable before its rules are.
            await self._firewall.change(meaning.nft)
            await self._clients.stop_unwanted(meaning.dhcp_clients)
            await self._wireguard.remove(meaning.links)
            await self._wireguard.create(meaning.links)
            await self._wireguard.configure(meaning.links)
            self._following.change(meaning.links)
            await links.change(meaning.links, dhcp_client.leased())
            await self._queues.change(meaning.shapers)
            _forwarding(meaning.forwarding)
            await self._clients.start_wanted(meaning.dhcp_clients)
            await self._server.change(meaning.dnsmasq)
            await self._routing.change(meaning.frr)
            await self._failover.change(meaning.failover)

    async def run(self, *argv: str, check: bool = True) -> str:
        """Run a command in the machine's namespaces; see ``twin.device.Host``."""
        return await commands.run(argv, check=check)

    def gateways(self) -> dict[str, str]:
        """See ``twin.device.Host``."""
        return dhcp_client.gateways()

    def reboot(self) -> None:
        """Stop here and now; the supervisor starts the machine again from its disk."""
        os._exit(cell.REBOOT)

    def pids(self) -> dict[str, int | None]:
        """The daemons that run for the configuration, for tests and status."""
        return {
            **self._wireguard.pids(),
            **{f"udhcpc {name}": pid for name, pid in self._clients.pids().items()},
            "dnsmasq": self._server.pid,
            **self._routing.pids(),
        }


def _forwarding(wanted: bool) -> None:
    setting = Path("/proc/sys/net/ipv4/ip_forward")
    value = "1" if wanted else "0"
    if setting.read_text().strip() != value:
        setting.write_text(value)
