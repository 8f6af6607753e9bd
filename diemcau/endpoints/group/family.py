"""The family as the suite sees it."""

from __future__ import annotations

from dataclasses import replace

from diemcau.endpoints import CallReport, Difference, Family, Job, Outcome, RoomState, Tell
from diemcau.endpoints.group import access, calls, info, intended, plan, transaction
from diemcau.endpoints.group.access import DEFAULT_LINE
from diemcau.intent import Endpoint
from diemcau.secrets.pins import Pins


class GroupFamily:
    """RealPresence Group."""

    def label(self, endpoint: Endpoint) -> str:
        return f"Polycom {endpoint.model or 'RealPresence Group (310, 500 hoặc 700)'}"

    def intended(self, endpoint: Endpoint) -> str:
        return plan.intended(endpoint)

    def since(self, endpoint: Endpoint, before: str) -> Difference:
        found = intended.parse(before)
        changes = tuple(step.change for step in intended.steps(endpoint, found))
        return Difference(changes, tuple(intended.dropped(endpoint, found)))

    def configure(self, job: Job, check: bool, tell: Tell) -> Outcome:
        return transaction.configure(job, check, tell)

    def state(
        self, endpoint: Endpoint, pins: Pins, wait: float, *, patience: float | None = None, equipment: bool = False
    ) -> RoomState:
        line = DEFAULT_LINE
        if patience is not None:
            line = replace(line, timeout=patience, connect_timeout=patience)
        return info.room_state(endpoint, pins, wait, line, equipment=equipment)

    def in_call(self, endpoint: Endpoint, pins: Pins) -> bool:
        return info.in_call_now(endpoint, pins)

    def call(
        self, endpoint: Endpoint, pins: Pins, number: str, rate_kbps: int, seconds: float, tell: Tell
    ) -> CallReport:
        return calls.place(endpoint, pins, number, rate_kbps, seconds, tell)

    def look(self, endpoint: Endpoint, pins: Pins) -> Pins:
        return access.look(endpoint, pins)


FAMILY: Family = GroupFamily()
