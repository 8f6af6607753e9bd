"""Endpoints after site.yml: one at a hub, one behind a RouterOS router, one behind a VyOS router."""

from __future__ import annotations

import json
from typing import Any

import pytest

ROOMS = {"huyen-uy": 1, "ga-ry": 18, "dang": 17}


def node(host: Any, name: str) -> dict[str, Any]:
    nodes = json.loads(host.check_output("twin status --json"))
    return next(found for found in nodes if found["name"] == name)


def test_each_registers_from_its_own_address(host: Any, eventually: Any) -> None:
    wanted = {str(8000 + n): f"10.77.{n}.20" for n in ROOMS.values()}
    assert eventually(lambda: wanted.items() <= node(host, "call-server")["registrations"].items())


@pytest.mark.parametrize("site", ROOMS)
def test_the_endpoint_is_what_the_inventory_names(host: Any, site: str) -> None:
    found = node(host, f"{site}-room")
    assert not found["factory_new"]
    assert found["extension"] == str(8000 + ROOMS[site])
    assert found["model"] == "RealPresence Group 500"


@pytest.mark.parametrize("site", ROOMS)
def test_it_listens_for_ssh_https_and_sip_and_for_nothing_else(on: Any, site: str) -> None:
    listening = on(f"{site}-room", "ss -H -l -n -t").stdout.splitlines()
    ports = {line.split()[3].rpartition(":")[2] for line in listening if not line.split()[3].startswith("127.")}
    assert {"22", "443"} <= ports <= {"22", "443", "5060", "5061"}
