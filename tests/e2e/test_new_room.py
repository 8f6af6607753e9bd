"""One command from the inventory to a room that is ready, interrupted or not."""

from __future__ import annotations

import re
import threading

import pytest

from tests.e2e.conftest import PROJECT, District, Finished, recap
from tests.e2e.test_host_key import OF_VYOS

BUNDLES = PROJECT / "build" / "bundles"
WAITING = re.compile(r"… đang chờ bộ định tuyến, còn \d+ (phút|giây): chưa trả lời \(.*\)")


def changed(done: Finished) -> dict[str, int]:
    return {host: counters["changed"] for host, counters in recap(done.output).items() if counters["changed"]}


def forget(district: District, site: str, number: int) -> None:
    """Both hubs lose what they know of a site, as before its block was in the inventory."""
    for hub, network in (("huyen-uy-router", 250), ("ubnd-router", 251)):
        district.console(
            hub,
            "configure",
            f"delete interfaces wireguard wg0 peer {site}",
            f"delete protocols bgp neighbor 10.77.{network}.{number}",
            f"delete policy route-map IN-{site}",
            f"delete policy route-map OUT-{site}",
            f"delete policy prefix-list FROM-{site}",
            "commit",
            "save",
            "exit",
        )


def test_a_site_that_is_ready_is_left_as_it_is(district: District) -> None:
    done = district.playbook("new_room", "-l", "dang", "--diff")
    assert done.status == 0, done.output
    assert changed(done) == {}
    for hub in ("huyen-uy-router", "ubnd-router"):  # although -l does not name them
        assert re.search(rf"^{hub} +as the inventory asks", done.output, re.M), done.output
    assert re.search(r"Dang .*2/2 +2/2 +10\.77\.17\.20 +8017 đã đăng ký +sẵn sàng", done.output), done.output
    assert "1/1 điểm cầu sẵn sàng" in done.output
    assert not (BUNDLES / "dang" / "dang-router.vyos").exists()


@pytest.mark.parametrize("options", [(), ("-l", "rooms"), ("-l", "dang,ga_ry")])
def test_it_is_about_one_site(district: District, options: tuple[str, ...]) -> None:
    done = district.playbook("new_room", *options)
    assert done.status != 0
    assert "expected: the hosts of exactly one site" in done.output and "-l ga_ry" in done.output
    assert "Traceback" not in done.output and "One commit" not in done.output


def test_when_time_is_over_the_same_command_goes_on(district: District) -> None:
    bundle = BUNDLES / "dang" / "dang-router.vyos"
    district.must("twin", "power", "dang-router", "off")
    try:
        done = district.playbook("new_room", "-l", "dang", "-e", "wait_minutes=1")
        assert done.status != 0
        assert WAITING.search(done.output), done.output
        assert "dang-router: did not answer within 1 minute:" in done.output
        assert done.output.rstrip().endswith("ansible-playbook playbooks/new_room.yml -l dang"), done.output[-2000:]
        assert "Rooms, all at once" not in done.output and "Traceback" not in done.output
        assert bundle.stat().st_mode & 0o777 == 0o600
        sheet = (bundle.parent / "phieu-lap-dat.html").read_text(encoding="utf-8")
        assert "vbash /mnt/dang-router.vyos" in sheet and "8017" in sheet
        assert [name for name, value in district.all_secrets().items() if value in sheet + done.output] == []
    finally:
        district.must("twin", "power", "dang-router", "on")
    done = district.playbook("new_room", "-l", "dang")
    assert done.status == 0, done.output
    assert "1/1 điểm cầu sẵn sàng" in done.output
    assert not bundle.exists()


def test_a_stranger_at_the_routers_address_is_not_taken(district: District) -> None:
    """Somebody answers there with a host key that no bundle of ours holds: told, waited past, and sent nothing."""
    change, restore = OF_VYOS
    district.console("dang-router", *change)
    try:
        done = district.playbook("new_room", "-l", "dang", "-e", "wait_minutes=1")
    finally:
        district.console("dang-router", *restore)
    assert done.status != 0
    assert "chưa trả lời" not in done.output and "máy trả lời có khóa khác" in done.output, done.output
    assert "dang-router: did not answer within 1 minute: ssh_host_key: 10.77.255.17 shows" in done.output
    assert recap(done.output)["dang-router"]["failed"] == 1 and "Communes, all at once" not in done.output
    again = district.playbook("new_room", "-l", "dang")
    assert again.status == 0 and changed(again).keys() <= {"dang-router"}, again.output  # the stick's file is deleted
    assert not (BUNDLES / "dang" / "dang-router.vyos").exists()


def test_a_router_out_of_its_box(district: District) -> None:
    """A factory-new router at a site that the hubs do not know: one command, and a stick in the middle of it."""
    forget(district, "tr-hy", 20)
    district.must("twin", "replace", "tr-hy-router")
    bundle = BUNDLES / "tr-hy" / "tr-hy-router.rsc"
    finished: list[Finished] = []
    options = ("-l", "tr_hy", "-e", "wait_minutes=5")
    run = threading.Thread(target=lambda: finished.append(district.playbook("new_room", *options)))
    run.start()
    try:
        district.eventually(lambda: bundle.exists() or not run.is_alive(), attempts=180)
        district.must("twin", "usb", "tr-hy-router", str(bundle))
    finally:
        run.join()
    (done,) = finished
    assert done.status == 0, done.output
    for hub in ("huyen-uy-router", "ubnd-router"):
        assert re.search(rf"^{hub} +sent, confirmed and saved \d+ statements", done.output, re.M), done.output
    assert "PHIẾU LẮP ĐẶT – điểm cầu Tr'Hy, huyện Tây Giang" in done.output
    assert "/import usb1/tr-hy-router.rsc" in done.output
    assert re.search(r"Tr'Hy .*2/2 +2/2 +10\.77\.20\.20 +8020 đã đăng ký +sẵn sàng", done.output), done.output
    assert not bundle.exists()
    again = district.playbook("new_room", "-l", "tr_hy")
    assert again.status == 0, again.output
    assert changed(again) == {}
    everywhere = district.playbook("site", "-l", "routers")  # the hubs have what they had, and nothing twice
    assert everywhere.status == 0, everywhere.output
    assert changed(everywhere) == {}
