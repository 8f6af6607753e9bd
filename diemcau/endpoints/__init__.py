"""Rooms: what each family of endpoints needs, one folder for each; here what all of them speak of, in neutral words.

A family is a package ``diemcau.endpoints.<name>`` that offers ``FAMILY``, a :class:`Family`.
Adding one adds a folder here, and changes no other file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, runtime_checkable

from diemcau.errors import DiemcauError
from diemcau.intent import Endpoint, Value
from diemcau.redaction import MASK, Secret
from diemcau.secrets.pins import Pins

CONNECT_SECONDS = 30.0  # until media must flow in a call for a trial
IN_CALL = "phòng đang họp: chạy lại sau cuộc họp"

Tell = Callable[[str], None]  # is given words of progress


class InCall(DiemcauError):
    """The room is in a call: it is left alone. The message says what was sent before the call began, if anything."""


@dataclass(frozen=True)
class Change:
    """One setting that differs."""

    setting: str  # neutral name
    before: Value | None  # None = cannot be read, or is not set
    after: Value
    shown: str  # the device's own statement for people, secrets as ***
    reach: bool = False  # bears on how the endpoint itself is reached
    restart: bool = False  # takes effect with the endpoint's next start

    def line(self) -> str:
        """``system_name: "old" -> "new"`` with secrets masked."""
        before = MASK if isinstance(self.after, Secret) else "–" if self.before is None else self.before
        return f"{self.setting}: {before} -> {self.after}"


@dataclass(frozen=True)
class Difference:
    """What turns an endpoint that has what was asked for at another time into what is asked for today."""

    changes: tuple[Change, ...]
    dropped: tuple[str, ...]  # settings that are no longer asked for: the endpoint keeps them as they are


@dataclass(frozen=True)
class Job:
    """What is asked of one endpoint. ``keep`` stores what it showed when it was met first."""

    endpoint: Endpoint
    pins: Pins
    keep: Callable[[Pins], object]
    reboot_timeout: float = 300.0  # seconds until it must answer again


@dataclass(frozen=True)
class Outcome:
    """What was done, or with ``check`` would be done."""

    changes: tuple[Change, ...]
    reboot_shown: str = ""  # the device's own statement of a reboot that was done, or would be; "" = none

    @property
    def reboot(self) -> bool:
        """Rebooted, or would be."""
        return bool(self.reboot_shown)

    def shown(self) -> str:
        """What was sent for people, one a line, secrets masked."""
        lines = [change.shown for change in self.changes] + [self.reboot_shown] * self.reboot
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class RoomState:
    """What was found of one room's endpoint."""

    site: str
    host: str
    name: str  # of the site, for people
    extension: str
    registered: bool = False
    in_call: bool = False
    model: str = ""
    serial: str = ""
    software: str = ""
    system_name: str = ""
    uptime: str = ""
    reason: str = ""  # in Vietnamese, why nobody can call it; "" when fine
    answered: bool = True  # whether the endpoint could be asked
    sip_wanted: bool = True  # whether the inventory asks for a registration
    # What is asked only when somebody wants to know whether a meeting can start. None: the endpoint does not tell.
    server_answers: bool | None = None  # the SIP server answers when the endpoint asks it
    muted: bool | None = None
    microphones: int | None = None
    cameras: int | None = None  # that are connected

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def unknown(endpoint: Endpoint, reason: str) -> RoomState:
    """A room whose endpoint could not be asked."""
    return RoomState(
        endpoint.site, endpoint.host, endpoint.display_name, endpoint.extension, reason=reason, answered=False
    )


def busy(endpoint: Endpoint) -> RoomState:
    """A room that is in a call, and was left alone from then on."""
    return replace(unknown(endpoint, IN_CALL), in_call=True)


@dataclass(frozen=True)
class CallReport:
    """What was measured. Rates are means over the time, audio and video together; loss and jitter are the worst."""

    connected: bool  # media came from the far end
    seconds: float  # for which it was measured
    tx_kbps: float
    rx_kbps: float
    percent_lost: float
    jitter_ms: float
    longest_gap_s: float  # in which no look at the endpoint showed media coming in: a line that failed, and came back

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@runtime_checkable
class Family(Protocol):
    """What ``FAMILY`` of ``diemcau.endpoints.<name>`` offers. Everything raises only what ``diemcau.errors`` defines.

    Only :meth:`configure` and :meth:`look` meet an endpoint that was never met before; the others log in with the
    endpoint's own password, and with no other.
    """

    def label(self, endpoint: Endpoint) -> str:
        """What a technician looks for, in Vietnamese: the maker, and the model or those of the family."""

    def intended(self, endpoint: Endpoint) -> str:
        """Everything that is asked of an endpoint as its own statements, one a line, secrets masked."""

    def since(self, endpoint: Endpoint, before: str) -> Difference:
        """What differs from ``before``, a text of :meth:`intended`. Raises Unexpected for a line that it never made."""

    def configure(self, job: Job, check: bool, tell: Tell) -> Outcome:
        """Bring an endpoint to what is asked; with ``check`` only find out what that would take. Raises InCall."""

    def state(
        self, endpoint: Endpoint, pins: Pins, wait: float, *, patience: float | None = None, equipment: bool = False
    ) -> RoomState:
        """What the endpoint says about itself, asked until it is registered or ``wait`` seconds are over.

        ``patience``: seconds for each answer, the family's own when None. ``equipment``: microphones, cameras and
        whether it reaches its SIP server, too.
        """

    def in_call(self, endpoint: Endpoint, pins: Pins) -> bool:
        """Whether the room is in a call; an answer that cannot be read counts as one."""

    def call(
        self, endpoint: Endpoint, pins: Pins, number: str, rate_kbps: int, seconds: float, tell: Tell
    ) -> CallReport:
        """Call ``number`` from a room that is free, measure for ``seconds``, hang up in any case. Raises InCall.

        Without media within CONNECT_SECONDS the call counts as not connected.
        """

    def look(self, endpoint: Endpoint, pins: Pins) -> Pins:
        """What the endpoint shows to anybody, whatever is pinned; nobody logs in. Raises Unreachable."""


def names() -> list[str]:
    """All families that exist, by name."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def load(name: str) -> Family:
    """The family of that name; the inventory check has made sure that it exists."""
    family: object = importlib.import_module(f"{__name__}.{name}").FAMILY
    if not isinstance(family, Family):
        raise TypeError(f"{__name__}.{name}.FAMILY is no Family")
    return family
