"""What a single value of the inventory must look like, beyond its type.

Argument specs know types, choices and defaults; a MAC address or a rate they cannot describe. Each format reads a
value, or raises ``ValueError`` with words that say what was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from diemcau import addressing
from diemcau.secrets import keys

SLUG = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"


@dataclass(frozen=True)
class Format:
    """How a value is read, what is expected, and what to do when it cannot be read."""

    read: Callable[[Any], Any]
    expected: str
    remedy: str


def shown(value: object) -> str:
    """A value as it goes into a message: text in quotes, long text cut."""
    if not isinstance(value, str):
        return str(value)
    text = str(value)
    return f'"{text}"' if len(text) <= 40 else f'"{text[:37]}…"'


def number(low: int, high: int, what: str) -> Callable[[int], int]:
    """A whole number from ``low`` to ``high``."""

    def read(value: int) -> int:
        if not low <= value <= high:
            raise ValueError(f"{value} is no {what}")
        return int(value)

    return read


def pattern(regex: str, longest: int, what: str) -> Callable[[str], str]:
    """Text that ``regex`` describes as a whole."""

    def read(value: str) -> str:
        if len(value) > longest or not re.fullmatch(regex, value):
            raise ValueError(f"{shown(value)} is no {what}")
        return str(value)

    return read


def text(value: str) -> str:
    """Any text for people: one line, not empty."""
    if not value.strip() or not value.isprintable():
        raise ValueError(f"{shown(value)} is no name")
    return str(value)


def label(value: str) -> str:
    """Text that an endpoint keeps and shows, in double quotes on its command line; may be empty."""
    if len(value) > 40 or '"' in value or not (value.isprintable()):
        raise ValueError(f"{shown(value)} is no text that an endpoint takes")
    return str(value)


def mac(value: str) -> str:
    """The MAC address of one device, in lower case with colons."""
    if not re.fullmatch(r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}", value):
        raise ValueError(f"{shown(value)} is no MAC address")
    found = value.lower().replace("-", ":")
    if int(found[:2], 16) & 1 or found == "00:00:00:00:00:00":
        raise ValueError(f"{shown(value)} is not the MAC address of one device")
    return found


def address(value: str) -> IPv4Address:
    """One IPv4 address."""
    try:
        found = IPv4Address(value)
    except ValueError:
        raise ValueError(f"{shown(value)} is no IPv4 address") from None
    if found.is_unspecified or found.is_multicast or found.is_loopback or int(found) == 2**32 - 1:
        raise ValueError(f"{shown(value)} is not the address of one device")
    return found


def prefix(value: str) -> IPv4Network:
    """An IPv4 prefix without host bits."""
    try:
        found = IPv4Network(value, strict=False)
    except ValueError:
        raise ValueError(f"{shown(value)} is no IPv4 prefix") from None
    if "/" not in value:
        raise ValueError(f"{shown(value)} has no length")
    if str(found) != value:
        raise ValueError(f"{shown(value)} is an address inside of {found}")
    return found


def supernet(value: str) -> IPv4Network:
    """The block that every derived address comes from."""
    found = prefix(value)
    if found.prefixlen != addressing.SUPERNET_LENGTH:
        raise ValueError(f"{shown(value)} is no /{addressing.SUPERNET_LENGTH}")
    return found


def lan_prefix(value: str) -> IPv4Network:
    """A room LAN: has room for the router, the endpoint and a pool."""
    found = prefix(value)
    if not 16 <= found.prefixlen <= 29:
        raise ValueError(f"{shown(value)} is no size for a LAN")
    return found


def circuit_address(value: str) -> IPv4Interface | None:
    """A router's address on a circuit, with the length of its subnet; None for ``dhcp``."""
    if value == "dhcp":
        return None
    try:
        found = IPv4Interface(value)
    except ValueError:
        raise ValueError(f"{shown(value)} is no address with a length") from None
    if "/" not in value:
        raise ValueError(f"{shown(value)} has no length")
    address(str(found.ip))
    if found.network.prefixlen < 31 and found.ip in (found.network[0], found.network[-1]):
        raise ValueError(f"{shown(value)} is the subnet itself, not an address in it")
    return found


def ssh_public_key(value: str) -> str:
    """A public key as in an ``authorized_keys`` file. The message never quotes what may be a private one."""
    keys.check_ssh_public(value)
    return str(value).strip()


