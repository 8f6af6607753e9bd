"""Keys that the inventory once had. Who still writes one is told what to write now, whatever release the file is from.

An entry stays for good: the files of a district are older than its suite.
"""

from __future__ import annotations

# The key as messages show it, without indexes of lists -> its successor beside it; "" = there is none.
RENAMED: dict[str, str] = {
    "serial": "serial_number",
}


def remedy(successor: str) -> str:
    """What to do about a key that is no more."""
    return f"Write {successor}, with the same value." if successor else "Take it out: nothing reads it any more."
