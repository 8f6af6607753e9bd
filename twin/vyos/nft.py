"""The packet filter, as VyOS makes it from ``firewall``, ``nat`` and the interfaces' ``adjust-mss``.

Logging is accepted and leaves no trace: a network namespace of the twin has no log of the kernel's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from twin.vyos.tree import Tree, below, has, natural, value, values

_HOOKS = {"forward": "FORWARD", "input": "INPUT", "output": "OUTPUT"}
_SETS = {  # kind of group -> prefix of the set's name, its leaf, its type in nftables, and the families that use it
    "address-group": ("A_", "address", "ipv4_addr", ("ipv4",)),
    "network-group": ("N_", "network", "ipv4_addr", ("ipv4",)),
    "ipv6-address-group": ("A6_", "address", "ipv6_addr", ("ipv6",)),
    "ipv6-network-group": ("N6_", "network", "ipv6_addr", ("ipv6",)),
    "port-group": ("P_", "port", "inet_service", ("ipv4", "ipv6")),
    "interface-group": ("I_", "interface", "ifname", ("ipv4", "ipv6")),
}


def render(config: Tree) -> str:
    """A whole ruleset; "" when nothing is configured that nftables would do."""
    blocks = []
    for family, name in (("ipv4", "ip"), ("ipv6", "ip6")):
        if chains := list(_chains(config, family)):
            lines = [*groups(config, family), *_state_policy(config), *chains]
            blocks.append(table(f"{name} vyos_filter", lines))
    if nat := list(_nat(config)):
        blocks.append(table("ip vyos_nat", [*groups(config, "ipv4"), *nat]))
    if mss := list(_mss(config)):
        blocks.append(table("ip vyos_mss", mss))
    return "".join(blocks)


def table(name: str, lines: list[str]) -> str:
    """A whole table of a ruleset."""
    return f"table {name} {{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def identifier(prefix: str, name: str) -> str:
    """A name that nftables takes: what is neither letter nor digit as its number, so that no two names meet."""
    return prefix + re.sub(r"[^A-Za-z0-9]", lambda match: f"_{ord(match[0]):02x}", name)


def _members(groups: Tree, leaf: str, name: str, seen: frozenset[str] = frozenset()) -> list[str]:
    node = below(groups, name)
    found = values(node, leaf)
    for other in values(node, "include"):
        if other not in seen:
            found += _members(groups, leaf, other, seen | {name})
    return list(dict.fromkeys(found))


def groups(config: Tree, family: str) -> Iterator[str]:
    """The sets that rules of a family may name."""
    for kind, (prefix, leaf, type_, families) in _SETS.items():
        named = below(config, "firewall", "group", kind)
        for name in named if family in families else ():
            members = _members(named, leaf, name)
            if type_ == "ifname":
                members = [f'"{member}"' for member in members]
            elements = f" elements = {{ {', '.join(members)} }}" if members else ""
            yield f"set {identifier(prefix, name)} {{ type {type_}; flags interval; auto-merge;{elements} }}"


def _state_policy(config: Tree) -> Iterator[str]:
    policy = below(config, "firewall", "global-options", "state-policy")
    if policy:
        yield "chain VYOS_STATE_POLICY {"
        for state in ("established", "invalid", "related"):
            if action := value(policy, state, "action"):
                yield f"    ct state {state} counter {action}"
        yield "}"


def _chains(config: Tree, family: str) -> Iterator[str]:
    tree = below(config, "firewall", family)
    jump = bool(below(config, "firewall", "global-options", "state-policy"))
    for name in below(tree, "name"):  # before the chains that jump to them
        yield f"chain {identifier('NAME_', name)} {{ }}"
    for name, chain in below(tree, "name").items():
        yield f"chain {identifier('NAME_', name)} {{"
        yield from (f"    {rule}" for rule in _rules(chain, family))
        default = value(chain, "default-action") or "drop"
        if default == "jump":
            yield f"    counter jump {identifier('NAME_', value(chain, 'default-jump-target') or '')}"
        elif default != "continue":
            yield f"    counter {default}"
        yield "}"
    for hook, upper in _HOOKS.items():
        chain = below(tree, hook, "filter")
        if not chain and not jump:
            continue
        yield f"chain VYOS_{upper}_filter {{"
        yield f"    type filter hook {hook} priority filter; policy {value(chain, 'default-action') or 'accept'};"
        if jump:
            yield "    jump VYOS_STATE_POLICY"
        yield from (f"    {rule}" for rule in _rules(chain, family))
        yield "}"


def _rules(chain: Tree, family: str) -> Iterator[str]:
    for number, rule in sorted(below(chain, "rule").items(), key=lambda item: natural(item[0])):
        if not has(rule, "disable"):
            yield f"{_rule(rule, family)} {comment(number)}"


def comment(number: str) -> str:
    return f'comment "{number}"'


def _rule(rule: Tree, family: str) -> str:
    words = [*conditions(rule, family), "counter"]
    action = value(rule, "action")
    if action == "jump":
        words.append(f"jump {identifier('NAME_', value(rule, 'jump-target') or '')}")
    elif action != "continue":
        words.append(str(action))
    return " ".join(words)


def conditions(rule: Tree, family: str) -> list[str]:
    """What must all be true of a packet."""
    words: list[str] = []
    if states := values(rule, "state"):
        words.append(f"ct state {{ {', '.join(states)} }}")
    words += _interfaces(rule)
    words += _protocol(value(rule, "protocol"))
    for side, letter in (("destination", "d"), ("source", "s")):
        words += _side(below(rule, side), letter, family, value(rule, "protocol"))
    for kind in ("icmp", "icmpv6"):
        for leaf, field in (("type-name", "type"), ("type", "type"), ("code", "code")):
            if has(rule, kind, leaf):
                words.append(f"{kind} {field} {value(rule, kind, leaf)}")
    if has(rule, "limit", "rate"):
        burst = f" burst {value(rule, 'limit', 'burst')} packets" if has(rule, "limit", "burst") else ""
        words.append(f"limit rate {value(rule, 'limit', 'rate')}{burst}")
    return words


def _negated(text: str) -> tuple[str, str]:
    return ("!= ", text[1:]) if text.startswith("!") else ("", text)


def _interfaces(rule: Tree) -> list[str]:
    words = []
    for direction, field in (("inbound-interface", "iifname"), ("outbound-interface", "oifname")):
        if (name := value(rule, direction, "name")) is not None:
            sign, name = _negated(name)
            words.append(f'{field} {sign}"{name}"')
        if (group := value(rule, direction, "group")) is not None:
            sign, group = _negated(group)
            words.append(f"{field} {sign}@{identifier('I_', group)}")
    return words


def _protocol(protocol: str | None) -> list[str]:
    if protocol is None or protocol == "all":
        return []
    sign, name = _negated(protocol)
    return [f"meta l4proto {sign}{'{ tcp, udp }' if name == 'tcp_udp' else name}"]


def _side(side: Tree, letter: str, family: str, protocol: str | None) -> list[str]:
    ip, six = ("ip", "") if family == "ipv4" else ("ip6", "6")
    words = []
    if (address := value(side, "address")) is not None:
        sign, address = _negated(address)
        words.append(f"{ip} {letter}addr {sign}{address}")
    if (mac := value(side, "mac-address")) is not None:
        sign, mac = _negated(mac)
        words.append(f"ether {letter}addr {sign}{mac}")
    for kind, prefix in (("address-group", f"A{six}_"), ("network-group", f"N{six}_")):
        if (group := value(side, "group", kind)) is not None:
            sign, group = _negated(group)
            words.append(f"{ip} {letter}addr {sign}@{identifier(prefix, group)}")
    field = "th" if protocol == "tcp_udp" else protocol
    if (port := value(side, "port")) is not None:
        sign, port = _negated(port)
        words.append(f"{field} {letter}port {sign}{{ {port.replace(',', ', ')} }}")
    if (group := value(side, "group", "port-group")) is not None:
        sign, group = _negated(group)
        words.append(f"{field} {letter}port {sign}@{identifier('P_', group)}")
    return words


def _nat(config: Tree) -> Iterator[str]:
    rules = below(config, "nat", "source", "rule")
    if not rules:
        return
    yield "chain POSTROUTING {"
    yield "    type nat hook postrouting priority srcnat; policy accept;"
    for number, rule in sorted(rules.items(), key=lambda item: natural(item[0])):
        if has(rule, "disable"):
            continue
        words = [*_interfaces(rule), *_protocol(value(rule, "protocol"))]
        for side, letter in (("destination", "d"), ("source", "s")):
            words += _side(below(rule, side), letter, "ipv4", value(rule, "protocol"))
        target = value(rule, "translation", "address")
        verdict = "return" if has(rule, "exclude") else _translation(target or "")
        yield "    " + " ".join([*words, "counter", verdict, f'comment "SRC-NAT-{number}"'])
    yield "}"


def _translation(target: str) -> str:
    if target == "masquerade":
        return "masquerade"
    return f"snat ip prefix to {target}" if "/" in target else f"snat to {target}"


def _mss(config: Tree) -> Iterator[str]:
    rules = []
    for kind in below(config, "interfaces").values():
        for name, node in kind.items():
            if (mss := value(node, "ip", "adjust-mss")) is None:
                continue
            match = f'oifname "{name}" tcp flags & (syn|rst) == syn'
            if mss == "clamp-mss-to-pmtu":
                rules.append(f"{match} tcp option maxseg size set rt mtu")
            else:  # only ever made smaller
                rules.append(f"{match} tcp option maxseg size {int(mss) + 1}-65535 tcp option maxseg size set {mss}")
    if rules:
        yield "chain VYOS_TCP_MSS {"
        yield "    type filter hook forward priority raw; policy accept;"
        yield from (f"    {rule}" for rule in rules)
        yield "}"
