"""The provider's side: the gateway of each circuit, and a DHCP server for those without a fixed address."""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from typing import NoReturn

from twin.district import District, Site

INTERNET_NETWORK = IPv4Network("192.0.2.0/24")  # TEST-NET-1: everything beyond the provider
PROVIDER_ON_INTERNET = INTERNET_NETWORK[1]
INTERNET = INTERNET_NETWORK[10]
CARRIER_GRADE = IPv4Network("100.64.0.0/10")  # RFC 6598, what providers lend to customers
LEASE = "2m"  # dnsmasq's shortest


@dataclass(frozen=True)
class Access:
    """The provider's end of a circuit."""

    interface: str
    provider: IPv4Interface  # its own address there
    leased: IPv4Address | None = None  # what DHCP hands to the router's port
    port_mac: str = ""
    guests: tuple[IPv4Address, IPv4Address] | None = None  # first and last for whoever else asks on this line


def access(site: Site, index: int) -> Access:
    """The provider's end of a site's circuit; index counts the site's circuits from 0."""
    circuit = site.circuits[index]
    name = f"s{site.number}-{index}"
    if circuit.address is not None:
        return Access(name, IPv4Interface((int(circuit.gateway or 0), circuit.address.network.prefixlen)))
    usual = CARRIER_GRADE.network_address + (site.number << 8) + (index << 3) + 1
    provider = circuit.gateway or usual
    network = IPv4Network((int(provider) & ~7, 29))
    leased, *others = [host for host in network.hosts() if host != provider]
    # A factory-new router may bridge the line with its LAN: rooms then ask here, and must not take the router's.
    guests = (others[-4], others[-1])
    return Access(name, IPv4Interface((int(provider), 29)), leased, site.port_mac(circuit.port), guests)


def dhcp_circuits(district: District) -> list[Access]:
    """The circuits whose address the provider hands out."""
    every = [access(site, index) for site in district.sites for index in range(len(site.circuits))]
    return [item for item in every if item.leased is not None]


def dnsmasq(circuits: list[Access]) -> str:
    """dnsmasq's configuration for all circuits with DHCP."""
    # /run is the machine's own and lost with it.
    lines = ["port=0", "bind-interfaces", "user=root", "pid-file=", "dhcp-leasefile=/run/leases", "log-facility=-"]
    # Customers are known by their port's MAC, whatever its client calls itself.
    lines += ["dhcp-ignore-clid", "no-ping", "dhcp-authoritative", "quiet-dhcp", "no-resolv", "no-hosts"]
    for item in circuits:
        first, last = item.guests or ("", "")
        lines += [
            f"interface={item.interface}",
            f"dhcp-range=set:{item.interface},{first},{last},{item.provider.netmask},{LEASE}",
            f"dhcp-host={item.port_mac},{item.leased},{LEASE}",
            f"dhcp-option=tag:{item.interface},option:router,{item.provider.ip}",
        ]
    return "\n".join(lines) + "\n"


def main(configuration: str) -> NoReturn:
    """Become the provider's DHCP server."""
    path = Path("/run/dnsmasq.conf")
    path.write_text(configuration)
    os.execvp("dnsmasq", ["dnsmasq", "--keep-in-foreground", f"--conf-file={path}"])
