"""What no single value shows: whether hubs, platforms, circuits and openings fit each other."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from diemcau import naming
from diemcau.design.sites import circuit_port, lan_ports
from diemcau.design.topology import Common, Site
from diemcau.inventory import source_location
from diemcau.inventory.hostvars import GROUPS
from diemcau.inventory.source_location import Path_
from diemcau.inventory.validation import Mistakes

Releases = Callable[[str], Sequence[str]]
Claim = tuple[str, Path_]  # host and key that a value belongs to


def unique(mistakes: Mistakes, claims: Iterable[tuple[Hashable, Claim]], what: str, remedy: str) -> set[str]:
    """Report every value that a second one claims as well; gives back the hosts of the second ones.

    What is derived has the older right: the mistake is what someone wrote.
    """
    first: dict[Hashable, Claim] = {}
    second: set[str] = set()
    for value, (host, path) in sorted(
        claims, key=lambda c: source_location.exists(mistakes.hosts.get(c[1][0], {}), c[1][1])
    ):
        if value not in first:
            first[value] = (host, path)
            continue
        other, other_path = first[value]
        place = source_location.locate(mistakes.hosts.get(other, {}), other_path)
        where = f"{place.file}:{place.line}" if place.line else place.file
        found = f"{value} is the {what} of {other} already ({where})"
        mistakes.add(host, path, found, "one that nothing else has", remedy)
        second.add(host)
    return second


def platform(
    mistakes: Mistakes, host: str, values: Mapping[str, Any], names: Sequence[str], releases: Releases
) -> bool:
    """Whether platform and release exist."""
    name, release = values.get("platform"), values.get("release")
    if name is None:
        return False
    if name not in names:
        close = difflib.get_close_matches(name, names, 1)
        remedy = f"Write {close[0]}." if close else "Write what the router runs."
        mistakes.add(host, ("platform",), f'"{name}" is not known', f"one of {', '.join(sorted(names))}", remedy)
        return False
    if release is not None and release not in releases(name):
        expected = f"one of {', '.join(releases(name))}, in quotes"
        remedy = "Write the release that the router runs, or upgrade the router to one of these."
        mistakes.add(host, ("release",), f'"{release}" of {name} is not supported', expected, remedy)
    if mistakes.hosts[host].get("ports") is None:
        expected = "the names of its ports: fibre, lte, lan, bridge"
        mistakes.add(host, ("ports",), "is missing", expected, f"Write them in inventory/group_vars/{name}.yml.")
    return True


def places(mistakes: Mistakes, slugs: Sequence[str], district: Common) -> bool:
    """Hubs and control machine exist; each site is a hub or a commune, and a group of its own.

    Gives back whether it is known which sites are hubs: without that nothing more can be derived.
    """
    first = naming.router_host(slugs[0])
    unknown = [(index, hub) for index, hub in enumerate(district.hubs) if hub not in slugs]
    for index, hub in unknown:
        _unknown_site(mistakes, first, ("district", "hubs", index), hub, slugs)
    right = 1 <= len(district.hubs) <= 2 and len(set(district.hubs)) == len(district.hubs)
    if not right:
        found = f"{len(district.hubs)} hubs: {', '.join(district.hubs)}"
        mistakes.add(first, ("district", "hubs"), found, "one or two different sites", "Name the district's hubs.")
    if district.control not in slugs:
        _unknown_site(mistakes, first, ("district", "control"), district.control, slugs)
    elif right and not unknown and district.control not in district.hubs:
        found = f"{district.control} is no hub"
        remedy = "Name the hub on whose LAN the control machine stands."
        mistakes.add(first, ("district", "control"), found, f"one of {', '.join(district.hubs)}", remedy)
    if unknown or not right:
        return False
    for slug in slugs:
        for host in (naming.router_host(slug), naming.room_host(slug)):
            _groups(mistakes, host, slug, district)
    return True


def _unknown_site(mistakes: Mistakes, host: str, path: Path_, name: str, slugs: Sequence[str]) -> None:
    close = difflib.get_close_matches(name, slugs, 1)
    remedy = f"Write {close[0]}." if close else "Write the name of a site that has a router in the inventory."
    mistakes.add(host, path, f"{name} is no site", f"one of {', '.join(slugs)}", remedy)


def _groups(mistakes: Mistakes, host: str, slug: str, district: Common) -> None:
    groups = mistakes.hosts[host].get(GROUPS, ())
    wanted = "hubs" if slug in district.hubs else "communes"
    wrong = "communes" if wanted == "hubs" else "hubs"
    if wanted not in groups or wrong in groups:
        says = "names it" if wanted == "hubs" else "does not name it"
        found = f"{slug} is in {' and '.join(g for g in ('hubs', 'communes') if g in groups) or 'no group of sites'}"
        remedy = f"Move its block to {wanted}, or correct district.hubs."
        mistakes.add(host, ("site",), found, f"the group {wanted}: district.hubs {says}", remedy)
    own = naming.group_of(slug)
    if own not in groups:
        remedy = f"Put the hosts of {slug} under a group {own}, so that -l {own} reaches them."
        mistakes.add(host, ("site",), f"the host is not in a group {own}", f"a group {own} with both hosts", remedy)


def circuits(mistakes: Mistakes, host: str, router: Mapping[str, Any], is_hub: bool) -> None:
    """The circuits of one router: names, ports, gateways; a hub has an address at which it is reached."""

    def key(index: int, name: str) -> Path_:
        return ("wan", "circuits", index, name)

    given = router.get("wan", {}).get("circuits", [])
    named = [(c["name"], (host, key(i, "name"))) for i, c in enumerate(given) if "name" in c]
    unique(mistakes, named, "circuit", "Give each circuit its own name.")
    ports: list[tuple[Hashable, Claim]] = [(p, (host, ("lan", "ports"))) for p in lan_ports(router)]
    for index, circuit in enumerate(given):
        port = circuit_port(circuit, router)
        if port is not None:
            ports.append((port, (host, key(index, "port"))))
        elif "name" in circuit and "ports" in router:
            expected = "the port that the line is plugged into (only fibre and lte have one by default)"
            mistakes.add(host, key(index, "port"), "is missing", expected, "Write the name of the port.")
        _gateway(mistakes, host, key(index, "gateway"), circuit.get("address"), circuit.get("gateway"))
    unique(mistakes, ports, "port", "Each port has one use: correct the port.")
    static = any(circuit.get("address") for circuit in given) or "endpoint" in router.get("vpn", {})
    if is_hub and given and not static:
        remedy = "Write the circuit's address and gateway, or vpn.endpoint when the provider forwards the ports."
        mistakes.add(host, key(0, "address"), "a hub without a static address", "an address that never changes", remedy)


def _gateway(
    mistakes: Mistakes, host: str, path: Path_, address: IPv4Interface | None, gateway: IPv4Address | None
) -> None:
    if address is not None and gateway is None:
        remedy = "Write the gateway that the provider assigned."
        mistakes.add(host, path, "is missing", f"an address of {address.network}", remedy)
    elif address is not None and (gateway not in address.network or gateway == address.ip):
        found, remedy = f"{gateway} is not the other side of {address}", "Correct the gateway or the address."
        mistakes.add(host, path, found, f"another address of {address.network}", remedy)


def limits(mistakes: Mistakes, host: str, router: Mapping[str, Any]) -> None:
    """Values of one router that limit each other."""
    vpn, routing = router.get("vpn", {}), router.get("routing", {})
    if {"mss", "mtu"} <= vpn.keys() and vpn["mss"] > vpn["mtu"] - 40:
        expected = f"at most {vpn['mtu'] - 40}: the MTU less 40 bytes of headers"
        mistakes.add(host, ("vpn", "mss"), f"{vpn['mss']} does not fit the MTU {vpn['mtu']}", expected, "Leave it out.")
    if {"listen_port", "hub_port"} <= vpn.keys() and vpn["listen_port"] == vpn["hub_port"]:
        found = f"{vpn['hub_port']} is vpn.listen_port too"
        mistakes.add(host, ("vpn", "hub_port"), found, "two different ports", "Choose another port.")
    hold, keepalive = routing.get("hold_time"), routing.get("keepalive_time")
    if hold and keepalive and keepalive * 3 > hold:
        found = f"{keepalive} is more than a third of hold_time {hold}"
        mistakes.add(host, ("routing", "keepalive_time"), found, f"at most {hold // 3} seconds", "Correct one of them.")


def openings(mistakes: Mistakes, site: Site, supernet: IPv4Network) -> None:
    """Extra openings of one site: names, sources on its own side, ports only where there are ports."""
    allow = site.values["firewall"].get("allow", [])
    named = [(a["name"], (site.router, ("firewall", "allow", i, "name"))) for i, a in enumerate(allow) if "name" in a]
    unique(mistakes, named, "opening", "Give each opening its own name.")
    for index, entry in enumerate(allow):
        path: tuple[str | int, ...] = ("firewall", "allow", index)
        destination, source = entry.get("destination"), entry.get("source")
        if destination is None:
            continue
        if entry.get("ports") and entry.get("protocol") not in ("tcp", "udp"):
            remedy = "Write the protocol, or take the ports out."
            mistakes.add(site.router, (*path, "protocol"), "ports without tcp or udp", "tcp or udp", remedy)
        inward = destination.subnet_of(site.lan)
        if destination.subnet_of(supernet) and not inward:
            found = f"{destination} is another part of the district"
            expected = f"a prefix outside of {supernet}, or one on this site's LAN {site.lan}"
            remedy = "Take it out: rooms reach each other anyway. What opens a site's LAN stands at that site."
            mistakes.add(site.router, (*path, "destination"), found, expected, remedy)
        around = supernet if inward else site.lan
        if source is not None and not source.subnet_of(around):
            found = f"{source} is not a part of {around}"
            mistakes.add(site.router, (*path, "source"), found, f"a part of {around}", "Correct it, or leave it out.")


def endpoints(mistakes: Mistakes, hubs: Sequence[Site]) -> None:
    """Two hubs are reached at two addresses."""
    claims = [(hub.endpoint, (hub.router, ("vpn", "endpoint"))) for hub in hubs if hub.endpoint]
    unique(mistakes, claims, "endpoint", "Each hub has its own address.")
