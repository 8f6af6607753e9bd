"""The configuration with which a unit leaves the box, and the empty one of ``reset-configuration no-defaults=yes``."""

from __future__ import annotations

from twin.routeros import keys
from twin.routeros.identity import Label
from twin.routeros.menu import Release
from twin.routeros.operations import add, change_settings
from twin.routeros.schema_queue import BUILTIN_TYPES
from twin.routeros.schema_system import GROUP_POLICIES
from twin.routeros.store import Config, Entry

_SERVICES = (
    ("telnet", "23", "no"),
    ("ftp", "21", "no"),
    ("www", "80", "no"),
    ("ssh", "22", "no"),
    ("www-ssl", "443", "yes"),
    ("api", "8728", "no"),
    ("winbox", "8291", "no"),
    ("api-ssl", "8729", "no"),
)
_HELPERS = (("ftp", "21"), ("tftp", "69"), ("irc", "6667"), ("h323", ""), ("sip", "5060,5061"), ("pptp", ""))
_READ = "local,telnet,ssh,reboot,read,test,password,sniff,sensitive,romon,winbox,web,api,rest-api"


def _builtin(config: Config, path: str, *rows: dict[str, str]) -> None:
    config.put(path, [*config.entries(path), *(Entry(config.take_number(), row, builtin=True) for row in rows)])


def empty(config: Config, ports: tuple[str, ...], label: Label, kept_users: bool = False) -> None:
    """What is there even without any configuration. With ``kept_users`` users, groups and keys stay."""
    users = ("/user", "/user/group", "/user/ssh-keys")
    config.tables = {path: config.tables[path] for path in users if kept_users and path in config.tables}
    _builtin(config, "/interface/ethernet", *({"name": port, "default-name": port} for port in ports))
    _builtin(config, "/interface/list", *({"name": n, "builtin": "yes"} for n in ("all", "none", "dynamic", "static")))
    _builtin(config, "/ip/service", *(_service(*service) for service in _SERVICES))
    _builtin(config, "/ip/firewall/service-port", *({"name": n, "ports": p} for n, p in _HELPERS))
    _builtin(config, "/snmp/community", {"name": "public", "default": "yes"})
    _builtin(config, "/queue/type", *({"name": n, "default": "yes", **o} for n, o in BUILTIN_TYPES.items()))
    _builtin(config, "/routing/bgp/template", {"name": "default"})
    _builtin(config, "/routing/id", {"name": "main"})
    _builtin(config, "/routing/table", {"name": "main", "fib": "yes"})
    actions = ({"name": n, "target": n, "default": "yes"} for n in ("memory", "disk", "echo", "remote"))
    _builtin(config, "/system/logging/action", *actions)
    topics = (("info", "memory"), ("error", "memory"), ("warning", "memory"), ("critical", "echo"))
    _builtin(config, "/system/logging", *({"topics": t, "action": a, "default": "yes"} for t, a in topics))
    if not kept_users:
        write = _READ.replace("read,", "read,write,")
        groups = (("read", _READ), ("write", write), ("full", ",".join(GROUP_POLICIES)))
        _builtin(config, "/user/group", *({"name": name, "policy": policy} for name, policy in groups))
        admin = {"name": "admin", "group": "full", "password": keys.digest(label.password)}
        config.put("/user", [Entry(config.take_number(), {**admin, "comment": "system default user"})])
    config.restore(config.snapshot())


def _service(name: str, port: str, disabled: str) -> dict[str, str]:
    return {"name": name, "port": port} | ({"disabled": "yes"} if disabled == "yes" else {})


def defaults(config: Config, ports: tuple[str, ...], label: Label) -> None:
    """The vendor's default configuration on top of :func:`empty`: a home router."""

    def put(path: str, **values: str) -> None:
        given = {name.replace("_", "-"): value for name, value in values.items()}
        add(config, config.schema.menu(path), {"comment": "defconf", **given}, "admin")

    put("/interface/bridge", name="bridge", admin_mac=label.mac, auto_mac="no")
    for port in ports[1:]:
        put("/interface/bridge/port", bridge="bridge", interface=port)
    put("/interface/list", name="WAN")
    put("/interface/list", name="LAN")
    put("/interface/list/member", interface="bridge", list="LAN")
    put("/interface/list/member", interface=ports[0], list="WAN")
    put("/ip/address", address="192.168.88.1/24", interface="bridge")
    put("/ip/dhcp-client", interface=ports[0])
    put("/ip/pool", name="default-dhcp", ranges="192.168.88.10-192.168.88.254", comment="")
    put("/ip/dhcp-server", name="defconf", interface="bridge", address_pool="default-dhcp")
    put("/ip/dhcp-server/network", address="192.168.88.0/24", gateway="192.168.88.1", dns_server="192.168.88.1")
    put("/ip/dns/static", name="router.lan", address="192.168.88.1")
    _set(config, "/ip/dns", {"allow-remote-requests": "yes"})
    _set(config, "/ip/neighbor/discovery-settings", {"discover-interface-list": "LAN"})
    _set(config, "/tool/mac-server", {"allowed-interface-list": "LAN"})
    _set(config, "/tool/mac-server/mac-winbox", {"allowed-interface-list": "LAN"})
    _firewall(config)


