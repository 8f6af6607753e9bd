"""The district's addresses: from the supernet and a site's number. ``docs/inventory.md`` shows the same as a table.

    10.77.n.0/24      room LAN of site n
    10.77.250.n/24    tunnels to the first hub        10.77.251.n/24   to the second
    10.77.252.n/24    tunnel between the hubs
    10.77.255.n/32    loopback: router id and management address

The supernet is a /16, so that the third byte is the site's number.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

SUPERNET_LENGTH = 16
NUMBERS = range(1, 250)  # 250 and above are the tunnels' and the loopbacks' third byte

# Hosts of a room LAN.
ROUTER = 1
CONTROL = 10
CALL_SERVER = 15
ROOM = 20
POOL = (100, 199)

ASN_BASE = 65000  # private AS numbers, RFC 6996: 64512 to 65534


def _block(supernet: IPv4Network, third: int) -> IPv4Network:
    return IPv4Network((int(supernet.network_address) + (third << 8), 24))


def lan(supernet: IPv4Network, number: int) -> IPv4Network:
    """The room LAN of the site with that number."""
    return _block(supernet, number)


def tunnels(supernet: IPv4Network, hub: int) -> IPv4Network:
    """The addresses of all tunnels to one hub: 0 = the first, 1 = the second."""
    return _block(supernet, 250 + hub)


def between_hubs(supernet: IPv4Network) -> IPv4Network:
    """The addresses of the tunnel between the hubs."""
    return _block(supernet, 252)


def loopbacks(supernet: IPv4Network) -> IPv4Network:
    """The block of all loopbacks."""
    return _block(supernet, 255)


def infrastructure(supernet: IPv4Network) -> tuple[IPv4Network, ...]:
    """Everything that is no room LAN: tunnels and loopbacks."""
    return (tunnels(supernet, 0), tunnels(supernet, 1), between_hubs(supernet), loopbacks(supernet))


def host(network: IPv4Network, number: int) -> IPv4Address | None:
    """Host ``number`` of a network; None when the network is too small to have it."""
    last = network.num_addresses - (1 if network.prefixlen >= 31 else 2)
    return network[number] if number <= last else None


def asn(number: int) -> int:
    """The AS number of the site with that number."""
    return ASN_BASE + number
