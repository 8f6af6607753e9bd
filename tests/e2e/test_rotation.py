"""New keys while people talk: what the call loses, and that nothing opens with the old ones afterwards."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from tests.e2e.conftest import LOGS, PROJECT, District, Finished, recap
from tests.e2e.media import captured, gaps
from tests.e2e.opened import opened

COMMUNES = {"ga-ry": 18, "dang": 17}  # one of each platform
HUBS = {"huyen-uy": "203.0.113.2", "ubnd": "203.0.113.6"}
LIMIT = 2.0  # seconds of media that a rotation may cost


def secrets(district: District, host: str) -> dict[str, str]:
    return opened(district.project, host)


def keys(district: District) -> dict[str, str]:
    """Each private key of the communes that are looked at: ``ga-ry wg0`` -> key."""
    return {
        f"{site} {name.rpartition('_')[2]}": value
        for site in COMMUNES
        for name, value in secrets(district, f"{site}-router").items()
        if name.startswith("wireguard_private_key_")
    }


def public(private: str) -> str:
    done = subprocess.run(["wg", "pubkey"], input=private, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def peers(district: District, router: str) -> set[str]:
    """The public keys that a router takes, below its command line."""
    return set(district.must("twin", "exec", router, "--", "wg", "show", "wg0", "peers").split())


def shakes_hands(district: District, private: str, hub: str) -> bool:
    """Whether a hub answers somebody on the internet who has this key."""
    file = LOGS / "key-that-is-tried"
    file.write_text(private, encoding="utf-8")
    public_of_hub = public(secrets(district, f"{hub}-router")["wireguard_private_key_wg0"])
    script = (
        "mount -t tmpfs none /run\n"  # its socket is nobody else's business
        "wireguard-go -f wgx >/dev/null 2>&1 & daemon=$!\n"
        "for _ in 1 2 3 4 5 6 7 8 9 10; do test -S /run/wireguard/wgx.sock && break; sleep 0.5; done\n"
        f"wg set wgx private-key {file} peer {public_of_hub} allowed-ips 10.99.0.0/24"
        f" endpoint {HUBS[hub]}:51820 persistent-keepalive 1\n"
        "ip link set wgx up\n"
        "sleep 8\n"
        "wg show wgx latest-handshakes | cut -f 2\n"
        "kill $daemon; wait $daemon\n"
    )
    try:
        done = district.twin("exec", "internet", "--", "unshare", "--mount", "sh", "-c", script)
    finally:
        file.unlink()
    assert re.fullmatch(r"\d+", done.output.strip()), done.output
    return done.output.strip() != "0"


def test_keys_change_during_calls_and_the_old_ones_open_nothing(district: District) -> None:
    old = keys(district)
    old_rooms = {site: secrets(district, f"{site}-room") for site in COMMUNES}
    calls: list[Finished] = []
    talking = [
        threading.Thread(
            target=lambda site=site: calls.append(  # type: ignore[misc]
                district.playbook("call", "-e", f"from={site}", "-e", "to=huyen-uy", "-e", "call_seconds=240")
            )
        )
        for site in COMMUNES
    ]
    files = {room: LOGS / f"rtp-{room}.txt" for room in ("huyen-uy-room", "ga-ry-room", "dang-room")}
    chosen = ",".join(f"{site}-router" for site in COMMUNES)
    for thread in talking:
        thread.start()
    try:
        district.eventually(lambda: all(district.node(f"{site}-room")["calls"] for site in COMMUNES), attempts=60)
        with captured(district, files):
            began = time.monotonic()
            done = district.playbook("rotate_keys", "-l", "ga_ry,dang")
            took = time.monotonic() - began
            still = all(district.node(f"{site}-room")["calls"] for site in COMMUNES)
    finally:
        for thread in talking:
            thread.join()
    assert still, "the calls ended too early for this test"
    lost = {f"{room} <- {source}:{port}": gap for room, path in files.items()
            for (source, port), gap in gaps(path.read_text(encoding="utf-8")).items()}  # fmt: skip
    print(f"\nrotation of {chosen} during calls: {took:.0f} s")
    for stream, (packets, longest) in lost.items():
        print(f"{stream:<36} {packets:>7} packets, longest gap {longest * 1000:6.0f} ms")
    directions = {(room, stream.split()[2].partition(":")[0]) for stream in lost for room in [stream.split()[0]]}
    assert directions == {
        ("huyen-uy-room", "10.77.18.20"), ("huyen-uy-room", "10.77.17.20"),
        ("ga-ry-room", "10.77.1.20"), ("dang-room", "10.77.1.20"),
    }  # fmt: skip
    assert all(longest < LIMIT for _, longest in lost.values())

    # The tunnels are done; the rooms were in a call, are named, and are done by the same command afterwards.
    assert done.status != 0 and "Traceback" not in done.output, done.output
    assert all(recap(done.output)[f"{site}-router"]["failed"] == 0 for site in COMMUNES), done.output
    assert all(recap(done.output)[f"{site}-room"]["failed"] == 1 for site in COMMUNES), done.output
    new = keys(district)
    assert not {*old.values()} & {*new.values()}
    after = district.playbook("rotate_keys", "-l", "ga_ry,dang")
    assert after.status == 0, after.output
    assert "4 keys and passwords of 2 devices left by the rotation that was interrupted" in after.output
    assert keys(district) == new, "the second run began anew"

    for hub, interface in (("huyen-uy", "wg0"), ("ubnd", "wg1")):
        known = peers(district, f"{hub}-router")
        for site in COMMUNES:
            assert public(new[f"{site} {interface}"]) in known
            assert public(old[f"{site} {interface}"]) not in known
            assert not shakes_hands(district, old[f"{site} {interface}"], hub)
    assert shakes_hands(district, new["dang wg1"], "ubnd")  # so the tries above could have succeeded
    for site, before in old_rooms.items():
        now = secrets(district, f"{site}-room")
        assert all(before[name] != now[name] for name in ("admin_password", "room_password"))
        assert not [name for name in now if name.startswith("previous_")]
    assert "rotation_due" not in secrets(district, "district")
    again = district.playbook("site")
    assert again.status == 0, again.output
    assert sum(counters["changed"] for counters in recap(again.output).values()) == 0, again.output


def longest_silence(district: District, pings: Mapping[str, str], during: Callable[[], object]) -> dict[str, float]:
    """Node -> the longest time in seconds between two answers that it got from an address, while something is done."""
    files = {node: LOGS / f"ping-{node}.txt" for node in pings}
    running = []
    try:
        for node, path in files.items():
            argv = ["twin", "exec", node, "--", "ping", "-D", "-n", "-i", "0.2", pings[node]]
            with path.open("w", encoding="utf-8") as file:
                running.append(subprocess.Popen(argv, cwd=PROJECT, env=district.environment, stdout=file))
        time.sleep(2)
        during()
        time.sleep(1)
        over = time.time()  # on the clock of ping -D
    finally:
        for ping in running:
            ping.terminate()
            ping.wait(10)
    found = {}
    for node, path in files.items():
        times = [float(moment) for moment in re.findall(r"^\[(\d+\.\d+)\] \d+ bytes", path.read_text(), re.M)]
        assert len(times) > 20, f"{node} got {len(times)} answers"
        found[node] = max(after - before for before, after in pairwise([*times, over]))
    return found


def test_the_whole_district_gets_new_keys(district: District) -> None:
    """The hubs' own keys too, and those between the hubs: every commune and both hubs talk on."""
    sites = [node["name"] for node in district.nodes() if node["kind"] == "room"]
    pings = {room: "10.77.2.20" if room == "huyen-uy-room" else "10.77.1.20" for room in sites}
    routers = [room.replace("-room", "-router") for room in sites]
    before = {host: secrets(district, host) for host in (*routers, *sites)}
    done: list[Finished] = []
    silence = longest_silence(district, pings, lambda: done.append(district.playbook("rotate_keys")))
    print("".join(f"\n{room:<16} longest silence {seconds * 1000:6.0f} ms" for room, seconds in silence.items()))
    assert done[0].status == 0, done[0].output
    assert all(seconds < LIMIT for seconds in silence.values()), silence
    for host, old in before.items():
        now = secrets(district, host)
        changed = {name for name in old if old[name] != now.get(name)}
        rotated = {name for name in old if name.startswith("wireguard_") or name in ("admin_password", "room_password")}
        assert changed == rotated and now.keys() == old.keys(), host
    for hub in HUBS:  # both interfaces
        shown = district.must("twin", "exec", f"{hub}-router", "--", "wg", "show", "all", "peers").split()[1::2]
        name = f"wireguard_private_key_wg{list(HUBS).index(hub)}"
        communes = [host for host in routers if host.removesuffix("-router") not in HUBS]
        wanted = {public(secrets(district, host)[name]) for host in communes}
        (other,) = {*HUBS} - {hub}
        assert {*shown} == wanted | {public(secrets(district, f"{other}-router")["wireguard_private_key_wg1"])}
    assert "rotation_due" not in secrets(district, "district")
    again = district.playbook("site")
    assert again.status == 0, again.output
    assert sum(counters["changed"] for counters in recap(again.output).values()) == 0, again.output


