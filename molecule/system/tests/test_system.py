"""A router after the role system: who gets in, what listens, who is told the time."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[3]
WIREGUARD = "wireguard-go"


FACTORY = {"vyos": "vyos", "admin": "", "diemcau": "diemcau"}


def management(site: Any) -> str:
    return f"10.77.255.{site.number}"


@pytest.fixture(scope="session")
def logins(on: Any, sites: Any) -> dict[tuple[str, str, str], str]:
    """Site, user, credential -> what became of it; the control machine's key is called "own"."""
    view = ["ansible-vault", "view", "secrets/district.yml"]
    text = subprocess.run(view, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    own = str(yaml.safe_load(text)["admin_ssh_private_key"])
    tried = [("diemcau", "own"), ("diemcau", "strange"), *FACTORY.items()]
    attempts = [(site, user, credential) for site in sites for user, credential in tried]
    became = on.logins(*((management(site), user, own if key == "own" else key) for site, user, key in attempts))
    return {(site.name, *how): what for (site, *how), what in zip(attempts, became, strict=True)}


def test_the_control_machines_key_gets_in(logins: Any, site: Any) -> None:
    assert logins[site.name, "diemcau", "own"] == "in"


def test_a_strange_key_is_refused(logins: Any, site: Any) -> None:
    assert logins[site.name, "diemcau", "strange"] == "refused"


@pytest.mark.parametrize("user", FACTORY)
def test_no_factory_user_gets_in_by_password(logins: Any, site: Any, user: str) -> None:
    assert logins[site.name, user, FACTORY[user]] == "refused"


def test_nothing_listens_but_ssh_and_bgp(on: Any, site: Any) -> None:
    listening = on.run(site.router, "ss -H -l -n -t").splitlines()
    ports = {line.split()[3].rpartition(":")[2] for line in listening if not line.split()[3].startswith("127.")}
    assert ports == {"22", "179"}


def test_udp_is_for_leases_tunnels_and_a_hubs_clock(on: Any, site: Any) -> None:
    listening = on.run(site.router, "ss -H -l -n -u -p").splitlines()
    ports = {line.split()[3].rpartition(":")[2] for line in listening if WIREGUARD not in line}
    assert ports == ({"67", "123"} if site.number < 10 else {"67"})


@pytest.mark.parametrize("node", ["ga-ry-room", "dang-router"])
def test_the_hubs_tell_the_time(on: Any, hub: Any, node: str) -> None:
    ahead = on.probe(node, "time", management(hub))
    assert ahead != "no answer"
    assert abs(float(ahead)) < 1


def test_the_router_has_the_sites_name(on: Any, site: Any) -> None:
    assert on.run(site.router, "hostname").strip() == site.router
