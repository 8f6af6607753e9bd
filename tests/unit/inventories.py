"""Plain variables of small districts, as Ansible's hostvars give them, without Ansible."""

from __future__ import annotations

import copy
from typing import Any

from diemcau.design.district import District, build
from diemcau.errors import InventoryError, Problem
from diemcau.inventory.validation import load_specs
from diemcau.secrets.placeholders import PlaceholderSecrets
from diemcau.secrets.store import SecretSource

Hosts = dict[str, dict[str, Any]]

PLATFORMS = {"routeros": ("7.18", "7.22"), "vyos": ("1.4", "1.5")}
PORTS = {
    "vyos": {"fibre": "eth0", "lte": "eth2", "lan": ["eth1"], "bridge": "br0"},
    "routeros": {"fibre": "ether1", "lte": "ether2", "lan": ["ether3", "ether4", "ether5"], "bridge": "lan"},
}
SPECS = load_specs()


def site(hosts: Hosts, slug: str, number: int, hub: bool = False, platform: str = "vyos", **more: Any) -> None:
    """Add the two hosts of a site; ``more`` are variables of both."""
    circuit: dict[str, Any] = {"name": "fibre", "up_kbps": 2000, "down_kbps": 4000}
    if hub:  # carries the calls of all others
        circuit |= {"up_kbps": 1000000, "down_kbps": 1000000}
        circuit |= {"address": f"203.0.113.{4 * number + 2}/30", "gateway": f"203.0.113.{4 * number + 1}"}
    shared = {
        "site": {"number": number, "name": slug.title()},
        "wan": {"circuits": [circuit]},
        "group_names": ["hubs" if hub else "communes", slug.replace("-", "_")],
        **more,
    }
    router = {"platform": platform, "release": PLATFORMS[platform][0], "ports": PORTS[platform]}
    hosts[f"{slug}-router"] = copy.deepcopy({**shared, **router})
    hosts[f"{slug}-room"] = copy.deepcopy({**shared, "mac": f"64:16:7f:77:00:{number:02x}"})


def set_district(hosts: Hosts, **values: Any) -> Hosts:
    """Give all hosts the variable ``district``."""
    for variables in hosts.values():
        variables["district"] = {
            "name": "Tây Giang",
            "supernet": "10.77.0.0/16",
            "hubs": ["huyen-uy", "ubnd"],
            "ntp_servers": ["203.0.113.129"],
            **values,
        }
    return hosts


def small() -> Hosts:
    """Two hubs and two communes of different platforms."""
    hosts: Hosts = {}
    site(hosts, "huyen-uy", 1, hub=True)
    site(hosts, "ubnd", 2, hub=True)
    site(hosts, "dang", 17)
    site(hosts, "ga-ry", 18, platform="routeros")
    return set_district(hosts)


def one_hub(communes: int) -> Hosts:
    """A district as a neighbouring one had it: one hub, many communes."""
    hosts: Hosts = {}
    site(hosts, "huyen-uy", 1, hub=True)
    for index in range(communes):
        site(hosts, f"xa-{index}", 11 + index, platform="routeros" if index % 2 else "vyos")
    return set_district(hosts, hubs=["huyen-uy"])


def district(hosts: Hosts, source: SecretSource | None = None) -> District:
    """Build it with the platforms that the tests know."""
    return build(hosts, source or PlaceholderSecrets(), SPECS, list(PLATFORMS), PLATFORMS.__getitem__)


def problems(hosts: Hosts) -> list[Problem]:
    """The mistakes of these variables; none when there is none."""
    try:
        district(hosts)
    except InventoryError as error:
        return error.problems
    return []


def keys(hosts: Hosts) -> list[tuple[str, str]]:
    """Host and key of each mistake."""
    return [(problem.host, problem.key) for problem in problems(hosts)]