def test_both_hubs_move_in_one_run_and_nobody_is_cut_off(district: District) -> None:
    """The second one waits until the communes have followed the first."""
    moved = LOGS / "moved.yml"
    hubs = "".join(f"    {hub}-router: {{vpn: {{listen_port: 51830}}}}\n" for hub in HUBS)
    moved.write_text(f"all:\n  hosts:\n{hubs}", encoding="utf-8")
    for options in (("-i", "inventory", "-i", str(moved)), ()):  # there, and back
        done = district.playbook("site", *options)
        assert done.status == 0, done.output
        assert re.search(r"^ubnd-router +waits for the communes: ", done.output, re.M), done.output
        assert re.search(r"^ubnd-router +sent, confirmed and saved", done.output, re.M), done.output
        assert re.search(r"(\d+)/\1 điểm cầu sẵn sàng", done.output), done.output


def test_a_hub_does_not_move_while_a_commune_would_be_left_alone(district: District) -> None:
    moved = LOGS / "moved.yml"
    moved.write_text("all:\n  hosts:\n    huyen-uy-router: {vpn: {listen_port: 51830}}\n", encoding="utf-8")
    district.must("twin", "power", "dang-router", "off")
    try:
        district.eventually(lambda: not district.ping("control", "10.77.255.17"))
        done = district.playbook("site", "-i", "inventory", "-i", str(moved), "-l", "huyen-uy-router")
    finally:
        district.must("twin", "power", "dang-router", "on")
    assert done.status != 0 and "Traceback" not in done.output
    assert "moves tunnels of communes that ubnd-router does not carry meanwhile: dang\n" in done.output, done.output
    assert "-e leave_behind=dang" in done.output
    assert recap(done.output)["huyen-uy-router"]["changed"] == 0
    district.eventually(lambda: district.ping("control", "10.77.255.17"), attempts=90)


