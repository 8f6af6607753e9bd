"""``/system backup``: everything that is configured, users, keys and schedulers included, in one file."""

from __future__ import annotations

import json
import zlib
from typing import Any

from twin.routeros import keys
from twin.routeros.errors import Refusal
from twin.routeros.router import Router

_MAGIC = b"\x88\xac\xa1\xb1"
_ENCRYPTED = b"\xef\xa8\x91\x72"


def packed(router: Router, password: str) -> bytes:
    """The file's content. A password keeps others from loading it (the twin does not encrypt)."""
    body = zlib.compress(json.dumps({**router.dump(), "version": router.version}).encode())
    if not password:
        return _MAGIC + body
    kept = keys.digest(password).encode()
    return _ENCRYPTED + len(kept).to_bytes(2, "big") + kept + body


def unpacked(content: bytes, password: str) -> dict[str, Any]:
    """What :func:`packed` wrote. Raises Refusal."""
    magic, body = content[:4], content[4:]
    if magic == _ENCRYPTED:
        length = int.from_bytes(body[:2], "big")
        kept, body = body[2 : 2 + length].decode(), body[2 + length :]
        if not keys.matches(password, kept):
            raise Refusal("failure: wrong password")
    elif magic != _MAGIC:
        raise Refusal("failure: wrong backup file")
    try:
        found = json.loads(zlib.decompress(body))
    except (ValueError, zlib.error):
        raise Refusal("failure: wrong backup file") from None
    if not isinstance(found, dict):
        raise Refusal("failure: wrong backup file")
    return found