_ADDRESS = Format(
    address, "an IPv4 address, such as 10.77.18.20", "Correct the address, or leave it out: it is derived."
)
_MAC = Format(
    mac,
    "six pairs of hexadecimal digits, such as 64:16:7f:77:00:12",
    "Copy the MAC address from the label of the device, in quotes.",
)
_RATE = Format(
    number(64, 10_000_000, "rate"),
    "64 to 10000000 kbit/s",
    "Write the rate that the provider's contract names, in kbit/s.",
)
_PORT = Format(number(1, 65535, "port"), "1 to 65535", "Write a port number.")
_INTERFACE = Format(
    pattern(r"[A-Za-z][A-Za-z0-9._-]*", 15, "name of a port"),
    "the name of a port on the device, such as eth0 or ether1",
    "Write the name as the device prints it.",
)
_SLUG = Format(
    pattern(SLUG, 15, "name"), "lower-case letters, digits and hyphens, at most 15", "Choose a short plain name."
)
_QUEUE = Format(number(8, 10_000_000, "rate of a queue"), "8 to 10000000 kbit/s", "Leave it out: it is derived.")
_ROOM_PORT = Format(number(1024, 65535, "port for media"), "1024 to 65535", "Leave it out.")
_DSCP = Format(number(0, 63, "DSCP"), "0 to 63, such as 46 for EF", "Leave it out.")
_LABEL = Format(
    label, "text in one line, at most 40 characters, without double quotes", "Write a shorter text, or leave it out."
)
_SITE = Format(pattern(SLUG, 56, "name of a site"), "the name of a site, such as huyen-uy", "Write a site's name.")

