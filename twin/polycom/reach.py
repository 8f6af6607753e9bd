"""The unit's own test of the network: does the other side answer pings, H.323, SIP?"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets

from twin.polycom.endpoint import Run

SIP_PORT, H323_PORT = 5060, 1720
SECONDS = 2.0
_TIME = re.compile(r"time[=<]([\d.]+) ms")


def is_destination(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252})", text) is not None


async def ping(run: Run, destination: str) -> dict[str, object]:
    """What answered, and how soon in milliseconds (-1 when nothing did)."""
    printed, h323, sip = await asyncio.gather(
        run("ping", "-n", "-c", "1", "-W", str(round(SECONDS)), destination, check=False),
        _connects(destination, H323_PORT),
        _speaks_sip(destination),
    )
    time = _TIME.search(printed)
    return {
        "destination": destination,
        "icmpReachable": time is not None,
        "h323Reachable": h323,
        "sipReachable": sip,
        "responseTime": round(float(time[1])) if time else -1,
    }


async def _connects(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:  # TimeoutError is one
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


class _Answer(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if data.startswith(b"SIP/2.0 ") and not self.heard.done():
            self.heard.set_result(True)

    def error_received(self, exc: Exception) -> None:
        if not self.heard.done():
            self.heard.set_result(False)


async def _speaks_sip(host: str) -> bool:
    """Whether anything answers an OPTIONS request (RFC 3261, section 11) on UDP."""
    try:
        loop = asyncio.get_running_loop()
        transport, answer = await loop.create_datagram_endpoint(_Answer, remote_addr=(host, SIP_PORT))
    except OSError:
        return False
    try:
        own, port, *_ = transport.get_extra_info("sockname")
        mark = secrets.token_hex(8)
        lines = (
            f"OPTIONS sip:{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {own}:{port};branch=z9hG4bK{mark};rport",
            "Max-Forwards: 70",
            f"From: <sip:ping@{own}>;tag={mark}",
            f"To: <sip:{host}>",
            f"Call-ID: {mark}@{own}",
            "CSeq: 1 OPTIONS",
            "Content-Length: 0",
        )
        transport.sendto("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(SECONDS):
            return await answer.heard
    except TimeoutError:
        return False
    finally:
        transport.close()
