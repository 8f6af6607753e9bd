"""The provisioned district: what was promised of a run, and of a second one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.e2e.conftest import District, recap

SITES = 12
HUB_ROOMS = ("10.77.1.20", "10.77.2.20")
REMOVED = "ping-lan"  # a rule of the input chain


SHOWN = re.compile(r"^[-+] ?(set|delete|/)|^/|^set |^delete ", re.MULTILINE)  # a router's own statement


def test_every_site_is_ready_and_a_second_demo_changes_nothing(district: District) -> None:
    done = district.run("tools/demo")
    assert done.status == 0, done.output
    assert f"{SITES}/{SITES} điểm cầu sẵn sàng" in done.output
    registered = r" +10\.77\.\d+\.20 +80\d\d đã đăng ký +sẵn sàng"
    assert len(re.findall(f"2/2 +2/2{registered}", done.output)) == 10  # communes: both tunnels
    assert len(re.findall(f"11/11 +11/11{registered}", done.output)) == 2  # hubs: ten and each other
    assert {host: c["changed"] for host, c in recap(done.output).items() if c["changed"]} == {}
    assert not SHOWN.search(done.output), done.output


def test_check_mode_shows_nothing_when_there_is_nothing_to_do(district: District) -> None:
    done = district.playbook("site", "--check", "--diff")
    counters = recap(done.output)
    assert done.status == 0, done.output
    assert len(counters) >= 2 * SITES
    assert {host: c["changed"] for host, c in counters.items() if c["changed"]} == {}
    assert not SHOWN.search(done.output), done.output


def test_a_rule_removed_by_hand_is_shown_and_put_back_alone(district: District) -> None:
    command = f'/ip firewall filter remove [find comment="{REMOVED}"]'
    assert district.console("ga-ry-router", command) == ""
    shown = district.playbook("site", "-l", "routers", "--check", "--diff")
    assert recap(shown.output)["ga-ry-router"]["changed"] == 1, shown.output
    assert sum(c["changed"] for c in recap(shown.output).values()) == 1
    added = [line for line in shown.output.splitlines() if line.startswith("/ip")]
    assert len(added) == 1, shown.output
    assert REMOVED in added[0]
    done = district.playbook("site", "-l", "routers", "--diff")
    assert [line for line in done.output.splitlines() if line.startswith("/ip")] == added
    assert {h: c["changed"] for h, c in recap(done.output).items() if c["changed"]} == {"ga-ry-router": 1}
    assert recap(district.playbook("site", "-l", "ga-ry-router").output)["ga-ry-router"]["changed"] == 0


@pytest.mark.parametrize("address", HUB_ROOMS)
def test_every_commune_reaches_the_hubs_rooms(district: District, address: str) -> None:
    rooms = [n["name"] for n in district.nodes() if n["kind"] == "room"]
    assert len(rooms) == SITES
    assert district.silent([(room, address) for room in rooms]) == []


def test_communes_reach_each_other(district: District) -> None:
    assert district.ping("ga-ry-room", "10.77.20.20")  # RouterOS to RouterOS, through the first hub
    assert district.ping("dang-room", "10.77.18.20")  # VyOS to RouterOS


def test_the_whole_district_can_meet_and_that_is_known_in_little_more_than_the_time_for_one_site(
    district: District,
) -> None:
    def looked(sites: int, *options: str) -> dict[str, Any]:
        done = district.playbook("readiness", *options)
        assert done.status == 0, done.output
        assert f"{sites}/{sites} điểm cầu họp được" in done.output
        return dict(json.loads((district.project / "build" / "readiness" / "latest.json").read_text(encoding="utf-8")))

    one, whole = looked(1, "-l", "tr_hy"), looked(SITES)
    print(f"\na look at one site: {one['seconds']:.0f} s, at twelve: {whole['seconds']:.0f} s")
    assert [site["level"] for site in whole["sites"]] == ["ready"] * SITES
    assert whole["seconds"] < 4 * one["seconds"]


def test_nothing_of_the_district_passes_the_provider_in_clear(district: District) -> None:
    """What the provider sees while rooms talk holds no address of the district, inside of no other packet either."""
    seen = district.capture_at_provider(lambda: district.ping("ga-ry-room", "10.77.1.20", "-c", "5"))
    assert "UDP" in seen  # the capture works
    assert "10.77." not in seen
    # Routers ask their provider's own end of a line whether it is there; nobody else's ping is seen.
    pings = re.findall(r" IP (\d+\.\d+\.\d+)\.\d+ > (\d+\.\d+\.\d+)\.\d+: ICMP echo", seen)
    assert [(one, other) for one, other in pings if one != other] == []


def test_a_site_that_is_off_is_named_and_stops_no_other(district: District) -> None:
    district.must("twin", "power", "tr-hy-router", "off")
    try:
        district.console("lang-router", f'/ip firewall filter remove [find comment="{REMOVED}"]')
        done = district.playbook("site", "-e", "state_wait=5")
        assert done.status != 0
        assert recap(done.output)["lang-router"]["changed"] == 1
        assert recap(done.output)["tr-hy-router"]["failed"] == 1
        assert "11/12 điểm cầu sẵn sàng" in done.output
        assert "-l tr-hy-room,tr-hy-router" in done.output
        assert "Traceback" not in done.output
    finally:
        district.must("twin", "power", "tr-hy-router", "on")
    district.eventually(lambda: district.ping("tr-hy-room", "10.77.1.20"))


def test_without_the_first_hub_rooms_still_reach_the_second(district: District) -> None:
    district.must("twin", "power", "huyen-uy-router", "off")
    try:
        district.eventually(lambda: district.ping("ga-ry-room", "10.77.2.20"))
        rooms = [n["name"] for n in district.nodes() if n["kind"] == "room" and n["name"] != "huyen-uy-room"]
        assert district.silent([(room, "10.77.2.20") for room in rooms]) == []
        # And each other, through the second hub: that takes as long as BGP waits for the first, 8 s.
        district.eventually(lambda: district.ping("ga-ry-room", "10.77.16.20"))
    finally:
        district.must("twin", "power", "huyen-uy-router", "on")
    district.eventually(lambda: district.ping("ga-ry-room", "10.77.1.20"))


@pytest.mark.parametrize("site", ["ga-ry", "dang"])  # RouterOS and VyOS
def test_a_cut_fibre_leaves_the_site_on_lte(district: District, site: str) -> None:
    district.must("twin", "cut", f"{site}/fibre")
    try:
        district.eventually(lambda: district.ping(f"{site}-room", "10.77.1.20"))
    finally:
        district.must("twin", "mend", f"{site}/fibre")
    district.eventually(lambda: district.ping(f"{site}-room", "10.77.1.20"))
