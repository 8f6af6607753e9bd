"""Commit checks of policies and routing protocols."""

from __future__ import annotations

from collections.abc import Iterator

from twin.vyos.findings import Context, Finding
from twin.vyos.tree import Tree, below, has, value, values


def policy(context: Context) -> Iterator[Finding]:
    tree = below(context.config, "policy")
    section = ("policy",)
    for kind, needed in (("prefix-list", "prefix"), ("as-path-list", "regex")):
        for name, node in below(tree, kind).items():
            for number, rule in below(node, "rule").items():
                for what, shown in (("action", "Action"), (needed, f"A {needed}")):
                    if not has(rule, what):
                        yield section, f'{shown} must be specified for {kind} "{name}" rule "{number}"!'
    for name, node in below(tree, "route-map").items():
        for number, rule in below(node, "rule").items():
            yield from ((section, words) for words in _map_rule(f'route-map "{name}" rule "{number}"', rule, tree))


def _map_rule(where: str, rule: Tree, tree: Tree) -> Iterator[str]:
    if not has(rule, "action"):
        yield f"Action must be specified for {where}!"
    for place in ("address", "nexthop"):
        used = value(rule, "match", "ip", place, "prefix-list")
        if used is not None and not has(tree, "prefix-list", used):
            yield f"prefix-list {used} does not exist, used in {where}!"


def static(context: Context) -> Iterator[Finding]:
    for route, node in below(context.config, "protocols", "static", "route").items():
        ways = [way for way in ("next-hop", "interface", "blackhole", "reject") if has(node, way)]
        section = ("protocols", "static")
        if {"blackhole", "reject"} <= set(ways):
            yield section, f'Can not use both blackhole and reject for prefix "{route}"!'
        if {"blackhole", "reject"} & set(ways) and {"interface", "next-hop"} & set(ways):
            yield section, f'Can not use both blackhole or reject with next-hop for prefix "{route}"!'


def failover(context: Context) -> Iterator[Finding]:
    section = ("protocols", "failover")
    if not has(context.config, *section):
        return
    if not has(context.config, *section, "route"):
        yield section, 'Failover "route" is mandatory!'
    for route, node in below(context.config, *section, "route").items():
        if not has(node, "next-hop"):
            yield section, f'Next-hop for "{route}" is mandatory!'
        for gateway, way in below(node, "next-hop").items():
            if not has(way, "interface"):
                yield section, f'Interface for route "{route}" next-hop "{gateway}" is mandatory!'
            if not has(way, "check", "target"):
                yield section, f'Check target for next-hop "{gateway}" is mandatory!'


def bgp(context: Context) -> Iterator[Finding]:
    tree = below(context.config, "protocols", "bgp")
    section = ("protocols", "bgp")
    if not has(context.config, "protocols", "bgp"):
        return
    own = value(tree, "system-as")
    if own is None:
        yield section, "BGP system-as number must be defined!"
        return
    for kind in ("neighbor", "peer-group"):
        for name, peer in below(tree, kind).items():
            yield from ((section, words) for words in _peer(name, peer, tree))
            if kind == "neighbor":
                yield from ((section, words) for words in _neighbor(name, peer, tree, context.config))
            for words in _family(below(peer, "address-family", "ipv4-unicast"), context.config):
                yield section, words
    for words in _own_maps(below(tree, "address-family", "ipv4-unicast"), context.config):
        yield section, words


def _peer(name: str, peer: Tree, tree: Tree) -> Iterator[str]:
    group = value(peer, "peer-group")
    if group is not None and not has(tree, "peer-group", group):
        yield f'Specified peer-group "{group}" for neighbor "{name}" does not exist!'
    if has(peer, "ebgp-multihop") and has(peer, "ttl-security"):
        yield "You can not set both ebgp-multihop and ttl-security hops"
    if " " in (value(peer, "password") or ""):
        yield "Whitespace is not allowed in passwords!"


def _neighbor(name: str, peer: Tree, tree: Tree, config: Tree) -> Iterator[str]:
    group = value(peer, "peer-group")
    inherited = value(tree, "peer-group", group, "remote-as") if group else None
    if not has(peer, "remote-as") and inherited is None:
        yield f'Neighbor "{name}" remote-as must be set!'
    if name in _own_addresses(config):
        yield f'Can not configure local address as neighbor "{name}"'


def _own_addresses(config: Tree) -> set[str]:
    kinds = below(config, "interfaces").values()
    return {address.split("/")[0] for kind in kinds for one in kind.values() for address in values(one, "address")}


def _family(family: Tree, config: Tree) -> Iterator[str]:
    for direction in ("import", "export"):
        for kind in ("route-map", "prefix-list"):
            name = value(family, kind, direction)
            if name is not None and not has(config, "policy", kind, name):
                yield f'Specified {kind} "{name}" does not exist!'
        listed = value(family, "filter-list", direction)
        if listed is not None and not has(config, "policy", "as-path-list", listed):
            yield f'Specified as-path-list "{listed}" does not exist!'
    for path in (("unsuppress-map",), ("default-originate", "route-map")):
        name = value(family, *path)
        if name is not None and not has(config, "policy", "route-map", name):
            yield f'Specified route-map "{name}" does not exist!'


def _own_maps(family: Tree, config: Tree) -> Iterator[str]:
    for kind in ("network", "aggregate-address", "redistribute"):
        for node in below(family, kind).values():
            name = value(node, "route-map")
            if name is not None and not has(config, "policy", "route-map", name):
                yield f'Specified route-map "{name}" does not exist!'
