"""Addresses and prefixes that collide or stand where they must not, on one LAN and in the whole district."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from ipaddress import IPv4Address, IPv4Network

from diemcau import addressing
from diemcau.design.checks.site import Claim, unique
from diemcau.design.topology import Common, Site, call_server, control_address
from diemcau.inventory.source_location import Path_
from diemcau.inventory.validation import Mistakes


def lan(mistakes: Mistakes, site: Site) -> None:
    """The addresses of one room LAN are inside of it, and outside of the pool."""
    host, network = site.router, site.lan
    fixed: list[tuple[Path_, IPv4Address]] = [
        (("lan", "router_address"), site.router_address),
        (("lan", "room_address"), site.room_address),
    ]
    for index, entry in enumerate(site.values["lan"].get("reservations", [])):
        if "address" in entry:
            fixed.append((("lan", "reservations", index, "address"), entry["address"]))
    ends: list[tuple[Path_, IPv4Address]] = [
        (("lan", "pool_start"), site.pool_start),
        (("lan", "pool_end"), site.pool_end),
    ]
    for path, address in [*fixed, *ends]:
        if address not in network or address in (network[0], network[-1]):
            mistakes.add(
                host, path, f"{address} is not in {network}", f"an address of {network}", "Correct the address."
            )
    if site.pool_start > site.pool_end:
        found = f"{site.pool_end} comes before lan.pool_start {site.pool_start}"
        mistakes.add(host, ("lan", "pool_end"), found, "the pool's last address", "Swap them.")
    for path, address in fixed:
        in_pool(mistakes, host, path, address, site)


def in_pool(mistakes: Mistakes, host: str, path: Path_, address: IPv4Address, site: Site) -> None:
    """A fixed address must not be lent to anyone."""
    if site.pool_start <= address <= site.pool_end:
        pool = f"{site.pool_start} to {site.pool_end}"
        mistakes.add(
            host, path, f"{address} is in the pool of {site.slug}", f"an address outside of {pool}", "Move one."
        )


def prefixes(mistakes: Mistakes, sites: Sequence[Site], district: Common) -> set[str]:
    """Room LANs are inside the supernet and overlap nothing; circuits are outside of it.

    Gives back the routers whose LAN overlaps another.
    """
    overlapping: set[str] = set()
    taken: list[tuple[IPv4Network, str]] = [
        (block, "the addresses of tunnels and loopbacks") for block in addressing.infrastructure(district.supernet)
    ]
    for site in sorted(sites, key=lambda s: "prefix" in s.values["lan"]):  # the mistake is what someone wrote
        path: Path_ = ("lan", "prefix") if "prefix" in site.values["lan"] else ("site", "number")
        if not site.lan.subnet_of(district.supernet):
            found = f"{site.lan} is outside of the supernet"
            remedy = "Choose a prefix inside of it, or correct district.supernet."
            mistakes.add(site.router, path, found, f"a part of {district.supernet}", remedy)
        for block, owner in taken:
            if site.lan.overlaps(block):
                found = f"{site.lan} overlaps {block}, {owner}"
                mistakes.add(site.router, path, found, "a prefix that nothing else uses", "Choose a free prefix.")
                overlapping.add(site.router)
        taken.append((site.lan, f"the LAN of {site.slug}"))
    _circuit_networks(mistakes, sites, district)
    return overlapping


def _circuit_networks(mistakes: Mistakes, sites: Sequence[Site], district: Common) -> None:
    seen: list[tuple[IPv4Network, str]] = []
    for site in sites:
        for index, circuit in enumerate(site.values["wan"].get("circuits", [])):
            if circuit.get("address") is None:
                continue
            network: IPv4Network = circuit["address"].network
            path: Path_ = ("wan", "circuits", index, "address")
            if network.overlaps(district.supernet):
                found = f"{network} overlaps the supernet {district.supernet}"
                remedy = "Correct the address: the provider's network is not a part of the district."
                mistakes.add(site.router, path, found, "an address of the provider", remedy)
            for other, owner in seen:
                # Several sites in one subnet of the provider are usual; on one router, or of two sizes, they are not.
                if network.overlaps(other) and (network != other or owner == site.router):
                    found = f"{network} overlaps {other} of {owner}"
                    remedy = "Correct the address or its length."
                    mistakes.add(site.router, path, found, "a subnet of its own", remedy)
            seen.append((network, site.router))


def addresses(mistakes: Mistakes, sites: Sequence[Site], district: Common) -> None:
    """Every address has one owner; AS numbers, MAC addresses and hosts of the district too."""
    claims: list[tuple[Hashable, Claim]] = []
    macs: list[tuple[Hashable, Claim]] = []
    for site in sites:
        host = site.router
        claims.append((site.loopback, (host, ("routing", "router_id"))))
        claims += [(tunnel.ip, (host, ("vpn", "addresses", i))) for i, tunnel in enumerate(site.tunnels)]
        claims.append((site.router_address, (host, ("lan", "router_address"))))
        claims.append((site.room_address, (host, ("lan", "room_address"))))
        for index, circuit in enumerate(site.values["wan"].get("circuits", [])):
            if circuit.get("address") is not None:
                claims.append((circuit["address"].ip, (host, ("wan", "circuits", index, "address"))))
        macs.append((site.mac, (site.room_host, ("mac",))))
        for index, entry in enumerate(site.values["lan"].get("reservations", [])):
            if {"address", "mac"} <= entry.keys():
                claims.append((entry["address"], (host, ("lan", "reservations", index, "address"))))
                macs.append((entry["mac"], (host, ("lan", "reservations", index, "mac"))))
        _loopback(mistakes, site, sites, district)
    claims += _servers(mistakes, sites, district)
    unique(mistakes, claims, "address", "Give each its own address.")
    unique(mistakes, macs, "MAC address", "Copy the MAC address from the label of the device.")
    asns: list[tuple[Hashable, Claim]] = [(site.asn, (site.router, ("routing", "asn"))) for site in sites]
    unique(mistakes, asns, "AS number", "Leave routing.asn out, or choose a free one.")


def _loopback(mistakes: Mistakes, site: Site, sites: Sequence[Site], district: Common) -> None:
    inside = site.loopback in district.supernet and not any(site.loopback in other.lan for other in sites)
    if not inside or any(site.loopback in net for net in addressing.infrastructure(district.supernet)[:3]):
        found = f"{site.loopback} is not free for a loopback"
        expected = f"an address of {district.supernet} outside of all LANs and tunnels"
        mistakes.add(site.router, ("routing", "router_id"), found, expected, "Leave it out, or choose such an address.")


def _servers(mistakes: Mistakes, sites: Sequence[Site], district: Common) -> list[tuple[Hashable, Claim]]:
    """Control machine and call server stand on LANs: outside of the pools."""
    claims: list[tuple[Hashable, Claim]] = []
    by_slug = {site.slug: site for site in sites}
    control, first = by_slug.get(district.control), by_slug.get(district.hubs[0])
    if control is not None:
        address = control_address(district, control)
        path: Path_ = ("district", "control_address")
        if address is None or address not in control.lan:
            found = f"{address or 'host 10'} is not in {control.lan}, the LAN of {control.slug}"
            mistakes.add(control.router, path, found, f"an address of {control.lan}", "Correct the address.")
        else:
            in_pool(mistakes, control.router, path, address, control)
            claims.append((address, (control.router, path)))
    if first is not None:
        server = call_server(district, first)
        path = ("district", "call_server")
        if server is None:
            found = f"is missing, and {first.lan} is too small to have host {addressing.CALL_SERVER}"
            mistakes.add(first.router, path, found, "the address at which rooms register", "Write it.")
        else:
            for site in sites:
                in_pool(mistakes, first.router, path, server, site)
            claims.append((server, (first.router, path)))
    return claims
