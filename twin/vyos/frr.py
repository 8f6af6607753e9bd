"""FRR's configuration, as VyOS makes it from ``policy`` and ``protocols``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twin.vyos.tree import Tree, below, has, natural, value, values


def render(config: Tree, hostname: str) -> str:
    """An integrated frr.conf; "" when nothing is configured that FRR would do."""
    lines = [*_static(config), *_lists(config), *_route_maps(config), *_bgp(config)]
    if not lines:
        return ""
    head = ["frr defaults traditional", f"hostname {hostname}", "log syslog informational", "!"]
    return "\n".join([*head, *lines]) + "\n"


def _numbered(tree: Tree) -> list[tuple[str, Tree]]:
    return sorted(tree.items(), key=lambda item: natural(item[0]))


def _static(config: Tree) -> Iterator[str]:
    for prefix, node in _numbered(below(config, "protocols", "static", "route")):
        for kind in ("next-hop", "interface"):
            for target, way in node.get(kind, {}).items():
                if has(way, "disable"):
                    continue
                words = [f"ip route {prefix} {target}", value(way, "interface"), value(way, "distance")]
                yield " ".join(word for word in words if word)
        for kind in ("blackhole", "reject"):
            if has(node, kind):
                tag, distance = value(node, kind, "tag"), value(node, kind, "distance")
                words = [f"ip route {prefix} {kind}", f"tag {tag}" if tag else None, distance]
                yield " ".join(word for word in words if word)


def _lists(config: Tree) -> Iterator[str]:
    for name, node in _numbered(below(config, "policy", "prefix-list")):
        for number, rule in _numbered(below(node, "rule")):
            words = [f"ip prefix-list {name} seq {number} {value(rule, 'action')} {value(rule, 'prefix')}"]
            words += [f"{end} {value(rule, end)}" for end in ("ge", "le") if has(rule, end)]
            yield " ".join(words)
    for name, node in _numbered(below(config, "policy", "as-path-list")):
        for number, rule in _numbered(below(node, "rule")):
            yield f"bgp as-path access-list {name} seq {number} {value(rule, 'action')} {value(rule, 'regex')}"


# path below a rule of a route-map -> FRR's words before the value
_MATCH = (
    (("match", "as-path"), "match as-path"),
    (("match", "interface"), "match interface"),
    (("match", "ip", "address", "prefix-list"), "match ip address prefix-list"),
    (("match", "ip", "address", "prefix-len"), "match ip address prefix-len"),
    (("match", "ip", "nexthop", "address"), "match ip next-hop address"),
    (("match", "ip", "nexthop", "prefix-list"), "match ip next-hop prefix-list"),
    (("match", "local-preference"), "match local-preference"),
    (("match", "metric"), "match metric"),
    (("match", "origin"), "match origin"),
    (("match", "peer"), "match peer"),
    (("match", "protocol"), "match source-protocol"),
    (("match", "tag"), "match tag"),
    (("on-match", "goto"), "on-match goto"),
    (("set", "as-path", "exclude"), "set as-path exclude"),
    (("set", "as-path", "prepend"), "set as-path prepend"),
    (("set", "as-path", "prepend-last-as"), "set as-path prepend last-as"),
    (("set", "ip-next-hop"), "set ip next-hop"),
    (("set", "local-preference"), "set local-preference"),
    (("set", "metric"), "set metric"),
    (("set", "origin"), "set origin"),
    (("set", "src"), "set src"),
    (("set", "tag"), "set tag"),
    (("set", "weight"), "set weight"),
    (("call",), "call"),
    (("continue",), "on-match goto"),
)


def _route_maps(config: Tree) -> Iterator[str]:
    for name, node in _numbered(below(config, "policy", "route-map")):
        for number, rule in _numbered(below(node, "rule")):
            yield f"route-map {name} {value(rule, 'action')} {number}"
            if has(rule, "description"):
                yield f" description {value(rule, 'description')}"
            for path, words in _MATCH:
                if has(rule, *path):
                    yield f" {words} {value(rule, *path)}"
            if has(rule, "on-match", "next"):
                yield " on-match next"
            if has(rule, "set", "community", "none"):
                yield " set community none"
            for kind, additive in (("replace", ""), ("add", " additive")):
                if members := values(rule, "set", "community", kind):
                    yield f" set community {' '.join(members).replace('local-as', 'local-AS')}{additive}"
            yield "exit"


_PARAMETERS = (
    (("always-compare-med",), "bgp always-compare-med"),
    (("bestpath", "as-path", "ignore"), "bgp bestpath as-path ignore"),
    (("bestpath", "as-path", "multipath-relax"), "bgp bestpath as-path multipath-relax"),
    (("bestpath", "compare-routerid"), "bgp bestpath compare-routerid"),
    (("deterministic-med",), "bgp deterministic-med"),
    (("fast-convergence",), "bgp fast-convergence"),
    (("graceful-shutdown",), "bgp graceful-shutdown"),
    (("log-neighbor-changes",), "bgp log-neighbor-changes"),
    (("no-fast-external-failover",), "no bgp fast-external-failover"),
)
_VALUED = (
    (("router-id",), "bgp router-id"),
    (("default", "local-pref"), "bgp default local-preference"),
    (("graceful-restart", "stalepath-time"), "bgp graceful-restart stalepath-time"),
    (("minimum-holdtime",), "bgp minimum-holdtime"),
)


def _bgp(config: Tree) -> Iterator[str]:
    tree = below(config, "protocols", "bgp")
    if not tree:
        return
    parameters = below(tree, "parameters")
    yield f"router bgp {value(tree, 'system-as')}"
    yield from _parameters(parameters)
    if has(tree, "timers", "keepalive") and has(tree, "timers", "holdtime"):
        yield f" timers bgp {value(tree, 'timers', 'keepalive')} {value(tree, 'timers', 'holdtime')}"
    for name, peer in _numbered(below(tree, "peer-group")):
        yield f" neighbor {name} peer-group"
        yield from _peer(name, peer)
    for name, peer in _numbered(below(tree, "neighbor")):
        yield from _peer(name, peer)
    yield " address-family ipv4 unicast"
    yield from _distance(parameters)
    yield from _family(below(tree, "address-family", "ipv4-unicast"))
    for kind in ("peer-group", "neighbor"):
        for name, peer in _numbered(below(tree, kind)):
            if has(peer, "address-family", "ipv4-unicast"):
                yield from _peer_family(name, below(peer, "address-family", "ipv4-unicast"))
    yield " exit-address-family"
    yield "exit"


def _parameters(parameters: Tree) -> Iterator[str]:
    # VyOS turns off what FRR does by default in these three
    yield f" {'' if has(parameters, 'ebgp-requires-policy') else 'no '}bgp ebgp-requires-policy"
    yield " no bgp default ipv4-unicast"
    yield f" {'' if has(parameters, 'network-import-check') else 'no '}bgp network import-check"
    for path, words in _PARAMETERS:
        if has(parameters, *path):
            yield f" {words}"
    for path, words in _VALUED:
        if has(parameters, *path):
            yield f" {words} {value(parameters, *path)}"


def _distance(parameters: Tree) -> Iterator[str]:
    node = below(parameters, "distance", "global")
    if all(has(node, kind) for kind in ("external", "internal", "local")):
        yield "  distance bgp " + " ".join(value(node, kind) or "" for kind in ("external", "internal", "local"))


def _peer(name: str, peer: Tree) -> Iterator[str]:
    begin = f" neighbor {name}"
    for path, words in (
        (("remote-as",), "remote-as"),
        (("peer-group",), "peer-group"),
        (("advertisement-interval",), "advertisement-interval"),
        (("description",), "description"),
        (("ebgp-multihop",), "ebgp-multihop"),
        (("password",), "password"),
        (("port",), "port"),
        (("ttl-security", "hops"), "ttl-security hops"),
        (("timers", "connect"), "timers connect"),
        (("update-source",), "update-source"),
    ):
        if has(peer, *path):
            yield f"{begin} {words} {value(peer, *path)}"
    for flag in ("disable-connected-check", "passive", "shutdown"):
        if has(peer, flag):
            yield f"{begin} {flag}"
    if has(peer, "timers", "keepalive") and has(peer, "timers", "holdtime"):
        yield f"{begin} timers {value(peer, 'timers', 'keepalive')} {value(peer, 'timers', 'holdtime')}"


def _family(family: Tree) -> Iterator[str]:
    for prefix, node in _numbered(below(family, "aggregate-address")):
        words = [f"  aggregate-address {prefix}", *(flag for flag in ("as-set", "summary-only") if has(node, flag))]
        yield " ".join([*words, *_map(node)])
    if has(family, "maximum-paths", "ebgp"):
        yield f"  maximum-paths {value(family, 'maximum-paths', 'ebgp')}"
    if has(family, "maximum-paths", "ibgp"):
        yield f"  maximum-paths ibgp {value(family, 'maximum-paths', 'ibgp')}"
    for protocol, node in below(family, "redistribute").items():
        metric = [f"metric {value(node, 'metric')}"] if has(node, "metric") else []
        yield " ".join([f"  redistribute {protocol}", *metric, *_map(node)])
    for prefix, node in _numbered(below(family, "network")):
        yield " ".join([f"  network {prefix}", *(["backdoor"] if has(node, "backdoor") else []), *_map(node)])


def _map(node: Tree) -> list[str]:
    return [f"route-map {value(node, 'route-map')}"] if has(node, "route-map") else []


def _flags(*names: str) -> Callable[[Tree], list[str]]:
    """The words that a setting has below it, spelled alike in both languages."""
    return lambda node: [name for name in names if has(node, name)]


def _number(node: Tree) -> list[str]:
    return values(node, "number")


def _set_to(*after: str) -> Callable[[Tree], list[str]]:
    """The setting's value, and what follows it."""
    return lambda node: [*node, *after]


