"""A new commune and a flooded one, in a small twin: one command each, a stick in the middle, nothing else touched."""

from __future__ import annotations

import re
import subprocess
import time

from tests.e2e.conftest import District, Finished, recap
from tests.e2e.valley import ZA_HUNG, Valley, add_za_hung, load_accounts

ROUTER = r'ga-ry-router: \{platform: \w+, release: "[\d.]+"\}'
ROOM = r"ga-ry-room: \{.*\}"
READY = r"{name} .*2/2 +2/2 +10\.77\.{number}\.20 +80{number} đã đăng ký +sẵn sàng"
SHOWN = "show configuration commands | grep -v private-key | grep -v encrypted-password"
HUB_ADDRESS = {"huyen-uy-router": "203.0.113.2", "ubnd-router": "203.0.113.6"}


def changed(done: Finished) -> dict[str, int]:
    return {host: counters["changed"] for host, counters in recap(done.output).items() if counters["changed"]}


def ready(done: Finished, name: str, number: int) -> bool:
    return re.search(READY.format(name=name, number=number), done.output) is not None


def handshakes(valley: District, router: str, interface: str = "all") -> dict[str, int]:
    """Below the command line: peer's public key -> when it last made a handshake, 0 = never."""
    shown = valley.must("twin", "exec", router, "--", "wg", "show", interface, "latest-handshakes")
    return {line.split()[-2]: int(line.split()[-1]) for line in shown.splitlines()}


def public_keys(valley: District, router: str) -> set[str]:
    """Of a router's own ends."""
    shown = valley.must("twin", "exec", router, "--", "wg", "show", "all", "public-key")
    return {line.split()[-1] for line in shown.splitlines()}


def calls_through(valley: District) -> bool:
    done = valley.playbook("call", "-e", "from=ga-ry", "-e", "to=huyen-uy", "-e", "call_seconds=5")
    line = re.search(r"gọi 8001 Huyện ủy: gửi (\d+) kbit/s, nhận (\d+) kbit/s", done.output)
    return done.status == 0 and line is not None and int(line[1]) > 20 and int(line[2]) > 20


