"""Senders and receivers of numbered UDP packets with a mark, for nodes of a twin; run as scripts there."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time

from tests.twin.conftest import Twin

IP_RECVTOS = getattr(socket, "IP_RECVTOS", 13)
HEADERS = 28  # bytes of IP and UDP before each payload
AFTER = 4.0  # seconds of silence after which a receiver goes


def send(target: str, port: int, dscp: int, kbps: int, size: int, seconds: float) -> int:
    """One packet at a time, never faster to make up for what was late; returns how many went."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2)
    pause = size * 8 / (kbps * 1000)
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        sender.sendto(b"x" * (size - HEADERS), (target, port))
        count += 1
        time.sleep(pause)
    return count


def receive(port: int) -> dict[str, object]:
    """What came before a long silence: how many packets, their marks, and between the first and the last, seconds."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.IPPROTO_IP, IP_RECVTOS, 1)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    receiver.bind(("0.0.0.0", port))
    receiver.settimeout(30)  # until the senders have started
    print("ready", flush=True)
    count, marks, first, last = 0, set(), 0.0, 0.0
    while True:
        try:
            _, ancillary, _, _ = receiver.recvmsg(2048, 64)
        except TimeoutError:
            return {"count": count, "marks": sorted(marks), "seconds": last - first}
        last = time.monotonic()
        first = first or last
        count += 1
        marks |= {data[0] >> 2 for _, _, data in ancillary}
        receiver.settimeout(AFTER)


def start(twin: Twin, node: str, *words: object) -> subprocess.Popen[str]:
    """Start a script of this module on a node."""
    return twin.start("exec", node, "--", sys.executable, __file__, *map(str, words))


def receivers(twin: Twin, node: str, ports: list[int]) -> dict[int, subprocess.Popen[str]]:
    """Receivers that listen."""
    started = {port: start(twin, node, "receive", port) for port in ports}
    for process in started.values():
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return started


def told(process: subprocess.Popen[str]) -> dict[str, float]:
    """What a script said in the end."""
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    found: dict[str, float] = json.loads(output)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "send":
        sent = send(sys.argv[2], *map(int, sys.argv[3:7]), float(sys.argv[7]))  # type: ignore[arg-type]
        print(json.dumps({"count": sent}))
    else:
        print(json.dumps(receive(int(sys.argv[2]))))
