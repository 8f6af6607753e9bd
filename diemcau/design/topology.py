"""Who stands where: sites, hubs, the control machine, the call server; what is in the district and what outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from diemcau import addressing, naming
from diemcau.intent import Circuit


@dataclass(frozen=True)
class Common:
    """What holds for the whole district."""

    name: str
    supernet: IPv4Network
    hubs: tuple[str, ...]  # sites, the preferred one first
    control: str  # the site with the control machine
    control_address: IPv4Address | None  # None = derived
    call_server: IPv4Address | None
    ntp_servers: tuple[IPv4Address, ...]
    contact: str  # whom a technician calls; "" = nobody is named


@dataclass(frozen=True)
class Site:
    slug: str  # "ga-ry"
    name: str  # "Ga Ry"
    number: int
    hub: int | None  # 0 = the first hub, 1 = the second; None = a commune
    platform: str
    release: str
    mac: str  # of the room's endpoint
    values: Mapping[str, Any]  # the router's variables, checked and with defaults
    room: Mapping[str, Any]  # the room's, likewise
    circuits: tuple[Circuit, ...]
    lan: IPv4Network
    router_address: IPv4Address
    room_address: IPv4Address
    pool_start: IPv4Address
    pool_end: IPv4Address
    tunnels: tuple[IPv4Interface, ...]  # the addresses of wg0, wg1
    loopback: IPv4Address
    asn: int
    endpoint: IPv4Address | None  # where others reach a hub

    @property
    def router(self) -> str:
        """The router's host name in the inventory."""
        return naming.router_host(self.slug)

    @property
    def room_host(self) -> str:
        """The room's host name in the inventory."""
        return naming.room_host(self.slug)


@dataclass(frozen=True)
class Layout:
    """The whole district, resolved and checked."""

    common: Common
    hubs: tuple[Site, ...]  # the preferred one first
    communes: tuple[Site, ...]  # by number
    control_address: IPv4Address
    call_server: IPv4Address

    @property
    def sites(self) -> tuple[Site, ...]:
        """All sites, hubs first."""
        return self.hubs + self.communes

    def other_hub(self, site: Site) -> Site | None:
        """A hub's counterpart; None for a commune, or when there is one hub only."""
        return next((hub for hub in self.hubs if site.hub is not None and hub.slug != site.slug), None)


def control_address(district: Common, control: Site) -> IPv4Address | None:
    """Where the control machine stands, given or derived."""
    return district.control_address or addressing.host(control.lan, addressing.CONTROL)


def call_server(district: Common, first_hub: Site) -> IPv4Address | None:
    """Where rooms register, given or derived."""
    return district.call_server or addressing.host(first_hub.lan, addressing.CALL_SERVER)


def bridge(site: Site) -> str:
    """The interface of the room LAN."""
    return str(site.values["lan"].get("bridge") or site.values["ports"]["bridge"])


def external(layout: Layout) -> bool:
    """Whether calls leave the district: then they take each site's own circuit, without a tunnel."""
    return layout.call_server not in layout.common.supernet


def tunnel_networks(district: Common, hub: int | None) -> tuple[IPv4Network, ...]:
    """The networks of a router's tunnels wg0, wg1."""
    supernet = district.supernet
    if hub is None:
        return tuple(addressing.tunnels(supernet, index) for index in range(len(district.hubs)))
    other = (addressing.between_hubs(supernet),) if len(district.hubs) > 1 else ()
    return (addressing.tunnels(supernet, hub), *other)
