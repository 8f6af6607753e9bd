"""Endpoints after the role room: who is registered, who gets in, what listens."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest


@pytest.fixture(scope="module")
def units(host: Any) -> dict[str, dict[str, Any]]:
    """What the twin tells of each node."""
    return {node["name"]: node for node in json.loads(host.check_output("twin status --json"))}


def registered(on: Any) -> dict[str, str]:
    """Extension -> address, as Kamailio knows them."""
    shown = on.run("call-server", "kamcmd ul.dump")
    return dict(re.findall(r"AoR: (\d+)\n.*?Address: sip:[^@\n]*@([\d.]+)", shown, re.DOTALL))


def test_it_is_registered_from_its_own_address(on: Any, eventually: Any, site: Any) -> None:
    extension, address = str(8000 + site.number), f"10.77.{site.number}.20"
    eventually(lambda: registered(on).get(extension) == address)
    found = registered(on)
    assert found.get(extension) == address, f"{extension} is not registered: {found}"


def test_nobody_else_is_registered(on: Any, site: Any) -> None:
    here = [extension for extension, address in registered(on).items() if address == f"10.77.{site.number}.20"]
    assert here in ([], [str(8000 + site.number)])


def test_the_endpoint_is_what_the_inventory_names(units: Any, site: Any) -> None:
    found = units[site.room]
    assert (found["factory_new"], found["model"]) == (False, "RealPresence Group 500")


def test_it_listens_for_ssh_https_and_sip_and_for_nothing_else(on: Any, site: Any) -> None:
    listening = on.run(site.room, "ss -H -l -n -t").splitlines()
    ports = {line.split()[3].rpartition(":")[2] for line in listening if not line.split()[3].startswith("127.")}
    assert {"22", "443"} <= ports <= {"22", "443", "5060", "5061"}


@pytest.fixture(scope="module")
def factory_logins(on: Any, sites: Any, units: Any) -> dict[str, str]:
    """Site -> what becomes of a new endpoint's password, its serial number, which stands on its label."""
    attempts = [(f"10.77.{site.number}.20", "admin", units[site.room]["serial"]) for site in sites]
    assert all(serial for _, _, serial in attempts)
    return dict(zip((site.name for site in sites), on.logins(*attempts), strict=True))


def test_the_factory_password_opens_nothing(factory_logins: Any, site: Any) -> None:
    assert factory_logins[site.name] == "refused"
