"""The whole district: what every router is asked for."""

from __future__ import annotations

import pytest

from diemcau import platforms
from diemcau.design.district import District, build
from diemcau.errors import InventoryError, Problem
from diemcau.secrets.placeholders import PlaceholderSecrets
from tests.unit.inventories import SPECS, district, keys, one_hub, set_district, site, small


@pytest.fixture(scope="module")
def two() -> District:
    return district(small())


def test_the_district(two: District) -> None:
    assert (two.name, two.supernet, two.hubs) == ("Tây Giang", "10.77.0.0/16", ("huyen-uy", "ubnd"))
    assert (two.control_site, two.control_address, two.call_server) == ("huyen-uy", "10.77.1.10", "10.77.1.15")
    assert list(two.routers) == ["huyen-uy-router", "ubnd-router", "dang-router", "ga-ry-router"]
    assert two.numbers == {"huyen-uy": 1, "ubnd": 2, "dang": 17, "ga-ry": 18}
    room = two.rooms["ga-ry-room"]
    assert (room.site, room.mac, room.address) == ("ga-ry", "64:16:7f:77:00:12", "10.77.18.20")


def test_a_commune_takes_time_from_the_hubs_and_logs_to_the_control_machine(two: District) -> None:
    system = two.routers["ga-ry-router"].system
    assert (system.hostname, system.timezone) == ("ga-ry-router", "Asia/Ho_Chi_Minh")
    assert (system.ntp_servers, system.ntp_clients) == (("10.77.255.1", "10.77.255.2"), ())
    assert system.syslog_host == "10.77.1.10"
    assert two.routers["ga-ry-router"].lan.ntp_servers == ("10.77.255.1", "10.77.255.2")


def test_a_hub_takes_time_from_outside_and_serves_the_district(two: District) -> None:
    system = two.routers["ubnd-router"].system
    assert (system.ntp_servers, system.ntp_clients) == (("203.0.113.129",), ("10.77.0.0/16",))


def test_the_admin_has_the_control_machines_key_and_those_of_people() -> None:
    hosts = small()
    key = PlaceholderSecrets().ssh_host_public_key("somebody")
    hosts["ga-ry-router"]["system"] = {"admin_keys": [f"{key} somebody"]}
    admin = district(hosts).routers["ga-ry-router"].system.admin
    assert admin.name == "diemcau"
    assert admin.ssh_public_keys == (PlaceholderSecrets().admin_ssh_public_key(), f"{key} somebody")
    assert admin.password == PlaceholderSecrets().admin_password("ga-ry-router")


def test_the_lan_reserves_the_rooms_address(two: District) -> None:
    lan = two.routers["ga-ry-router"].lan
    assert (lan.interface, lan.ports) == ("lan", ("ether3", "ether4", "ether5"))
    (reservation,) = lan.reservations
    assert (reservation.name, reservation.mac, reservation.address) == (
        "ga-ry-room",
        "64:16:7f:77:00:12",
        "10.77.18.20",
    )


def test_circuits_stand_in_the_order_of_their_distance() -> None:
    hosts = small()
    rates = {"up_kbps": 2000, "down_kbps": 4000}
    hosts["ga-ry-router"]["wan"] = {"circuits": [{"name": "fibre", "distance": 50, **rates}, {"name": "lte", **rates}]}
    circuits = district(hosts).routers["ga-ry-router"].wan.circuits
    assert [(c.name, c.interface, c.distance) for c in circuits] == [("lte", "ether2", 20), ("fibre", "ether1", 50)]


def test_one_hub_and_twenty_two_communes() -> None:
    found = district(one_hub(22))
    assert len(found.routers) == len(found.rooms) == 23
    assert found.hubs == ("huyen-uy",)
    assert found.routers["xa-3-router"].system.ntp_servers == ("10.77.255.1",)


def test_the_biggest_district() -> None:
    hosts = one_hub(0)
    for number in range(2, 250):
        site(hosts, f"xa-{number}", number)
    found = district(set_district(hosts, hubs=["huyen-uy"]))
    assert len(found.routers) == 249


def test_the_other_hub_first() -> None:
    found = district(set_district(small(), hubs=["ubnd", "huyen-uy"]))
    assert found.control_site == "ubnd"
    assert found.control_address == "10.77.2.10"
    assert found.routers["ga-ry-router"].vpn.tunnels[0].peers[0].name == "ubnd"


def test_a_name_may_be_any_text() -> None:
    hosts = small()
    for kind in ("router", "room"):
        hosts[f"ga-ry-{kind}"]["site"]["name"] = 'Ch\'Ơm "№ 1" – 广南'
    assert district(hosts).routers["ga-ry-router"].display_name == 'Ch\'Ơm "№ 1" – 广南'


def test_building_twice_gives_the_same() -> None:
    assert district(small()) == district(small())


def test_the_platforms_are_those_that_exist() -> None:
    hosts = small()
    hosts["dang-router"]["platform"] = "nonesuch"
    with pytest.raises(InventoryError) as caught:
        build(hosts, PlaceholderSecrets(), SPECS)
    (problem,) = caught.value.problems
    assert problem.expected == f"one of {', '.join(platforms.names())}"


def test_the_releases_are_those_that_the_platform_knows() -> None:
    hosts = small()
    hosts["dang-router"]["release"] = "0.1"
    with pytest.raises(InventoryError) as caught:
        build(hosts, PlaceholderSecrets(), SPECS)
    (problem,) = caught.value.problems
    assert problem.expected == f"one of {', '.join(platforms.load('vyos').RELEASES)}, in quotes"


class NoSecrets(PlaceholderSecrets):
    def problems(self, wanted: object) -> list[Problem]:
        return [Problem("secrets", 0, "", "", "there are none", "some", "Make them.")]


def test_missing_secrets_are_named_together_with_other_mistakes() -> None:
    hosts = small()
    hosts["dang-router"]["vpn"] = {"mtu": 1}
    with pytest.raises(InventoryError) as caught:
        district(hosts, NoSecrets())
    assert [problem.file for problem in caught.value.problems] == ["inventory", "secrets"]
    assert keys(small()) == []
