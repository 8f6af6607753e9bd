"""Secret values that cannot leak by accident: printing one shows ``***``."""

from __future__ import annotations

import hashlib
import hmac
import secrets as _random
from collections.abc import Iterable

_KEY = _random.token_bytes(32)  # one per process: a digest is good for comparing here and nowhere else

MASK = "***"


class Secret:
    """A secret string. Compared by a keyed digest, shown as ``***``; only :meth:`reveal` gives the text."""

    __slots__ = ("_digest", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._digest = hmac.new(_KEY, text.encode(), hashlib.sha256).digest()

    def reveal(self) -> str:
        """The plain text, for the wire only: never for a log, a result or a file outside the bundles."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._digest, other._digest)

    def __hash__(self) -> int:
        return hash(self._digest)

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__


def reveal(value: str | Secret) -> str:
    """The plain text of a value that may be secret."""
    return value.reveal() if isinstance(value, Secret) else value


def joined(parts: Iterable[Secret]) -> Secret:
    """Secret texts, one behind the other."""
    return Secret("".join(part.reveal() for part in parts))
