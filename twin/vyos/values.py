"""Value checks of configuration nodes: what a value must look like, by the short names that the schema uses.

Each check tells what is wrong in the words of the device's own validators, or "" when the value is good.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from typing import TypeAlias

Check: TypeAlias = Callable[[str], str]

_INTERFACE = r"(?:br|dum|eth|lan|wg|bond|tun|vti|vtun|vxlan|pppoe|wlan|wwan)[0-9]+(?:\.\d+)?|lo"


def _pattern(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: "" if compiled.fullmatch(value) else "Invalid value"


def _parses(parse: Callable[[str], object], what: str) -> Check:
    def check(value: str) -> str:
        try:
            parse(value)
        except ValueError:
            return f"Error: {value} is not a valid {what}"
        return ""

    return check


def _host4(value: str) -> None:
    """An address with the length of its prefix; the network's own address is not one, except in /31 and /32."""
    interface = ipaddress.IPv4Interface(value)
    if "/" not in value or (interface.network.prefixlen < 31 and interface.ip == interface.network.network_address):
        raise ValueError


def _host6(value: str) -> None:
    if "/" not in value:
        raise ValueError
    ipaddress.IPv6Interface(value)


def _prefix4(value: str) -> None:
    if "/" not in value:
        raise ValueError
    ipaddress.IPv4Network(value)  # strict: host bits must be zero


def _prefix6(value: str) -> None:
    if "/" not in value:
        raise ValueError
    ipaddress.IPv6Network(value)


def _range4(value: str) -> None:
    first, dash, last = value.partition("-")
    if not dash or ipaddress.IPv4Address(first) > ipaddress.IPv4Address(last):
        raise ValueError


def _ports(value: str) -> str:
    """A list of ports, ranges and service names, as firewall rules take it."""
    for one in value.removeprefix("!").split(","):
        first, dash, last = one.partition("-")
        if first.isdigit() and (not dash or last.isdigit()):
            numbers = [int(first), int(last or first)]
            if not (1 <= numbers[0] <= numbers[1] <= 65535):
                return f"Error: {one} is not a valid port or port range"
        elif not re.fullmatch(r"[a-z][a-z0-9-]*", one):
            return f"Error: {one} is not a valid port or service name"
    return ""


def _base64_key(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        return f"Error: {value} is not a valid base64 string" if len(value) < 20 else "Error: not a valid base64 string"
    return "" if value else "Error: empty value"


def _timezone(value: str) -> str:
    known = zoneinfo.available_timezones()
    # a machine without a time-zone database knows none: then the shape must do
    good = value in known if known else re.fullmatch(r"UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z_-]+)+", value) is not None
    return "" if good else f"Error: {value} is not a valid timezone"


def _protocol(value: str) -> str:
    name = value.removeprefix("!")
    known = {"all", "tcp_udp", "tcp", "udp", "icmp", "esp", "ah", "gre", "igmp", "ospf", "vrrp", "sctp", "ipip", "pim"}
    good = name in known or (name.isdigit() and int(name) <= 255)
    return "" if good else f"Error: {value} is not a valid IP protocol"


def _as_list(value: str) -> str:
    good = all(word.isdigit() and 1 <= int(word) <= 4294967294 for word in value.split())
    return "" if good and value.split() else f"Error: {value} is not a valid list of AS numbers"


def _packet_protocol(value: str) -> str:
    """One protocol of a single packet, as a traffic filter compares it."""
    good = value in PROTOCOLS or (value.isdigit() and int(value) <= 255)
    return "" if good else f"Error: {value} is not a valid IP protocol"


PROTOCOLS = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "ospf": 89, "sctp": 132}
# Of a packet's TOS byte, all eight bits.
DSFIELDS = {
    **{"default": 0x00, "reliability": 0x04, "throughput": 0x08, "lowdelay": 0x10, "priority": 0x20},
    **{"immediate": 0x40, "flash": 0x60, "flash-override": 0x80, "critical": 0x0A, "internet": 0xC0, "network": 0xE0},
    **{f"CS{number}": number << 5 for number in range(1, 8)},
    **{f"AF{row}{drop}": row << 5 | drop << 3 for row in range(1, 5) for drop in range(1, 4)},
    "EF": 0xB8,
}
_RATE = r"\d+(bit|kbit|mbit|gbit|tbit)?|(100|\d\d?)%"

_ENCRYPTED = r"\*|!|\$(?:1|5|6)\$(?:rounds=\d+\$)?[A-Za-z0-9./]*\$[A-Za-z0-9./]{22,86}|\$y\$[A-Za-z0-9./]+\$.+"

