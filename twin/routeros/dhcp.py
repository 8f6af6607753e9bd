"""The DHCP server as dnsmasq's configuration."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from twin.routeros.durations import seconds
from twin.routeros.names import linux_names
from twin.routeros.store import Config

_OPTIONS = (("gateway", 3), ("dns-server", 6), ("ntp-server", 42), ("domain", 15))
_SILENT = (3, 6)  # dnsmasq would offer itself where RouterOS says nothing


def render(config: Config) -> str:
    """dnsmasq.conf without its files; "" when no server is enabled."""
    lines = []
    for index, server in enumerate(config.enabled("/ip/dhcp-server")):
        lines += list(_server(config, server, f"server{index + 1}"))
    if not lines:
        return ""
    return "\n".join(["port=0", "bind-dynamic", "except-interface=lo", *lines]) + "\n"


def _server(config: Config, server: dict[str, str], tag: str) -> Iterator[str]:
    names = linux_names(config)
    addresses = [
        ipaddress.IPv4Interface(entry["address"])
        for entry in config.enabled("/ip/address")
        if entry["interface"] == server["interface"]
    ]
    if server["interface"] not in names or not addresses:
        return  # RouterOS shows such a server as invalid
    yield f"interface={names[server['interface']]}"
    if server["authoritative"] != "no":
        yield "dhcp-authoritative"
    length = int(seconds(server["lease-time"]) or 1800)
    leases = [e for e in config.enabled("/ip/dhcp-server/lease") if e["server"] in ("all", server["name"])]
    for number, network in enumerate({address.network: None for address in addresses}):
        yield from _network(config, server, network, f"{tag}n{number}", length)
    for lease in leases:
        mac = lease["mac-address"].lower()
        if lease["block-access"] == "yes":
            yield f"dhcp-host={mac},ignore"
        elif any(ipaddress.IPv4Address(lease["address"]) in address.network for address in addresses):
            own = int(seconds(lease["lease-time"]) or 0) or length
            yield f"dhcp-host={mac},{lease['address']},{own}"


def _network(
    config: Config, server: dict[str, str], network: ipaddress.IPv4Network, tag: str, length: int
) -> Iterator[str]:
    found = False
    for low, high in _ranges(config, server["address-pool"], frozenset()):
        if low in network and high in network:
            found = True
            yield f"dhcp-range=set:{tag},{low},{high},{network.netmask},{max(length, 120)}"
    if not found:
        yield f"dhcp-range=set:{tag},{network.network_address},static,{network.netmask},{max(length, 120)}"
    said = set()
    options: dict[str, str] = {}
    for entry in config.enabled("/ip/dhcp-server/network"):
        if ipaddress.IPv4Network(entry["address"]).supernet_of(network):
            options = entry
    for name, number in _OPTIONS:
        if options.get(name):
            said.add(number)
            yield f"dhcp-option=tag:{tag},{number},{options[name]}"
    yield from (f"dhcp-option=tag:{tag},{number}" for number in _SILENT if number not in said)


def _ranges(
    config: Config, pool: str, seen: frozenset[str]
) -> Iterator[tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]]:
    """The ranges of a pool and of those that follow it when it is empty."""
    entry = next((e for e in config.enabled("/ip/pool") if e["name"] == pool), None)
    if entry is None or pool in seen:
        return
    for part in entry["ranges"].split(","):
        if "/" in part:
            network = ipaddress.IPv4Network(part)
            yield network.network_address, network.broadcast_address
        else:
            low, _, high = part.partition("-")
            yield ipaddress.IPv4Address(low), ipaddress.IPv4Address(high or low)
    yield from _ranges(config, entry["next-pool"], seen | {pool})
