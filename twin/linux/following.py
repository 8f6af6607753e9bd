"""Tunnels that follow the routing table, as those of a kernel do.

The kernel's WireGuard asks the routing table again after every change. wireguard-go sends from the address and the
port where it received last, so it stays on the backup line after the fibre was mended, as long as packets come in
there. Told the address of a peer again, it chooses anew for the next packet: a keepalive, by which the other end learns
the new way.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import socket
from collections.abc import Iterable

from twin.linux.wireguard import SOCKETS
from twin.meaning import Link

PAUSES = (0.0, 0.3, 1.0, 3.0)  # seconds before each telling: routes may come one after another, a line slowly

IPV4_ROUTES = 0x40  # RTMGRP_IPV4_ROUTE, linux/rtnetlink.h
LENGTH_AT = 17  # of the destination's prefix: in struct rtmsg after struct nlmsghdr

_LINE = re.compile(r"^(\w+) *= *(\S+)$", re.MULTILINE)


class Following:
    """Tells the tunnels of a machine."""

    def __init__(self) -> None:
        self.requests: dict[str, bytes] = {}  # by interface: what its process is told
        self._task: asyncio.Task[None] | None = None
        self._kernel: socket.socket | None = None

    def start(self) -> None:
        """Listen to the kernel from now on."""
        self._kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
        self._kernel.bind((0, IPV4_ROUTES))
        asyncio.get_running_loop().add_reader(self._kernel, self._hear)

    def change(self, links: Iterable[Link]) -> None:
        """These are the tunnels, and the peers with an address of their configuration."""
        self.requests = {link.name: request for link in links if (request := _request(link.wireguard))}

    def _hear(self) -> None:
        assert self._kernel is not None
        try:
            message = self._kernel.recv(65536)
        except OSError:  # more than the kernel could keep for us: a default route may be among it
            message = bytes(LENGTH_AT + 1)
        if self.requests and not message[LENGTH_AT]:
            if self._task is not None:
                self._task.cancel()
            self._task = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        for pause in PAUSES:
            await asyncio.sleep(pause)
            for interface, request in self.requests.items():
                await _send(interface, request)


def _request(configuration: str) -> bytes:
    """What a tunnel is told, in the language of WireGuard's cross-platform interface; b"" when no peer has an address.

    Keepalives that were off are sent at once when they are turned on: before anything comes in by the old line.
    """
    lines = []
    for section in configuration.split("[Peer]")[1:]:
        peer = dict(_LINE.findall(section))
        if "Endpoint" in peer:
            key = base64.b64decode(peer["PublicKey"]).hex()
            kept = int(peer.get("PersistentKeepalive", 0))
            seconds = (0, kept) if kept else (0, 1, 0)
            blocks = [f"public_key={key}\nupdate_only=true\npersistent_keepalive_interval={each}" for each in seconds]
            lines += [f"{blocks[0]}\nendpoint={peer['Endpoint']}", *blocks[1:]]
    return "\n".join(["set=1", *lines, "", ""]).encode() if lines else b""


async def _send(interface: str, request: bytes) -> None:
    with contextlib.suppress(OSError):  # its process may have ended meanwhile
        reader, writer = await asyncio.open_unix_connection(SOCKETS / f"{interface}.sock")
        writer.write(request)
        await reader.readline()  # errno=0, or that the peer is gone
        writer.close()
        await writer.wait_closed()
