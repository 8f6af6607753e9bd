"""The DHCP server of a LAN: dnsmasq without its DNS."""

from __future__ import annotations

from pathlib import Path

from twin.device import MeaningError
from twin.linux.commands import Daemon, attempt

FOLDER = Path("/run/twin-dnsmasq")  # in the machine's own, volatile /run
LEASES = FOLDER / "leases"
# Said here and not left to the configuration: where it keeps things is the machine's business.
OURS = {"port": "0", "user": "root", "pid-file": "", "dhcp-leasefile": str(LEASES), "log-facility": "-"}
# bind-dynamic: listens on the interfaces it serves and on no other.
FLAGS = ("bind-dynamic", "no-resolv", "no-hosts", "quiet-dhcp")


def complete(text: str) -> str:
    """A device's configuration with the machine's part added."""
    lines = [line for line in text.splitlines() if line.partition("=")[0].strip() not in OURS]
    return "\n".join([*lines, *(f"{key}={value}" for key, value in OURS.items()), *FLAGS]) + "\n"


class DhcpServer:
    """At most one dnsmasq."""

    def __init__(self) -> None:
        self._daemon: Daemon | None = None
        self._text = ""

    @property
    def pid(self) -> int | None:
        return self._daemon.pid if self._daemon else None

    async def check(self, text: str) -> None:
        """Raises MeaningError with dnsmasq's words when it would refuse a configuration."""
        if not text or text == self._text:
            return
        status, output, errors = await attempt(["dnsmasq", "--test", "--conf-file=/dev/stdin"], complete(text))
        if status != 0:
            raise MeaningError(f"dnsmasq: {(errors or output).strip()}")

    async def change(self, text: str) -> None:
        """Run with this configuration, or not at all; leases that were given stay known."""
        alive = self._daemon is not None and self._daemon.alive
        if text == self._text and alive == bool(text):
            return
        if self._daemon is not None:
            await self._daemon.stop()
            self._daemon = None
        self._text = ""
        if not text:
            return
        FOLDER.mkdir(exist_ok=True)
        configuration = FOLDER / "dnsmasq.conf"
        configuration.write_text(complete(text))
        daemon = Daemon(["dnsmasq", "--keep-in-foreground", f"--conf-file={configuration}"])
        await daemon.start()
        self._daemon, self._text = daemon, text
