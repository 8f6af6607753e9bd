"""Watching who reaches whom while a command runs: rooms ask rooms, and the seconds without an answer are counted.

One process asks for all rooms, with a socket in each room's network: the rooms themselves have nothing to do.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise

from twin import namespaces, syscalls
from twin.errors import TwinError
from twin.state import State

MOST = 100  # questions a second, of all pairs together: the twin's tunnels run in user space
FASTEST = 0.2  # seconds from one question of a pair to the next
AROUND = 3.0  # seconds to watch before and after
PATIENCE = 1.0  # seconds for an answer; a later one is of no use to a conversation
_ECHO, _ECHO_REPLY = 8, 0


@dataclass
class Pair:
    """One room asks another."""

    source: str
    target: str
    address: str
    asked: list[float] = field(default_factory=list)  # monotonic seconds, by the question's number
    answers: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """What was seen of a pair; seconds."""

    source: str
    target: str
    before: bool  # whether there were answers before the command
    after: bool  # and when it had ended
    lost: float  # without an answer, all together
    longest: float  # the longest time without one


def watch(
    kept: State, nodes: Sequence[Mapping[str, object]], targets: Sequence[str], command: Sequence[str]
) -> tuple[int, list[Seen]]:
    """Run a command; its exit status, and what was seen from some seconds before to some seconds after it.

    ``nodes``: as :func:`twin.status.read` tells them. ``targets``: the rooms that are asked; none = every room.
    Raises TwinError when there is nobody to ask.
    """
    pairs = list(_pairs(nodes, targets))
    interval = max(FASTEST, len(pairs) / MOST)
    around = max(3, round(AROUND / interval))  # questions
    ports = {name: _port(kept, name) for name in sorted({pair.source for pair in pairs})}
    try:
        for _ in range(around):
            _ask(pairs, ports, interval)
        process = subprocess.Popen(command)
        try:
            while process.poll() is None:
                _ask(pairs, ports, interval)
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        for _ in range(around):
            _ask(pairs, ports, interval)
        _listen(pairs, ports, time.monotonic() + PATIENCE)
    finally:
        for port in ports.values():
            port.close()
    return process.returncode, [_seen(pair, interval, around) for pair in pairs]


def _pairs(nodes: Sequence[Mapping[str, object]], targets: Sequence[str]) -> Iterator[Pair]:
    rooms = {str(node["name"]): node.get("addresses") for node in nodes if node["kind"] == "room"}
    if unknown := set(targets) - rooms.keys():
        raise TwinError(f"--to: no room {', '.join(sorted(unknown))}; there are: {', '.join(rooms) or 'none'}")
    asked = targets or list(rooms)
    if len(rooms) < 2:
        raise TwinError("there are no two rooms: nobody can be asked")
    for source in rooms:
        for target in asked:
            addresses = rooms[target]
            if not isinstance(addresses, list) or not addresses:
                raise TwinError(f"{target} has no address: provision its site first")
            if source != target:
                yield Pair(source, target, str(addresses[0]))


def _port(kept: State, node: str) -> socket.socket:
    """A socket for pings in a node's network; it stays there."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        namespaces.enter(kept.namespace(node))
        try:
            port = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        finally:
            syscalls.setns(home, syscalls.CLONE_NEWNET)
    finally:
        os.close(home)
    port.setblocking(False)
    return port


def _ask(pairs: Sequence[Pair], ports: Mapping[str, socket.socket], interval: float) -> None:
    """One question of each pair, spread over the interval; answers are taken meanwhile."""
    began = time.monotonic()
    for place, pair in enumerate(pairs):
        number = len(pair.answers)
        pair.asked.append(time.monotonic())
        pair.answers.append(False)
        with contextlib.suppress(OSError):  # no route, no address: a question without an answer
            ports[pair.source].sendto(_packet(place, number), (pair.address, 0))
        _listen(pairs, ports, began + interval * (place + 1) / len(pairs))


def _packet(place: int, number: int) -> bytes:
    """An echo request; the pair's place is its identifier, the payload has the whole number."""
    payload = struct.pack("!I", number)
    head = struct.pack("!BBHHH", _ECHO, 0, 0, place, number & 0xFFFF)
    return struct.pack("!BBHHH", _ECHO, 0, _checksum(head + payload), place, number & 0xFFFF) + payload


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _listen(pairs: Sequence[Pair], ports: Mapping[str, socket.socket], until: float) -> None:
    """Take answers until a moment; monotonic seconds."""
    names = {port: name for name, port in ports.items()}
    while (left := until - time.monotonic()) > 0:
        for port in select.select(list(names), [], [], left)[0]:
            data = port.recv(2048)
            header = (data[0] & 0x0F) * 4
            kind, _, _, place, _ = struct.unpack_from("!BBHHH", data, header)
            if kind != _ECHO_REPLY or place >= len(pairs) or len(data) < header + 8 + 4:
                continue  # somebody else's, or an error
            (number,) = struct.unpack_from("!I", data, header + 8)
            pair = pairs[place]
            if pair.source == names[port] and number < len(pair.asked):
                pair.answers[number] = time.monotonic() - pair.asked[number] < PATIENCE


def _seen(pair: Pair, interval: float, around: int) -> Seen:
    """A question without an answer stands for the time until the next one, however late that was asked."""
    lost = longest = run = 0.0
    for answered, (began, ended) in zip(pair.answers, pairwise([*pair.asked, pair.asked[-1] + interval]), strict=True):
        run = 0.0 if answered else run + ended - began
        lost += 0.0 if answered else ended - began
        longest = max(longest, run)
    return Seen(
        pair.source,
        pair.target,
        before=any(pair.answers[:around]),
        after=any(pair.answers[-around:]),
        lost=round(lost, 1),
        longest=round(longest, 1),
    )


def table(seen: Sequence[Seen]) -> str:
    """For a person: who was without an answer for longer than one question, and how many never were."""
    gaps = [item for item in seen if item.lost or not item.before or not item.after]
    fine = f"{len(seen) - len(gaps)} of {len(seen)} ways had an answer to every question"
    if not gaps:
        return fine
    rows = [("FROM", "TO", "BEFORE", "AFTER", "LOST", "LONGEST")]
    words = {True: "yes", False: "NO"}
    rows += [
        (item.source, item.target, words[item.before], words[item.after], f"{item.lost} s", f"{item.longest} s")
        for item in sorted(gaps, key=lambda item: (item.after, -item.longest, item.source))
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, fine])


def facts(seen: Sequence[Seen]) -> list[dict[str, object]]:
    """For programs."""
    return [asdict(item) for item in seen]
