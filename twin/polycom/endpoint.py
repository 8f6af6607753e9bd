"""The endpoint that both faces look at: its settings and the rules for changing them, its calls, its state."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from twin.polycom import settings, sip
from twin.polycom.agent import Agent, Call
from twin.polycom.passwords import Passwords
from twin.polycom.settings import HOSTNAME, RATES, SETTINGS, SIP_ENABLE, SYSTEM_NAME
from twin.polycom.store import Store
from twin.polycom.unit import MODEL, BadDays, RoomUnit, serial_of


class Run(Protocol):
    """Runs a command in the room's namespace, as ``twin.device.Host.run`` does."""

    def __call__(self, *argv: str, check: bool = True) -> Awaitable[str]: ...


class Reason(Enum):
    """Why a change was refused; the value is what REST says."""

    ILLEGAL = "INVALIDVALUE"
    READ_ONLY = "READONLY"
    PROVISIONED = "PROVISIONED"
    IN_CALL = "INCALL"


class Refused(Exception):
    """A setting stays as it is."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CallRefused(Exception):
    """A call cannot be made."""


def factory(unit: RoomUnit, bad_days: BadDays) -> dict[str, str]:
    """The defaults that differ from unit to unit."""
    model = bad_days.model or unit.model or MODEL
    serial = unit.serial or serial_of(unit.mac)
    return {settings.MODEL: model, settings.SERIAL: serial, SYSTEM_NAME: model, HOSTNAME: f"RPG-{serial}"}


@dataclass
class Endpoint:
    """One powered unit."""

    unit: RoomUnit
    store: Store
    passwords: Passwords
    agent: Agent
    run: Run
    port: str  # the network port, "eth0"
    changed: Callable[[], None] = lambda: None  # told after each change of a setting
    settle: Callable[[], Awaitable[None]] | None = None  # waits until the SIP client runs with the settings
    restart: Callable[[], None] = lambda: None  # begins a reboot
    going_down: bool = False
    booted: float = field(default_factory=time.monotonic)
    muted: bool | None = None  # the microphones as set by hand since the last call; None = as the call began

    def __post_init__(self) -> None:
        self._active = self.store.snapshot()

    # ------------------------------------------------------------ settings
    def active(self, key: str) -> str:
        """The value in effect: one that needs a reboot is the one of the boot."""
        return self._active[key] if SETTINGS[key].reboot else self.store[key]

    @property
    def reboot_needed(self) -> bool:
        return any(self.waits(key) for key in SETTINGS)

    def waits(self, key: str) -> bool:
        """Whether a setting takes effect with the next boot only."""
        return self.active(key) != self.store[key]

    @property
    def provisioned(self) -> bool:
        """Whether a provisioning service owns the settings."""
        return self.store["provisionserverenable"] == "true"

    def editable(self, key: str) -> bool:
        setting = SETTINGS[key]
        return not setting.read_only and not (setting.provisioned and self.provisioned)

    def change(self, key: str, text: str) -> str:
        """Keep a new value, given in any spelling; returns the kept one. Raises Refused."""
        setting = SETTINGS[key]
        if setting.read_only:
            raise Refused(Reason.READ_ONLY)
        try:
            value = setting.kind.canonical(text)
        except ValueError:
            raise Refused(Reason.ILLEGAL) from None
        if not self.editable(key):
            raise Refused(Reason.PROVISIONED)
        if setting.idle and self.in_call:
            raise Refused(Reason.IN_CALL)
        self.store.put(key, value)
        self.changed()
        return value

    # ------------------------------------------------------------ calls
    def calls(self) -> list[Call]:
        calls = self.agent.calls()
        if not calls:
            self.muted = None
        return calls

    @property
    def in_call(self) -> bool:
        return bool(self.calls())

    def is_muted(self, call: Call | None = None) -> bool:
        """Whether the microphones are off, for one call or at all."""
        calls = self.calls() if call is None else [call]
        if self.muted is not None:
            return self.muted
        return any(one.muted for one in calls)

    def mute(self, muted: bool) -> None:
        self.calls()  # forgets what was set in an earlier call
        self.muted = muted

    async def dial(self, number: str, rate_kbps: int) -> int:
        """Call somebody by SIP; returns the call's id. Raises CallRefused."""
        if self.store[SIP_ENABLE] != "True":
            raise CallRefused("SIP is disabled")
        if str(rate_kbps) not in RATES or not number or not number.isprintable() or " " in number:
            raise CallRefused("no such rate or number")
        if self.settle is not None:
            await self.settle()
        try:
            return await self.agent.dial(number, min(rate_kbps, sip.rate(self.active)))
        except ValueError as error:
            raise CallRefused(str(error)) from None

    async def hang_up(self, call: int | None = None) -> None:
        await self.agent.hang_up(call)

    # ------------------------------------------------------------ what it tells about itself
    @property
    def model(self) -> str:
        return self.store[settings.MODEL]

    @property
    def serial(self) -> str:
        return self.store.serial

    @property
    def uptime(self) -> int:
        """Seconds since the boot."""
        return math.floor(time.monotonic() - self.booted)

    @property
    def leased(self) -> bool:
        """Whether the address comes by DHCP."""
        return self.active("dhcp") == "client"

    async def address(self) -> tuple[str, str]:
        """The own address and netmask; empty when there is none."""
        for link in _objects(await self.run("ip", "-4", "-j", "address", "show", "dev", self.port, check=False)):
            for info in link.get("addr_info", []):
                prefix = int(info.get("prefixlen", 32))
                mask = (0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF
                return info["local"], ".".join(str(mask >> shift & 255) for shift in (24, 16, 8, 0))
        return "", ""

    async def gateway(self) -> str:
        """The default gateway; empty when there is none."""
        for route in _objects(await self.run("ip", "-4", "-j", "route", "show", "default", check=False)):
            if "gateway" in route:
                return str(route["gateway"])
        return ""

    def reboot(self) -> None:
        """Go down and come up again; calls end."""
        self.going_down = True
        self.restart()


def _objects(text: str) -> list[dict[str, Any]]:
    """The objects that `ip -j` printed; nothing when it printed no JSON, as for a port that is not there."""
    try:
        return [one for one in json.loads(text) if one]
    except ValueError:
        return []
