"""One site with all its addresses: what the inventory says by hand, and what is derived where it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface, IPv4Network
from typing import Any

from diemcau import addressing, naming
from diemcau.design.topology import Common, Site, tunnel_networks
from diemcau.intent import SECTIONS, Circuit
from diemcau.inventory.source_location import Path_
from diemcau.inventory.validation import Mistakes


def common(values: Mapping[str, Any]) -> Common | None:
    """The checked variable ``district``; None when something necessary is missing or wrong."""
    hubs = values.get("hubs")
    if not hubs or "supernet" not in values or "name" not in values:
        return None
    return Common(
        name=values["name"],
        supernet=values["supernet"],
        hubs=tuple(hubs),
        control=values.get("control", hubs[0]),
        control_address=values.get("control_address"),
        call_server=values.get("call_server"),
        ntp_servers=tuple(values.get("ntp_servers", ())),
        contact=values.get("contact", ""),
    )


def resolve(
    mistakes: Mistakes, slug: str, router: Mapping[str, Any], room: Mapping[str, Any], district: Common
) -> Site | None:
    """The site of checked variables; None, with the reasons among the mistakes, when it cannot be derived."""
    identity, host = router.get("site", {}), naming.router_host(slug)
    complete = {"number", "name"} <= identity.keys() and {"platform", "release", "ports", *SECTIONS} <= router.keys()
    if not complete or not {"mac", "family", "room"} <= room.keys() or not {"lan", "bridge"} <= router["ports"].keys():
        return None  # each of them is told of already
    number, supernet = identity["number"], district.supernet
    lan = router["lan"]
    network = lan.get("prefix", addressing.lan(supernet, number))
    derive = _Derive(mistakes, host, lan, network)
    addresses = (
        derive("router_address", addressing.ROUTER),
        derive("room_address", addressing.ROOM),
        derive("pool_start", addressing.POOL[0]),
        derive("pool_end", addressing.POOL[1]),
    )
    circuits = _circuits(router)
    if None in addresses:
        return None
    hub = district.hubs.index(slug) if slug in district.hubs else None
    static = [IPv4Interface(circuit.address).ip for circuit in circuits if circuit.address]
    return Site(
        slug=slug,
        name=identity["name"],
        number=number,
        hub=hub,
        platform=router["platform"],
        release=router["release"],
        mac=room["mac"],
        values=router,
        room=room,
        circuits=circuits,
        lan=network,
        router_address=addresses[0],
        room_address=addresses[1],
        pool_start=addresses[2],
        pool_end=addresses[3],
        tunnels=_tunnels(mistakes, host, number, hub, router["vpn"], district),
        loopback=router["routing"].get("router_id", addressing.loopbacks(supernet)[number]),
        asn=router["routing"].get("asn", addressing.asn(number)),
        endpoint=router["vpn"].get("endpoint", static[0] if static else None),
    )


@dataclass(frozen=True)
class _Derive:
    """An address of the LAN: given by hand, or the host of that number."""

    mistakes: Mistakes
    host: str
    lan: Mapping[str, Any]
    network: IPv4Network

    def __call__(self, key: str, number: int) -> Any:
        found = self.lan.get(key) or addressing.host(self.network, number)
        if found is None:
            self.mistakes.add(
                self.host,
                ("lan", key),
                f"is missing, and {self.network} is too small to have host {number}",
                f"an address of {self.network}",
                f"Write lan.{key}.",
            )
        return found


def circuit_port(circuit: Mapping[str, Any], router: Mapping[str, Any]) -> str | None:
    """The port that a circuit is plugged into; None when nothing says which."""
    name = circuit.get("name")
    port = circuit.get("port", router.get("ports", {}).get(name) if name in ("fibre", "lte") else None)
    return port if isinstance(port, str) else None


def lan_ports(router: Mapping[str, Any]) -> tuple[str, ...]:
    """The ports of the room LAN."""
    return tuple(router.get("lan", {}).get("ports") or router.get("ports", {}).get("lan", ()))


def _circuits(router: Mapping[str, Any]) -> tuple[Circuit, ...]:
    """The circuits of a router. One is watched only while another can take over: alone, it could only lose by it."""
    given = router["wan"].get("circuits", ())
    found = [circuit for index, values in enumerate(given) if (circuit := _circuit(index, values, router))]
    last = max((circuit.distance for circuit in found), default=0)
    return tuple(replace(circuit, watched=circuit.watched and circuit.distance < last) for circuit in found)


def _circuit(index: int, values: Mapping[str, Any], router: Mapping[str, Any]) -> Circuit | None:
    port = circuit_port(values, router)
    if port is None or not {"name", "up_kbps", "down_kbps"} <= values.keys():
        return None  # told of already
    address, gateway = values.get("address"), values.get("gateway")
    return Circuit(
        name=values["name"],
        interface=port,
        address=str(address) if address else None,
        gateway=str(gateway) if gateway else None,
        distance=values.get("distance", 10 * (index + 1)),
        up_kbps=values["up_kbps"],
        down_kbps=values["down_kbps"],
        watched=values["check_gateway"],
    )


def _tunnels(
    mistakes: Mistakes, host: str, number: int, hub: int | None, vpn: Mapping[str, Any], district: Common
) -> tuple[IPv4Interface, ...]:
    networks = tunnel_networks(district, hub)
    given = vpn.get("addresses") or [network[number] for network in networks]
    if len(given) != len(networks):
        expected = f"{len(networks)}: one for each tunnel, wg0 first"
        found = f"{len(given)} address{'es' if len(given) != 1 else ''}"
        mistakes.add(host, ("vpn", "addresses"), found, expected, "Write all of them, or leave them out.")
        return ()
    for index, (address, network) in enumerate(zip(given, networks, strict=True)):
        if address not in network or address in (network[0], network[-1]):
            path: Path_ = ("vpn", "addresses", index)
            mistakes.add(
                host, path, f"{address} is not in {network}", f"an address of {network}", "Correct the address."
            )
    return tuple(IPv4Interface(f"{a}/{n.prefixlen}") for a, n in zip(given, networks, strict=True))
