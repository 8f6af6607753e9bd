"""The packet filter: one nftables ruleset, replaced in one step."""

from __future__ import annotations

from twin.device import MeaningError
from twin.linux.commands import attempt

EMPTY = "flush ruleset\n"


class Firewall:
    """The ruleset of a machine."""

    def __init__(self) -> None:
        self._text: str | None = None  # None: unknown, so the next change writes it

    async def check(self, text: str) -> None:
        """Raises MeaningError with the kernel's words when it would refuse a ruleset."""
        if text and text != self._text:
            await self._load(["nft", "-c", "-f", "-"], text)

    async def change(self, text: str) -> None:
        """Put a ruleset in the place of the one before: no packet meets a mixture or none."""
        if text != self._text:
            self._text = None
            await self._load(["nft", "-f", "-"], text)
            self._text = text

    async def _load(self, argv: list[str], text: str) -> None:
        status, output, errors = await attempt(argv, EMPTY + text + "\n")
        if status != 0:
            raise MeaningError(f"nft: {(errors or output).strip()}")
