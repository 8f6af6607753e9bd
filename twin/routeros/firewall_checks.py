"""Which combinations of arguments a firewall rule may have."""

from __future__ import annotations

import re

from twin.routeros.errors import Refusal

_PORT_PROTOCOLS = ("tcp", "udp")
_CHAINS = {
    "filter": ("input", "forward", "output"),
    "nat": ("srcnat", "dstnat"),
    "mangle": ("prerouting", "input", "forward", "output", "postrouting"),
}
_NO_OUT = ("input", "prerouting", "dstnat")
_NO_IN = ("output", "postrouting", "srcnat")
_ICMP_OPTION = re.compile(r"!?\d{1,3}:\d{1,3}(-\d{1,3})?(,\d{1,3}:\d{1,3}(-\d{1,3})?)*")
_LIMIT = re.compile(r"!?(\d+)(/\w+)?(,(\d+))?(:(packet|bit))?")
_HOP_LIMIT = re.compile(r"(equal|not-equal|less-than|greater-than):(\d{1,3})")
_MSS = re.compile(r"!?(\d+)(-(\d+))?")


def builtin_chains(table: str) -> tuple[str, ...]:
    """The chains that packets enter by themselves."""
    return _CHAINS[table]


def check_rule(table: str, values: dict[str, str]) -> dict[str, str]:
    """Raises Refusal with the firewall's words; fills in what an action brings along."""
    action = values.get("action", "accept")
    _check_protocol(values)
    _check_interfaces(values)
    if action == "jump" and not values.get("jump-target"):
        raise Refusal("failure: jump-target must be specified")
    if action == "reject" and values.get("reject-with") == "tcp-reset" and values.get("protocol") != "tcp":
        raise Refusal("failure: tcp-reset possible only for tcp protocol")
    if "limit" in values:
        values["limit"] = _limit(values["limit"])
    for name, pattern in (("hop-limit", _HOP_LIMIT), ("tcp-mss", _MSS)):
        if name in values and not pattern.fullmatch(values[name]):
            raise Refusal(f"invalid value for argument {name}")
    if table == "nat":
        _check_nat(values["chain"], action, values)
    if table == "mangle":
        _check_mangle(action, values)
    if action == "reject":
        values.setdefault("reject-with", "icmp-network-unreachable")
    return values


def _check_protocol(values: dict[str, str]) -> None:
    protocol = values.get("protocol", "")
    if any(name in values for name in ("src-port", "dst-port", "port")) and protocol not in _PORT_PROTOCOLS:
        raise Refusal("failure: ports can be specified if proto is tcp, udp, udp-lite, dccp, sctp")
    if any(name in values for name in ("tcp-flags", "tcp-mss")) and protocol != "tcp":
        raise Refusal("failure: TCP flags and MSS can be matched only if protocol is tcp")
    if "icmp-options" in values:
        if protocol != "icmp":
            raise Refusal("failure: ICMP options can be matched only if protocol is icmp")
        if not _ICMP_OPTION.fullmatch(values["icmp-options"]):
            raise Refusal("invalid value for argument icmp-options")


def _check_interfaces(values: dict[str, str]) -> None:
    if values["chain"] in _NO_OUT and any(name in values for name in ("out-interface", "out-interface-list")):
        raise Refusal("failure: outgoing interface matching not possible in input and prerouting chains")
    if values["chain"] in _NO_IN and any(name in values for name in ("in-interface", "in-interface-list")):
        raise Refusal("failure: incoming interface matching not possible in output and postrouting chains")


def _check_mangle(action: str, values: dict[str, str]) -> None:
    if action == "change-mss":
        if "new-mss" not in values:
            raise Refusal("failure: new-mss must be specified")
        if values.get("protocol") != "tcp" or "syn" not in values.get("tcp-flags", "").split(","):
            raise Refusal("failure: change-mss works only with TCP SYN packets, specify protocol=tcp tcp-flags=syn")
    if action == "change-dscp" and "new-dscp" not in values:
        raise Refusal("failure: new-dscp must be specified")
    if action == "mark-packet" and not values.get("new-packet-mark"):
        raise Refusal("failure: new-packet-mark must be specified")


def _check_nat(chain: str, action: str, values: dict[str, str]) -> None:
    if action in ("masquerade", "src-nat") and chain == "dstnat":
        raise Refusal(f"failure: {action} action is allowed only in srcnat chain")
    if action in ("dst-nat", "redirect") and chain == "srcnat":
        raise Refusal(f"failure: {action} action is allowed only in dstnat chain")
    if action == "src-nat" and "to-addresses" not in values:
        raise Refusal("failure: to-addresses must be specified")
    if "to-ports" in values and values.get("protocol") not in _PORT_PROTOCOLS:
        raise Refusal("failure: ports can be specified if proto is tcp, udp, udp-lite, dccp, sctp")


def _limit(text: str) -> str:
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise Refusal("invalid value for argument limit")
    sign = "!" if text.startswith("!") else ""
    return f"{sign}{match[1]}{match[2] or ''},{match[4] or 5}:{match[6] or 'packet'}"
