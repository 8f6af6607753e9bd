"""A family that nobody sells: endpoints that are dictionaries in memory. The suite knows nothing of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from diemcau.endpoints import (
    CallReport,
    Change,
    Difference,
    Family,
    InCall,
    Job,
    Outcome,
    RoomState,
    Tell,
    unknown,
)
from diemcau.errors import Problem, Unexpected
from diemcau.intent import Endpoint, Value
from diemcau.redaction import MASK, Secret
from diemcau.secrets.pins import Pins

RESTART = "restart"
SHOWN = Pins("invented-key AAAA", "SHA256:invented")


@dataclass
class Device:
    settings: dict[str, Value] = field(default_factory=dict)
    talking: bool = False
    dialled: list[str] = field(default_factory=list)
    restarts: int = 0


DEVICES: dict[str, Device] = {}  # by host


def _line(name: str, value: Value) -> str:
    return f"{name} = {json.dumps(MASK if isinstance(value, Secret) else value, ensure_ascii=False)}"


def _changes(endpoint: Endpoint, found: dict[str, Value]) -> tuple[Change, ...]:
    return tuple(
        Change(name, found.get(name), value, _line(name, value), reach=name == "dhcp", restart=name == "hostname")
        for name, value in endpoint.settings.items()
        if found.get(name) != value
    )


class InventedFamily:
    def label(self, endpoint: Endpoint) -> str:
        return "Invented"

    def intended(self, endpoint: Endpoint) -> str:
        return "".join(f"{_line(name, value)}\n" for name, value in endpoint.settings.items())

    def since(self, endpoint: Endpoint, before: str) -> Difference:
        found: dict[str, Value] = {}
        for number, line in enumerate(before.splitlines(), 1):
            name, equals, value = line.partition(" = ")
            if not equals:
                raise Unexpected(Problem(found=f"line {number} is no setting"))
            asked = endpoint.settings.get(name)
            found[name] = asked if isinstance(asked, Secret) else json.loads(value)
        return Difference(_changes(endpoint, found), tuple(name for name in found if name not in endpoint.settings))

    def configure(self, job: Job, check: bool, tell: Tell) -> Outcome:
        device = self._free(job.endpoint)
        changes = _changes(job.endpoint, device.settings)
        outcome = Outcome(changes, RESTART if any(change.restart for change in changes) else "")
        if not check:
            job.keep(SHOWN)
            device.settings.update({change.setting: change.after for change in changes})
            device.restarts += outcome.reboot
        return outcome

    def state(
        self, endpoint: Endpoint, pins: Pins, wait: float, *, patience: float | None = None, equipment: bool = False
    ) -> RoomState:
        device = DEVICES[endpoint.host]
        registered = "sip_registrar" in device.settings
        return RoomState(
            endpoint.site,
            endpoint.host,
            endpoint.display_name,
            endpoint.extension,
            registered=registered,
            in_call=device.talking,
            reason="" if registered else unknown(endpoint, "chưa đăng ký").reason,
            cameras=1 if equipment else None,
        )

    def in_call(self, endpoint: Endpoint, pins: Pins) -> bool:
        return DEVICES[endpoint.host].talking

    def call(
        self, endpoint: Endpoint, pins: Pins, number: str, rate_kbps: int, seconds: float, tell: Tell
    ) -> CallReport:
        self._free(endpoint).dialled.append(number)
        return CallReport(True, seconds, rate_kbps, rate_kbps, 0.0, 1.0, 0.0)

    def look(self, endpoint: Endpoint, pins: Pins) -> Pins:
        return SHOWN

    def _free(self, endpoint: Endpoint) -> Device:
        device = DEVICES[endpoint.host]
        if device.talking:
            raise InCall(Problem(host=endpoint.host, found="the room is in a call"))
        return device


FAMILY: Family = InventedFamily()
