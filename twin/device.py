"""What a router's software and the machine under it promise each other.

A device (``twin.vyos``, ``twin.routeros``) is the vendor's command line; the host (``twin.linux``) is the Linux
network namespace that moves its packets. A device never touches Linux itself: it asks its host.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twin.meaning import Meaning


class MeaningError(Exception):
    """Linux refused a meaning; the text holds the words of the daemon or tool that refused."""


class DeviceRefused(Exception):
    """The device refused what was done at its console; the text is what the console printed."""


@dataclass(frozen=True)
class Unit:
    """One piece of hardware as it leaves the box, and the disk in it."""

    name: str  # the inventory's name, "ga-ry-router"
    platform: str  # "vyos", "routeros"
    release: str  # "7.18"
    ports: tuple[str, ...]  # ethernet ports that exist: VyOS eth0..eth2, RouterOS ether1..ether5
    disk: Path  # a directory: what survives a power cut; empty = factory-new
    number: int = 0  # counts the units that stood in this place


class Host(Protocol):
    """What the machine under a device offers."""

    lease_file: Path  # dnsmasq's leases

    async def apply(self, meaning: Meaning) -> None:
        """Make the namespace match, changing only what differs; raises MeaningError when Linux refuses."""

    async def run(self, *argv: str, check: bool = True) -> str:
        """Run a command in the device's own namespaces and return its stdout.

        With ``check``, a status other than 0 raises MeaningError with the command's words.
        """

    def gateways(self) -> dict[str, str]:
        """The gateway that DHCP named on each interface, also while no route goes there."""

    def reboot(self) -> None:
        """Take the device down now and boot it again from its disk; everything volatile is lost."""


class Device(Protocol):
    """A router's software. One process runs one device; a power cut is that process's sudden death."""

    def __init__(self, unit: Unit, host: Host) -> None: ...

    async def boot(self) -> None:
        """Start from the disk, or from factory defaults when it is empty; returns when ready, SSH included."""

    async def usb(self, name: str, content: bytes) -> str:
        """Import a technician's file at the console; returns what the console printed.

        Raises DeviceRefused with the console's words when the import failed.
        """

    def status(self) -> dict[str, object]:
        """At least ``factory_new`` (bool), ``release`` and ``hostname``."""

    async def shutdown(self) -> None:
        """Release sockets and tasks; must not write anything that a power cut would not have written."""