# By the option's place in the specs; elements of lists have their list's place.
FORMATS: dict[str, Format] = {
    "district.name": Format(text, "a name for people, in one line", "Write the district's name."),
    "district.supernet": Format(
        supernet, "a /16 without host bits, such as 10.77.0.0/16", "Write the block that was allocated to the district."
    ),
    "district.hubs": _SITE,
    "district.control": _SITE,
    "district.control_address": _ADDRESS,
    "district.call_server": _ADDRESS,
    "district.ntp_servers": _ADDRESS,
    "district.contact": Format(
        text, "a name and a number, in one line", "Write whom a technician calls, or leave it out."
    ),
    "site.number": Format(
        number(addressing.NUMBERS.start, addressing.NUMBERS.stop - 1, "number for a site"),
        f"{addressing.NUMBERS.start} to {addressing.NUMBERS.stop - 1}, different for each site",
        "Choose a free number: the addresses are derived from it.",
    ),
    "site.name": Format(text, "a name for people, in one line", "Write the site's name as people know it."),
    "mac": _MAC,
    "ports.fibre": _INTERFACE,
    "ports.lte": _INTERFACE,
    "ports.lan": _INTERFACE,
    "ports.bridge": _INTERFACE,
    "system.hostname": Format(
        pattern(SLUG, 63, "host name"), "lower-case letters, digits and hyphens, at most 63", "Leave it out."
    ),
    # Whether the zone exists is the device's to say: each release has its own list.
    "system.timezone": Format(
        pattern(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*", 64, "time zone"),
        "a name from the time zone database, such as Asia/Ho_Chi_Minh",
        "Write such a name, or leave it out.",
    ),
    "system.ntp_servers": _ADDRESS,
    "system.syslog_host": _ADDRESS,
    "system.admin_keys": Format(
        ssh_public_key,
        "a public key in one line, such as ssh-ed25519 AAAAC3NzaC1lZDI1NTE5… name",
        "Copy the line from the person's .pub file.",
    ),
    "wan.circuits.name": _SLUG,
    "wan.circuits.up_kbps": _RATE,
    "wan.circuits.down_kbps": _RATE,
    "wan.circuits.address": Format(
        circuit_address,
        "an address with the length of its subnet, such as 203.0.113.2/30, or dhcp",
        "Write what the provider assigned, or leave it out for DHCP.",
    ),
    "wan.circuits.gateway": Format(
        address, "the provider's IPv4 address on this circuit", "Write what the provider assigned."
    ),
    "wan.circuits.port": _INTERFACE,
    "wan.circuits.distance": Format(number(1, 250, "distance"), "1 to 250, lower is preferred", "Leave it out."),
    "lan.prefix": Format(
        lan_prefix, "a /16 to /29 without host bits, such as 10.77.18.0/24", "Write the prefix, or leave it out."
    ),
    "lan.router_address": _ADDRESS,
    "lan.room_address": _ADDRESS,
    "lan.pool_start": _ADDRESS,
    "lan.pool_end": _ADDRESS,
    "lan.lease_time": Format(number(120, 31_536_000, "lease time"), "120 to 31536000 seconds", "Leave it out."),
    "lan.ntp_servers": _ADDRESS,
    "lan.reservations.name": Format(
        pattern(SLUG, 63, "host name"), "lower-case letters, digits and hyphens, at most 63", "Choose such a name."
    ),
    "lan.reservations.mac": _MAC,
    "lan.reservations.address": Format(address, "an address of the room LAN", "Choose a free one below the pool."),
    "lan.bridge": _INTERFACE,
    "lan.ports": _INTERFACE,
    "vpn.addresses": _ADDRESS,
    "vpn.mtu": Format(
        number(1280, 1440, "MTU for a tunnel"),
        "1280 to 1440 bytes (the tunnel adds 60 to each packet)",
        "Leave it out, or write the line's MTU less 80.",
    ),
    "vpn.mss": Format(number(536, 1400, "MSS"), "536 to 1400 bytes, at most the MTU less 40", "Leave it out."),
    "vpn.keepalive": Format(number(1, 3600, "time"), "1 to 3600 seconds", "Leave it out."),
    "vpn.listen_port": _PORT,
    "vpn.hub_port": _PORT,
    "vpn.endpoint": Format(
        address, "the IPv4 address at which the communes reach this hub", "Write it, or leave it out."
    ),
    "routing.asn": Format(
        number(1, 4_294_967_294, "AS number"), "1 to 4294967294, different for each site", "Leave it out."
    ),
    "routing.router_id": _ADDRESS,
    "routing.hold_time": Format(number(3, 65535, "hold time"), "3 to 65535 seconds", "Leave it out."),
    "routing.keepalive_time": Format(number(1, 21845, "time"), "1 to 21845 seconds", "Leave it out."),
    # The names of the device's groups are made of it, and these hold letters and hyphens only.
    "firewall.allow.name": Format(
        pattern(r"[a-z]([a-z-]*[a-z])?", 18, "name of an opening"),
        "lower-case letters and hyphens, at most 18",
        "Choose a short name that says what it is for.",
    ),
    "firewall.allow.source": Format(
        prefix, "a prefix of this room LAN, such as 10.77.18.20/32", "Write it, or leave it out for the whole LAN."
    ),
    "firewall.allow.destination": Format(
        prefix, "a prefix such as 198.51.100.0/24; 0.0.0.0/0 for everything", "Write what the room may reach."
    ),
    "firewall.allow.ports": _PORT,
    "qos.share_percent": Format(number(50, 100, "share of a line"), "50 to 100 percent", "Leave it out."),
    **{f"qos.{name}_kbps": _QUEUE for name in ("voice", "video", "control", "management", "rest")},
    "serial_number": Format(
        pattern(r"[A-Z0-9]{8,20}", 20, "serial number"),
        "8 to 20 capital letters and digits, in quotes",
        "Copy the serial number from the label of the device, in quotes.",
    ),
    "model": _LABEL,
    "room.extension": Format(
        pattern(r"[0-9]{2,10}", 10, "extension"), "2 to 10 digits, in quotes", "Write it in quotes, or leave it out."
    ),
    "room.system_name": _LABEL,
    "room.hostname": Format(
        pattern(SLUG, 36, "host name"), "lower-case letters, digits and hyphens, at most 36", "Leave it out."
    ),
    "room.contact": _LABEL,
    "room.location": _LABEL,
    "room.sip.registrar": _ADDRESS,
    "room.sip.proxy": _ADDRESS,
    "room.h323.gatekeeper": _ADDRESS,
    "room.calls.longest_minutes": Format(number(0, 2880, "time"), "0 (never) to 2880 minutes", "Leave it out."),
    "room.media.udp_port_low": _ROOM_PORT,
    "room.media.udp_port_high": _ROOM_PORT,
    "room.media.tcp_port_low": _ROOM_PORT,
    "room.media.tcp_port_high": _ROOM_PORT,
    "room.media.dscp_audio": _DSCP,
    "room.media.dscp_video": _DSCP,
    "room.media.dscp_control": _DSCP,
    "room.volume": Format(number(0, 50, "volume"), "0 to 50", "Leave it out."),
    "room.timezone": Format(
        pattern(r"[A-Za-z][A-Za-z_+-]*", 40, "time zone of the endpoint"),
        "a name that the endpoint knows, such as Asia_Bangkok",
        "Leave it out.",
    ),
}
