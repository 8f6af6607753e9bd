"""Which section owns which path of VyOS's configuration."""

from __future__ import annotations

from diemcau.platforms.vyos.words import Path
from diemcau.redaction import Secret

# Managed roots: the longest one that fits decides. A plan deletes at a root or below, never above.
ROOTS: dict[tuple[str, ...], str] = {
    ("system", "host-name"): "system",
    ("system", "time-zone"): "system",
    ("system", "login"): "system",
    ("system", "syslog"): "system",
    ("system", "config-management"): "system",
    ("service",): "system",  # every service that nobody asked for goes
    ("interfaces", "ethernet"): "wan",
    ("protocols", "static"): "wan",
    ("protocols", "failover"): "wan",
    ("interfaces", "bridge"): "lan",
    ("service", "dhcp-server"): "lan",
    ("interfaces", "wireguard"): "vpn",
    ("interfaces", "loopback", "lo", "address"): "routing",
    ("policy",): "routing",
    ("protocols", "bgp"): "routing",
    ("firewall",): "firewall",
    ("nat",): "firewall",
    ("system", "conntrack"): "firewall",  # with its helpers that rewrite SIP and H.323
    ("qos",): "qos",
    ("policy", "route"): "qos",
}
# What VyOS notes about the hardware below "interfaces ethernet ethN": it writes hw-id itself and needs it to
# find the port again.
HARDWARE = frozenset(("hw-id", "mac", "offload", "duplex", "speed", "ring-buffer", "disable-flow-control"))
# Outside all sections on every router: not worth a word.
EXPECTED = (("system", "console"), ("interfaces", "loopback", "lo"))


def root(path: Path) -> tuple[str, ...] | None:
    """The managed root that a path stands under, or None: the path is left alone."""
    if path[:2] == ("interfaces", "ethernet") and (len(path) < 4 or path[3] in HARDWARE):
        return None
    fits = [top for top in ROOTS if path[: len(top)] == top]
    return max(fits, key=len, default=None)


def owner(path: Path) -> str | None:
    """The section that owns a path, or None."""
    top = root(path)
    return None if top is None else ROOTS[top]


def neutral(path: Path) -> bool:
    """Whether a path means nothing by itself: VyOS keeps an empty plaintext-password beside every encrypted one."""
    return (
        path[:3] == ("system", "login", "user")
        and path[-2:-1] == ("plaintext-password",)
        and isinstance(path[-1], Secret)
        and not path[-1].reveal()
    )


def unmanaged(model: frozenset[Path]) -> tuple[str, ...]:
    """The tops of what no section owns, sorted; the hardware's own notes and what every router has left out."""
    found: set[str] = set()
    for path in model:
        if root(path) is None and not _expected(path):
            words = [str(token) for token in path]  # a Secret prints as ***
            found.add(" ".join(words[: 3 if words[0] in ("interfaces", "protocols") else 2]))
    return tuple(sorted(found))


def _expected(path: Path) -> bool:
    hardware = path[:2] == ("interfaces", "ethernet") and (len(path) < 4 or path[3] in HARDWARE)
    return hardware or any(path[: len(top)] == top for top in EXPECTED)
