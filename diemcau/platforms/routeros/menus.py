"""What the planner must know of RouterOS's menus: what names an entry, what it has by default, what depends on what.

Defaults are those of RouterOS 7.18 to 7.22: an export leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NO: Mapping[str, str] = {"disabled": "no", "comment": ""}


@dataclass(frozen=True)
class Menu:
    """A menu of entries."""

    key: tuple[str, ...]  # arguments that name an entry
    stage: int  # entries are added from the lowest stage up and removed from the highest down
    defaults: Mapping[str, str] = field(default_factory=lambda: NO)
    write_only: frozenset[str] = frozenset()  # cannot be read back: not compared
    chosen: frozenset[str] = frozenset()  # the device chooses a value when none is given: compared only when given
    derived: frozenset[str] = frozenset()  # follows from other arguments: never compared
    ordered: bool = False  # the order of entries has a meaning
    by_place: bool = False  # entries are found by their place: what names them is called otherwise in other releases
    static: bool = False  # the router adds entries of its own here, which are not to be found
    parent: str = ""  # the argument that may name another entry of the menu, which then has to be there
    same: tuple[str, ...] = ()  # an entry that has these of a gone one is that one under a new name
    first: bool = False  # removals come before additions: nothing is reached through these


_BRIDGE = {
    **NO, "protocol-mode": "rstp", "auto-mac": "yes", "port-cost-mode": "long", "vlan-filtering": "no",
    "igmp-snooping": "no", "dhcp-snooping": "no", "fast-forward": "yes", "arp": "enabled", "mtu": "auto",
    "priority": "0x8000", "ageing-time": "5m",
}  # fmt: skip
_PEER = {
    **NO, "persistent-keepalive": "0s", "endpoint-address": "", "endpoint-port": "0", "preshared-key": "",
}  # fmt: skip
_DHCP_CLIENT = {
    **NO, "add-default-route": "yes", "default-route-distance": "1", "use-peer-dns": "yes", "use-peer-ntp": "yes",
    "check-gateway": "none",
}  # fmt: skip
_NETWORK = {"comment": "", "ntp-server": "", "dns-server": "", "dns-none": "no", "domain": "", "wins-server": ""}
_CONNECTION = {
    **NO, "connect": "yes", "listen": "yes", "routing-table": "main", "templates": "default", "multihop": "no",
}  # fmt: skip
_RULE = {**NO, "log": "no"}
_KIND = {
    "pfifo-limit": "50", "bfifo-limit": "15000", "sfq-allot": "1514", "sfq-perturb": "5", "fq-codel-limit": "10240",
    "fq-codel-flows": "1024", "fq-codel-quantum": "1514", "fq-codel-target": "5ms", "fq-codel-interval": "100ms",
    "fq-codel-ecn": "yes",
}  # fmt: skip
_QUEUE = {
    **NO, "priority": "8", "limit-at": "0", "max-limit": "0", "burst-limit": "0", "burst-threshold": "0",
    "burst-time": "0s", "packet-mark": "", "bucket-size": "0.1",
}  # fmt: skip

ENTRIES: Mapping[str, Menu] = {
    "/interface bridge": Menu(("name",), 0, _BRIDGE, chosen=frozenset(("admin-mac", "auto-mac", "port-cost-mode"))),
    "/interface wireguard": Menu(("name",), 0, {**NO, "mtu": "1420"}, chosen=frozenset(("listen-port",))),
    "/interface list": Menu(("name",), 0, {"include": "", "exclude": ""}, chosen=frozenset(("comment",))),
    "/ip pool": Menu(("name",), 0, {"comment": "", "next-pool": "none"}),
    "/system logging action": Menu(("name",), 0, {"remote-port": "514"}),
    "/queue type": Menu(("name",), 0, _KIND),
    "/routing bgp instance": Menu(("name",), 0),
    "/user": Menu(("name",), 0, {**NO, "address": ""}, write_only=frozenset(("password",))),
    "/interface bridge port": Menu(("interface",), 1, {**NO, "pvid": "1"}),
    "/interface list member": Menu(("list", "interface"), 1),
    "/interface wireguard peers": Menu(("interface", "name"), 1, _PEER, same=("interface", "public-key")),
    "/ip address": Menu(("address", "interface"), 1, derived=frozenset(("network",)), same=("address",)),
    "/ip firewall address-list": Menu(("list", "address"), 1, static=True),
    "/user ssh-keys": Menu(("user", "key-owner"), 1, {}, write_only=frozenset(("key",)), by_place=True),
    "/system ntp client servers": Menu(("address",), 1),
    "/system logging": Menu(("topics", "action"), 1, {**NO, "topics": "info", "action": "memory"}),
    "/ip dhcp-client": Menu(("interface",), 2, _DHCP_CLIENT, chosen=frozenset(("name",))),
    "/ip route": Menu(
        ("dst-address", "gateway", "blackhole", "routing-table"), 2,
        {**NO, "distance": "1", "routing-table": "main", "gateway": "", "blackhole": "no",
         "check-gateway": "none"},
        static=True,
    ),
    "/ip dns static": Menu(("name",), 2),
    "/ip dhcp-server": Menu(("name",), 2, {**NO, "lease-time": "1800s"}, same=("interface",)),
    "/ip dhcp-server network": Menu(("address",), 3, _NETWORK),
    "/ip dhcp-server lease": Menu(("mac-address", "address"), 3, static=True, first=True),
    "/ip firewall mangle": Menu(("chain", "comment"), 3, {**_RULE, "passthrough": "yes"}, ordered=True, static=True),
    "/ip firewall filter": Menu(("chain", "comment"), 3, _RULE, ordered=True, static=True),
    "/ip firewall nat": Menu(("chain", "comment"), 3, _RULE, ordered=True, static=True),
    "/queue tree": Menu(("name",), 4, _QUEUE, chosen=frozenset(("queue",)), parent="parent"),
    "/routing filter rule": Menu(("chain", "comment"), 3, ordered=True),
    "/routing bgp template": Menu(("name",), 2, chosen=frozenset(("as", "routing-table"))),
    "/routing bgp connection": Menu(("name",), 4, _CONNECTION, same=("local.address", "remote.address")),
}  # fmt: skip

# Menus of settings and entries that always exist ("/ip service set telnet"): value by default, so that a plan can
# put back what the inventory does not ask for. A setting that is not listed here is left alone.
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "/system identity": {"name": "MikroTik"},
    "/system clock": {"time-zone-autodetect": "yes", "time-zone-name": "UTC"},
    "/system ntp client": {"enabled": "no", "mode": "unicast"},
    "/system ntp server": {"enabled": "no"},
    "/ip ssh": {"strong-crypto": "no", "forwarding-enabled": "no", "always-allow-password-login": "no"},
    "/ip service": {"disabled": "no", "address": ""},
    "/ip neighbor discovery-settings": {"discover-interface-list": "static"},
    "/tool mac-server": {"allowed-interface-list": "all"},
    "/tool mac-server mac-winbox": {"allowed-interface-list": "all"},
    "/tool mac-server ping": {"enabled": "yes"},
    "/tool bandwidth-server": {"enabled": "yes"},
    "/ip dns": {"allow-remote-requests": "no"},
    "/ip cloud": {"ddns-enabled": "auto", "update-time": "yes"},
    "/ip proxy": {"enabled": "no"},
    "/ip socks": {"enabled": "no"},
    "/ip upnp": {"enabled": "no"},
    "/snmp": {"enabled": "no"},
    "/routing settings": {"check-gateway-ping-count": "2", "check-gateway-ping-interval": "10s"},
    "/ipv6 settings": {"disable-ipv6": "no"},
}

# Services that are off on a factory-new router.
SERVICES_OFF = frozenset(("www-ssl",))


def defaults(menu: str, selector: str) -> Mapping[str, str]:
    """The defaults of one item of a menu of settings."""
    if menu == "/ip service" and selector in SERVICES_OFF:
        return {**SETTINGS[menu], "disabled": "yes"}
    return SETTINGS.get(menu, {})


# Arguments that are sets: their order says nothing.
UNORDERED = frozenset(("allowed-address", "connection-state"))
TIMES = frozenset(
    (
        "lease-time", "hold-time", "keepalive-time", "persistent-keepalive", "interval", "burst-time",
        "check-gateway-ping-interval",
    )
)  # fmt: skip
RATES = frozenset(("limit-at", "max-limit", "burst-limit", "burst-threshold"))  # bit/s, with or without a unit
SWITCHES = frozenset(("disabled", "enabled", "log", "passthrough", "listen", "connect", "dns-none", "disable-ipv6"))
