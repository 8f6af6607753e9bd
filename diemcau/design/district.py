"""From the inventory to what every router is asked for: checked, complete, and with every mistake reported at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from diemcau import naming, platforms
from diemcau.design import endpoint, firewall, qos, sites, topology, tunnels
from diemcau.design.checks import addresses as address_checks
from diemcau.design.checks import bandwidth as bandwidth_checks
from diemcau.design.checks import endpoints as endpoint_checks
from diemcau.design.checks import site as site_checks
from diemcau.design.topology import Common, Layout, Site
from diemcau.errors import InventoryError
from diemcau.intent import Admin, Endpoint, Lan, Reservation, Router, System, Wan
from diemcau.inventory.formats import SLUG
from diemcau.inventory.validation import Mistakes, Specs, check_host
from diemcau.secrets import store
from diemcau.secrets.store import SecretSource

ADMIN = "diemcau"  # the one user of every router


@dataclass(frozen=True)
class District:
    """Everything that the inventory asks for."""

    name: str
    supernet: str
    hubs: tuple[str, ...]  # sites, the preferred one first
    control_site: str
    control_address: str
    call_server: str
    contact: str  # whom a technician at a site calls; "" = nobody is named
    routers: dict[str, Router]  # by host; hubs first, then by number
    rooms: dict[str, Endpoint]  # by host, in the same order
    numbers: dict[str, int]  # site -> its number
    secrets_wanted: dict[str, tuple[str, ...]]  # file of secrets -> names, for diemcau.secrets.store.ensure()

    def router_of(self, site: str) -> Router:
        """The router of a site that exists."""
        return next(router for router in self.routers.values() if router.site == site)

    def room_of(self, site: str) -> Endpoint:
        """The endpoint of a site that exists."""
        return next(room for room in self.rooms.values() if room.site == site)


def build(
    hosts: Mapping[str, Mapping[str, Any]],
    source: SecretSource,
    specs: Specs,
    names: Sequence[str] | None = None,
    releases: site_checks.Releases | None = None,
) -> District:
    """The district of all hosts' variables (:func:`diemcau.ansible.hostvars.from_hostvars`).

    ``names`` and ``releases`` say which platforms exist; without them, those of ``diemcau.platforms``.
    Raises InventoryError with all mistakes at once, and DiemcauError when a file of secrets cannot be read.
    """
    mistakes = Mistakes(hosts)
    layout = _layout(mistakes, specs, platforms.names() if names is None else names, releases or _releases)
    if layout is None:
        raise InventoryError(*mistakes.problems())
    wanted = _secrets_wanted(layout)
    if problems := mistakes.problems() + source.problems(wanted):
        raise InventoryError(*problems)
    return District(
        name=layout.common.name,
        supernet=str(layout.common.supernet),
        hubs=layout.common.hubs,
        control_site=layout.common.control,
        control_address=str(layout.control_address),
        call_server=str(layout.call_server),
        contact=layout.common.contact,
        routers={site.router: _router(site, layout, source, _rates(specs)) for site in layout.sites},
        rooms={s.room_host: endpoint.endpoint(s, layout, source, _rates(specs)) for s in layout.sites},
        numbers={site.slug: site.number for site in layout.sites},
        secrets_wanted=wanted,
    )


def _rates(specs: Specs) -> tuple[int, ...]:
    """The rates of calls in kbit/s that an endpoint offers."""
    calls = specs.room["room"]["options"]["calls"]["options"]
    return tuple(calls["rate_kbps"]["choices"])


def _releases(platform: str) -> Sequence[str]:
    return platforms.load(platform).RELEASES


def _layout(mistakes: Mistakes, specs: Specs, names: Sequence[str], releases: site_checks.Releases) -> Layout | None:
    """Check everything that can be checked; None when too much is missing to go on."""
    slugs = _slugs(mistakes)
    values = _values(mistakes, specs, slugs)
    known = [
        s
        for s in slugs
        if site_checks.platform(mistakes, naming.router_host(s), values[naming.router_host(s)], names, releases)
    ]
    common = _common(mistakes, values, slugs)
    if common is None:
        return None
    hubs_known = site_checks.places(mistakes, slugs, common)
    for slug in known:
        host = naming.router_host(slug)
        site_checks.circuits(mistakes, host, values[host], slug in common.hubs)
        site_checks.limits(mistakes, host, values[host])
    if not hubs_known:
        return None
    resolved = [
        site
        for slug in known
        if (
            site := sites.resolve(
                mistakes, slug, values[naming.router_host(slug)], values[naming.room_host(slug)], common
            )
        )
    ]
    numbers = [(site.number, (site.router, ("site", "number"))) for site in sorted(resolved, key=lambda s: s.slug)]
    second = site_checks.unique(mistakes, numbers, "number", "Choose a free number: the addresses are derived from it.")
    for site in resolved:
        site_checks.openings(mistakes, site, common.supernet)
        address_checks.lan(mistakes, site)
    # What follows from a number or a prefix that two sites have is no mistake of its own.
    numbered = [site for site in resolved if site.router not in second]
    rooms = [site for site in numbered if site.circuits]
    endpoint_checks.rooms(mistakes, rooms, _rates(specs))
    reachable = [site for site in rooms if site.hub is not None and site.endpoint]  # the others have their mistake
    inside = common.call_server is None or common.call_server in common.supernet  # else calls take each site's own line
    slow = endpoint_checks.hubs(mistakes, reachable, rooms, _rates(specs)) if inside else set()
    bandwidth_checks.communes(mistakes, rooms, _rates(specs))
    bandwidth_checks.hubs(
        mistakes, [site for site in reachable if site.router not in slow], rooms, _rates(specs), inside
    )
    second |= address_checks.prefixes(mistakes, numbered, common)
    address_checks.addresses(mistakes, [site for site in numbered if site.router not in second], common)
    hubs = tuple(sorted((s for s in resolved if s.hub is not None), key=lambda s: s.hub or 0))
    site_checks.endpoints(mistakes, hubs)
    control = next((site for site in resolved if site.slug == common.control), None)
    if not hubs or control is None or len(resolved) < len(slugs):
        return None
    control_address = topology.control_address(common, control)
    call_server = topology.call_server(common, hubs[0])
    if control_address is None or call_server is None:
        return None
    communes = tuple(sorted((s for s in resolved if s.hub is None), key=lambda s: s.number))
    return Layout(common, hubs, communes, control_address, call_server)


def _slugs(mistakes: Mistakes) -> list[str]:
    """The sites by their routers' names; every host is the router or the room of a site that has both."""
    found = []
    for host in mistakes.hosts:
        slug, kind = naming.site_of(host), naming.kind_of(host)
        if kind not in naming.KINDS or not re.fullmatch(SLUG, slug) or len(host) > 63:
            expected = "<site>-router or <site>-room, of lower-case letters, digits and hyphens, at most 63"
            mistakes.add(host, (), "is the name of neither a router nor a room", expected, "Correct the host's name.")
        elif (
            other := naming.room_host(slug) if kind == naming.ROUTER else naming.router_host(slug)
        ) not in mistakes.hosts:
            mistakes.add(host, (), f"has no {other} beside it", "a router and a room at each site", f"Add {other}.")
        elif kind == naming.ROUTER:
            found.append(slug)
    return found


