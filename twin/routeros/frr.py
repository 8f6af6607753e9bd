"""Routes and BGP as FRR's configuration."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from twin.routeros.durations import seconds
from twin.routeros.menu import Release
from twin.routeros.names import linux_names
from twin.routeros.route_maps import LOCAL, PrefixLists, RouteMap, networks
from twin.routeros.store import Config

Connection = dict[str, str]


def render(config: Config, hostname: str, dead: frozenset[str]) -> str:
    """An integrated frr.conf, "" when there is nothing to do. ``dead`` gateways carry no route."""
    lines = [*_static(config, dead), *_bgp(config)]
    if not lines:
        return ""
    return "\n".join(["frr defaults traditional", f"hostname {hostname.replace(' ', '-')}", "!", *lines]) + "\n"


def _static(config: Config, dead: frozenset[str]) -> Iterator[str]:
    names = linux_names(config)
    for route in config.enabled("/ip/route"):
        begin = f"ip route {route['dst-address']}"
        if route["blackhole"] == "yes":
            yield f"{begin} blackhole {route['distance']}"
            continue
        gateway, _, interface = route["gateway"].partition("%")
        if gateway.startswith("*") or (route["check-gateway"] != "none" and gateway in dead):
            continue
        words = [begin, names.get(gateway, gateway), *([names[interface]] if interface in names else [])]
        yield " ".join([*words, route["distance"]])


def effective(config: Config, connection: Connection) -> Connection:
    """A connection with what its templates and its instance say; the connection's own words count most."""
    merged: Connection = {}
    templates = {entry["name"]: entry for entry in config.enabled("/routing/bgp/template")}

    def take(names: str, seen: frozenset[str]) -> None:
        for name in filter(None, names.split(",")):
            if name in templates and name not in seen:
                take(templates[name].get("templates", ""), seen | {name})
                merged.update(templates[name])

    take(connection.get("templates", "default"), frozenset())
    merged.update(connection)
    if config.schema.release >= Release(7, 20):
        instances = {entry["name"]: entry for entry in config.enabled("/routing/bgp/instance")}
        instance = instances.get(connection.get("instance", ""), {})
        merged.update({name: instance[name] for name in ("as", "router-id") if name in instance})
    return merged


def connections(config: Config) -> list[Connection]:
    """The connections that can come up: with an AS number and one neighbour's address."""
    found = []
    for connection in config.enabled("/routing/bgp/connection"):
        merged = effective(config, connection)
        ebgp = merged.get("local.role", "").startswith("ebgp")
        remote = merged.get("remote.as")
        fits = remote is None or (remote != merged.get("as")) == ebgp
        if "as" in merged and "/" not in merged.get("remote.address", "/") and fits:
            found.append(merged)
    return found


def _places(config: Config) -> dict[str, int]:
    """Name of a connection -> its place among all: disabling one does not rename the filters of the others."""
    return {entry.get("name"): index for index, entry in enumerate(config.entries("/routing/bgp/connection"))}


