"""Menus under /ip/firewall. What the twin cannot turn into nftables is not accepted."""

from __future__ import annotations

from twin.routeros.menu import Arg, entries
from twin.routeros.schema_interface import DYNAMIC, INVALID
from twin.routeros.schema_ip import V19
from twin.routeros.types import (
    BOOL,
    MAC,
    PORT_RANGE,
    PORTS,
    PREFIX6,
    PROTOCOL,
    RANGE,
    SIGNED_PREFIX6,
    SIGNED_RANGE,
    STRING,
    choice,
    choices,
    number,
    ref,
    signed,
    text,
    time,
)

_ADDRESS_TYPES = choices("unicast", "local", "broadcast", "multicast", negatable=True)
_TCP_FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr")

_MATCHERS = (
    Arg("src-address", SIGNED_RANGE),
    Arg("dst-address", SIGNED_RANGE),
    Arg("src-address-list", STRING),
    Arg("dst-address-list", STRING),
    Arg("src-address-type", _ADDRESS_TYPES),
    Arg("dst-address-type", _ADDRESS_TYPES),
    Arg("src-mac-address", MAC),
    Arg("protocol", PROTOCOL),
    Arg("src-port", PORTS),
    Arg("dst-port", PORTS),
    Arg("port", PORTS),
    Arg("in-interface", ref("interface", "all-ethernet", signed=True)),
    Arg("out-interface", ref("interface", "all-ethernet", signed=True)),
    Arg("in-interface-list", ref("interface-list", signed=True)),
    Arg("out-interface-list", ref("interface-list", signed=True)),
    Arg("icmp-options", STRING),
    Arg("ipsec-policy", choice("in,ipsec", "in,none", "out,ipsec", "out,none")),
    Arg("tcp-mss", STRING),
    Arg("dscp", signed(number(0, 63))),
    Arg("limit", STRING),
    Arg("log", BOOL, default="no"),
    Arg("log-prefix", text(31), default=""),
)
_STATES = (
    Arg("connection-state", choices("invalid", "established", "related", "new", "untracked", negatable=True)),
    Arg("connection-nat-state", choices("srcnat", "dstnat", negatable=True)),
    Arg("tcp-flags", choices(*_TCP_FLAGS, *(f"!{flag}" for flag in _TCP_FLAGS))),
)
_FLAGS = (("D", "dynamic"), ("I", "invalid"))

_MATCHERS6 = (
    Arg("src-address", SIGNED_PREFIX6),
    Arg("dst-address", SIGNED_PREFIX6),
    *(arg for arg in _MATCHERS if arg.name not in ("src-address", "dst-address", "icmp-options", "dscp")),
    Arg("hop-limit", STRING),
)

FILTER_ACTIONS = ("accept", "drop", "reject", "jump", "return", "log", "passthrough", "fasttrack-connection")
NAT_ACTIONS = ("accept", "masquerade", "src-nat", "dst-nat", "redirect", "jump", "return", "log", "passthrough")
MANGLE_ACTIONS = ("accept", "change-mss", "change-dscp", "mark-packet", "jump", "return", "log", "passthrough")
REJECT_WITH = (
    "icmp-network-unreachable",
    "icmp-host-unreachable",
    "icmp-port-unreachable",
    "icmp-protocol-unreachable",
    "icmp-net-prohibited",
    "icmp-host-prohibited",
    "icmp-admin-prohibited",
    "tcp-reset",
)

MENUS = (
    entries(
        "/ip/firewall/address-list",
        Arg("list", STRING, required=True),
        Arg("address", RANGE, required=True),
        Arg("timeout", time()),
        Arg("creation-time", readonly=True),
        DYNAMIC,
        flags=(("D", "dynamic"),),
    ),
    entries(
        "/ip/firewall/filter",
        Arg("chain", STRING, required=True),
        Arg("action", choice(*FILTER_ACTIONS), default="accept", always=True),
        *_STATES,
        *_MATCHERS,
        Arg("jump-target", STRING),
        Arg("reject-with", choice(*REJECT_WITH), default=None),
        Arg("hw-offload", BOOL, until=V19),
        DYNAMIC,
        INVALID,
        more="move unset",
        flags=_FLAGS,
        commands={"reset-counters": ("numbers",), "reset-counters-all": ()},
    ),
    entries(
        "/ip/firewall/mangle",
        Arg("chain", STRING, required=True),
        Arg("action", choice(*MANGLE_ACTIONS), default="accept", always=True),
        Arg("new-mss", number(0, 65535, "clamp-to-pmtu")),
        Arg("new-dscp", number(0, 63)),
        Arg("new-packet-mark", STRING),
        Arg("packet-mark", STRING),
        Arg("passthrough", BOOL, default="yes"),
        *_STATES,
        *_MATCHERS,
        Arg("jump-target", STRING),
        DYNAMIC,
        INVALID,
        more="move unset",
        flags=_FLAGS,
        commands={"reset-counters": ("numbers",), "reset-counters-all": ()},
    ),
    entries(
        "/ip/firewall/nat",
        Arg("chain", STRING, required=True),
        Arg("action", choice(*NAT_ACTIONS), default="accept", always=True),
        Arg("to-addresses", RANGE),
        Arg("to-ports", PORT_RANGE),
        *_MATCHERS,
        Arg("jump-target", STRING),
        DYNAMIC,
        INVALID,
        more="move unset",
        flags=_FLAGS,
        commands={"reset-counters": ("numbers",), "reset-counters-all": ()},
    ),
    entries(
        "/ip/firewall/service-port",
        Arg("name", STRING, readonly=True),
        Arg("ports", PORT_RANGE),
        without="add remove comment",
        named=True,
        builtin_by="name",
    ),
    entries(
        "/ipv6/firewall/address-list",
        Arg("list", STRING, required=True),
        Arg("address", PREFIX6, required=True),
        DYNAMIC,
        flags=(("D", "dynamic"),),
    ),
    entries(
        "/ipv6/firewall/filter",
        Arg("chain", STRING, required=True),
        Arg("action", choice("accept", "drop", "jump", "return", "log", "passthrough"), default="accept", always=True),
        *_STATES,
        *_MATCHERS6,
        Arg("jump-target", STRING),
        DYNAMIC,
        INVALID,
        more="move unset",
        flags=_FLAGS,
        commands={"reset-counters": ("numbers",), "reset-counters-all": ()},
    ),
)