@pytest.mark.parametrize("word", ["secrets made anew", "^huyen-uy-router +sent, confirmed and saved"])
def test_interrupted_in_the_middle_an_ordinary_run_and_the_same_command_end_well(district: District, word: str) -> None:
    """The control machine goes off once when keys were made and nobody has them, once when only the hub has them."""
    argv = ["twin", "run", "--", "ansible-playbook", "playbooks/rotate_keys.yml", "-l", "ga-ry-router"]
    run = subprocess.Popen(
        argv, cwd=PROJECT, env=district.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert run.stdout is not None
        assert any(re.search(word, line) for line in run.stdout), "the run ended before the moment that was waited for"
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait(30)
    assert "ga-ry-router" in secrets(district, "district")["rotation_due"]
    concerned = "huyen-uy-router,ubnd-router,ga-ry-router"
    ordinary = district.playbook("site", "-l", concerned)
    assert ordinary.status == 0, ordinary.output
    assert "CHƯA" not in ordinary.output, ordinary.output
    after = district.playbook("rotate_keys", "-l", "ga-ry-router")
    assert after.status == 0, after.output
    assert "left by the rotation that was interrupted" in after.output
    assert "rotation_due" not in secrets(district, "district")
    again = district.playbook("site", "-l", concerned)
    assert sum(counters["changed"] for counters in recap(again.output).values()) == 0, again.output