def _own_prefixes(config: Config) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Connected and static prefixes."""
    connected = {str(ipaddress.IPv4Interface(e["address"]).network) for e in config.enabled("/ip/address")}
    static = {route["dst-address"] for route in config.enabled("/ip/route")}
    return tuple(sorted(connected)), tuple(sorted(static - {"0.0.0.0/0"}))


def _announced(config: Config, connection: Connection) -> tuple[str, ...]:
    """The prefixes of our own that a connection announces."""
    connected, static = _own_prefixes(config)
    found = set(networks(config, connection["output.network"])) if connection.get("output.network") else set()
    kinds = connection.get("output.redistribute", "").split(",")
    found |= set(connected) if "connected" in kinds else set()
    found |= set(static) if "static" in kinds else set()
    return tuple(sorted(found))


def _bgp(config: Config) -> Iterator[str]:
    all_connections = connections(config)
    if not all_connections:
        return
    lists = PrefixLists()
    maps: list[str] = []
    places = _places(config)
    for connection in all_connections:
        maps += _maps(config, connection, places[connection["name"]], lists)
    yield f"bgp as-path access-list {LOCAL} seq 5 permit ^$"
    yield from lists.lines()
    yield from maps
    first = all_connections[0]
    yield f"router bgp {first['as']}"
    yield " no bgp ebgp-requires-policy"
    yield " no bgp default ipv4-unicast"
    yield " bgp network import-check"
    identity = _router_id(config, first)
    if identity:
        yield f" bgp router-id {identity}"
    for connection in all_connections:
        yield from (f" neighbor {connection['remote.address']} {words}" for words in _neighbor(connection, first["as"]))
    yield " address-family ipv4 unicast"
    yield "  maximum-paths 1"
    for prefix in sorted({prefix for each in all_connections for prefix in _announced(config, each)}):
        yield f"  network {prefix}"
    for connection in all_connections:
        words_of = _family(connection, places[connection["name"]])
        yield from (f"  neighbor {connection['remote.address']} {words}" for words in words_of)
    yield " exit-address-family"
    yield "exit"


def _router_id(config: Config, connection: Connection) -> str:
    wanted = connection.get("router-id", "main")
    named = {entry["name"]: entry.get("id", "") for entry in config.enabled("/routing/id")}
    return named.get(wanted, wanted)


def _neighbor(connection: Connection, main_as: str) -> Iterator[str]:
    role = connection.get("local.role", "")
    yield f"remote-as {connection.get('remote.as', 'internal' if role == 'ibgp' else 'external')}"
    if connection["as"] != main_as:
        yield f"local-as {connection['as']} no-prepend replace-as"
    if "local.address" in connection:
        yield f"update-source {connection['local.address']}"
    if connection.get("multihop") == "yes":
        yield "ebgp-multihop 255"
    if "remote.port" in connection:
        yield f"port {connection['remote.port']}"
    if connection.get("connect") == "no":
        yield "passive"
    if connection.get("tcp-md5-key"):
        yield f"password {connection['tcp-md5-key']}"
    hold = connection.get("hold-time", "3m")
    keepalive = connection.get("keepalive-time", "1m")
    held = 0 if hold == "infinity" else int(seconds(hold) or 180)
    yield f"timers {min(int(seconds(keepalive) or 60), max(1, held // 3)) if held else 0} {held}"


def _family(connection: Connection, index: int) -> Iterator[str]:
    yield "activate"
    if connection.get("nexthop-choice") == "force-self":
        yield "next-hop-self force"
    if connection.get("nexthop-choice") == "propagate":
        yield "attribute-unchanged next-hop"
    if connection.get("output.as-override") == "yes":
        yield "as-override"
    if connection.get("output.remove-private-as") == "yes":
        yield "remove-private-AS all"
    if connection.get("input.allow-as", "0") != "0":
        yield f"allowas-in {connection['input.allow-as']}"
    if connection.get("output.default-originate", "never") != "never":
        yield "default-originate"
    if connection.get("input.filter"):
        yield f"route-map IN-{index + 1} in"
    yield f"route-map OUT-{index + 1} out"


def _maps(config: Config, connection: Connection, index: int, lists: PrefixLists) -> list[str]:
    connected, static = _own_prefixes(config)
    own = connection["as"]
    outgoing = RouteMap(config, f"OUT-{index + 1}", own, lists, True, connected, static)
    outgoing.only_own(_announced(config, connection))
    outgoing.prepend(int(connection.get("output.default-prepend", "0")))
    if connection.get("output.filter-chain"):
        outgoing.chain(connection["output.filter-chain"])
    else:
        outgoing.accept()
    lines = outgoing.lines()
    if connection.get("input.filter"):
        incoming = RouteMap(config, f"IN-{index + 1}", own, lists, False)
        incoming.chain(connection["input.filter"])
        lines += incoming.lines()
    return lines
