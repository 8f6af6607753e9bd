"""Commit checks of log-ins and services."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from twin.vyos.findings import Context, Finding
from twin.vyos.tree import Tree, below, has, value, values


def login(context: Context) -> Iterator[Finding]:
    section = ("system", "login")
    users = below(context.config, "system", "login", "user")
    if context.user and context.user not in users and has(context.old, "system", "login", "user", context.user):
        yield section, f"Attempting to delete current user: {context.user}"
    for user in users.values():
        for name, key in below(user, "authentication", "public-keys").items():
            if not has(key, "type"):
                yield section, f'Missing type for public-key "{name}"!'
            if not has(key, "key"):
                yield section, f'Missing key for public-key "{name}"!'
    if has(context.config, *section, "max-login-session") and not has(context.config, *section, "timeout"):
        yield section, '"login timeout" must be configured!'


def ntp(context: Context) -> Iterator[Finding]:
    if has(context.config, "service", "ntp") and not has(context.config, "service", "ntp", "server"):
        yield ("service", "ntp"), "NTP server not configured"


def snmp(context: Context) -> Iterator[Finding]:
    for name, community in below(context.config, "service", "snmp", "community").items():
        if has(community, "client") and has(community, "network"):
            yield ("service", "snmp"), f'Can not use both client and network for community "{name}"'


def interface_networks(config: Tree) -> dict[str, list[ipaddress.IPv4Interface]]:
    """The IPv4 addresses that the configuration gives to each interface."""
    found: dict[str, list[ipaddress.IPv4Interface]] = {}
    for kind in below(config, "interfaces").values():
        for name, node in kind.items():
            texts = [text for text in values(node, "address") if "." in text]
            found[name] = [ipaddress.IPv4Interface(text) for text in texts]
    return found


def dhcp_server(context: Context) -> Iterator[Finding]:
    tree = below(context.config, "service", "dhcp-server")
    if not has(context.config, "service", "dhcp-server") or has(tree, "disable"):
        return
    section = ("service", "dhcp-server")
    if not has(tree, "shared-network-name"):
        words = "No DHCP shared networks configured.\nAt least one DHCP shared network must be configured."
        yield section, words
        return
    for words in _networks(context, tree):
        yield section, words


def _networks(context: Context, tree: Tree) -> Iterator[str]:
    seen: list[ipaddress.IPv4Network] = []
    numbers: set[str] = set()
    networks = below(tree, "shared-network-name")
    for network, node in networks.items():
        if not has(node, "subnet"):
            yield f"No subnets defined for {network}. At least one\nlease subnet must be configured."
        for text, subnet in below(node, "subnet").items():
            prefix = ipaddress.IPv4Network(text)
            if context.release != "1.4":
                yield from _number(text, subnet, numbers)
            yield from _subnet(network, text, prefix, subnet, context.release)
            if prefix in seen:
                yield f'Configured subnets must be unique! Subnet "{text}"\ndefined multiple times!'
            for other in seen:
                if prefix != other and prefix.overlaps(other):
                    yield f'Conflicting subnet ranges: "{prefix}" overlaps "{other}"!'
            seen.append(prefix)
    if all(has(node, "disable") for node in networks.values()):
        yield "At least one shared network must be active!"
    yield from _listening(context.config, tree, networks)


def _number(text: str, subnet: Tree, numbers: set[str]) -> Iterator[str]:
    number = value(subnet, "subnet-id")
    if number is None:
        yield f'Unique subnet ID not specified for subnet "{text}"'
    elif number in numbers:
        yield f'Subnet ID for subnet "{text}" is not unique'
    else:
        numbers.add(number)


def _listening(config: Tree, tree: Tree, networks: Tree) -> Iterator[str]:
    own = [one.ip for several in interface_networks(config).values() for one in several]
    active = [below(node, "subnet") for node in networks.values() if not has(node, "disable")]
    served = [ipaddress.IPv4Network(text) for subnets in active for text in subnets]
    listening = any(address in prefix for prefix in served for address in own)
    for text in values(tree, "listen-address"):
        if any(str(address) == text for address in own):
            listening = True
        else:
            yield f'listen-address "{text}" not configured on any interface'
    if not listening:
        yield (
            "None of the configured subnets have an appropriate primary IP address on any\n"
            "broadcast interface configured, nor was there an explicit listen-address\n"
            "configured for serving DHCP relay packets!"
        )


def _ranges(network: str, text: str, prefix: ipaddress.IPv4Network, subnet: Tree) -> Iterator[str]:
    taken: list[tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]] = []
    for name, node in below(subnet, "range").items():
        ends = value(node, "start"), value(node, "stop")
        if ends[0] is None or ends[1] is None:
            yield f'DHCP range "{name}" start and stop address must be defined!'
            continue
        start, stop = ipaddress.IPv4Address(ends[0]), ipaddress.IPv4Address(ends[1])
        for what, address in (("start", start), ("stop", stop)):
            if address not in prefix:
                yield f'DHCP range "{name}" {what} address not within shared-network "{network}, {text}"!'
        if stop < start:
            yield f'DHCP range "{name}" stop address must be greater or equal\nto the ranges start address!'
        for low, high in taken:
            for what, address in (("start", start), ("stop", stop)):
                if low <= address <= high:
                    yield f'Range "{name}" {what} address "{address}" already part of another range!'
        taken.append((start, stop))


def _subnet(network: str, text: str, prefix: ipaddress.IPv4Network, subnet: Tree, release: str) -> Iterator[str]:
    yield from _ranges(network, text, prefix, subnet)
    for address_text in values(subnet, "exclude"):
        if ipaddress.IPv4Address(address_text) not in prefix:
            yield f'Excluded IP address "{address_text}" not within shared-network "{network}, {text}"!'
    if not has(subnet, "range") and not has(subnet, "static-mapping"):
        yield f'No DHCP address range or active static-mapping configured\nwithin shared-network "{network}, {text}"!'
    for name, route in below(subnet, *(("option",) if release != "1.4" else ()), "static-route").items():
        if not has(route, "next-hop"):
            yield f'DHCP static-route "{name}" requires router to be defined!'
    yield from _mappings(network, text, prefix, subnet, release)


def _mappings(network: str, text: str, prefix: ipaddress.IPv4Network, subnet: Tree, release: str) -> Iterator[str]:
    addresses: set[str] = set()
    macs: set[str] = set()
    for name, node in below(subnet, "static-mapping").items():
        address, mac = value(node, "ip-address"), value(node, "mac-address" if release == "1.4" else "mac")
        if address is not None and ipaddress.IPv4Address(address) not in prefix:
            yield (
                f'Configured static lease address for mapping "{name}" is\n'
                f'not within shared-network "{network}, {text}"!'
            )
        if mac is None:
            if release == "1.4":
                yield f'MAC address required for static mapping "{name}"\nwithin shared-network "{network}, {text}"!'
            else:
                yield (
                    "Either MAC address or Client identifier (DUID) is required for "
                    f'static mapping "{name}" within shared-network "{network}, {text}"!'
                )
        if has(node, "disable"):
            continue
        if address is not None and address in addresses:
            yield f'Configured IP address for static mapping "{name}" already exists on another static mapping'
        if mac is not None and mac.lower() in macs:
            yield f'Configured MAC address for static mapping "{name}" already exists on another static mapping'
        addresses.add(address or "")
        macs.add((mac or "").lower())
