"""What each router holds back, read off the intent: who goes first, what fits, what a new commune changes."""

from __future__ import annotations

from typing import Any

import pytest

from diemcau.design.bandwidth import FLOOR, on_wire
from diemcau.intent import Match, Qos, Shaper, TrafficClass
from tests.unit.inventories import Hosts, district, one_hub, problems, set_district, site, small

LTE = {"name": "lte", "up_kbps": 1500, "down_kbps": 4000}


def hosts(**qos: Any) -> Hosts:
    """The small district; Ga Ry has LTE as well, and what is said of its queues."""
    found = small()
    for kind in ("router", "room"):
        found[f"ga-ry-{kind}"]["wan"]["circuits"].append(dict(LTE))
        found[f"ga-ry-{kind}"]["qos"] = qos
    return found


def of(found: Hosts, slug: str) -> Qos:
    return district(found).routers[f"{slug}-router"].qos


def shaper(qos: Qos, interface: str) -> Shaper:
    (found,) = [shaper for shaper in qos.shapers if shaper.interface == interface]
    return found


def classes(found: Shaper) -> dict[str, TrafficClass]:
    return {each.name: each for each in found.all}


def taken(found: Shaper, **packet: Any) -> str:
    """The class that takes a packet: the first of which a match has nothing that the packet has not."""
    for each in sorted(found.classes, key=lambda each: each.priority):
        for match in each.matches:
            wanted = {key: value for key, value in vars(match).items() if value is not None}
            if all(packet.get(key) == value for key, value in wanted.items()):
                return each.name
    return found.rest.name


def test_each_circuit_is_filled_a_little_less_than_it_could_be() -> None:
    qos = of(hosts(), "ga-ry")
    assert [(s.interface, s.rate_kbps) for s in qos.shapers][:2] == [("ether1", 1900), ("ether2", 1425)]
    assert shaper(of(hosts(share_percent=80), "ga-ry"), "ether2").rate_kbps == 1200


@pytest.mark.parametrize("interface", ["wg0", "wg1"])
def test_who_goes_first_in_a_communes_tunnel(interface: str) -> None:
    tunnel = shaper(of(hosts(), "ga-ry"), interface)
    assert taken(tunnel, dscp=46) == "voice"
    assert taken(tunnel, dscp=34, protocol="udp") == "video"
    assert taken(tunnel, dscp=24) == taken(tunnel, dscp=48) == "control"
    assert taken(tunnel, protocol="tcp", source_port=179) == taken(tunnel, protocol="tcp", destination_port=179)
    assert taken(tunnel, protocol="tcp", destination_port=179) == "control"
    assert taken(tunnel, protocol="tcp", source_port=22) == "management"
    assert taken(tunnel, protocol="udp", source_port=22) == taken(tunnel, dscp=0, protocol="tcp") == "rest"
    found = [each.priority for each in tunnel.all]
    assert found == sorted(set(found)) and 0 not in found  # to tc, a filter of priority 0 is one that has none


def test_the_figures_are_those_of_both_directions() -> None:
    """A commune sends what its lines take up, the hubs what they take down."""
    up, down = (classes(shaper(of(hosts(), slug), "wg0")) for slug in ("ga-ry", "huyen-uy"))
    assert (up["video"].ceiling_kbps, up["rest"].ceiling_kbps) == (1127, 42)
    assert down["ga-ry-video"].ceiling_kbps == 1127
    assert down["ga-ry-rest"].ceiling_kbps > up["rest"].ceiling_kbps


@pytest.mark.parametrize("figure", ["voice", "video", "control", "management", "rest"])
def test_every_figure_can_be_set_by_hand(figure: str) -> None:
    found = hosts(**{f"{figure}_kbps": 50})
    assert classes(shaper(of(found, "ga-ry"), "wg1"))[figure].ceiling_kbps == 50
    assert classes(shaper(of(found, "ubnd"), "wg0"))[f"ga-ry-{figure}"].ceiling_kbps == 50
    assert classes(shaper(of(found, "ubnd"), "wg0"))[f"dang-{figure}"].ceiling_kbps != 50


def test_switched_off_the_section_is_empty() -> None:
    assert of(hosts(enabled=False), "ga-ry") == Qos()
    assert of(hosts(enabled=False), "huyen-uy").shapers  # of this router only


def test_a_hub_knows_each_communes_packets_by_where_they_go() -> None:
    tunnel = shaper(of(hosts(), "ubnd"), "wg0")
    lan = {"destination": "10.77.18.0/24"}
    assert taken(tunnel, dscp=46, **lan) == "ga-ry-voice"
    assert taken(tunnel, dscp=34, destination="10.77.17.0/24") == "dang-video"
    assert taken(tunnel, destination="10.77.251.18/32") == "ga-ry-control"  # BGP, at this hub's end
    assert taken(tunnel, destination="10.77.255.18/32", protocol="tcp", destination_port=22) == "ga-ry-management"
    assert taken(tunnel, protocol="tcp", destination_port=22, **lan) == "ga-ry-management"
    assert taken(tunnel, protocol="tcp", destination_port=443, **lan) == "ga-ry-rest"
    assert taken(tunnel, dscp=46) == "rest"


