"""Commit checks of ``qos`` and ``policy route``."""

from __future__ import annotations

from collections.abc import Iterator

from twin.vyos.checks_firewall import side_problems
from twin.vyos.findings import Context, Finding
from twin.vyos.tree import Tree, below, has, value


def qos(context: Context) -> Iterator[Finding]:
    """As on the device nothing is looked at as long as no interface has a policy."""
    section = ("qos",)
    interfaces = below(context.config, "qos", "interface")
    if not interfaces:
        return
    policies = below(context.config, "qos", "policy")
    for name, policy in below(policies, "shaper").items():
        yield from ((section, words) for words in _shaper(name, policy, policies))
    for interface, node in interfaces.items():
        for direction in ("egress", "ingress"):
            wanted = value(node, direction)
            if wanted is not None and not has(policies, "shaper", wanted):
                yield section, f'Selected QoS policy "{wanted}" does not exist!'
            elif wanted in interfaces:
                # The device finds the interface when it looks for the policy, and stumbles.
                yield section, f"VyOS had an issue completing a command.\n\nKeyError: '{wanted}'"
            elif wanted is not None and direction == "ingress":
                yield section, f'Selected QoS policy on interface "{interface}" only supports "[\'egress\']"!'


def _shaper(name: str, policy: Tree, policies: Tree) -> Iterator[str]:
    # The device looks for the name in all that policies hold, the names of matches included.
    if _names(policies).count(name) > 1:
        yield f'Conflicting policy name "{name}", already in use!'
    for number, node in below(policy, "class").items():
        if not has(node, "bandwidth"):
            yield f'Bandwidth must be defined for policy "{name}" class "{number}"!'
        for match, families in below(node, "match").items():
            if has(families, "ip") and has(families, "ipv6"):
                yield f"Can not use both IPv6 and IPv4 in one match ({match})!"
    if has(policy, "default") and not has(policy, "default", "bandwidth"):
        yield "Bandwidth not defined for default traffic!"


def _names(policies: Tree) -> list[str]:
    """What policies, their classes and matches are called."""
    found = list(below(policies, "shaper"))
    for policy in below(policies, "shaper").values():
        found += below(policy, "class")
        found += [match for node in below(policy, "class").values() for match in below(node, "match")]
    return found


def policy_route(context: Context) -> Iterator[Finding]:
    groups = below(context.config, "firewall", "group")
    for name, policy in below(context.config, "policy", "route").items():
        section = ("policy", "route", name)
        for number, rule in below(policy, "rule").items():
            if has(rule, "icmp", "code") and not has(rule, "icmp", "type"):
                yield section, f"{name} rule {number}: ICMP code can only be defined if ICMP type is defined"
            elif has(rule, "icmp") and value(rule, "protocol") != "icmp":
                what = "ICMP type/code or type-name can only be defined if protocol is ICMP"
                yield section, f"{name} rule {number}: {what}"
            for side in ("destination", "source"):
                problems = side_problems(below(rule, side), "ipv4", value(rule, "protocol"), groups)
                yield from ((section, words.replace("on firewall rule", "on policy route rule")) for words in problems)
