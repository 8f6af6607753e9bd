"""What is printed on the twin's hardware."""

from __future__ import annotations

import hashlib


def mac(node: str, port: str, unit: int = 0) -> str:
    """A port's address: locally administered, and the same each time.

    ``unit`` counts the units that stood in the node's place: each has addresses of its own.
    """
    digest = hashlib.sha256(f"{node}#{unit}/{port}".encode() if unit else f"{node}/{port}".encode()).hexdigest()
    return ":".join(["02", *(digest[i : i + 2] for i in range(0, 10, 2))])
