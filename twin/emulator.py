"""A line that delays and loses, as processes of its own: for kernels without netem.

Two of VDE's switches hold a tap each, and `wirefilter` is the wire between them. They live in a machine of their own
(``twin.cell``) in the namespace of the cables, so that nothing of them can outlive the twin. What the line does is
changed while packets are under way, through a socket that is wirefilter's console.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from twin.errors import TwinError
from twin.line import Line

FOLDER = Path("/run/line")  # in the machine's own /run
PATIENCE = 10.0  # seconds for anything of it to answer
TOOLS = ("vde_switch", "wirefilter")


def check() -> None:
    """Raises TwinError when the programs are missing."""
    if any(shutil.which(tool) is None for tool in TOOLS):
        raise TwinError("this kernel has no netem, and Debian's package vde2 is not installed: apt-get install vde2")


def main(taps: tuple[str, str], console: socket.socket) -> int:
    """Be the line between two taps until something of it ends; runs inside the machine."""
    FOLDER.mkdir(parents=True)
    sides = [FOLDER / tap for tap in taps]
    switches = [
        # Without -d it stays in the foreground as long as its own console is open. A hub learns no addresses.
        subprocess.Popen(["vde_switch", "-x", "-s", str(side), "-t", side.name], stdin=subprocess.PIPE)
        for side in sides
    ]
    deadline = time.monotonic() + PATIENCE
    while not all((side / "ctl").exists() for side in sides):
        if time.monotonic() > deadline:
            raise TwinError(f"vde_switch made no {sides[0]}/ctl")
        time.sleep(0.01)
    argv = ["wirefilter", "-v", ":".join(map(str, sides))]
    wire = subprocess.Popen(argv, stdin=console.fileno(), stdout=console.fileno())
    console.close()
    ended, _ = os.wait()
    names = {wire.pid: "wirefilter", **{switch.pid: "vde_switch" for switch in switches}}
    raise TwinError(f"{names.get(ended, ended)} ended by itself")


@dataclass
class Emulator:
    """The twin's end of it."""

    pid: int  # of the machine's first process
    console: socket.socket  # keeps messages apart: wirefilter takes each for one command

    def tell(self, line: Line) -> None:
        """Make it behave so from now on; returns once it does. Raises TwinError."""
        for command in (f"delay {line.delay_ms:g}+{line.jitter_ms:g}U", f"loss {line.loss_pct:g}"):
            self._do(command)

    def _do(self, command: str) -> None:
        self.console.settimeout(PATIENCE)
        try:
            self.console.send(command.encode() + b"\n")
            while answer := self.console.recv(4096):
                words = answer.decode(errors="replace").strip()
                if words[:4].isdigit():
                    break  # anything else is its prompt
        except (OSError, TimeoutError) as error:
            raise TwinError(f"wirefilter does not answer: {error}") from error
        if not answer.startswith(b"1000"):
            raise TwinError(f"wirefilter: {command}: {answer.decode(errors='replace').strip() or 'it ended'}")

    def end(self) -> None:
        """Take it away, with all packets that are under way."""
        self.console.close()
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
