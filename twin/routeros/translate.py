"""A router's configuration as a Meaning."""

from __future__ import annotations

import ipaddress

from twin.meaning import DhcpClient, Link, Meaning
from twin.routeros import dhcp, frr, gateways, nft, queues
from twin.routeros.durations import seconds
from twin.routeros.names import linux_names
from twin.routeros.router import Router
from twin.routeros.store import Config


def meaning(router: Router) -> Meaning:
    """What Linux is to be. Never raises: what the console accepted has a meaning."""
    config = router.config
    hostname = config.settings("/system/identity")["name"]
    silent = {interface for interface, gateway in gateways.named(router).items() if gateway in router.dead_gateways}
    return Meaning(
        hostname=hostname,
        links=tuple(_links(config)),
        dhcp_clients=tuple(_clients(config, silent)),
        shapers=queues.shapers(config),
        frr=frr.render(config, hostname, router.dead_gateways),
        nft=nft.ruleset(config),
        dnsmasq=dhcp.render(config),
        forwarding=config.settings("/ip/settings")["ip-forward"] == "yes",
        ssh_port=ssh_port(config),
    )


def ssh_port(config: Config) -> int | None:
    """Where SSH listens; None when the service is off."""
    service = next((e for e in config.enabled("/ip/service") if e["name"] == "ssh"), None)
    return int(service["port"]) if service else None


def _links(config: Config) -> list[Link]:
    names = linux_names(config)
    addresses: dict[str, list[str]] = {}
    for entry in config.enabled("/ip/address"):
        addresses.setdefault(entry["interface"], []).append(entry["address"])

    def of(name: str) -> tuple[str, ...]:
        return tuple(addresses.get(name, ()))

    found = [Link("lo", "loopback", of("lo"))]
    for port in config.entries("/interface/ethernet"):
        name, up = port.get("name"), port.get("disabled") != "yes"
        found.append(Link(names[name], "ethernet", of(name), int(port.get("mtu", "1500")), up))
    for bridge in config.entries("/interface/bridge"):
        name, up = bridge.get("name"), bridge.get("disabled") != "yes"
        ports = [p["interface"] for p in config.enabled("/interface/bridge/port") if p["bridge"] == name]
        members = tuple(names[each] for each in ports if each in names)
        mtu = bridge.get("mtu", "auto")
        found.append(Link(names[name], "bridge", of(name), None if mtu == "auto" else int(mtu), up, members))
    for tunnel in config.entries("/interface/wireguard"):
        name, up = tunnel.get("name"), tunnel.get("disabled") != "yes"
        text = _wireguard(config, name, tunnel.values)
        found.append(Link(names[name], "wireguard", of(name), int(tunnel.get("mtu", "1420")), up, wireguard=text))
    return found


def _wireguard(config: Config, name: str, values: dict[str, str]) -> str:
    lines = ["[Interface]", f"PrivateKey = {values['private-key']}", f"ListenPort = {values['listen-port']}"]
    for peer in config.enabled("/interface/wireguard/peers"):
        if peer["interface"] != name:
            continue
        lines += ["[Peer]", f"PublicKey = {peer['public-key']}"]
        if peer.get("preshared-key"):
            lines.append(f"PresharedKey = {peer['preshared-key']}")
        if peer["allowed-address"]:
            lines.append(f"AllowedIPs = {peer['allowed-address'].replace(',', ', ')}")
        if _is_address(peer["endpoint-address"]) and peer["endpoint-port"] != "0":
            lines.append(f"Endpoint = {peer['endpoint-address']}:{peer['endpoint-port']}")
        keepalive = int(seconds(peer["persistent-keepalive"]) or 0)
        if keepalive:
            lines.append(f"PersistentKeepalive = {keepalive}")
    return "\n".join(lines) + "\n"


def _is_address(text: str) -> bool:
    """There is no name service for the router's own use here: an endpoint given by name is never reached."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _clients(config: Config, silent: set[str]) -> list[DhcpClient]:
    names = linux_names(config)
    up = {e["name"] for path in ("/interface/ethernet", "/interface/bridge") for e in config.enabled(path)}
    return [
        DhcpClient(
            interface=names[entry["interface"]],
            distance=int(entry["default-route-distance"]),
            default_route=entry["add-default-route"] != "no",
            silent=names[entry["interface"]] in silent,
        )
        for entry in config.enabled("/ip/dhcp-client")
        if entry["interface"] in up
    ]
