"""What a router's configuration means for Linux: the one interface between a device's reader and the daemons.

A device (``twin.vyos``, ``twin.routeros``) turns its configuration into a :class:`Meaning`;
``twin.linux`` makes a network namespace match it, changing only what differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Link:
    """An interface. Kind ``ethernet`` exists already (a veth); the others are made and removed."""

    name: str
    kind: str  # "ethernet", "bridge", "dummy", "wireguard", "loopback"
    addresses: tuple[str, ...] = ()  # "10.77.18.1/24"
    mtu: int | None = None
    up: bool = True
    members: tuple[str, ...] = ()  # of a bridge
    wireguard: str = ""  # text for `wg setconf`, of a wireguard link


@dataclass(frozen=True)
class DhcpClient:
    interface: str
    distance: int  # becomes the metric of its default route
    default_route: bool = True


@dataclass(frozen=True)
class Meaning:
    """Texts are complete inputs of the real daemons; an empty text means that the daemon is not wanted."""

    hostname: str
    links: tuple[Link, ...] = ()
    dhcp_clients: tuple[DhcpClient, ...] = ()
    frr: str = ""  # integrated frr.conf: static routes, prefix lists, route maps, bgp
    nft: str = ""  # a whole ruleset, without "flush ruleset"
    dnsmasq: str = ""  # dnsmasq.conf of the DHCP server (lease file and pid file are the caller's business)
    time_clients: tuple[str, ...] = ()  # prefixes that are told the time; () = no time server
    forwarding: bool = True
    ssh_port: int | None = 22  # None = SSH is off
    extra: dict[str, str] = field(default_factory=dict)  # for tests and status only
