"""Commit checks of firewall and NAT."""

from __future__ import annotations

from collections.abc import Iterator

from twin.vyos.findings import Context, Finding
from twin.vyos.tree import Tree, below, has, value, values

CHAINS = ("forward", "input", "output")
_ADDRESSES = ("address-group", "network-group")


def firewall(context: Context) -> Iterator[Finding]:
    groups = below(context.config, "firewall", "group")
    for kind, named in groups.items():
        for name, node in named.items():
            for other in values(node, "include"):
                if not has(groups, kind, other):
                    yield ("firewall",), f'Included {kind} "{other}" in "{name}" does not exist'
    for family in ("ipv4", "ipv6"):
        tree = below(context.config, "firewall", family)
        chains = [(chain, "filter", below(tree, chain, "filter")) for chain in CHAINS]
        chains += [("name", name, node) for name, node in below(tree, "name").items()]
        for hook, priority, chain in chains:
            if value(chain, "default-action") == "jump" and not has(chain, "default-jump-target"):
                yield ("firewall",), "default-action set to jump, but no default-jump-target specified"
            for number, rule in below(chain, "rule").items():
                prefix = f"[{family}-{hook}-{priority}-rule-{number}]\n" if context.release != "1.4" else ""
                for words in _rule(rule, family, tree, groups):
                    yield ("firewall",), prefix + words


def _rule(rule: Tree, family: str, tree: Tree, groups: Tree) -> Iterator[str]:
    yield from _action(rule, family, tree)
    protocol = value(rule, "protocol")
    if protocol == "icmp" and family == "ipv6":
        yield "Cannot match IPv4 ICMP protocol on IPv6, use ipv6-icmp"
    for side in ("destination", "source"):
        if has(rule, side):
            yield from side_problems(below(rule, side), family, protocol, groups)
    for direction in ("inbound-interface", "outbound-interface"):
        group = value(rule, direction, "group")
        if group is not None and has(rule, direction, "name"):
            yield f"Cannot specify both interface group and interface name for {direction}"
        if group is not None and not has(groups, "interface-group", group.removeprefix("!")):
            yield f'Invalid interface group "{group.removeprefix("!")}" on firewall rule'


def _action(rule: Tree, family: str, tree: Tree) -> Iterator[str]:
    action, target = value(rule, "action"), value(rule, "jump-target")
    if action is None:
        yield "Action must be defined"
    if action == "jump" and target is None:
        yield "Action set to jump, but no jump-target specified"
    if target is not None and action != "jump":
        yield "jump-target defined, but action jump needed and it is not defined"
    if target is not None and not has(tree, "name", target):
        yield f"Invalid jump-target. Firewall {family} name {target} does not exist on the system"


def side_problems(side: Tree, family: str, protocol: str | None, groups: Tree) -> Iterator[str]:
    """What is wrong with a rule's source or destination."""
    used = below(side, "group")
    addresses = [kind for kind in _ADDRESSES if kind in used]
    if len(addresses) > 1:
        yield "Only one address-group, network-group or domain-group can be specified"
    if addresses and has(side, "address"):
        yield f"{addresses[0]} and address cannot both be defined"
    for kind in used:
        name = (value(used, kind) or "").removeprefix("!")
        real = f"ipv6-{kind}" if family == "ipv6" and kind in _ADDRESSES else kind
        if not has(groups, real, name):
            yield f'Invalid {real} "{name}" on firewall rule'
    if has(side, "port") or "port-group" in used:
        if protocol is None:
            yield "Protocol must be defined if specifying a port or port-group"
        elif protocol not in ("tcp", "udp", "tcp_udp"):
            yield "Protocol must be tcp, udp, or tcp_udp when specifying a port or port-group"
    if has(side, "port") and "port-group" in used:
        yield f"{next(iter(used))} and port cannot both be defined"


def nat(context: Context) -> Iterator[Finding]:
    groups = below(context.config, "firewall", "group")
    for number, rule in below(context.config, "nat", "source", "rule").items():
        error = f"Source NAT configuration error in rule {number}:"
        section = ("nat",)
        group = value(rule, "outbound-interface", "group")
        if group is not None and has(rule, "outbound-interface", "name"):
            yield (
                section,
                f'{error} cannot specify both interface group and interface name for nat source rule "{number}"',
            )
        if group is not None and not has(groups, "interface-group", group.removeprefix("!")):
            yield section, f'Invalid interface group "{group.removeprefix("!")}" for source NAT rule'
        if not has(rule, "translation", "address") and not has(rule, "exclude"):
            yield section, f"{error} translation requires address and/or port"
        for side in ("destination", "source"):
            for words in side_problems(below(rule, side), "ipv4", value(rule, "protocol"), groups):
                yield section, f"{error} {words}"
