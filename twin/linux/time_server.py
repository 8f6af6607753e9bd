"""The time server of a machine, as chrony is one: it answers whom it is told to, and else has no port open."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, ip_network

from twin import ntp
from twin.device import MeaningError

PORT = 123
_IP_PKTINFO = 8  # Linux's number; Python names it since 3.14
_PKTINFO = struct.Struct("=I4s4s")  # interface, our own address, the one in the packet


class TimeServer:
    """At most one open port, in the namespace that this process runs in."""

    def __init__(self) -> None:
        self._networks: tuple[IPv4Network, ...] = ()
        self._socket: socket.socket | None = None

    async def change(self, clients: Sequence[str]) -> None:
        """Answer these prefixes and nobody else; raises MeaningError when the port cannot be opened."""
        networks = [ip_network(client) for client in clients]
        self._networks = tuple(network for network in networks if isinstance(network, IPv4Network))
        loop = asyncio.get_running_loop()
        if not self._networks and self._socket is not None:
            loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        elif self._networks and self._socket is None:
            opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            opened.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
            try:
                opened.bind(("0.0.0.0", PORT))
            except OSError as error:
                opened.close()
                raise MeaningError(f"ntp: {error.strerror}") from error
            loop.add_reader(opened, self._answer, opened)
            self._socket = opened

    def _answer(self, opened: socket.socket) -> None:
        """Answer from the address that was asked: to a client, and to the filter before it, another is a stranger."""
        try:
            query, [(_, _, told)], _, client = opened.recvmsg(512, socket.CMSG_SPACE(_PKTINFO.size))
            reply = ntp.answer(query) if any(IPv4Address(client[0]) in net for net in self._networks) else None
            if reply is not None:
                own = _PKTINFO.pack(0, _PKTINFO.unpack(told)[2], bytes(4))
                opened.sendmsg([reply], [(socket.IPPROTO_IP, _IP_PKTINFO, own)], 0, client)
        except OSError:  # what cannot be sent now, such as without a route, is asked for again
            return
