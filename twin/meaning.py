"""What a router's configuration means for Linux: the one interface between a device's reader and the daemons.

A device (``twin.vyos``, ``twin.routeros``) turns its configuration into a :class:`Meaning`;
``twin.linux`` makes a network namespace match it, changing only what differs.
"""

from __future__ import annotations

from dataclasses import dataclass


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
    silent: bool = False  # its gateway does not answer: the lease stays, its default route does not


@dataclass(frozen=True)
class FailoverRoute:
    """A route that is there while its targets answer pings through its interface; the kernel prefers low metrics."""

    destination: str
    gateway: str
    interface: str
    metric: int
    targets: tuple[str, ...]  # all of them
    pause: int  # seconds after each check


@dataclass(frozen=True)
class LeafQueue:
    """Where the packets of a class wait. A kind that the kernel lacks becomes a plain queue."""

    kind: str  # as `tc` calls it: "pfifo", "bfifo", "sfq", "fq_codel"
    limit: int | None = None  # packets, or bytes in a bfifo; None = as the kernel has it
    options: str = ""  # what else `tc` is told about this kind


@dataclass(frozen=True)
class TrafficClass:
    """A class of a shaper, as HTB knows it."""

    number: int  # 1 to 65535
    parent: int  # 0 = the interface itself
    rate: int  # bit/s that it has in any case
    ceil: int  # bit/s that it may have when others leave them
    priority: int = 0  # who is first asked what to do with what is left: 0 to 7
    burst: int | None = None  # bytes at full speed; None = what `tc` works out
    cburst: int | None = None  # the same for ``ceil``
    queue: LeafQueue | None = None  # None: it has classes below it


@dataclass(frozen=True)
class Shaper:
    """The queues at an interface, for what leaves by it.

    A packet's class is told by a filter, or by its priority (the class 1:10 is 0x10010), which nftables can set.
    """

    interface: str
    classes: tuple[TrafficClass, ...]  # each after its parent
    default: int = 0  # the class of what nothing tells; 0 = that is not shaped
    filters: tuple[str, ...] = ()  # for `tc filter add`, from "prio" on


@dataclass(frozen=True)
class Meaning:
    """Texts are complete inputs of the real daemons; an empty text means that the daemon is not wanted."""

    hostname: str
    links: tuple[Link, ...] = ()
    dhcp_clients: tuple[DhcpClient, ...] = ()
    shapers: tuple[Shaper, ...] = ()
    failover: tuple[FailoverRoute, ...] = ()
    frr: str = ""  # integrated frr.conf: static routes, prefix lists, route maps, bgp
    nft: str = ""  # a whole ruleset, without "flush ruleset"
    dnsmasq: str = ""  # dnsmasq.conf of the DHCP server (lease file and pid file are the caller's business)
    time_clients: tuple[str, ...] = ()  # prefixes that are told the time; () = no time server
    forwarding: bool = True
    ssh_port: int | None = 22  # None = SSH is off
