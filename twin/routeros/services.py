"""The ports that a router with these settings has open, besides SSH: so that one left open is found.

Telnet, FTP, the web and Winbox accept a connection and close it: their protocols are not played. DNS answers from
/ip dns static, NTP with the machine's time.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Callable, Iterator

from twin import ntp
from twin.routeros.router import Router
from twin.routeros.store import Config

_BANDWIDTH_TEST, _DNS, _NTP = 2000, 53, 123
Address = tuple[str, int]


def tcp_ports(config: Config) -> set[int]:
    """What is to accept TCP connections."""
    ports = {int(entry["port"]) for entry in config.enabled("/ip/service") if entry["name"] != "ssh"}
    if config.settings("/tool/bandwidth-server")["enabled"] == "yes":
        ports.add(_BANDWIDTH_TEST)
    if config.settings("/ip/dns")["allow-remote-requests"] == "yes":
        ports.add(_DNS)
    return ports


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Address) -> None:
        reply = self._answer(data)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)


class Services:
    """Keeps the open ports in step with the configuration."""

    def __init__(self, router: Router, bind: str, offset: int) -> None:
        self.router = router
        self.bind = bind
        self.offset = offset
        self._servers: dict[int, asyncio.Server] = {}
        self._datagrams: dict[int, asyncio.DatagramTransport] = {}

    async def refresh(self) -> None:
        config = self.router.config
        wanted = tcp_ports(config)
        for port in self._servers.keys() - wanted:
            self._servers.pop(port).close()
        for port in wanted - self._servers.keys():
            with self._complaining(port):
                self._servers[port] = await asyncio.start_server(_hang_up, self.bind, port + self.offset)
        answers: dict[int, Callable[[bytes], bytes | None]] = {}
        if config.settings("/ip/dns")["allow-remote-requests"] == "yes":
            answers[_DNS] = self._dns
        if config.settings("/system/ntp/server")["enabled"] == "yes":
            answers[_NTP] = ntp.answer
        for port in self._datagrams.keys() - answers.keys():
            self._datagrams.pop(port).close()
        for port in answers.keys() - self._datagrams.keys():
            with self._complaining(port):
                self._datagrams[port] = await self._open(port, answers[port])

    async def _open(self, port: int, answer: Callable[[bytes], bytes | None]) -> asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        address = (self.bind, port + self.offset)
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(answer), local_addr=address)
        return transport

    @contextlib.contextmanager
    def _complaining(self, port: int) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.router.journal.defect(f"port {port} cannot be opened: {error}")

    def _dns(self, query: bytes) -> bytes | None:
        return dns_answer(query, {e["name"]: e["address"] for e in self.router.config.enabled("/ip/dns/static")})

    async def close(self) -> None:
        for server in self._servers.values():
            server.close()
        for transport in self._datagrams.values():
            transport.close()


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def dns_answer(query: bytes, hosts: dict[str, str]) -> bytes | None:
    """An A record for a static name, SERVFAIL for all else: the twin's routers ask no other name servers."""
    if len(query) < 17 or query[2] & 0x80:
        return None
    labels, at = [], 12
    while at < len(query) and query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace").lower())
        at += query[at] + 1
    question = query[12 : at + 5]
    address = hosts.get(".".join(labels))
    if address is None or question[-4:] != b"\0\1\0\1":
        return query[:2] + b"\x81\x82" + query[4:6] + b"\0" * 6 + question
    record = b"\xc0\x0c\0\1\0\1" + struct.pack("!IH", 86400, 4) + bytes(int(part) for part in address.split("."))
    return query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + record
