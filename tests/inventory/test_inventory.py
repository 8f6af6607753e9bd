"""The inventory that production uses: it is right, and a site more is a few lines more."""

from __future__ import annotations

import ipaddress
import shutil
from pathlib import Path

import pytest

from diemcau.design.district import District, build
from diemcau.errors import InventoryError
from diemcau.intent import SECTIONS, Router
from diemcau.inventory import hostvars
from diemcau.inventory.validation import Options, load_specs
from diemcau.secrets.placeholders import PlaceholderSecrets
from tests.inventory.loading import EXAMPLE, INVENTORY, PROJECT, district, load

COMMUNE = """
        za_hung:
          vars:
            site: {number: 21, name: "Za Hung"}
            wan:
              circuits:
                - {name: fibre, up_kbps: 4000, down_kbps: 8000}
          hosts:
            za-hung-router: {platform: vyos, release: "1.5"}
            za-hung-room: {mac: "64:16:7f:77:00:15"}
"""


@pytest.fixture(scope="module")
def real() -> District:
    """Built with the platforms that the suite really has."""
    return build(load(INVENTORY), PlaceholderSecrets(), load_specs())


def test_the_district_of_january_2022(real: District) -> None:
    communes = ["a-nong", "a-tieng", "a-vuong", "a-xan", "bha-lee", "ch-om", "dang", "ga-ry", "lang", "tr-hy"]
    sites = ["huyen-uy", "ubnd", *communes]
    assert list(real.routers) == [f"{site}-router" for site in sites]
    assert list(real.rooms) == [f"{site}-room" for site in sites]
    assert real.hubs == ("huyen-uy", "ubnd")
    assert (real.control_site, real.control_address, real.call_server) == ("huyen-uy", "10.77.1.10", "10.77.1.15")
    assert real.routers["ch-om-router"].display_name == "Ch'Ơm"
    assert {r.platform for r in real.routers.values() if r.is_hub} == {"vyos"}
    found = [router.platform for router in real.routers.values() if not router.is_hub]
    assert (found.count("routeros"), found.count("vyos")) == (7, 3)


def addresses(router: Router) -> list[str]:
    found = [router.routing.loopback, router.lan.address, *(r.address for r in router.lan.reservations)]
    found += [tunnel.address for tunnel in router.vpn.tunnels]
    return found + [circuit.address for circuit in router.wan.circuits if circuit.address]


def test_every_address_has_one_owner(real: District) -> None:
    found = [a.partition("/")[0] for router in real.routers.values() for a in addresses(router)]
    found += [real.control_address, real.call_server]
    assert len(found) == len(set(found))


def test_prefixes_overlap_nowhere_and_are_inside_the_supernet(real: District) -> None:
    prefixes = [ipaddress.IPv4Network(p) for router in real.routers.values() for p in router.routing.announce]
    assert all(p.subnet_of(ipaddress.IPv4Network(real.supernet)) for p in prefixes)
    assert not any(a.overlaps(b) for i, a in enumerate(prefixes) for b in prefixes[i + 1 :])


def test_hubs_stand_in_documentation_ranges(real: District) -> None:
    """RFC 5737: no packet of a rehearsal can ever reach somebody."""
    ranges = [ipaddress.IPv4Network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    for router in real.routers.values():
        for circuit in router.wan.circuits:
            assert router.is_hub is False or circuit.address
            if circuit.address:
                assert any(ipaddress.IPv4Interface(circuit.address).ip in net for net in ranges)


def test_the_suite_takes_its_own_address_from_hostvars(real: District) -> None:
    assert real.routers["ga-ry-router"].management_address == "10.77.255.18"
    assert real.rooms["ga-ry-room"].address == "10.77.18.20"
    assert real.numbers["ga-ry"] == 18


def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "inventory"))


def test_another_commune_is_one_block_of_at_most_ten_lines(tmp_path: Path) -> None:
    assert len(COMMUNE.strip().splitlines()) <= 10
    before = district(load(EXAMPLE))
    inventory = copy(tmp_path)
    with (inventory / "district.yml").open("a", encoding="utf-8") as file:
        file.write(COMMUNE.lstrip("\n"))
    after = district(load(inventory))
    assert set(after.routers) - set(before.routers) == {"za-hung-router"}
    router = after.routers["za-hung-router"]
    assert router.lan.prefix == "10.77.21.0/24" and router.lan.interface == "br0"
    changed = {host for host, other in before.routers.items() if after.routers[host] != other}
    assert changed == {"huyen-uy-router", "ubnd-router"}


def overridden(tmp_path: Path, host: str, text: str) -> District:
    inventory = copy(tmp_path)
    folder = inventory / "host_vars"
    folder.mkdir()
    (folder / f"{host}.yml").write_text(f"---\n{text}", encoding="utf-8")
    return district(load(inventory))


