"""What a commit refuses although every value is well-formed, in the words of the scripts that real VyOS runs.

As on the device, a check runs only when its part of the configuration changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.vyos import checks_firewall, checks_interfaces, checks_qos, checks_routing, checks_services
from twin.vyos.findings import Check, Context
from twin.vyos.tree import Path, get


@dataclass(frozen=True)
class Failure:
    section: Path  # "interfaces wireguard wg0": the part that failed
    words: str


# (what must have changed for the check to run, the check), in the order in which the device runs them
_CHECKS: tuple[tuple[Sequence[Path], Check], ...] = (
    ((("interfaces", "bridge"), ("interfaces", "ethernet")), checks_interfaces.bridge),
    ((("interfaces", "ethernet"), ("interfaces", "bridge")), checks_interfaces.ethernet),
    ((("firewall",),), checks_firewall.firewall),
    ((("nat",), ("firewall", "group")), checks_firewall.nat),
    ((("interfaces", "wireguard"),), checks_interfaces.wireguard),
    ((("system", "login"),), checks_services.login),
    ((("policy", "route"), ("firewall", "group")), checks_qos.policy_route),
    ((("policy",),), checks_routing.policy),
    ((("protocols", "static"),), checks_routing.static),
    ((("protocols", "failover"),), checks_routing.failover),
    ((("protocols", "bgp"), ("policy",)), checks_routing.bgp),
    ((("qos",),), checks_qos.qos),
    ((("service", "ntp"),), checks_services.ntp),
    ((("service", "dhcp-server"),), checks_services.dhcp_server),
    ((("service", "snmp"),), checks_services.snmp),
)


def failures(context: Context) -> list[Failure]:
    """Everything that the device refuses in this configuration; empty when it may be committed."""
    found: dict[Path, str] = {}
    for triggers, check in _CHECKS:
        if any(get(context.config, *path) != get(context.old, *path) for path in triggers):
            for section, words in check(context):
                found.setdefault(section, words)  # the script of a section stops at its first error
    return [Failure(section, words) for section, words in found.items()]
