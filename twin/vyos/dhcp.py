"""The DHCP server of ``service dhcp-server``, done by dnsmasq: ISC's in 1.4 and Kea in 1.5 give the same leases."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from twin.vyos.checks_services import interface_networks
from twin.vyos.tree import Tree, below, has, value, values

DEFAULT_LEASE = "86400"  # seconds

# leaf -> number of the DHCP option
_OPTIONS = {
    "default-router": 3,
    "time-server": 4,
    "name-server": 6,
    "domain-name": 15,
    "ntp-server": 42,
    "tftp-server-name": 66,
    "bootfile-name": 67,
    "domain-search": 119,
}
_SILENT = (3, 6)  # dnsmasq would offer itself where VyOS says nothing


def render(config: Tree, release: str) -> str:
    """dnsmasq.conf without its files; "" when no DHCP server is wanted."""
    tree = below(config, "service", "dhcp-server")
    if not tree or has(tree, "disable"):
        return ""
    lines = list(_networks(tree, interface_networks(config), release))
    head = ["port=0", "bind-dynamic", "except-interface=lo"]
    if any(has(node, "authoritative") for node in below(tree, "shared-network-name").values()):
        head.append("dhcp-authoritative")
    return "\n".join([*head, *lines]) + "\n"


def _networks(tree: Tree, addresses: dict[str, list[ipaddress.IPv4Interface]], release: str) -> Iterator[str]:
    tag = 0
    for node in below(tree, "shared-network-name").values():
        if has(node, "disable"):
            continue
        general = node if release == "1.4" else below(node, "option")
        for text, subnet in below(node, "subnet").items():
            if has(subnet, "disable"):
                continue
            tag += 1
            prefix = ipaddress.IPv4Network(text)
            yield from (f"interface={name}" for name, own in addresses.items() if any(one.ip in prefix for one in own))
            own_options = subnet if release == "1.4" else below(subnet, "option")
            yield from _subnet(f"net{tag}", prefix, subnet, [own_options, general], release)


def _subnet(tag: str, prefix: ipaddress.IPv4Network, subnet: Tree, options: list[Tree], release: str) -> Iterator[str]:
    lease = value(subnet, "lease") or DEFAULT_LEASE
    ranges = list(_ranges(subnet))
    for start, stop in ranges:
        yield f"dhcp-range=set:{tag},{start},{stop},{prefix.netmask},{lease}"
    if not ranges:
        yield f"dhcp-range=set:{tag},{prefix.network_address},static,{prefix.netmask},{lease}"
    said = set()
    for leaf, number in _OPTIONS.items():
        # what the subnet says counts before what the network says
        if found := next((values(node, leaf) for node in options if has(node, leaf)), None):
            said.add(number)
            yield f"dhcp-option=tag:{tag},{number},{','.join(found)}"
    yield from (f"dhcp-option=tag:{tag},{number}" for number in _SILENT if number not in said)
    routes = [(net, way) for node in options for net, one in below(node, "static-route").items()
              if (way := value(one, "next-hop"))]  # fmt: skip
    if routes:
        yield f"dhcp-option=tag:{tag},121,{','.join(f'{net},{way}' for net, way in routes)}"
    for name, node in below(subnet, "static-mapping").items():
        mac = value(node, "mac-address" if release == "1.4" else "mac")
        if mac and not has(node, "disable"):
            address = value(node, "ip-address")
            yield ",".join([f"dhcp-host={mac.lower()}", *([address] if address else []), name, lease])


def _ranges(subnet: Tree) -> Iterator[tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]]:
    """The ranges without the excluded addresses."""
    excluded = sorted(ipaddress.IPv4Address(text) for text in values(subnet, "exclude"))
    for node in below(subnet, "range").values():
        start, stop = (ipaddress.IPv4Address(value(node, end) or "0.0.0.0") for end in ("start", "stop"))
        for hole in excluded:
            if start <= hole <= stop:
                if start < hole:
                    yield start, hole - 1
                start = hole + 1
        if start <= stop:
            yield start, stop
