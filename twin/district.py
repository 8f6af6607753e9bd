"""The district as the inventory describes it: what the twin needs to lay cables and hand out addresses.

The inventory is read with `ansible-inventory`, so the twin sees what Ansible sees; nothing of the suite takes part.
"""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from typing import Any

from twin.errors import TwinError
from twin.hardware import mac

# The ethernet ports that a unit of each platform has, and what is plugged into them when the inventory does not say.
PORTS = {
    "vyos": ("eth0", "eth1", "eth2"),
    "routeros": ("ether1", "ether2", "ether3", "ether4", "ether5"),
}
CIRCUIT_PORTS = {"vyos": {"fibre": "eth0", "lte": "eth2"}, "routeros": {"fibre": "ether1", "lte": "ether2"}}
LAN_PORTS = {"vyos": ("eth1",), "routeros": ("ether3", "ether4", "ether5")}

# The releases that the twin's units of each platform come with.
RELEASES = {"vyos": ("1.4", "1.5"), "routeros": ("7.18", "7.19", "7.20", "7.21", "7.22")}

ROOM_MODEL = "RealPresence Group 500"
ROOM_MODELS = ("RealPresence Group 310", ROOM_MODEL, "RealPresence Group 700")


@dataclass(frozen=True)
class Circuit:
    """A line to the provider. Without an address the provider hands one out by DHCP, and names this gateway if any."""

    name: str
    port: str
    up_kbps: int
    down_kbps: int
    address: IPv4Interface | None
    gateway: IPv4Address | None


@dataclass(frozen=True)
class Site:
    name: str  # "ga-ry"
    number: int
    platform: str
    release: str
    circuits: tuple[Circuit, ...]
    lan_ports: tuple[str, ...]
    lan: IPv4Network
    router_address: IPv4Address
    room_mac: str
    room_serial: str  # "" = as the twin's units have it
    room_model: str
    router_unit: int = 0  # counts the units that stood in this place
    room_unit: int = 0

    @property
    def router(self) -> str:
        return f"{self.name}-router"

    @property
    def room(self) -> str:
        return f"{self.name}-room"

    def port_mac(self, port: str) -> str:
        """The address of one of the router's ports."""
        return mac(self.router, port, self.router_unit)

    def on_platform(self, platform: str, release: str) -> Site:
        """The site with such a router: what was plugged into the old one's ports goes into the new one's.

        Raises TwinError when nothing says into which.
        """
        ports = {circuit.name: _moved(circuit, platform, self.router) for circuit in self.circuits}
        return replace(
            self,
            platform=platform,
            release=release,
            circuits=tuple(replace(circuit, port=ports[circuit.name]) for circuit in self.circuits),
            lan_ports=self.lan_ports if platform == self.platform else LAN_PORTS[platform],
        )


@dataclass(frozen=True)
class District:
    sites: tuple[Site, ...]
    control_site: str
    control_address: IPv4Address
    control_lan: IPv4Network
    control_gateway: IPv4Address
    call_server_site: str
    call_server: IPv4Address
    call_server_lan: IPv4Network
    call_server_gateway: IPv4Address

    def only(self, names: tuple[str, ...]) -> District:
        """The district reduced to some sites; control machine and call server stay."""
        wanted = {name.replace("_", "-") for name in names}
        if unknown := wanted - {site.name for site in self.sites}:
            known = ", ".join(site.name for site in self.sites)
            raise TwinError(f"the inventory has no site {', '.join(sorted(unknown))}; it has: {known}")
        return replace(self, sites=tuple(site for site in self.sites if site.name in wanted))

    def circuit(self, words: str) -> tuple[Site, Circuit]:
        """The circuit that a person calls "ga-ry/fibre", or "ga-ry" when the site has no other; raises TwinError."""
        place, _, name = words.partition("/")
        site = next((site for site in self.sites if site.name == place.replace("_", "-")), None)
        if site is None:
            known = ", ".join(site.name for site in self.sites)
            raise TwinError(f"{words}: there is no site {place!r}; there are: {known}")
        if not name and len(site.circuits) == 1:
            return site, site.circuits[0]
        found = next((circuit for circuit in site.circuits if circuit.name == name), None)
        if found is None:
            known = ", ".join(f"{site.name}/{circuit.name}" for circuit in site.circuits)
            wrong = f"{site.name} has no circuit {name!r}" if name else f"{site.name} has several circuits"
            raise TwinError(f"{words}: {wrong}; say one of: {known}")
        return site, found