# (what is set for a peer, FRR's words, what follows them)
_OF_PEER: tuple[tuple[tuple[str, ...], str, Callable[[Tree], list[str]]], ...] = (
    (("allowas-in",), "allowas-in", _number),
    (("as-override",), "as-override", _flags()),
    (("attribute-unchanged",), "attribute-unchanged", _flags("as-path", "next-hop", "med")),
    (("default-originate",), "default-originate", _map),
    (("maximum-prefix",), "maximum-prefix", _set_to()),
    (("maximum-prefix-out",), "maximum-prefix-out", _set_to()),
    (("nexthop-self",), "next-hop-self", _flags("force")),
    (("remove-private-as",), "remove-private-AS", _flags("all")),
    (("route-reflector-client",), "route-reflector-client", _flags()),
    (("soft-reconfiguration", "inbound"), "soft-reconfiguration inbound", _flags()),
    (("filter-list", "import"), "filter-list", _set_to("in")),
    (("filter-list", "export"), "filter-list", _set_to("out")),
    (("prefix-list", "import"), "prefix-list", _set_to("in")),
    (("prefix-list", "export"), "prefix-list", _set_to("out")),
    (("route-map", "import"), "route-map", _set_to("in")),
    (("route-map", "export"), "route-map", _set_to("out")),
    (("unsuppress-map",), "unsuppress-map", _set_to()),
    (("weight",), "weight", _set_to()),
)


def _peer_family(name: str, family: Tree) -> Iterator[str]:
    yield f"  neighbor {name} activate"
    for path, words, rest in _OF_PEER:
        if has(family, *path):
            yield " ".join([f"  neighbor {name} {words}", *rest(below(family, *path))])
