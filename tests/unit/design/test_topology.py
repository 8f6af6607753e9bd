"""One site with all its addresses."""

from __future__ import annotations

from typing import Any

import pytest

from diemcau.design import sites
from diemcau.design.topology import Common, Site
from diemcau.inventory.validation import Mistakes, check_host
from tests.unit.inventories import SPECS, small


def resolved(slug: str, **changes: Any) -> tuple[Site | None, Mistakes]:
    hosts = small()
    hosts[f"{slug}-router"].update(changes)
    mistakes = Mistakes(hosts)
    known = {**SPECS.room, **SPECS.router}
    router = check_host(mistakes, f"{slug}-router", SPECS.router, known)
    room = check_host(mistakes, f"{slug}-room", SPECS.room, known)
    return sites.resolve(mistakes, slug, router, room, common()), mistakes


def common() -> Common:
    hosts = small()
    found = sites.common(check_host(Mistakes(hosts), "dang-router", SPECS.router, SPECS.room)["district"])
    assert found is not None
    return found


def test_a_commune() -> None:
    site, mistakes = resolved("ga-ry")
    assert site is not None and not mistakes
    assert (site.router, site.room_host, site.hub, site.number) == ("ga-ry-router", "ga-ry-room", None, 18)
    assert [str(a) for a in (site.lan, site.router_address, site.room_address)] == [
        "10.77.18.0/24",
        "10.77.18.1",
        "10.77.18.20",
    ]
    assert [str(a) for a in (site.pool_start, site.pool_end)] == ["10.77.18.100", "10.77.18.199"]
    assert [str(a) for a in site.tunnels] == ["10.77.250.18/24", "10.77.251.18/24"]
    assert (str(site.loopback), site.asn, site.endpoint) == ("10.77.255.18", 65018, None)
    assert site.circuits[0].interface == "ether1" and site.circuits[0].distance == 10


def test_a_hub() -> None:
    site, mistakes = resolved("ubnd")
    assert site is not None and not mistakes
    assert site.hub == 1
    assert [str(a) for a in site.tunnels] == ["10.77.251.2/24", "10.77.252.2/24"]
    assert str(site.endpoint) == "203.0.113.10"


def test_a_small_lan_needs_its_addresses_by_hand() -> None:
    site, mistakes = resolved("dang", lan={"prefix": "10.77.17.0/28"})
    assert site is None
    assert [p.key for p in mistakes.problems()] == ["lan.pool_end", "lan.pool_start", "lan.room_address"]
    by_hand = {"room_address": "10.77.17.2", "pool_start": "10.77.17.4", "pool_end": "10.77.17.14"}
    site, mistakes = resolved("dang", lan={"prefix": "10.77.17.0/28", **by_hand})
    assert site is not None and not mistakes


@pytest.mark.parametrize("missing", ["platform", "release", "ports", "wan", "site"])
def test_what_cannot_be_derived_is_no_site(missing: str) -> None:
    site, _ = resolved("dang", **{missing: None})
    assert site is None


def test_circuits_by_distance() -> None:
    circuits = [
        {"name": "fibre", "up_kbps": 64, "down_kbps": 64, "distance": 30},
        {"name": "lte", "up_kbps": 64, "down_kbps": 64},
        {"name": "vsat", "up_kbps": 64, "down_kbps": 64, "port": "eth3"},
    ]
    site, _ = resolved("dang", wan={"circuits": circuits})
    assert site is not None
    assert [(c.name, c.interface, c.distance) for c in site.circuits] == [
        ("fibre", "eth0", 30),
        ("lte", "eth2", 20),
        ("vsat", "eth3", 30),
    ]


def test_a_circuit_is_watched_while_another_is_behind_it() -> None:
    def watched(*circuits: dict[str, Any]) -> list[str]:
        site, _ = resolved("dang", wan={"circuits": [{"up_kbps": 64, "down_kbps": 64, **each} for each in circuits]})
        assert site is not None
        return [circuit.name for circuit in site.circuits if circuit.watched]

    fibre, lte = {"name": "fibre"}, {"name": "lte"}
    assert watched(fibre, lte) == ["fibre"]
    assert watched(fibre) == []
    assert watched({**fibre, "distance": 30}, lte) == ["lte"]
    assert watched({**fibre, "check_gateway": False}, lte) == []


def test_a_district_without_hubs_or_supernet_is_none() -> None:
    assert sites.common({}) is None
    assert sites.common({"name": "x", "hubs": ["a"]}) is None