def test_what_a_hub_guarantees_it_has() -> None:
    """HTB gives a class its guarantee even when the whole has no more: together they must not be more than that."""
    for slug in ("huyen-uy", "ubnd"):
        qos = of(hosts(), slug)
        for found in qos.shapers:
            assert sum(each.guaranteed_kbps for each in found.all) <= found.rate_kbps
            assert all(0 < each.guaranteed_kbps <= each.ceiling_kbps <= found.rate_kbps for each in found.all)
        both = sum(on_wire("rest", shaper(qos, wg).rate_kbps) for wg in ("wg0", "wg1"))
        assert both <= shaper(qos, "eth0").rate_kbps


def test_a_hub_that_is_just_wide_enough() -> None:
    """The message names the rate; with that rate it is taken, and what it guarantees it has."""
    found = one_hub(6)
    for kind in ("router", "room"):
        found[f"huyen-uy-{kind}"]["wan"]["circuits"][0] |= {"up_kbps": 9000, "down_kbps": 90000}
    (problem,) = problems(found)
    assert (problem.host, problem.key) == ("huyen-uy-router", "wan.circuits[0].up_kbps")
    least = int(problem.expected.split()[2])
    for kind in ("router", "room"):
        found[f"huyen-uy-{kind}"]["wan"]["circuits"][0]["up_kbps"] = least
    tunnel = shaper(of(found, "huyen-uy"), "wg0")
    assert 0 <= tunnel.rate_kbps - sum(each.guaranteed_kbps for each in tunnel.all) < 5


def test_a_new_commune_changes_its_own_classes_only() -> None:
    more = hosts()
    site(more, "a-nong", 11)
    more = set_district(more)
    for slug in ("huyen-uy", "ubnd"):
        before, after = of(hosts(), slug), of(more, slug)
        assert set(before.shapers[0].all) == set(after.shapers[0].all)
        old, new = set(shaper(before, "wg0").all), set(shaper(after, "wg0").all)
        assert old < new and {each.name.rpartition("-")[0] for each in new - old} == {"a-nong"}
        assert shaper(before, "wg0").rate_kbps == shaper(after, "wg0").rate_kbps
        assert shaper(before, "wg1") == shaper(after, "wg1")
    assert of(hosts(), "ga-ry") == of(more, "ga-ry")


def test_numbers_are_unique_and_what_vyos_takes() -> None:
    found = small()
    site(found, "last", 249)
    for router in district(set_district(found)).routers.values():
        for each in router.qos.shapers:
            numbers = [of_class.number for of_class in each.all]
            assert len(set(numbers)) == len(numbers) and all(2 <= number <= 4095 for number in numbers)


def test_the_tunnels_are_found_on_the_circuits_by_the_hubs_ports() -> None:
    found = hosts()
    found["ubnd-router"]["vpn"] = {"listen_port": 51830, "hub_port": 51840}
    port = shaper(of(found, "ga-ry"), "ether2")
    assert taken(port, protocol="udp", destination_port=51820) == "tunnels"
    assert taken(port, protocol="udp", destination_port=51830) == "tunnels"
    assert taken(port, protocol="udp", destination_port=53) == "rest"
    port = shaper(of(found, "ubnd"), "eth0")
    assert taken(port, protocol="udp", source_port=51830) == taken(port, protocol="udp", source_port=51840) == "tunnels"
    assert classes(port)["rest"].guaranteed_kbps == FLOOR and classes(port)["rest"].ceiling_kbps == port.rate_kbps


def test_calls_that_leave_the_district_go_first_on_each_circuit() -> None:
    found = set_district(hosts(), call_server="198.51.100.77")
    port = shaper(of(found, "ga-ry"), "ether2")
    assert taken(port, dscp=46) == "voice" and taken(port, dscp=34) == "video"
    hub = classes(shaper(of(found, "huyen-uy"), "wg0"))
    assert hub["ga-ry-video"].guaranteed_kbps == FLOOR  # calls between rooms may be, and are not counted on
    assert taken(shaper(of(hosts(), "ga-ry"), "ether2"), dscp=46) == "rest"


def test_another_mark_of_a_room_is_known_at_both_ends() -> None:
    found = hosts()
    found["ga-ry-room"]["room"] = {"media": {"dscp_video": 36}}
    assert taken(shaper(of(found, "ga-ry"), "wg0"), dscp=36) == "video"
    assert taken(shaper(of(found, "ga-ry"), "wg0"), dscp=34) == "rest"
    # Dang is called by Ga Ry too; and by others, with the usual mark.
    to_dang = shaper(of(found, "huyen-uy"), "wg0")
    assert {taken(to_dang, dscp=mark, destination="10.77.17.0/24") for mark in (34, 36)} == {"dang-video"}


def test_whose_marks_count() -> None:
    assert of(hosts(), "ga-ry").marking == ("10.77.18.20",)
    assert of(hosts(), "huyen-uy").marking == ("10.77.1.20", "10.77.1.15", "10.77.1.10")
    assert of(hosts(), "ubnd").marking == ("10.77.2.20",)


def test_a_district_with_one_hub() -> None:
    found = one_hub(3)
    qos = of(found, "huyen-uy")
    assert [each.interface for each in qos.shapers] == ["eth0", "wg0"]
    assert shaper(qos, "wg0").rate_kbps == 1_000_000 * 95 // 100 * 500 // 575
    assert [each.interface for each in of(found, "xa-0").shapers] == ["eth0", "wg0"]


def test_a_match_is_never_empty() -> None:
    """It would take every packet."""
    for router in district(hosts()).routers.values():
        for each in (c for found in router.qos.shapers for c in found.classes):
            assert each.matches and Match() not in each.matches