CHECKS: dict[str, Check] = {
    "any": lambda value: "",
    "text": _pattern(r".{0,255}"),
    "name": _pattern(r"[-_a-zA-Z0-9][\w\-.+]*"),
    "listname": _pattern(r"[-_a-zA-Z0-9]+"),
    "chain": _pattern(r"[a-zA-Z0-9][\w\-.]*"),
    "user": _pattern(r"[-_a-zA-Z0-9.]{1,100}"),
    "community": _pattern(r"[A-Za-z0-9_\-!@*#]{1,100}"),
    "fullname": _pattern(r"[^:]*"),
    "hostname": _pattern(r"[A-Za-z0-9][-.A-Za-z0-9]*[A-Za-z0-9]"),
    "filename": _pattern(r"[a-zA-Z0-9\-_.]{1,255}"),
    "peername": _pattern(r"[^ ]{1,100}"),
    "fqdn": _pattern(
        r"(?=.{1,253}$)[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*\.?"
    ),
    "url": _pattern(r"\S+"),
    "mac": _pattern(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"),
    "tty": _pattern(r"ttyS[0-9]+|hvc[0-9]+|usb[0-9]+b.*"),
    "rate": _pattern(r"\d+/(second|minute|hour|day)"),
    "communities": _pattern(r"\d+:\d+|local-as|no-advertise|no-export|internet|graceful-shutdown|blackhole|no-peer"),
    "encrypted": _pattern(_ENCRYPTED),
    "eth": _pattern(r"(eth|lan)[0-9]+|(eno|ens|enp|enx).+"),
    "br": _pattern(r"br[0-9]+"),
    "dum": _pattern(r"dum[0-9]+"),
    "lo": _pattern(r"lo"),
    "wg": _pattern(r"wg[0-9]+"),
    "interface": _pattern(_INTERFACE),
    "interfaces": _pattern(rf"!?(?:(?:br|dum|eth|lan|wg|bond|tun|vti|vtun|vxlan|pppoe)[0-9]*\*?|{_INTERFACE})"),
    "group": _pattern(r"!?[-_a-zA-Z0-9][\w\-.+]*"),
    "ip4": _parses(ipaddress.IPv4Address, "IPv4 address"),
    "ip6": _parses(ipaddress.IPv6Address, "IPv6 address"),
    "host4": _parses(_host4, "IPv4 host"),
    "host6": _parses(_host6, "IPv6 host"),
    "net4": _parses(_prefix4, "IPv4 prefix"),
    "net6": _parses(_prefix6, "IPv6 prefix"),
    "range4": _parses(_range4, "IPv4 range"),
    "ports": _ports,
    "base64": _base64_key,
    "timezone": _timezone,
    "protocol": _protocol,
    "aslist": _as_list,
    "policyname": _pattern(r"[A-Za-z0-9][-_A-Za-z0-9]*"),
    "routepolicy": _pattern(r"[a-zA-Z0-9][\w\-.]*"),
    "matchname": _pattern(r"[^-].*"),
    "bandwidth": _pattern(rf"auto|{_RATE}"),
    "own-bandwidth": _pattern(_RATE),
    "burst": _pattern(r"\d+[kmg]?b?"),
    "dsfield": _pattern("|".join(map(re.escape, DSFIELDS))),
    "packet-protocol": _packet_protocol,
    "dscps": _pattern(r"([0-9]|[1-5][0-9]|6[0-3])(-([0-9]|[1-5][0-9]|6[0-3]))?"),
}


def _single(kind: str) -> Check:
    if kind.startswith("!"):  # "!ip4": the value may be negated
        inner = _single(kind[1:])
        return lambda value: inner(value.removeprefix("!"))
    if kind.startswith("{"):
        words = frozenset(kind[1:-1].split(","))
        return lambda value: "" if value in words else "Invalid value"
    if match := re.fullmatch(r"(\d+)-(\d+)", kind):
        low, high = int(match[1]), int(match[2])
        return lambda value: (
            ""
            if value.isascii() and value.isdigit() and low <= int(value) <= high
            else f"Error: {value} is not a valid number between {low} and {high}"
        )
    return CHECKS[kind]


def check_for(kind: str) -> Check:
    """The check named by ``kind``: alternatives are separated by ``|``. Raises KeyError for an unknown name."""
    checks = [_single(one) for one in kind.split("|")]

    def check(value: str) -> str:
        if "'" in value:
            return 'Cannot use the "\'" (single quote) character in a value string'
        problems = [one(value) for one in checks]
        return "" if "" in problems else problems[0]

    return check
