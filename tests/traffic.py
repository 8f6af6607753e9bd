"""Streams of UDP between nodes of a twin, and what arrives of them: loss, jitter as RFC 3550 has it, marks, rate.

measure() starts this file on the nodes.

traffic.py send SECONDS   reads streams as JSON from stdin; prints how many packets of each it sent
traffic.py receive PORT…  prints what came in on each port, as JSON, as soon as stdin ends

Both print "ready" before.

Packets carry their number and the moment at which they were sent; when they arrive is told by the kernel. So neither a
sender nor a receiver that has to wait for its processor counts as jitter of the network.
"""

from __future__ import annotations

import heapq
import json
import os
import selectors
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

EF, AF41 = 46, 34
HEADERS = 20 + 8 + 12  # IPv4, UDP, RTP: of a packet's size, no part of its stream's rate
STAMP = struct.Struct("!12xQQ")  # where RTP's header would stand; number, nanoseconds since 1970
LATE = 0.02  # seconds that a sender makes up for; a codec does not send a second of speech at once either
QUEUES = 2.0  # seconds until what waits in the queues of calls has arrived
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35  # of Linux; the module socket does not name them


@dataclass(frozen=True)
class Stream:
    sender: str  # a node
    receiver: str
    address: str  # of the receiver
    port: int
    mark: int  # DSCP
    kbps: int  # of the payload
    size: int  # bytes of an IP packet

    @property
    def packets(self) -> float:
        """In a second."""
        return self.kbps * 1000 / 8 / (self.size - HEADERS)


@dataclass
class Arrived:
    """What came of one stream."""

    sent: int = 0
    received: int = 0
    jitter_ms: float = 0.0  # the highest that RFC 3550's estimate ever was
    marks: list[int] = field(default_factory=list)  # DSCP as the packets had it when they came
    kbps: float = 0.0  # of the payload, between the first packet and the last

    @property
    def loss_pct(self) -> float:
        return 100 * (1 - self.received / self.sent) if self.sent else 100.0


def voice(sender: str, receiver: str, address: str, port: int) -> Stream:
    """G.711: packets of 20 ms."""
    return Stream(sender, receiver, address, port, EF, 64, 200)


def video(sender: str, receiver: str, address: str, port: int, kbps: int) -> Stream:
    return Stream(sender, receiver, address, port, AF41, kbps, 1200)


def bulk(sender: str, receiver: str, address: str, port: int, kbps: int) -> Stream:
    """A download without any mark, that slows down for nobody."""
    return Stream(sender, receiver, address, port, 0, kbps, 1400)


def measure(
    streams: Sequence[Stream], seconds: float, environment: Mapping[str, str] | None = None
) -> dict[Stream, Arrived]:
    """Send all streams at once, and see what arrives."""
    receivers = {node: _start(environment, node, "receive", *ports) for node, ports in _listening(streams).items()}
    # What has to be sent in time has its own sender, that does not wait for the bulk's.
    parts: dict[tuple[str, bool], list[Stream]] = {
        (node, marked): [] for node in {s.sender for s in streams} for marked in (True, False)
    }
    for stream in streams:
        parts[stream.sender, bool(stream.mark)].append(stream)
    senders = {part: _start(environment, part[0], "send", str(seconds)) for part, those in parts.items() if those}
    try:
        for process in (*receivers.values(), *senders.values()):
            assert process.stdout
            assert process.stdout.readline() == "ready\n", f"{process.args} did not start"
        for part, process in senders.items():  # all are told before one is waited for
            assert process.stdin
            process.stdin.write(json.dumps([asdict(stream) for stream in parts[part]]))
            process.stdin.close()
            process.stdin = None
        sent = {part: json.loads(_end(process, seconds + 60)) for part, process in senders.items()}
        time.sleep(QUEUES)
        came = {node: json.loads(_end(process, 60)) for node, process in receivers.items()}
    finally:
        for process in (*receivers.values(), *senders.values()):
            process.kill()
    counted = {stream: n for part, those in sent.items() for stream, n in zip(parts[part], those, strict=True)}
    return {s: Arrived(sent=counted[s], **came[s.receiver][str(s.port)]) for s in streams}


