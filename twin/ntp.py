"""An NTP server's answers, with the machine's own time."""

from __future__ import annotations

import struct
import time

_EPOCH = 2208988800  # seconds from NTP's beginning, 1900, to 1970
_CLIENT, _SERVER = 3, 4  # modes


def answer(query: bytes) -> bytes | None:
    """What a server says (RFC 5905); None to what is no client's question."""
    if len(query) < 48 or query[0] & 7 != _CLIENT:
        return None
    now = struct.pack("!II", int(time.time()) + _EPOCH, int(time.time() % 1 * 2**32))
    head = bytes([(query[0] & 0x38) | _SERVER, 3, query[2], 0xEC]) + b"\0" * 4 + b"\0\0\0\1" + b"TWIN"
    return head + now + query[40:48] + now + now
