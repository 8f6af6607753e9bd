"""The kernel's memory of connections, which outlives the processes of a namespace."""

from __future__ import annotations

import os
import socket
import struct

NETLINK_NETFILTER = 12
CTNETLINK_DELETE = (1 << 8) | 2  # subsystem conntrack, message delete; without attributes: every entry
REQUEST, ACK = 1, 4


def flush() -> None:
    """Forget every connection; raises OSError when the kernel refuses."""
    payload = struct.pack("BBH", socket.AF_UNSPEC, 0, 0)
    header = struct.pack("=IHHII", 16 + len(payload), CTNETLINK_DELETE, REQUEST | ACK, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as link:
        link.bind((0, 0))
        link.send(header + payload)
        answer = link.recv(4096)
    (error,) = struct.unpack_from("=i", answer, 16)
    if error:
        raise OSError(-error, f"forgetting connections: {os.strerror(-error)}")
