"""One firewall rule of RouterOS as nftables rules."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from twin.routeros.durations import seconds
from twin.routeros.names import linux_names, list_members
from twin.routeros.queues import mark_numbers
from twin.routeros.store import Config

Rule = dict[str, str]
_REJECT = {
    "icmp-network-unreachable": "icmp net-unreachable",
    "icmp-host-unreachable": "icmp host-unreachable",
    "icmp-port-unreachable": "icmp port-unreachable",
    "icmp-protocol-unreachable": "icmp prot-unreachable",
    "icmp-net-prohibited": "icmp net-prohibited",
    "icmp-host-prohibited": "icmp host-prohibited",
    "icmp-admin-prohibited": "icmp admin-prohibited",
    "tcp-reset": "tcp reset",
}


class Never(Exception):
    """The rule can match no packet."""


def identifier(prefix: str, name: str) -> str:
    """A name that nftables can have, different for different names."""
    return prefix + "".join(char if char.isascii() and char.isalnum() else f"_{ord(char):x}_" for char in name)


@dataclass(frozen=True)
class Translator:
    """Knows what names mean; collects nothing."""

    config: Config
    family: str = "ip"  # or "ip6"

    @functools.cached_property
    def marks(self) -> dict[str, int]:
        return mark_numbers(self.config)

    def verdict(self, rule: Rule) -> str | None:
        """What the rule does; None when it changes nothing (``log``, ``passthrough``, ``fasttrack-connection``)."""
        if rule.get("action") == "mark-packet":
            return f"meta mark set {self.marks[rule['new-packet-mark']]}{_end(rule)}"
        return verdict(rule)

    def matches(self, rule: Rule) -> list[str]:
        """The conditions; one text for each alternative (``port=`` is two). Raises Never."""
        parts: list[str] = []
        for name, make in _MATCHERS.items():
            if name in rule:
                made = make(self, rule[name], rule)
                if made:
                    parts.append(made)
        alternatives = [" ".join(parts)]
        if "port" in rule:
            sign, ports = _signed(rule["port"])
            where = [f"th {end} {sign}{{ {ports.replace(',', ', ')} }}" for end in ("sport", "dport")]
            alternatives = [" ".join([*parts, *where])] if sign else [" ".join([*parts, end]) for end in where]
        if "icmp-options" in rule:
            options = rule["icmp-options"].split(",")
            alternatives = [f"{each} {_icmp(option)}" for each in alternatives for option in options]
        return alternatives

    def interface(self, value: str, key: str) -> str:
        sign, name = _signed(value)
        names = linux_names(self.config)
        if name == "all-ethernet":
            ports = [entry["default-name"] for entry in self.config.enabled("/interface/ethernet")]
            return f"{key} {sign}{{ {', '.join(map(_string, ports))} }}"
        if name not in names:
            raise Never
        return f"{key} {sign}{_string(names[name])}"

    def interface_list(self, value: str, key: str) -> str:
        sign, name = _signed(value)
        if name.startswith("*"):
            raise Never
        members = list_members(self.config, name)
        if members is None or not members:
            if bool(sign) == (members is None):
                raise Never
            return ""
        names = linux_names(self.config)
        return f"{key} {sign}{{ {', '.join(sorted(_string(names[member]) for member in members))} }}"


def address_set(name: str) -> str:
    return identifier("list_", name)


def _signed(value: str) -> tuple[str, str]:
    return ("!= ", value[1:]) if value.startswith("!") else ("", value)


def _string(name: str) -> str:
    return f'"{name}"'


def _address(key: str) -> Callable[[Translator, str, Rule], str]:
    def make(translator: Translator, value: str, rule: Rule) -> str:
        sign, address = _signed(value)
        return f"{translator.family} {key} {sign}{address}"

    return make


def _address_list(key: str) -> Callable[[Translator, str, Rule], str]:
    def make(translator: Translator, value: str, rule: Rule) -> str:
        sign, name = _signed(value)
        return f"{translator.family} {key} {sign}@{address_set(name)}"

    return make


def _address_type(key: str) -> Callable[[Translator, str, Rule], str]:
    def make(translator: Translator, value: str, rule: Rule) -> str:
        sign, types = _signed(value)
        return f"fib {key} type {sign}{{ {types.replace(',', ', ')} }}"

    return make


_PROTOCOLS = {"ipsec-esp": "esp", "ipsec-ah": "ah", "ospf": "89", "icmpv6": "ipv6-icmp"}


def _protocol(translator: Translator, value: str, rule: Rule) -> str:
    sign, name = _signed(value)
    return f"meta l4proto {sign}{_PROTOCOLS.get(name, name)}"


def _port(key: str) -> Callable[[Translator, str, Rule], str]:
    def make(translator: Translator, value: str, rule: Rule) -> str:
        sign, ports = _signed(value)
        return f"th {key} {sign}{{ {ports.replace(',', ', ')} }}"

    return make


def _states(translator: Translator, value: str, rule: Rule) -> str:
    sign, states = _signed(value)
    return f"ct state {sign}{{ {states.replace(',', ', ')} }}" if states else ""


def _nat_state(translator: Translator, value: str, rule: Rule) -> str:
    sign, states = _signed(value)
    mask = " | ".join({"srcnat": "snat", "dstnat": "dnat"}[state] for state in states.split(","))
    return f"ct status & ({mask}) {'==' if sign else '!='} 0"


def _tcp_flags(translator: Translator, value: str, rule: Rule) -> str:
    flags = [flag for flag in value.split(",") if flag]
    mask = " | ".join(flag.removeprefix("!") for flag in flags)
    wanted = " | ".join(flag for flag in flags if not flag.startswith("!")) or "0x0"
    return f"tcp flags & ({mask}) == {wanted}" if flags else ""


def _mss(translator: Translator, value: str, rule: Rule) -> str:
    sign, sizes = _signed(value)
    return f"tcp option maxseg size {sign}{sizes}"


def _limit(translator: Translator, value: str, rule: Rule) -> str:
    sign, rest = _signed(value)
    rate, _, more = rest.partition(",")
    burst, _, mode = more.partition(":")
    count, _, period = rate.partition("/")
    length = (seconds(period) if period else 1.0) or 1.0
    unit = "second" if length <= 1 else "minute" if length <= 60 else "hour"
    if mode == "bit":
        return f"limit rate {'over ' if sign else ''}{max(1, int(count) // 8)} bytes/{unit}"
    return f"limit rate {'over ' if sign else ''}{count}/{unit} burst {burst} packets"


def _ipsec(translator: Translator, value: str, rule: Rule) -> str:
    if value.endswith("ipsec"):
        raise Never  # there is no IPsec here, so no packet came or goes through it
    return ""


_HOPS = {"equal": "", "not-equal": "!= ", "less-than": "< ", "greater-than": "> "}


def _hop_limit(translator: Translator, value: str, rule: Rule) -> str:
    comparison, _, hops = value.partition(":")
    return f"ip6 hoplimit {_HOPS[comparison]}{hops}"


def _dscp(translator: Translator, value: str, rule: Rule) -> str:
    sign, dscp = _signed(value)
    return f"ip dscp {sign}{dscp}"


def _packet_mark(translator: Translator, value: str, rule: Rule) -> str:
    sign, mark = _signed(value)
    return f"meta mark {sign}{translator.marks[mark]}"


def _icmp(option: str) -> str:
    sign, rest = _signed(option)
    kind, _, code = rest.partition(":")
    if sign:
        return f"icmp type != {kind}"
    return f"icmp type {kind}" + ("" if code == "0-255" else f" icmp code {code}")


_MATCHERS: dict[str, Callable[[Translator, str, Rule], str]] = {
    "in-interface": lambda t, v, r: t.interface(v, "iifname"),
    "out-interface": lambda t, v, r: t.interface(v, "oifname"),
    "in-interface-list": lambda t, v, r: t.interface_list(v, "iifname"),
    "out-interface-list": lambda t, v, r: t.interface_list(v, "oifname"),
    "src-mac-address": lambda t, v, r: f"ether saddr {v.lower()}",
    "src-address": _address("saddr"),
    "dst-address": _address("daddr"),
    "src-address-list": _address_list("saddr"),
    "dst-address-list": _address_list("daddr"),
    "src-address-type": _address_type("saddr"),
    "dst-address-type": _address_type("daddr"),
    "protocol": _protocol,
    "src-port": _port("sport"),
    "dst-port": _port("dport"),
    "connection-state": _states,
    "connection-nat-state": _nat_state,
    "tcp-flags": _tcp_flags,
    "tcp-mss": _mss,
    "dscp": _dscp,
    "packet-mark": _packet_mark,
    "ipsec-policy": _ipsec,
    "hop-limit": _hop_limit,
    "limit": _limit,
}


def verdict(rule: Rule) -> str | None:
    """What the rule does, as far as it names no marks."""
    action = rule.get("action", "accept")
    if action in ("accept", "drop", "return", "masquerade"):
        return action
    if action == "reject":
        return f"reject with {_REJECT[rule.get('reject-with', 'icmp-network-unreachable')]}"
    if action == "jump":
        return f"jump {identifier('chain_', rule['jump-target'])}"
    if action == "src-nat":
        return f"snat to {rule['to-addresses']}{_to_ports(rule)}"
    if action == "dst-nat":
        address = rule.get("to-addresses", "")
        return f"dnat to {address}{_to_ports(rule)}" if address else f"redirect to {_to_ports(rule)}"
    if action == "redirect":
        return f"redirect to {_to_ports(rule)}" if "to-ports" in rule else "redirect"
    if action == "change-mss":
        size = "rt mtu" if rule["new-mss"] == "clamp-to-pmtu" else rule["new-mss"]
        return f"tcp option maxseg size set {size}{_end(rule)}"
    if action == "change-dscp":
        return f"ip dscp set {rule['new-dscp']}{_end(rule)}"
    return None


def _end(rule: Rule) -> str:
    """Whether a packet that was changed goes on to the next rule."""
    return "" if rule.get("passthrough", "yes") == "yes" else " accept"


def _to_ports(rule: Rule) -> str:
    return f":{rule['to-ports']}" if "to-ports" in rule else ""
