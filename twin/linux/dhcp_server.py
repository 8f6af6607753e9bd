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


def released(leases: str, configuration: str) -> str:
    """Leases without those that hold an address which is reserved for another MAC by now.

    dnsmasq would keep them for their whole time. RouterOS's static lease is itself the lease, so nothing is left of the
    old one; ISC's server (VyOS 1.4) keeps none for what is reserved. Kea (VyOS 1.5) keeps them as dnsmasq does until
    `clear dhcp-server lease`: the twin's VyOS 1.5 is kinder here.
    """
    reserved = {}
    for line in configuration.splitlines():
        if line.startswith("dhcp-host="):
            mac, *others = line.removeprefix("dhcp-host=").split(",")
            reserved.update({word: mac.lower() for word in others if word.count(".") == 3})
    kept = []
    for line in leases.splitlines(keepends=True):
        words = line.split()
        if len(words) < 3 or reserved.get(words[2], words[1].lower()) == words[1].lower():
            kept.append(line)
    return "".join(kept)


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
        if LEASES.exists():
            LEASES.write_text(released(LEASES.read_text(), text))
        daemon = Daemon(["dnsmasq", "--keep-in-foreground", f"--conf-file={configuration}"])
        await daemon.start()
        self._daemon, self._text = daemon, text
