"""``policy route``: packets that come in by an interface are marked before they are routed."""

from __future__ import annotations

from collections.abc import Iterator

from twin.vyos.nft import comment, conditions, groups, identifier, table
from twin.vyos.tree import Tree, below, has, natural, value, values


def render(config: Tree) -> str:
    """The table of all policies; "" when there is none."""
    policies = below(config, "policy", "route")
    if not policies:
        return ""
    lines = list(groups(config, "ipv4"))
    for name, policy in policies.items():
        lines += [f"chain {identifier('VYOS_PBR_UD_', name)} {{", *_rules(policy), "}"]
    lines += ["chain VYOS_PBR_PREROUTING {", "    type filter hook prerouting priority mangle; policy accept;"]
    for name, policy in policies.items():
        if interfaces := values(policy, "interface"):
            listed = ", ".join(f'"{interface}"' for interface in interfaces)
            lines.append(f"    iifname {{ {listed} }} counter jump {identifier('VYOS_PBR_UD_', name)}")
    return table("ip vyos_mangle", [*lines, "}"])


def _rules(policy: Tree) -> Iterator[str]:
    for number, rule in sorted(below(policy, "rule").items(), key=lambda item: natural(item[0])):
        if has(rule, "disable"):
            continue
        words = conditions(rule, "ipv4")
        for leaf, sign in (("dscp", ""), ("dscp-exclude", "!= ")):
            if marks := values(rule, leaf):
                words.append(f"ip dscp {sign}{{ {', '.join(marks)} }}")
        words.append("counter")
        if (dscp := value(rule, "set", "dscp")) is not None:
            words.append(f"ip dscp set {dscp}")
        yield f"    {' '.join([*words, value(rule, 'action') or 'return'])} {comment(number)}"
