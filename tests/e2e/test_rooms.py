"""The rooms of the provisioned district: registered, callable, kept as the inventory asks, left alone in a call."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import LOGS, PROJECT, District, Finished, recap

NUMBERS = {
    "huyen-uy": 1, "ubnd": 2, "a-nong": 11, "a-tieng": 12, "a-vuong": 13, "a-xan": 14, "bha-lee": 15, "ch-om": 16,
    "dang": 17, "ga-ry": 18, "lang": 19, "tr-hy": 20,
}  # fmt: skip
COMMUNES = {site: number for site, number in NUMBERS.items() if number > 10}
EF, AF41, CS3 = 46, 34, 24
ACCOUNTS = "build/accounts/sip-accounts.csv"
# A row of a run that asked the rooms alone: the site as a whole is not known.
REGISTERED = r"80\d\d đã đăng ký +chưa biết: chưa hỏi bộ định tuyến"


def registrations(district: District) -> dict[str, str]:
    return dict(district.node("call-server")["registrations"])


def console(district: District, site: str, *commands: str, password: str = "@admin_password") -> str:
    """What a person at the endpoint's command line gets."""
    argv = (sys.executable, "-m", "tests.e2e.room_console", f"{site}-room", f"10.77.{NUMBERS[site]}.20", password)
    return district.must("twin", "run", "--", *argv, *commands)


def changed(done: Finished) -> dict[str, int]:
    return {host: counters["changed"] for host, counters in recap(done.output).items() if counters["changed"]}


def test_every_room_is_registered_from_its_own_address(district: District) -> None:
    district.eventually(lambda: len(registrations(district)) == 12)
    assert registrations(district) == {str(8000 + n): f"10.77.{n}.20" for n in NUMBERS.values()}
    done = district.playbook("site", "-l", "rooms")
    assert done.status == 0, done.output
    assert len(re.findall(REGISTERED, done.output)) == 12, done.output
    assert changed(done) == {}


def test_no_factory_password_is_left(district: District) -> None:
    """The serial number opens nothing any more, at no room."""
    probe = (
        "import paramiko, sys\n"
        "client = paramiko.SSHClient()\n"
        "client.set_missing_host_key_policy(paramiko.AutoAddPolicy())\n"
        "try:\n"
        "    client.connect(sys.argv[1], username='admin', password=sys.argv[2], look_for_keys=False,"
        " allow_agent=False)\n"
        "    print('opened')\n"
        "except paramiko.AuthenticationException:\n"
        "    print('refused')\n"
    )
    serials = {n["name"]: n["serial"] for n in district.nodes() if n["kind"] == "room"}
    for room, serial in serials.items():
        address = f"10.77.{NUMBERS[room.removesuffix('-room')]}.20"
        assert district.must("twin", "run", "--", sys.executable, "-c", probe, address, serial).strip() == "refused"


def test_a_setting_changed_by_hand_is_shown_and_put_back_alone(district: District) -> None:
    assert 'systemname "Phòng A"' in console(district, "ch-om", 'systemname set "Phòng A"', "volume set 3")
    shown = district.playbook("site", "-l", "rooms", "--check", "--diff")
    expected = ['systemname set "Ch\'Ơm"', "volume set 25"]
    lines = [line for line in shown.output.splitlines() if re.match(r"[a-z0-9]+ set |POST ", line)]
    assert sorted(lines) == expected, shown.output
    assert changed(shown) == {"ch-om-room": 1}
    assert "volume 3" in console(district, "ch-om", "volume get")  # check mode wrote nothing
    done = district.playbook("site", "-l", "rooms", "--diff")
    assert done.status == 0, done.output
    lines = [line for line in done.output.splitlines() if re.match(r"[a-z0-9]+ set |POST ", line)]
    assert sorted(lines) == expected
    assert changed(done) == {"ch-om-room": 1}
    assert "systemname Ch'Ơm" in console(district, "ch-om", "systemname get")
    assert changed(district.playbook("site", "-l", "rooms")) == {}


def test_a_wrong_sip_password_leaves_that_room_not_ready(district: District) -> None:
    """The call server knows another password for one room: it is named, with the reason; the others are done."""
    district.must("twin", "run", "--", "ansible-playbook", "playbooks/accounts.yml")
    right = PROJECT / ACCOUNTS
    wrong = right.with_name("wrong.csv")
    others = [line for line in right.read_text().splitlines() if not line.startswith("8018,")]
    try:
        district.must("twin", "power", "ga-ry-room", "off")
        for lines in (others, [*others, f"8018,not-{'x' * 12}"]):  # without an account its registration is gone at once
            wrong.write_text("\n".join(lines) + "\n")
            district.must("twin", "usb", "call-server", str(wrong))
        district.must("twin", "power", "ga-ry-room", "on")
        done = district.playbook("site", "-l", "rooms", "-e", "state_wait=10")
        assert done.status != 0
        assert len(re.findall(REGISTERED, done.output)) == 11, done.output
        assert re.search(r"Ga Ry .*8018 chưa đăng ký +CHƯA: chưa đăng ký", done.output), done.output
        assert "-l ga-ry-room" in done.output and "Traceback" not in done.output
        assert recap(done.output)["ga-ry-room"]["failed"] == 1
    finally:
        district.must("twin", "usb", "call-server", str(right))
        for path in (right, wrong):
            path.unlink()
    # The endpoint tries again by itself, or the next run sends the password again.
    done = district.playbook("site", "-l", "ga-ry-room")
    assert done.status == 0, done.output
    assert registrations(district)["8018"] == "10.77.18.20"


