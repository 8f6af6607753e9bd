"""A machine's daemons are there when they answer, not when their socket is."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

import pytest

from twin.device import MeaningError
from twin.linux.commands import Daemon

# As on a busy machine: the socket is there, and some time later somebody listens at it.
SLOW = (
    "import socket, sys, time\n"
    "made = socket.socket(socket.AF_UNIX)\n"
    "made.bind(sys.argv[1])\n"
    "time.sleep(0.5)\n"
    "made.listen()\n"
    "time.sleep(60)\n"
)


def test_a_socket_at_which_nobody_listens_yet_is_waited_for(tmp_path: Path) -> None:
    path = str(tmp_path / "wg0.sock")

    async def main() -> None:
        daemon = Daemon([sys.executable, "-c", SLOW, path])
        await daemon.start()
        try:
            await daemon.until(path)
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(path)
        finally:
            await daemon.stop()

    asyncio.run(main())


def test_one_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    async def main() -> None:
        daemon = Daemon([sys.executable, "-c", ""])
        await daemon.start()
        with pytest.raises(MeaningError, match="ended while starting"):
            await daemon.until(str(tmp_path / "never"))

    asyncio.run(main())
