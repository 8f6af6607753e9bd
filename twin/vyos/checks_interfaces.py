"""Commit checks of interfaces."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from twin.vyos.findings import Context, Finding
from twin.vyos.tree import Tree, below, has, value, values


def bridge_of(config: Tree) -> dict[str, str]:
    """Each member of a bridge and its bridge; the first one when there are several."""
    owners: dict[str, str] = {}
    for bridge, node in below(config, "interfaces", "bridge").items():
        for member in values(node, "member", "interface"):
            owners.setdefault(member, bridge)
    return owners


def _kind(name: str) -> str:
    return {"br": "bridge", "du": "dummy", "wg": "wireguard", "lo": "loopback"}.get(name[:2], "ethernet")


def ethernet(context: Context) -> Iterator[Finding]:
    owners = bridge_of(context.config)
    for name, node in below(context.config, "interfaces", "ethernet").items():
        section = ("interfaces", "ethernet", name)
        if name not in context.ports:
            yield section, f'Interface "{name}" does not exist!'
        elif name in owners and has(node, "address"):
            yield section, f'Cannot assign address to interface "{name}" as it is a member of bridge "{owners[name]}"!'
        elif "dhcp" in values(node, "address") and len(values(node, "address")) > 1:
            yield section, "DHCP and static address can not be used at the same time!"


def bridge(context: Context) -> Iterator[Finding]:
    owners = bridge_of(context.config)
    for name, node in below(context.config, "interfaces", "bridge").items():
        section = ("interfaces", "bridge", name)
        for member in values(node, "member", "interface"):
            refusal = f'Can not add interface "{member}" to bridge, '
            if member == "lo":
                yield section, 'Loopback interface "lo" can not be added to a bridge'
            elif owners[member] != name:
                yield section, refusal + f'it is already a member of bridge "{owners[member]}"!'
            elif has(context.config, "interfaces", _kind(member), member, "address"):
                yield section, refusal + "it has an address assigned!"
            elif _kind(member) == "ethernet" and member not in context.ports:
                yield section, f'Interface "{member}" does not exist!'


def _same_pair(private: str, public: str) -> bool:
    try:
        own = X25519PrivateKey.from_private_bytes(base64.b64decode(private)).public_key().public_bytes_raw()
    except ValueError:
        return False
    return own == base64.b64decode(public)


def wireguard(context: Context) -> Iterator[Finding]:
    ports: dict[str, str] = {}
    for name, node in below(context.config, "interfaces", "wireguard").items():
        section = ("interfaces", "wireguard", name)
        private, port = value(node, "private-key"), value(node, "port")
        if private is None:
            yield section, "Wireguard private-key not defined"
            continue
        if port is not None and ports.setdefault(port, name) != name:
            yield section, f"UDP port {port} is busy or unavailable and cannot be used for the interface!"
        for key, what in [(private, "private-key"), *((k, "public-key") for k in _public_keys(node))]:
            if len(base64.b64decode(key)) != 32:
                yield section, f"Wireguard {what} is not of the right length"
        yield from ((section, words) for words in _peers(node, name, private))


def _public_keys(node: Tree) -> list[str]:
    return [key for peer in below(node, "peer").values() if (key := value(peer, "public-key"))]


def _peers(node: Tree, name: str, private: str) -> Iterator[str]:
    seen: set[str] = set()
    for peer, settings in below(node, "peer").items():
        public = value(settings, "public-key")
        if not has(settings, "allowed-ips"):
            yield f'Wireguard allowed-ips required for peer "{peer}"!'
        elif public is None:
            yield f'Wireguard public-key required for peer "{peer}"!'
        elif has(settings, "address") != has(settings, "port"):
            yield f'Both Wireguard port and address must be defined for peer "{peer}" if either one of them is set!'
        elif public in seen:
            yield f'Duplicate public-key defined on peer "{peer}"'
        elif not has(settings, "disable") and _same_pair(private, public):
            yield f'Peer "{peer}" has the same public key as the interface "{name}"'
        else:
            seen.add(public)
