"""Names of hosts and groups: the site ``ga-ry`` has ``ga-ry-router`` and ``ga-ry-room``, both in the group ``ga_ry``.

They are built and taken apart here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable

ROUTER, ROOM = "router", "room"
KINDS = (ROUTER, ROOM)


def router_host(site: str) -> str:
    """``ga-ry`` -> ``ga-ry-router``."""
    return f"{site}-{ROUTER}"


def room_host(site: str) -> str:
    """``ga-ry`` -> ``ga-ry-room``."""
    return f"{site}-{ROOM}"


def site_of(host: str) -> str:
    """``ga-ry-room`` -> ``ga-ry``; "" for a host that is of no site's form."""
    return host.rpartition("-")[0]


def kind_of(host: str) -> str:
    """``router`` or ``room``; any other word for a host that is of no site's form."""
    return host.rpartition("-")[2]


def sites_of(hosts: Iterable[str]) -> list[str]:
    """The sites to which these hosts belong, each once, sorted."""
    return sorted(set(map(site_of, hosts)))


def group_of(site: str) -> str:
    """The group of a site's hosts, which ``-l`` takes: ``ga-ry`` -> ``ga_ry``."""
    return site.replace("-", "_")