def _values(mistakes: Mistakes, specs: Specs, slugs: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The checked variables of all hosts. Routers first: what a whole site shares is reported for its router."""
    everything = {**specs.room, **specs.router}
    result = {
        (host := naming.router_host(slug)): check_host(mistakes, host, specs.router, everything) for slug in slugs
    }
    result |= {(host := naming.room_host(slug)): check_host(mistakes, host, specs.room, everything) for slug in slugs}
    return result


def _common(mistakes: Mistakes, values: Mapping[str, Mapping[str, Any]], slugs: Sequence[str]) -> Common | None:
    if not slugs:
        if not mistakes:
            mistakes.add(
                "", (), "the inventory has no hosts", "a router and a room at each site", "Name the inventory: -i"
            )
        return None
    first = naming.router_host(slugs[0])
    for host in values:
        if mistakes.hosts[host].get("district") != mistakes.hosts[first].get("district"):
            found = f"differs from the one of {first}"
            remedy = "Keep it in inventory/group_vars/all/district.yml only."
            mistakes.add(host, ("district",), found, "one district for all hosts", remedy)
    return sites.common(values[first].get("district", {}))


def _secrets_wanted(layout: Layout) -> dict[str, tuple[str, ...]]:
    wanted: dict[str, tuple[str, ...]] = {store.DISTRICT: store.WANTED_OF_DISTRICT}
    for site in layout.sites:
        interfaces = [f"wg{index}" for index in range(len(topology.tunnel_networks(layout.common, site.hub)))]
        wanted[site.router] = store.wanted_of_router(interfaces)
        wanted[site.room_host] = store.WANTED_OF_ROOM
    return wanted


def _router(site: Site, layout: Layout, source: SecretSource, offered: Sequence[int]) -> Router:
    return Router(
        host=site.router,
        site=site.slug,
        display_name=site.name,
        is_hub=site.hub is not None,
        platform=site.platform,
        release=site.release,
        management_address=str(site.loopback),
        system=_system(site, layout, source),
        wan=Wan(tuple(sorted(site.circuits, key=lambda circuit: circuit.distance))),
        lan=_lan(site, layout),
        vpn=tunnels.vpn(site, layout, source),
        routing=tunnels.routing(site, layout),
        firewall=firewall.firewall(site, layout),
        qos=qos.qos(site, layout, offered),
    )


def _texts(addresses: Sequence[IPv4Address]) -> tuple[str, ...]:
    return tuple(str(address) for address in addresses)


def _hub_clocks(layout: Layout) -> tuple[str, ...]:
    return _texts([hub.loopback for hub in layout.hubs])


def _system(site: Site, layout: Layout, source: SecretSource) -> System:
    settings = site.values["system"]
    is_hub = site.hub is not None
    clocks = _texts(layout.common.ntp_servers) if is_hub else _hub_clocks(layout)
    return System(
        hostname=settings.get("hostname", site.router),
        timezone=settings["timezone"],
        ntp_servers=_texts(settings.get("ntp_servers") or ()) or clocks,
        ntp_clients=(str(layout.common.supernet),) if is_hub else (),
        syslog_host=str(settings.get("syslog_host", layout.control_address)),
        admin=Admin(
            name=ADMIN,
            ssh_public_keys=(source.admin_ssh_public_key(), *settings["admin_keys"]),
            password=source.admin_password(site.router),
        ),
    )


def _lan(site: Site, layout: Layout) -> Lan:
    settings = site.values["lan"]
    room = Reservation(site.room_host, site.mac, str(site.room_address))
    others = (Reservation(r["name"], r["mac"], str(r["address"])) for r in settings["reservations"])
    return Lan(
        interface=topology.bridge(site),
        ports=sites.lan_ports(site.values),
        address=f"{site.router_address}/{site.lan.prefixlen}",
        prefix=str(site.lan),
        pool_start=str(site.pool_start),
        pool_end=str(site.pool_end),
        lease_time=settings["lease_time"],
        ntp_servers=_texts(settings.get("ntp_servers") or ()) or _hub_clocks(layout),
        reservations=(room, *others),
    )