def test_a_wrong_admin_password_stops_before_the_lock_out(district: District) -> None:
    """Somebody set another password at the room: two or three tries, a clear message, no other room waits."""
    console(district, "dang", "setpassword admin remote @admin_password Other-Password-23")
    try:
        console(district, "lang", "volume set 4", password="@admin_password")
        done = district.playbook("site", "-l", "dang-room,lang-room", "-vvv")
    finally:
        console(
            district, "dang", "setpassword admin remote Other-Password-23 @admin_password", password="Other-Password-23"
        )
    assert done.status != 0
    assert changed(done) == {"lang-room": 1}
    assert recap(done.output)["dang-room"]["failed"] == 1
    assert "secrets/dang-room.yml" in done.output and "Traceback" not in done.output
    again = district.playbook("site", "-l", "dang-room")  # the account is not locked
    assert again.status == 0, again.output


def dscp_seen(captured: str) -> dict[tuple[str, str], set[int]]:
    """(source, medium) -> DSCP of what came out of the tunnel; medium is "rtp" or "sip"."""
    found: dict[tuple[str, str], set[int]] = {}
    pattern = r"wg0 +In +IP \(tos 0x([0-9a-f]+),.*\n\s+([\d.]+)\.(\d+) > 10\.77\.1\.(\d+)\.(\d+): "
    for tos, source, port, to, _ in re.findall(pattern, captured):
        if to == "20":
            assert 3230 <= int(port) <= 3291, f"{source} sends media from port {port}"
        found.setdefault((source, "rtp" if to == "20" else "sip"), set()).add(int(tos, 16) >> 2)
    return found


@contextmanager
def capture(district: District, node: str, path: Path, what: str) -> Iterator[Callable[[], str]]:
    argv = ["twin", "exec", node, "--", "tcpdump", "-n", "-v", "-l", "-i", "any", "-c", "40000", what]
    with path.open("w+", encoding="utf-8") as file:
        dump = subprocess.Popen(argv, cwd=PROJECT, env=district.environment, stdout=file, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            yield lambda: path.read_text(encoding="utf-8")
        finally:
            dump.terminate()
            dump.wait(10)


def test_all_communes_call_the_first_hub_at_once(district: District) -> None:
    """Media leave the tunnel at the hub with the ports and marks of the inventory."""
    with capture(district, "huyen-uy-router", LOGS / "calls.txt", "udp and net 10.77.1.0/24") as captured:
        done = district.playbook("call", "-e", "from=communes", "-e", "to=huyen-uy", "-e", "call_seconds=8")
        time.sleep(1)
        seen = dscp_seen(captured())
    assert done.status == 0, done.output
    for site, number in COMMUNES.items():
        line = re.search(
            rf"^{site}-room +gọi 8001 Huyện ủy: gửi (\d+) kbit/s, nhận (\d+) kbit/s, mất gói ([\d.]+) %",
            done.output,
            re.M,
        )
        assert line, done.output
        assert int(line[1]) > 20 and int(line[2]) > 20, line[0]
        address = f"10.77.{number}.20"
        assert EF in seen[address, "rtp"] and seen[address, "rtp"] <= {EF, AF41, CS3}, (site, seen)
        assert seen[address, "sip"] == {CS3}, (site, seen)
    assert all(not n["calls"] for n in district.nodes() if n["kind"] == "room")  # everybody hung up


def test_a_call_is_closed_to_the_provider(district: District) -> None:
    seen = district.capture_at_provider(
        lambda: district.playbook("call", "-e", "from=lang", "-e", "to=huyen-uy", "-e", "call_seconds=3")
    )
    assert "UDP" in seen and "10.77." not in seen


def test_calls_need_two_sites_that_exist(district: District) -> None:
    for options in (
        (),
        ("-e", "from=ga-ry"),
        ("-e", "from=nowhere", "-e", "to=huyen-uy"),
        ("-e", "from=ga-ry", "-e", "to=x"),
    ):
        done = district.playbook("call", *options)
        assert done.status != 0
        assert "-e from=ga-ry -e to=huyen-uy" in done.output and "Traceback" not in done.output, done.output


def test_a_room_in_a_call_is_left_alone_and_done_on_the_next_run(district: District) -> None:
    console(district, "tr-hy", "volume set 7")
    finished: list[Finished] = []
    options = ("-e", "from=tr-hy", "-e", "to=ubnd", "-e", "call_seconds=35")
    call = threading.Thread(target=lambda: finished.append(district.playbook("call", *options)))
    call.start()
    try:
        district.eventually(lambda: bool(district.node("tr-hy-room")["calls"]))
        done = district.playbook("site", "-l", "tr-hy-room,lang-room")
        assert bool(district.node("tr-hy-room")["calls"]), "the call ended too early for this test"
        assert "volume 7" in console(district, "tr-hy", "volume get")
    finally:
        call.join()
    assert finished[0].status == 0, finished[0].output
    assert done.status != 0
    assert changed(done) == {}
    assert "-l tr-hy-room" in done.output and "đang họp" in done.output, done.output
    assert recap(done.output)["lang-room"]["failed"] == 0
    again = district.playbook("site", "-l", "tr-hy-room")
    assert again.status == 0, again.output
    assert changed(again) == {"tr-hy-room": 1}
    assert "volume 25" in console(district, "tr-hy", "volume get")