def _listening(streams: Sequence[Stream]) -> dict[str, list[str]]:
    """Node -> the ports on which something is to come."""
    ports: dict[str, list[str]] = {}
    for stream in streams:
        ports.setdefault(stream.receiver, []).append(str(stream.port))
    return ports


def _start(environment: Mapping[str, str] | None, node: str, *arguments: str) -> subprocess.Popen[str]:
    argv = ["twin", "exec", node, "--", sys.executable, "-I", "-S", os.path.abspath(__file__), *arguments]
    return subprocess.Popen(argv, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _end(process: subprocess.Popen[str], timeout: float) -> str:
    printed, _ = process.communicate(timeout=timeout)
    assert process.returncode == 0, f"{process.args} ended with {process.returncode}"
    return printed


# ------------------------------------------------------------ on a node
def send(seconds: float, streams: Sequence[Mapping[str, Any]]) -> list[int]:
    """Send each stream's packets at even distances; how many went out."""
    sent, sockets, waiting = [0] * len(streams), [], []
    begin = time.monotonic()
    for index, stream in enumerate(streams):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, stream["mark"] << 2)
        client.connect((stream["address"], stream["port"]))
        sockets.append(client)
        heapq.heappush(waiting, (begin, index))
    gaps = [(s["size"] - HEADERS) * 8 / 1000 / s["kbps"] for s in streams]
    fillings = [b"\0" * (s["size"] - 28 - STAMP.size) for s in streams]
    while (now := time.monotonic()) < begin + seconds:
        due, index = waiting[0]
        if due > now:
            time.sleep(due - now)
            continue
        sockets[index].send(STAMP.pack(sent[index], time.time_ns()) + fillings[index])
        sent[index] += 1
        heapq.heapreplace(waiting, (max(due + gaps[index], now - LATE), index))
    return sent


def receive(ports: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What comes in on these ports until stdin ends."""
    waiting, packets = selectors.DefaultSelector(), {port: [] for port in ports}
    for port in ports:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)  # what comes while this waits is kept
        server.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        server.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        server.bind(("", port))
        waiting.register(server, selectors.EVENT_READ, packets[port])
    waiting.register(sys.stdin, selectors.EVENT_READ)
    print("ready", flush=True)  # what comes from now on is kept
    while True:
        for key, _ in waiting.select():
            if key.fileobj is sys.stdin:
                return {port: summary(found) for port, found in packets.items()}
            data, about, _, _ = key.fileobj.recvmsg(2048, 256)  # type: ignore[union-attr]
            control = {kind: value for _, kind, value in about}
            at, nanoseconds = struct.unpack("@qq", control[SO_TIMESTAMPNS])
            number, sent = STAMP.unpack_from(data)
            key.data.append((at + nanoseconds / 1e9, sent / 1e9, number, control[socket.IP_TOS][0] >> 2, len(data)))


def summary(packets: Sequence[tuple[float, float, int, int, int]]) -> dict[str, Any]:
    """Of packets: when each arrived, when it was sent, its number, its mark, its bytes."""
    estimate = highest = 0.0
    for (arrived, sent, *_), (next_arrived, next_sent, *_) in pairwise(packets):
        estimate += (abs((next_arrived - arrived) - (next_sent - sent)) - estimate) / 16  # RFC 3550, section 6.4.1
        highest = max(highest, estimate)
    took = packets[-1][0] - packets[0][0] if packets else 0.0
    bits = sum(8 * (size - HEADERS + 28) for *_, size in packets[1:])
    return {
        "received": len({number for _, _, number, *_ in packets}),
        "jitter_ms": 1000 * highest,
        "marks": sorted({mark for *_, mark, _ in packets}),
        "kbps": bits / 1000 / took if took else 0.0,
    }


if __name__ == "__main__":
    if sys.argv[1] == "send":
        print("ready", flush=True)
        print(json.dumps(send(float(sys.argv[2]), json.load(sys.stdin))))
    else:
        print(json.dumps(receive([int(port) for port in sys.argv[2:]])))
