"""What a unit holds when it leaves the box."""

from __future__ import annotations

from collections.abc import Mapping

from twin.vyos.schema import Node, locate
from twin.vyos.tree import Tree, put

# The password "vyos", as the images of VyOS carry it.
DEFAULT_PASSWORD = (
    "$6$QxPS.uk6mfo$9QBSo8u1FkH16gMyAVhus6fU3LOzvLR9Z9.82m3tiHFAxTtIkhaZSWssSgzt4v4dGAL8rhVQxTg0oAG9/q11h/"
)

VERSIONS = {"1.4": "VyOS 1.4.3", "1.5": "VyOS 1.5.0"}
TRAINS = {"1.4": "sagitta", "1.5": "circinus"}

_ALLOWED = ("127.0.0.0/8", "169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fe80::/10",
            "fc00::/7")  # fmt: skip
_MODULES = ("ftp", "h323", "nfs", "pptp", "sip", "sqlnet", "tftp")


def default_tree(schema: Node) -> Tree:
    """/opt/vyatta/etc/config.boot.default: no interface but the loopback, no SSH, user and password "vyos"."""
    journal = "local" if locate(schema, ("system", "syslog", "local"))[0] else "global"  # T6989
    lines = [
        "interfaces loopback lo",
        *(f"service ntp allow-client address {prefix}" for prefix in _ALLOWED),
        *(f"service ntp server time{number}.vyos.net" for number in (1, 2, 3)),
        "system config-management commit-revisions 100",
        *(f"system conntrack modules {module}" for module in _MODULES),
        "system console device ttyS0 speed 115200",
        "system host-name vyos",
        f"system login user vyos authentication encrypted-password {DEFAULT_PASSWORD}",
        f"system syslog {journal} facility all level info",
        f"system syslog {journal} facility local7 level debug",
    ]
    tree: Tree = {}
    for line in lines:
        put(tree, tuple(line.split()), schema)
    put(tree, ("system", "login", "user", "vyos", "authentication", "plaintext-password", ""), schema)
    return tree


def first_boot_tree(schema: Node, macs: Mapping[str, str]) -> Tree:
    """The default configuration with the unit's ports, which the first boot adds by their hardware addresses."""
    tree = default_tree(schema)
    for port, mac in macs.items():
        put(tree, ("interfaces", "ethernet", port, "hw-id", mac), schema)
    return tree