def _set(config: Config, path: str, values: dict[str, str]) -> None:
    change_settings(config, config.schema.menu(path), values)


def _firewall(config: Config) -> None:
    menu = config.schema.menu("/ip/firewall/filter")
    hardware = {"hw-offload": "yes"} if config.schema.release <= Release(7, 19) else {}
    known = "established,related,untracked"
    rules: tuple[tuple[str, dict[str, str]], ...] = (
        ("accept established,related,untracked", {"chain": "input", "connection-state": known}),
        ("drop invalid", {"chain": "input", "action": "drop", "connection-state": "invalid"}),
        ("accept ICMP", {"chain": "input", "protocol": "icmp"}),
        ("accept to local loopback (for CAPsMAN)", {"chain": "input", "dst-address": "127.0.0.1"}),
        ("drop all not coming from LAN", {"chain": "input", "action": "drop", "in-interface-list": "!LAN"}),
        ("accept in ipsec policy", {"chain": "forward", "ipsec-policy": "in,ipsec"}),
        ("accept out ipsec policy", {"chain": "forward", "ipsec-policy": "out,ipsec"}),
        (
            "fasttrack",
            {"chain": "forward", "action": "fasttrack-connection", "connection-state": "established,related"}
            | hardware,
        ),
        ("accept established,related, untracked", {"chain": "forward", "connection-state": known}),
        ("drop invalid", {"chain": "forward", "action": "drop", "connection-state": "invalid"}),
        (
            "drop all from WAN not DSTNATed",
            {
                "chain": "forward",
                "action": "drop",
                "connection-nat-state": "!dstnat",
                "connection-state": "new",
                "in-interface-list": "WAN",
            },
        ),
    )
    for comment, values in rules:
        add(config, menu, {"comment": f"defconf: {comment}", **values}, "admin")
    nat = {"chain": "srcnat", "action": "masquerade", "ipsec-policy": "out,none", "out-interface-list": "WAN"}
    add(config, config.schema.menu("/ip/firewall/nat"), {"comment": "defconf: masquerade", **nat}, "admin")
    _firewall6(config)


_BAD6 = ("::/128", "::1/128", "fec0::/10", "::ffff:0.0.0.0/96", "::/96", "100::/64", "2001:db8::/32", "2001:10::/28")


def _firewall6(config: Config) -> None:
    addresses = config.schema.menu("/ipv6/firewall/address-list")
    for address in _BAD6:
        add(config, addresses, {"comment": "defconf", "list": "bad_ipv6", "address": address}, "admin")
    known = {"connection-state": "established,related,untracked"}
    udp, drop = {"protocol": "udp"}, {"action": "drop"}
    both: tuple[tuple[str, dict[str, str]], ...] = (
        ("accept established,related,untracked", known),
        ("drop invalid", {**drop, "connection-state": "invalid"}),
    )
    ipsec: tuple[tuple[str, dict[str, str]], ...] = (
        ("accept IKE", {**udp, "dst-port": "500,4500"}),
        ("accept ipsec AH", {"protocol": "ipsec-ah"}),
        ("accept ipsec ESP", {"protocol": "ipsec-esp"}),
        ("drop everything else not coming from LAN", {**drop, "in-interface-list": "!LAN"}),
    )
    entering = (
        *both,
        ("accept ICMPv6", {"protocol": "icmpv6"}),
        ("accept UDP traceroute", {**udp, "dst-port": "33434-33534"}),
        ("accept DHCPv6-Client prefix delegation.", {**udp, "dst-port": "546", "src-address": "fe80::/10"}),
        *ipsec,
    )
    passing = (
        *both,
        ("drop packets with bad src ipv6", {**drop, "src-address-list": "bad_ipv6"}),
        ("drop packets with bad dst ipv6", {**drop, "dst-address-list": "bad_ipv6"}),
        ("rfc4890 drop hop-limit=1", {**drop, "hop-limit": "equal:1", "protocol": "icmpv6"}),
        ("accept ICMPv6", {"protocol": "icmpv6"}),
        *ipsec,
    )
    menu = config.schema.menu("/ipv6/firewall/filter")
    for chain, rules in (("input", entering), ("forward", passing)):
        for comment, values in rules:
            add(config, menu, {"chain": chain, "comment": f"defconf: {comment}", **values}, "admin")
