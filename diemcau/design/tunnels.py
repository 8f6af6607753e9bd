"""Who talks to whom: WireGuard peers and BGP neighbours of each router, from the sites.

A commune has one tunnel to each hub; a hub has one interface for all communes and one to the other hub. What a hub
accepts from a commune, in WireGuard as in BGP, is exactly that commune's prefixes: nobody can send from, or draw to
himself, another site's addresses, even with a stolen router.
"""

from __future__ import annotations

from diemcau.design.topology import Layout, Site
from diemcau.intent import Neighbor, Peer, Routing, Tunnel, Vpn
from diemcau.secrets.store import SecretSource


def own_prefixes(site: Site) -> tuple[str, ...]:
    """What a site announces: its LAN and its loopback."""
    return (str(site.lan), f"{site.loopback}/32")


def vpn(site: Site, layout: Layout, secrets: SecretSource) -> Vpn:
    """The tunnels of one router."""
    ends: list[tuple[str, tuple[Peer, ...], int | None]]
    if site.hub is None:
        ends = [
            (hub.slug, (_to_hub(hub, site, layout, secrets, "wg0", int(hub.values["vpn"]["listen_port"])),), None)
            for hub in layout.hubs
        ]
    else:
        listen = int(site.values["vpn"]["listen_port"])
        ends = [("communes", tuple(_to_commune(site, commune, secrets) for commune in layout.communes), listen)]
        if other := layout.other_hub(site):
            port = int(other.values["vpn"]["hub_port"])
            peer = _to_hub(other, site, layout, secrets, "wg1", port)
            ends.append((other.slug, (peer,), int(site.values["vpn"]["hub_port"])))
    settings = site.values["vpn"]
    return Vpn(
        tuple(
            Tunnel(
                interface=f"wg{index}",
                description=description,
                address=str(site.tunnels[index]),
                listen_port=listen_port,
                private_key=secrets.wireguard_private_key(site.router, f"wg{index}"),
                mtu=settings["mtu"],
                mss=settings.get("mss", settings["mtu"] - 40),
                peers=peers,
            )
            for index, (description, peers, listen_port) in enumerate(ends)
        )
    )


def _to_hub(hub: Site, site: Site, layout: Layout, secrets: SecretSource, interface: str, port: int) -> Peer:
    """A hub as seen by ``site``; ``interface`` is the hub's."""
    return Peer(
        name=hub.slug,
        public_key=secrets.wireguard_public_key(hub.router, interface),
        endpoint=str(hub.endpoint),
        endpoint_port=port,
        allowed_ips=(str(layout.common.supernet),),
        persistent_keepalive=site.values["vpn"]["keepalive"],
    )


def _to_commune(hub: Site, commune: Site, secrets: SecretSource) -> Peer:
    """A commune as seen by a hub: it calls us, from wherever it is."""
    assert hub.hub is not None
    return Peer(
        name=commune.slug,
        public_key=secrets.wireguard_public_key(commune.router, f"wg{hub.hub}"),
        endpoint=None,
        endpoint_port=None,
        allowed_ips=(f"{commune.tunnels[hub.hub].ip}/32", *own_prefixes(commune)),
        persistent_keepalive=None,
    )


def routing(site: Site, layout: Layout) -> Routing:
    """BGP of one router: eBGP with each tunnel's other end."""
    settings = site.values["routing"]
    return Routing(
        asn=site.asn,
        router_id=str(site.loopback),
        loopback=f"{site.loopback}/32",
        supernet=str(layout.common.supernet),
        announce=own_prefixes(site),
        transit=site.hub is not None,
        hold_time=settings["hold_time"],
        keepalive_time=settings["keepalive_time"],
        neighbors=_neighbors(site, layout),
    )


def _neighbors(site: Site, layout: Layout) -> tuple[Neighbor, ...]:
    if site.hub is None:
        return tuple(_neighbor(site, hub, index, hub.tunnels[0], ()) for index, hub in enumerate(layout.hubs))
    found = [_neighbor(site, c, 0, c.tunnels[site.hub], own_prefixes(c)) for c in layout.communes]
    if other := layout.other_hub(site):
        found.append(_neighbor(site, other, 1, other.tunnels[1], ()))
    return tuple(found)


def _neighbor(site: Site, other: Site, tunnel: int, address: object, accept: tuple[str, ...]) -> Neighbor:
    """``tunnel`` is the index of our own end.

    The second hub makes what it passes on one AS longer, for everyone: so communes reach each other through the
    first hub; and when one of them has lost its tunnel to the first hub, both directions take the second.

    Hubs open the sessions, the first hub the one between them: they try again every ``keepalive_time`` seconds, which
    RouterOS cannot be told.
    """
    return Neighbor(
        name=other.slug,
        address=str(address).partition("/")[0],
        asn=other.asn,
        local_address=str(site.tunnels[tunnel].ip),
        accept=accept,
        prepend=1 if site.hub == 1 else 0,
        passive=site.hub is None or (site.hub == 1 and other.hub == 0),
    )
