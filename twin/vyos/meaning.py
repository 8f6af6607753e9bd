"""What a running configuration means for Linux."""

from __future__ import annotations

from twin.meaning import DhcpClient, FailoverRoute, Link, Meaning
from twin.vyos import dhcp, frr, nft, nft_policy, qos
from twin.vyos.tree import Tree, below, has, natural, value, values

DHCP_DISTANCE = 210  # of the default route that a DHCP client learns
CHECK_PAUSE = 10  # seconds between two checks of a failover route


def meaning_of(config: Tree, release: str) -> Meaning:
    """The meaning of a configuration that passed the commit checks."""
    hostname = value(config, "system", "host-name") or "vyos"
    ports = values(config, "service", "ssh", "port")
    return Meaning(
        hostname=hostname,
        links=tuple(_links(config)),
        dhcp_clients=tuple(_clients(config)),
        failover=tuple(_failover(config)),
        shapers=qos.shapers(config),
        frr=frr.render(config, hostname),
        nft=nft.render(config) + nft_policy.render(config),
        dnsmasq=dhcp.render(config, release),
        ssh_port=int(ports[0]) if ports else 22 if has(config, "service", "ssh") else None,
    )


def _links(config: Tree) -> list[Link]:
    links = []
    for kind, named in below(config, "interfaces").items():
        for name, node in named.items():
            mtu = value(node, "mtu")
            links.append(
                Link(
                    name=name,
                    kind=kind,
                    addresses=tuple(address for address in values(node, "address") if address != "dhcp"),
                    mtu=int(mtu) if mtu else None,
                    up=not has(node, "disable"),
                    members=tuple(values(node, "member", "interface")),
                    wireguard=_wireguard(node) if kind == "wireguard" else "",
                )
            )
    described = {link.name for link in links}
    members = {member for link in links for member in link.members}
    # a bridge brings up its members, also those that the configuration does not name elsewhere
    links += [Link(name=member, kind="ethernet") for member in sorted(members - described)]
    return sorted(links, key=lambda link: natural(link.name))


def _clients(config: Tree) -> list[DhcpClient]:
    clients = []
    for named in below(config, "interfaces").values():
        for name, node in named.items():
            if "dhcp" in values(node, "address") and not has(node, "disable"):
                distance = value(node, "dhcp-options", "default-route-distance")
                default = not has(node, "dhcp-options", "no-default-route")
                clients.append(DhcpClient(name, int(distance or DHCP_DISTANCE), default))
    return clients


def _failover(config: Tree) -> list[FailoverRoute]:
    return [
        FailoverRoute(
            destination=destination,
            gateway=gateway,
            interface=value(way, "interface") or "",
            metric=int(value(way, "metric") or 1),
            targets=tuple(values(way, "check", "target")),
            pause=int(value(way, "check", "timeout") or CHECK_PAUSE),
        )
        for destination, route in below(config, "protocols", "failover", "route").items()
        for gateway, way in below(route, "next-hop").items()
    ]


def _wireguard(node: Tree) -> str:
    lines = ["[Interface]", f"PrivateKey = {value(node, 'private-key')}"]
    if port := value(node, "port"):
        lines.append(f"ListenPort = {port}")
    for peer in below(node, "peer").values():
        if has(peer, "disable"):
            continue
        lines += ["", "[Peer]", f"PublicKey = {value(peer, 'public-key')}"]
        if shared := value(peer, "preshared-key"):
            lines.append(f"PresharedKey = {shared}")
        lines.append(f"AllowedIPs = {', '.join(values(peer, 'allowed-ips'))}")
        if address := value(peer, "address"):
            lines.append(f"Endpoint = {f'[{address}]' if ':' in address else address}:{value(peer, 'port')}")
        if keepalive := value(peer, "persistent-keepalive"):
            lines.append(f"PersistentKeepalive = {keepalive}")
    return "\n".join(lines) + "\n"