def read(project: Path, inventory: Path | None) -> District:
    """Ask `ansible-inventory` for the district of a project.

    Raises TwinError when the inventory cannot be read or lacks what the twin needs.
    """
    beside = Path(sys.executable).parent / "ansible-inventory"
    tool = str(beside) if beside.exists() else shutil.which("ansible-inventory")
    if tool is None:
        raise TwinError("ansible-inventory is not installed: run the twin from the project's virtual environment")
    configuration = project / "ansible.cfg"
    environment = dict(os.environ)
    if configuration.exists():
        environment["ANSIBLE_CONFIG"] = str(configuration)
    argv = [tool, "--list"]
    if inventory is not None:
        argv += ["-i", str(inventory.absolute())]
    elif not configuration.exists():
        argv += ["-i", str(project / "inventory")]
    done = subprocess.run(argv, cwd=project, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TwinError(f"ansible-inventory refused the inventory:\n{done.stderr.strip() or done.stdout.strip()}")
    listed = json.loads(done.stdout)
    return from_hostvars(listed.get("_meta", {}).get("hostvars", {}))


def from_hostvars(hostvars: dict[str, dict[str, Any]]) -> District:
    """The district of all hosts' variables."""
    routers = sorted(name for name in hostvars if name.endswith("-router"))
    if not routers:
        raise TwinError("the inventory has no host whose name ends in -router")
    district = _get(hostvars[routers[0]], routers[0], "district", dict)
    sites = tuple(sorted((_site(name, hostvars, district) for name in routers), key=lambda site: site.number))
    numbers: dict[int, str] = {}
    for site in sites:
        if site.number in numbers:
            raise TwinError(f"{site.router}: site.number {site.number} is {numbers[site.number]}'s already")
        numbers[site.number] = site.name
    by_name = {site.name: site for site in sites}
    control = _named(by_name, "control", _get(district, "all", "control", str))
    hubs = _get(district, "all", "hubs", list)
    if not hubs:
        raise TwinError("all: district.hubs is empty; expected the hubs' names, the preferred one first")
    hub = _named(by_name, "hubs", str(hubs[0]))
    return District(
        sites=sites,
        control_site=control.name,
        control_address=_address(district, "all", "control_address") or control.lan[10],
        control_lan=control.lan,
        control_gateway=control.router_address,
        call_server_site=hub.name,
        call_server=_address(district, "all", "call_server") or hub.lan[15],
        call_server_lan=hub.lan,
        call_server_gateway=hub.router_address,
    )


def _named(sites: dict[str, Site], key: str, name: str) -> Site:
    if name not in sites:
        raise TwinError(f"all: district.{key} names {name!r}, which is no site; sites are: {', '.join(sites)}")
    return sites[name]


def _site(router: str, hostvars: dict[str, dict[str, Any]], district: dict[str, Any]) -> Site:
    own = hostvars[router]
    name = router.removesuffix("-router")
    if f"{name}-room" not in hostvars:
        raise TwinError(f"{router}: the inventory has no host {name}-room beside it")
    identity = _get(own, router, "site", dict)
    number = _get(identity, router, "number", int, "site.")
    if not 1 <= number <= 249:
        raise TwinError(f"{router}: site.number is {number}, expected 1 to 249")
    platform = _get(own, router, "platform", str)
    if platform not in PORTS:
        raise TwinError(f"{router}: the twin knows no platform {platform!r}, only {', '.join(PORTS)}")
    lan = own.get("lan") or {}
    network = _lan(lan, router, district, number)
    ports = tuple(str(port) for port in lan.get("ports") or LAN_PORTS[platform])
    wan = _get(own, router, "wan", dict)
    circuits = tuple(_circuit(item, router, platform) for item in _get(wan, router, "circuits", list, "wan."))
    used = [circuit.port for circuit in circuits] + list(ports)
    for port in used:
        if port not in PORTS[platform]:
            raise TwinError(f"{router}: a {platform} unit has no port {port!r}, only {', '.join(PORTS[platform])}")
        if used.count(port) > 1:
            raise TwinError(f"{router}: port {port} has two uses")
    room = hostvars[f"{name}-room"]
    return Site(
        name=name,
        number=number,
        platform=platform,
        release=str(own.get("release") or _missing(router, "release")),
        circuits=circuits,
        lan_ports=ports,
        lan=network,
        router_address=_address(lan, router, "router_address", "lan.") or network[1],
        room_mac=_get(room, f"{name}-room", "mac", str).lower(),
        room_serial=str(room.get("serial_number") or ""),
        room_model=str(room.get("model") or ROOM_MODEL),
    )


def _lan(lan: dict[str, Any], router: str, district: dict[str, Any], number: int) -> IPv4Network:
    if lan.get("prefix"):
        given: IPv4Network = _parse(IPv4Network, lan["prefix"], router, "lan.prefix", "such as 10.77.18.0/24")
        return given
    supernet = _parse(
        IPv4Network, _get(district, "all", "supernet", str), "all", "district.supernet", "a /16 such as 10.77.0.0/16"
    )
    if supernet.prefixlen != 16:
        raise TwinError(f"all: district.supernet is {supernet}, expected a /16")
    return IPv4Network((int(supernet.network_address) + (number << 8), 24))


def _circuit(item: dict[str, Any], router: str, platform: str) -> Circuit:
    if not isinstance(item, dict):
        raise TwinError(f"{router}: wan.circuits holds {item!r}, expected name, up_kbps, down_kbps")
    name = _get(item, router, "name", str, "wan.circuits.")
    where = f"wan.circuits[{name}]."
    port = item.get("port") or CIRCUIT_PORTS[platform].get(name)
    if port is None:
        raise TwinError(f"{router}: {where}port is missing; only fibre and lte have a port by default")
    address = gateway = None
    if item.get("address") not in (None, "dhcp"):
        address = _parse(IPv4Interface, item["address"], router, f"{where}address", "such as 203.0.113.2/30")
        gateway = _parse(
            IPv4Address, item.get("gateway"), router, f"{where}gateway", f"the provider's address in {address.network}"
        )
        if gateway not in address.network or gateway == address.ip:
            raise TwinError(f"{router}: {where}gateway is {gateway}, expected another address of {address.network}")
    elif item.get("gateway"):
        gateway = _parse(IPv4Address, item["gateway"], router, f"{where}gateway", "such as 100.64.18.1")
    rates = [_get(item, router, key, int, where) for key in ("up_kbps", "down_kbps")]
    if min(rates) <= 0:
        raise TwinError(f"{router}: {where}up_kbps and down_kbps must be above 0")
    return Circuit(name, str(port), rates[0], rates[1], address, gateway)


def _moved(circuit: Circuit, platform: str, router: str) -> str:
    """The port of a unit of another platform into which a circuit's cable goes."""
    port = circuit.port if circuit.port in PORTS[platform] else CIRCUIT_PORTS[platform].get(circuit.name)
    if port is None:
        raise TwinError(f"{router}: nothing says into which port of a {platform} unit the circuit {circuit.name} goes")
    return port


def _missing(host: str, key: str) -> str:
    raise TwinError(f"{host}: {key} is missing in the inventory")


def _get(values: dict[str, Any], host: str, key: str, kind: type[Any], where: str = "") -> Any:
    if values.get(key) is None:
        _missing(host, f"{where}{key}")
    if not isinstance(values[key], kind) or isinstance(values[key], bool):
        raise TwinError(f"{host}: {where}{key} is {values[key]!r}, expected {kind.__name__}")
    return values[key]


def _parse(kind: type[Any], value: object, host: str, key: str, expected: str) -> Any:
    try:
        return kind(str(value))
    except (ipaddress.AddressValueError, ipaddress.NetmaskValueError, ValueError):
        raise TwinError(f"{host}: {key} is {value!r}, expected {expected}") from None


def _address(values: dict[str, Any], host: str, key: str, where: str = "") -> IPv4Address | None:
    value = values.get(key)
    if value is None:
        return None
    found: IPv4Address = _parse(IPv4Address, value, host, where + key, "an address such as 10.77.1.10")
    return found
