"""Types of arguments: text as typed to text as stored and printed, or BadValue with the console's words."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from twin.routeros.durations import seconds, spelled
from twin.routeros.errors import BadValue, no_match, out_of_range
from twin.routeros.rates import bits
from twin.routeros.rates import spelled as spelled_rate

#: Names that exist in a menu, by namespace ("interface", "pool", …).
Lookup = Callable[[str], "dict[str, str]"]  # name or "*id" -> name


@dataclass(frozen=True)
class Type:
    """``parse(text, lookup)`` gives the canonical text; ``space`` is the namespace that values refer to."""

    parse: Callable[[str, Lookup], str]
    space: str = ""
    words: tuple[str, ...] = ()  # accepted besides names
    also: str = ""  # a second namespace


def _plain(parse: Callable[[str], str]) -> Type:
    return Type(lambda text, _: parse(text))


def text(longest: int = 65535) -> Type:
    def parse(value: str) -> str:
        if len(value) > longest:
            raise BadValue(f"value of {{name}} too long, max length {longest}")
        return value

    return _plain(parse)


STRING = text()


def _boolean(value: str) -> str:
    if value in ("yes", "true"):
        return "yes"
    if value in ("no", "false"):
        return "no"
    raise no_match()


BOOL = _plain(_boolean)


def number(low: int, high: int, *words: str) -> Type:
    def parse(value: str) -> str:
        if value in words:
            return value
        if not re.fullmatch(r"-?\d+|0x[0-9a-fA-F]+", value):
            raise BadValue()
        parsed = int(value, 0) if value.startswith("0x") else int(value)
        if not low <= parsed <= high:
            raise out_of_range(low, high)
        return str(parsed)

    return _plain(parse)


PORT = number(0, 65535)


def choice(*words: str) -> Type:
    def parse(value: str) -> str:
        if value not in words:
            raise no_match()
        return value

    return _plain(parse)


def signed(inner: Type) -> Type:
    """The same, or everything else with "!" before it."""

    def parse(value: str, lookup: Lookup) -> str:
        sign, rest = _sign(value)
        return sign + inner.parse(rest, lookup)

    return Type(parse, inner.space, inner.words)


FLAG = choice("yes")  # given by its bare name: ``blackhole``


def choices(*words: str, negatable: bool = False) -> Type:
    """A comma-separated set; printed in the order in which the device lists its words."""

    def parse(value: str) -> str:
        sign, rest = _sign(value) if negatable else ("", value)
        if rest == "":
            return ""
        parts = rest.split(",")
        if any(part not in words for part in parts):
            raise no_match()
        return sign + ",".join(word for word in words if word in parts)

    return _plain(parse)


def time(low: float = 0, high: float = 2**40, *words: str) -> Type:
    def parse(value: str) -> str:
        if value in words:
            return value
        parsed = seconds(value)
        if parsed is None:
            raise BadValue()
        if not low <= parsed <= high:
            raise out_of_range(spelled(low), spelled(high))
        return spelled(parsed)

    return _plain(parse)


def _sign(value: str) -> tuple[str, str]:
    return ("!", value[1:]) if value.startswith("!") else ("", value)


def _address(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError:
        raise BadValue() from None


def _interface_address(value: str) -> str:
    try:
        parsed = ipaddress.IPv4Interface(value)
    except ValueError:
        raise BadValue() from None
    return f"{parsed.ip}/{parsed.network.prefixlen}"


def _network(value: str) -> str:
    """RouterOS masks host bits away: 10.1.2.3/24 becomes 10.1.2.0/24. No length is /32."""
    try:
        return str(ipaddress.IPv4Network(value, strict=False))
    except ValueError:
        raise BadValue() from None


def _prefix_any(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise BadValue() from None


def _without_32(value: str) -> str:
    return value.removesuffix("/32")


def _range(value: str) -> str:
    """An address, a prefix or a range, as firewall rules and address lists take them."""
    if "-" in value:
        low, _, high = value.partition("-")
        a, b = _address(low), _address(high)
        if ipaddress.IPv4Address(a) > ipaddress.IPv4Address(b):
            raise BadValue()
        return a if a == b else f"{a}-{b}"
    return _without_32(_network(value))


def _signed(parse: Callable[[str], str]) -> Callable[[str], str]:
    def signed(value: str) -> str:
        sign, rest = _sign(value)
        return sign + parse(rest)

    return signed


def listed(parse: Callable[[str], str]) -> Callable[[str], str]:
    def whole(value: str) -> str:
        return ",".join(parse(part) for part in value.split(",")) if value else ""

    return whole


ADDRESS = _plain(_address)
INTERFACE_ADDRESS = _plain(_interface_address)
NETWORK = _plain(_network)
RANGE = _plain(_range)
SIGNED_RANGE = _plain(_signed(_range))
ADDRESSES = _plain(listed(_address))
NETWORKS = _plain(listed(_network))
PREFIXES = _plain(listed(_prefix_any))
RANGES = _plain(listed(_range))
ADDRESS_OR_PREFIX = _plain(lambda value: _without_32(_network(value)))


def _prefix6(value: str) -> str:
    try:
        return str(ipaddress.IPv6Network(value, strict=False))
    except ValueError:
        raise BadValue() from None


PREFIX6 = _plain(_prefix6)
SIGNED_PREFIX6 = _plain(_signed(_prefix6))


def _mac(value: str) -> str:
    digits = re.sub(r"[:.-]", "", value)
    if not re.fullmatch(r"[0-9A-Fa-f]{12}", digits):
        raise BadValue()
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2)).upper()


MAC = _plain(_mac)


def _key(value: str) -> str:
    if value == "":
        return value
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise BadValue() from None
    if len(raw) != 32:
        raise BadValue()
    return base64.b64encode(raw).decode()


KEY = _plain(_key)


def _ports(value: str) -> str:
    parts = []
    for part in value.split(","):
        low, dash, high = part.partition("-")
        for end in (low, high) if dash else (low,):
            if not end.isdigit():
                raise BadValue()
            if int(end) > 65535:
                raise out_of_range(0, 65535)
        if dash and int(low) > int(high):
            raise BadValue()
        parts.append(f"{int(low)}-{int(high)}" if dash else str(int(low)))
    return ",".join(parts)


PORTS = _plain(_signed(_ports))
PORT_RANGE = _plain(_ports)

PROTOCOLS = {
    "icmpv6": 58,
    "icmp": 1,
    "igmp": 2,
    "tcp": 6,
    "udp": 17,
    "gre": 47,
    "ipsec-esp": 50,
    "ipsec-ah": 51,
    "ospf": 89,
}


def _protocol(value: str) -> str:
    sign, rest = _sign(value)
    if rest.isdigit():
        if int(rest) > 255:
            raise out_of_range(0, 255)
        names = {str(v): k for k, v in PROTOCOLS.items()}
        return sign + names.get(str(int(rest)), str(int(rest)))
    if rest not in PROTOCOLS:
        raise no_match()
    return sign + rest


PROTOCOL = _plain(_protocol)


def ref(space: str, *words: str, many: bool = False, signed: bool = False) -> Type:
    """The name of something that exists in ``space``, or one of ``words``."""

    def one(value: str, lookup: Lookup) -> str:
        if value in words:
            return value
        name = lookup(space).get(value)
        if name is None:
            raise no_match()
        return name

    def parse(value: str, lookup: Lookup) -> str:
        sign, rest = _sign(value) if signed else ("", value)
        if many:
            return sign + ",".join(one(part, lookup) for part in rest.split(",")) if rest else ""
        return sign + one(rest, lookup)

    return Type(parse, space, words)


def _gateway(value: str, lookup: Lookup) -> str:
    """A next hop: an address, an interface, or ``address%interface``."""
    interfaces = lookup("interface")
    if value in interfaces:
        return interfaces[value]
    address, percent, interface = value.partition("%")
    if percent and interface not in interfaces:
        raise no_match()
    return _address(address) + (f"%{interfaces[interface]}" if percent else "")


GATEWAY = Type(_gateway, "interface")


def _rate(value: str) -> str:
    try:
        rate = bits(value)
    except ValueError:
        raise BadValue() from None
    if rate > 4294967295000:
        raise out_of_range(0, 4294967295000)
    return spelled_rate(rate)


RATE = _plain(_rate)


def _bucket(value: str) -> str:
    """Seconds at ``max-limit`` that a queue may save up."""
    if not re.fullmatch(r"\d{1,2}(\.\d{1,3})?", value):
        raise BadValue()
    if float(value) > 10:
        raise out_of_range(0, 10)
    return f"{float(value):g}"


BUCKET = _plain(_bucket)


def _parent_queue(value: str, lookup: Lookup) -> str:
    for space in ("queue", "interface"):
        if value in (names := lookup(space)):
            return names[value]
    raise no_match()


PARENT_QUEUE = Type(_parent_queue, "queue", also="interface")


def _router_id(value: str, lookup: Lookup) -> str:
    return lookup("router-id-name").get(value) or _address(value)


ROUTER_ID = Type(_router_id, "router-id-name")


def _time_zone(value: str) -> str:
    if value != "manual" and value not in zoneinfo.available_timezones():
        raise no_match()
    return value


TIME_ZONE = _plain(_time_zone)