def test_every_derived_value_can_be_set_by_hand(tmp_path: Path) -> None:
    text = """
system: {hostname: ga-ry, timezone: Asia/Bangkok, ntp_servers: [10.77.1.15], syslog_host: 10.77.1.15}
lan:
  prefix: 10.77.200.0/23
  router_address: 10.77.200.254
  room_address: 10.77.201.20
  pool_start: 10.77.200.10
  pool_end: 10.77.200.99
  lease_time: 3600
  ntp_servers: [10.77.1.15]
  bridge: rooms
  ports: [ether4]
  reservations: [{name: tv, mac: "64:16:7f:00:00:01", address: 10.77.200.5}]
vpn: {addresses: [10.77.250.218, 10.77.251.219], mtu: 1400, mss: 1300, keepalive: 15}
routing: {asn: 64518, router_id: 10.77.255.218, hold_time: 30, keepalive_time: 10}
"""
    found = overridden(tmp_path, "ga-ry-router", text)
    router = found.routers["ga-ry-router"]
    assert (router.system.hostname, router.system.timezone) == ("ga-ry", "Asia/Bangkok")
    assert (router.system.ntp_servers, router.system.syslog_host) == (("10.77.1.15",), "10.77.1.15")
    lan = router.lan
    assert (lan.address, lan.prefix) == ("10.77.200.254/23", "10.77.200.0/23")
    assert (lan.pool_start, lan.pool_end, lan.lease_time) == ("10.77.200.10", "10.77.200.99", 3600)
    assert (lan.interface, lan.ports, lan.ntp_servers) == ("rooms", ("ether4",), ("10.77.1.15",))
    assert [(r.name, r.address) for r in lan.reservations] == [("ga-ry-room", "10.77.201.20"), ("tv", "10.77.200.5")]
    assert [tunnel.address for tunnel in router.vpn.tunnels] == ["10.77.250.218/24", "10.77.251.219/24"]
    assert {(t.mtu, t.mss, t.peers[0].persistent_keepalive) for t in router.vpn.tunnels} == {(1400, 1300, 15)}
    assert (router.routing.asn, router.routing.loopback, router.management_address) == (
        64518,
        "10.77.255.218/32",
        "10.77.255.218",
    )
    assert (router.routing.hold_time, router.routing.keepalive_time) == (30, 10)
    # The other ends follow.
    hub = found.routers["ubnd-router"]
    (peer,) = [peer for peer in hub.vpn.tunnels[0].peers if peer.name == "ga-ry"]
    assert peer.allowed_ips == ("10.77.251.219/32", "10.77.200.0/23", "10.77.255.218/32")
    (neighbor,) = [neighbor for neighbor in hub.routing.neighbors if neighbor.name == "ga-ry"]
    assert (neighbor.address, neighbor.asn) == ("10.77.251.219", 64518)
    assert found.rooms["ga-ry-room"].address == "10.77.201.20"


GA_RY = '            site: {number: 18, name: "Ga Ry"}\n'
ROUTER = 'ga-ry-router: {platform: routeros, release: "7.18"}'
PLACES = [  # from weak to strong: file, what is replaced in it ("" = a new file), the value
    ("district.yml", GA_RY, f"{GA_RY}            lan: {{lease_time: 1000}}\n"),
    ("group_vars/all/lan.yml", "", "lan: {lease_time: 1001}\n"),
    ("group_vars/ga_ry.yml", "", "lan: {lease_time: 1002}\n"),
    ("district.yml", ROUTER, ROUTER.replace("}", ", lan: {lease_time: 1003}}")),
    ("host_vars/ga-ry-router.yml", "", "lan: {lease_time: 1004}\n"),
]


@pytest.mark.parametrize("strongest", range(len(PLACES)))
def test_where_a_value_counts(tmp_path: Path, strongest: int) -> None:
    """The order that docs/inventory.md tells."""
    inventory = copy(tmp_path)
    for name, old, new in PLACES[: strongest + 1]:
        file = inventory / name
        file.parent.mkdir(exist_ok=True)
        text = file.read_text(encoding="utf-8") if old else ""
        assert old in text
        file.write_text(text.replace(old, new) if old else new, encoding="utf-8")
    assert district(load(inventory)).routers["ga-ry-router"].lan.lease_time == 1000 + strongest


def test_ports_of_the_platform_can_be_set_for_one_site(tmp_path: Path) -> None:
    text = "ports: {fibre: sfp1, lte: ether1, lan: [ether2], bridge: lan}\n"
    router = overridden(tmp_path, "ga-ry-router", text).routers["ga-ry-router"]
    assert [circuit.interface for circuit in router.wan.circuits] == ["sfp1", "ether1"]
    assert [circuit.distance for circuit in router.wan.circuits] == [10, 20]
    assert router.lan.ports == ("ether2",)


def test_a_template_in_the_inventory_is_rendered(tmp_path: Path) -> None:
    found = overridden(tmp_path, "ga-ry-router", 'routing: {asn: "{{ 64500 + site.number }}"}\n')
    assert found.routers["ga-ry-router"].routing.asn == 64518


def test_every_role_has_a_specification_of_one_argument_named_as_itself() -> None:
    specs = load_specs()
    assert set(SECTIONS) <= set(specs.router)
    with_specification = {path.parent.parent.name for path in PROJECT.glob("roles/*/meta/argument_specs.yml")}
    assert with_specification == {*SECTIONS, "room"}
    assert set(SECTIONS) < set(hostvars.NAMES) == set(specs.router) | set(specs.room)


def test_every_key_is_in_the_documentation() -> None:
    text = (PROJECT / "docs" / "inventory.md").read_text(encoding="utf-8")

    def names(options: Options, path: str = "") -> list[str]:
        found = []
        for name, option in options.items():
            inner = option.get("options")
            mark = "[]." if option["type"] == "list" else "."
            found += names(inner, f"{path}{name}{mark}") if isinstance(inner, dict) else [f"{path}{name}"]
        return found

    specs = load_specs()
    assert [name for name in names({**specs.router, **specs.room}) if f"`{name}`" not in text] == []


def test_a_problem_names_a_file_of_the_inventory(tmp_path: Path) -> None:
    with pytest.raises(InventoryError) as caught:
        overridden(tmp_path, "ga-ry-router", "\nvpn:\n  mtu: 9000\n")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(tmp_path / "inventory" / "host_vars" / "ga-ry-router.yml"), 4)