def test_an_eleventh_commune_is_ten_lines(valley: Valley) -> None:
    add_za_hung(valley)
    began = time.monotonic()
    done = valley.with_technician("za-hung", "new_room", "-l", "za_hung", "-e", "state_wait=60", "-e", "wait_minutes=5")
    assert done.status != 0  # the call server's people do not know the room yet
    assert "playbooks/accounts.yml" in done.output and "chưa đăng ký" in done.output, done.output
    load_accounts(valley)
    done = valley.playbook("new_room", "-l", "za_hung")
    assert done.status == 0 and ready(done, "Za Hung", 21), done.output
    print(f"\nan eleventh commune, from its block to a room that is ready: {time.monotonic() - began:.0f} s")
    assert changed(valley.playbook("new_room", "-l", "za_hung")) == {}
    valley.must("ansible-playbook", "playbooks/plan.yml", "--tags", "intended")
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=valley.project, capture_output=True, text=True, check=True
    )
    assert status.stdout.splitlines() == [
        " M intended/huyen-uy-router.vyos",
        " M intended/ubnd-router.vyos",
        " M inventory/district.yml",
        "?? intended/za-hung-room.group",
        "?? intended/za-hung-router.vyos",
    ]
    diff = subprocess.run(
        ["git", "diff", "-U0", "inventory"], cwd=valley.project, capture_output=True, text=True, check=True
    )
    lines = [line[1:] for line in diff.stdout.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert lines == ZA_HUNG.splitlines()


def test_a_site_that_is_ready_is_kept(valley: Valley) -> None:
    before = valley.all_secrets()
    done = valley.playbook("restore", "-l", "ga_ry", "--diff")
    assert done.status == 0 and ready(done, "Ga Ry", 18), done.output
    assert changed(done) == {}
    assert len(re.findall(r"^ *\S+ \S+ +ga-ry-\w+ +trả lời bằng đúng khóa của nó", done.output, re.M)) == 2, done.output
    assert valley.all_secrets() == before


def test_a_kept_configuration_is_put_back(valley: Valley) -> None:
    """No keys are made for it, and nothing else is done at the site."""
    assert valley.playbook("backup", "-l", "ga-ry-router").status == 0
    kept = max((valley.project / "backups" / "ga-ry-router").iterdir()).relative_to(valley.project)
    before, rule = valley.all_secrets(), '/ip firewall filter remove [find comment="ping-lan"]'
    valley.console("ga-ry-router", rule)
    done = valley.playbook("restore", "-l", "ga_ry", "--tags", "router", "-e", f"from_backup={kept}")
    assert done.status == 0 and changed(done) == {"ga-ry-router": 1}, done.output
    assert "ga-ry-room  " not in done.output.partition("PLAY RECAP")[0] and "KHÔI PHỤC" not in done.output
    assert valley.all_secrets() == before
    assert changed(valley.playbook("site", "-l", "ga-ry-router")) == {}


def test_a_site_that_was_only_cut_off_gets_its_keys_back(valley: Valley) -> None:
    """Somebody types restore.yml while only the line is cut: the way back needs nobody at the site."""
    before, keys = valley.all_secrets(), public_keys(valley, "ga-ry-router")
    assert [hub for hub in HUB_ADDRESS if keys & handshakes(valley, hub).keys()] == list(HUB_ADDRESS)
    for circuit in ("fibre", "lte"):
        valley.must("twin", "cut", f"ga-ry/{circuit}")
    try:
        done = valley.playbook("restore", "-l", "ga_ry", "-e", "lost_minutes=0", "-e", "wait_minutes=0")
        assert done.status != 0
        told = (
            "KHÔI PHỤC Ga Ry: bộ định tuyến không trả lời",
            "chưa có gì thay đổi",
            "Lấy lại bằng: ",
            "đã tạo khóa mới",
        )
        positions = [done.output.find(words) for words in told]
        assert -1 not in positions and positions == sorted(positions), done.output
        assert valley.bundles("ga-ry")
    finally:
        for circuit in ("fibre", "lte"):
            valley.must("twin", "mend", f"ga-ry/{circuit}")
    assert [hub for hub in HUB_ADDRESS if keys & handshakes(valley, hub).keys()] == []
    undone = valley.playbook("restore", "-l", "ga_ry", "--tags", "undo")
    assert valley.all_secrets() == before
    assert not valley.bundles("ga-ry")
    valley.eventually(lambda: valley.playbook("site", "-l", "ga_ry").status == 0, attempts=5)
    assert "ubnd-router" in undone.output and "huyen-uy-router" in undone.output


def test_after_the_flood(valley: Valley) -> None:
    """Another platform in the router's place; the old one, dried and put back, gets no tunnel."""
    old_keys, secrets = public_keys(valley, "ga-ry-router"), valley.secret("ga-ry-router")
    hubs = {hub: valley.console(hub, SHOWN) for hub in HUB_ADDRESS}
    valley.must("twin", "replace", "ga-ry-router", "--platform", "vyos", "--release", "1.4")
    valley.edit(ROUTER, 'ga-ry-router: {platform: vyos, release: "1.4"}')
    began = time.monotonic()
    running = valley.start("restore", "-l", "ga_ry", "-e", "lost_minutes=0", "-e", "wait_minutes=10", "--diff")
    valley.plug("ga-ry", running)
    plugged = time.monotonic()
    done = running.end()
    took = time.monotonic() - began
    assert done.status == 0 and ready(done, "Ga Ry", 18), done.output
    new = valley.secret("ga-ry-router")
    names = ("wireguard_private_key_wg0", "wireguard_private_key_wg1", "ssh_host_key", "admin_password")
    assert [name for name in names if new[name] == secrets[name]] == []
    assert [name for name in new if name.startswith("former_")] == []
    assert not valley.bundles("ga-ry")
    # Of the hubs nothing but the site's key.
    sent = set(re.findall(r"^(?:set|delete) .*", done.output, re.M))
    on_hubs = {line for line in sent if "peer ga-ry " in line}
    assert on_hubs and all(re.search(r"interfaces wireguard wg0 peer ga-ry public-key", x) for x in on_hubs)
    for hub, text in hubs.items():
        now = valley.console(hub, SHOWN)
        assert [line for line in set(text.splitlines()) ^ set(now.splitlines()) if "ga-ry" not in line] == []
    started = time.monotonic()
    assert calls_through(valley)
    called = time.monotonic() - started
    table = done.output[done.output.index("Khôi phục") :].split("\n\n")[0]
    print(f"\nrestore.yml -l ga_ry, routeros 7.18 to vyos 1.4:\n{table}")
    print(f"to the stick {plugged - began:.0f} s, all {took:.0f} s, a test call {called:.0f} s")
    for words in (
        "coi như đã mất",
        "huyen-uy-router từ chối khóa cũ",
        "ubnd-router từ chối khóa cũ",
        "mới trả lời, sau",
    ):
        assert words in table, done.output
    assert changed(valley.playbook("restore", "-l", "ga_ry")) == {}
    the_old_unit_gets_no_tunnel(valley, old_keys)


def the_old_unit_gets_no_tunnel(valley: Valley, old_keys: set[str]) -> None:
    """It asks, at both hubs, and nobody answers; the new one, put back, is up at once."""
    valley.must("twin", "replace", "ga-ry-router", "--back")
    try:
        assert public_keys(valley, "ga-ry-router") == old_keys
        for hub, address in HUB_ADDRESS.items():
            heard = valley.run(
                *("twin", "exec", hub, "--", "timeout", "20", "tcpdump", "-n", "-i", "any", "-c", "2"),
                f"udp and dst host {address} and dst port 51820 and src net 100.64.18.0/24",
            )
            assert heard.status == 0, f"the old unit does not even ask {hub}: {heard.output}"  # else it proves nothing
            assert not old_keys & handshakes(valley, hub).keys()
        assert set(handshakes(valley, "ga-ry-router").values()) == {0}
    finally:
        valley.must("twin", "replace", "ga-ry-router", "--back")
    valley.eventually(lambda: min(handshakes(valley, "ga-ry-router").values()) > 0)


def test_one_hub_is_down(valley: Valley) -> None:
    """The site comes back through the other one; what remains is named, and the same command does it later."""
    valley.must("twin", "power", "ubnd-router", "off")
    try:
        valley.must("twin", "replace", "ga-ry-router", "--platform", "routeros", "--release", "7.22")
        valley.edit(ROUTER, 'ga-ry-router: {platform: routeros, release: "7.22"}')
        options = ("-l", "ga_ry", "-e", "lost_minutes=0", "-e", "wait_minutes=10", "-e", "state_wait=5")
        done = valley.with_technician("ga-ry", "restore", *options)
        assert done.status != 0
        assert "huyen-uy-router từ chối khóa cũ" in done.output and "ubnd-router từ chối" not in done.output, (
            done.output
        )
        assert "ubnd-router: 10.77.255.2 cannot be reached by SSH" in done.output.split("Khôi phục")[1]
        assert re.search(r"Ga Ry .*1/2 +1/2 .*8018 đã đăng ký +CHƯA: đường hầm tới ubnd chưa thông", done.output)
        assert "Chạy tiếp: ansible-playbook playbooks/restore.yml -l ga-ry-router" in done.output
        assert valley.secret("ga-ry-router")["former_admin_password"]  # not over while a hub takes the old keys
    finally:
        valley.must("twin", "power", "ubnd-router", "on")
    valley.eventually(lambda: valley.ping("control", "10.77.255.2"))
    done = valley.playbook("restore", "-l", "ga-ry-router")
    assert done.status == 0 and "ubnd-router từ chối khóa cũ" in done.output, done.output
    assert "former_admin_password" not in valley.secret("ga-ry-router")


def test_a_replaced_polycom(valley: Valley) -> None:
    """Another model, MAC and serial number: met anew, with new passwords and the account that it had."""
    before = valley.secret("ga-ry-room")
    mac = "64:16:7f:77:aa:12"
    valley.must("twin", "replace", "ga-ry-room", "--model", "RealPresence Group 310", "--mac", mac)
    serial = valley.node("ga-ry-room")["serial"]
    refused = valley.playbook("site", "-l", "ga-ry-room", "-e", "state_wait=0")  # the ordinary run does not trust it
    assert refused.status != 0
    new = f'ga-ry-room: {{mac: "{mac}", serial_number: "{serial}", model: "RealPresence Group 310"}}'
    valley.edit(ROOM, new)
    running = valley.start("restore", "-l", "ga_ry", "-e", "room_minutes=5")
    running.until("tắt rồi bật lại")
    for to in ("off", "on"):
        valley.must("twin", "power", "ga-ry-room", to)
    done = running.end()
    assert done.status == 0 and ready(done, "Ga Ry", 18), done.output
    assert "giữ nguyên" in done.output  # the router
    after = valley.secret("ga-ry-room")
    assert after["sip_password"] == before["sip_password"]
    names = ("admin_password", "room_password", "pinned_host_key", "pinned_certificate")
    assert [name for name in names if after[name] == before[name]] == []
    assert calls_through(valley)
    assert changed(valley.playbook("restore", "-l", "ga_ry")) == {}


def test_no_secret_was_printed(valley: Valley) -> None:
    assert valley.runs > 10
    assert valley.printed_secrets() == []
