"""From what was found of a site to a verdict that a meeting's secretary understands. Nothing here asks anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diemcau.readiness import line_causes, room_causes, router_causes, unasked, upkeep
from diemcau.readiness.look import Around, Look
from diemcau.readiness.words import BLIND, CARE, NOT_READY, READY, RISK, STOP, UNKNOWN, Finding


@dataclass(frozen=True)
class Verdict:
    site: str
    level: str  # READY, CARE, UNKNOWN or NOT_READY
    findings: tuple[Finding, ...]  # the gravest first

    @property
    def main(self) -> Finding | None:
        """What people have to know first."""
        return self.findings[0] if self.findings else None


def judge(look: Look, around: Around) -> Verdict:
    """All causes of a site, the gravest first."""
    if look.router is not None and not look.router.answered:
        found = [*router_causes.silent_router(look, around), *unasked.parts(look), *upkeep.backup(look)]
    else:
        found = [
            *router_causes.circuits(look, around),
            *router_causes.tunnels(look, around),
            *line_causes.line(look, around),
            *room_causes.registration(look, around),
            *room_causes.endpoint(look),
            *unasked.parts(look),
            *upkeep.clock(look),
            *upkeep.drift(look),
            *upkeep.unread(look),
            *upkeep.backup(look),
        ]
    order = (STOP, BLIND, RISK)
    ranked = sorted(found, key=lambda f: order.index(f.severity) if f.severity in order else len(order))  # stable
    return Verdict(look.site, level(ranked), tuple(ranked))


def level(findings: Sequence[Finding]) -> str:
    severities = {finding.severity for finding in findings}
    gravest = ((STOP, NOT_READY), (BLIND, UNKNOWN), (RISK, CARE))
    return next((level for severity, level in gravest if severity in severities), READY)
