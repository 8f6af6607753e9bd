"""The twin comes up, serves its verbs, and leaves nothing behind however it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin.conftest import INVENTORY, Twin, make, until
from twin import fabric, namespaces
from twin.errors import TwinError
from twin.meaning import Link, Meaning
from twin.state import State

pytestmark = pytest.mark.root

FAR = Meaning(
    "far",
    links=(Link("lo", "loopback", ("10.88.255.18/32",)), Link("ether1", "ethernet", ("100.64.18.2/30",))),
    frr="ip route 10.99.0.0/16 blackhole\n",
)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Twin]:
    """A twin that a test may break; it is taken down afterwards."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    twin = make(tmp_path / "clone")
    yield twin
    twin.must("down")
    assert twin.leftovers() == []


def supervisor(twin: Twin) -> int:
    process = twin.state.supervisor()
    assert process is not None
    return process.pid


def test_only_what_it_made_is_there_and_nothing_after_down(own: Twin) -> None:
    links = subprocess.run(["ip", "link"], capture_output=True, text=True, check=True).stdout
    routes = subprocess.run(["ip", "route", "show", "table", "all"], capture_output=True, text=True, check=True).stdout
    mounts = Path("/proc/self/mounts").read_text()
    alone = not os.path.isdir("/run/netns")
    (own.folder / "meaning.json").touch()
    files = set(own.folder.rglob("*"))
    own.must("up")
    assert own.give("far-away-router", FAR).returncode == 0
    process = own.state.supervisor()
    assert process is not None
    assert subprocess.run(["ip", "link"], capture_output=True, text=True, check=True).stdout == links
    own.must("down")
    assert not process.alive()
    assert own.leftovers() == []
    assert set(own.folder.rglob("*")) == files
    assert subprocess.run(["ip", "link"], capture_output=True, text=True, check=True).stdout == links
    after = subprocess.run(["ip", "route", "show", "table", "all"], capture_output=True, text=True, check=True).stdout
    assert after == routes
    if alone and not os.path.isdir("/run/netns"):  # other twins may come and go meanwhile
        assert Path("/proc/self/mounts").read_text() == mounts
    own.must("down")  # again: nothing to do


def test_a_namespace_of_somebody_else_stays(own: Twin) -> None:
    other = f"not-of-a-twin-{os.getpid()}"
    namespaces.create([other])
    try:
        own.must("up")
        own.must("down")
        assert namespaces.existing(other) == [other]
    finally:
        namespaces.remove([other])


def test_a_killed_supervisor_takes_every_process_along_and_the_disks_stay(own: Twin) -> None:
    own.must("up")
    assert own.give("far-away-router", FAR).returncode == 0
    names = namespaces.existing(own.state.prefix)
    assert len(namespaces.processes(names)) > 10
    os.kill(supervisor(own), signal.SIGKILL)
    until(lambda: not namespaces.processes(names), timeout=3)
    assert own.run("status").returncode == 1
    own.must("up")
    router = own.nodes()["far-away-router"]
    assert router["factory_new"] is False
    assert "10.88.255.18" in router["addresses"]
    os.kill(supervisor(own), signal.SIGKILL)  # the fixture's `down` finds a killed twin


@pytest.mark.parametrize("delay", [0.6, 0.75, 0.9, 1.05, 1.2])
def test_a_killed_up_leaves_nothing_that_down_does_not_find(own: Twin, delay: float) -> None:
    """The delays, in seconds, meet the reading of the inventory, the cables and the booting."""
    process = own.start("up")
    time.sleep(delay)
    process.kill()
    process.wait()
    until(lambda: own.run("down").returncode == 0, timeout=5)
    time.sleep(1)
    assert own.leftovers() == []
    assert not own.state.directory.exists()


def test_up_again_keeps_everything_and_fresh_starts_anew(own: Twin) -> None:
    own.must("up")
    assert own.give("far-away-router", FAR).returncode == 0
    process = supervisor(own)
    assert "up already" in own.must("up")
    assert supervisor(own) == process
    assert own.nodes()["far-away-router"]["factory_new"] is False
    own.must("up", "--fresh")
    assert supervisor(own) != process
    assert own.nodes()["far-away-router"]["factory_new"] is True


def test_a_removed_state_directory_ends_the_twin(own: Twin) -> None:
    own.must("up")
    process = supervisor(own)
    shutil.rmtree(own.state.directory)
    until(lambda: not Path(f"/proc/{process}").exists() and own.leftovers() == [])


def test_down_ends_what_people_started_in_it(own: Twin) -> None:
    own.must("up")
    sleeper = own.start("run", "--", "sleep", "1000")
    below = own.start("exec", "far-away-router", "--", "sleep", "1000")
    names = [own.state.namespace("control"), own.state.namespace("far-away-router")]

    def commands() -> list[str]:
        return [Path(f"/proc/{pid}/cmdline").read_text() for pid in namespaces.processes(names)]

    until(lambda: commands().count("sleep\x001000\x00") == 2)
    own.must("down")
    assert sleeper.wait(5) == -signal.SIGKILL
    assert below.wait(5) != 0


def test_some_sites_only(own: Twin) -> None:
    own.must("up", "--only", "far_away")
    assert list(own.nodes()) == ["internet", "control", "call-server", "far-away-router", "far-away-room"]
    done = own.run("up", "--only", "hub")
    assert done.returncode == 1
    assert "is up with other sites" in done.stderr


def test_status_of_a_twin_that_is_not_up(own: Twin) -> None:
    done = own.run("status", "--json")
    assert (done.returncode, done.stdout) == (1, "[]\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("up_kbps: 2000, ", "", "far-away-router: wan.circuits[fibre].up_kbps is missing in the inventory"),
        ("number: 18", "number: 1", "site.number 1 is"),
        ("platform: routeros", "platform: junos", "far-away-router: the twin knows no platform 'junos'"),
        ("10.88.0.0/16", "10.88.0/16", "all: district.supernet is '10.88.0/16', expected a /16"),
        ("203.0.113.1}", "203.0.114.1}", "hub-router: wan.circuits[fibre].gateway is 203.0.114.1"),
        ("name: lte", "name: radio", "wan.circuits[radio].port is missing"),
        ('mac: "64:16:7f:88:00:12"', "note: none", "far-away-room: mac is missing in the inventory"),
        ("control: hub", "control: nowhere", "district.control names 'nowhere', which is no site"),
    ],
)
def test_an_inventory_that_cannot_be_built(own: Twin, old: str, new: str, message: str) -> None:
    assert old in INVENTORY
    (own.folder / "inventory" / "hosts.yml").write_text(INVENTORY.replace(old, new))
    done = own.run("up")
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert own.leftovers() == []


def test_a_router_that_does_not_boot_is_named_and_nothing_stays(own: Twin) -> None:
    disk = own.state.node("far-away-router") / "disk"
    disk.mkdir(parents=True)
    (disk / "meaning.json").write_text("{")
    done = own.run("up")
    assert done.returncode == 1
    assert "far-away-router ended while booting" in done.stderr
    assert str(own.state.node("far-away-router") / "log") in done.stderr
    assert own.leftovers() == []


def test_two_twins_of_one_folder_do_not_wait_for_each_other(tmp_path: Path) -> None:
    one, other = State(tmp_path / "build" / "one"), State(tmp_path / "build" / "other")
    with one.lock(), other.lock():
        with pytest.raises(TwinError, match="another `twin up` or `twin down` works on"), one.lock():
            pass
        (one.directory / "log").touch()
        one.empty()
    assert not (tmp_path / "build").exists()


# The rest looks at one twin that stays up.


def test_run_keeps_directory_status_and_network(twin: Twin) -> None:
    done = twin.run("run", "--", "sh", "-c", "pwd; ip -4 -br address show eth0; exit 9", cwd=Path("/etc"))
    assert done.returncode == 9
    assert done.stdout.startswith("/etc\n")
    assert "10.88.1.10/24" in done.stdout
    assert twin.run("run", "--", "no-such-command").returncode == 127
    assert twin.on("control", "ls /sys/class/net").split() == ["eth0", "lo"]
    assert "default via 10.88.1.1" in twin.on("call-server", "ip route")


def test_a_signal_reaches_the_command_inside(twin: Twin) -> None:
    waits = "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done"
    process = twin.start("exec", "far-away-router", "--", "sh", "-c", waits)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.terminate()
    assert process.wait(5) == 5


def test_a_node_that_does_not_exist_is_told_with_those_that_do(twin: Twin) -> None:
    done = twin.run("exec", "ga-ry-router", "--", "true")
    assert done.returncode == 1
    assert "no node ga-ry-router; there are: call-server, control, far-away-room" in done.stderr


def test_the_line_has_the_circuits_rates(twin: Twin) -> None:
    """2000 kbit/s up, 4000 down: measured with UDP that is faster."""
    twin.put("far-away-router", FAR)
    for source, target, address, rate in (
        ("far-away-router", "provider", "100.64.18.1", 2000),
        ("provider", "far-away-router", "100.64.18.2", 4000),
    ):
        receiver = twin.start("exec", target, "--", "python3", "-c", RECEIVE)
        assert receiver.stdout is not None
        assert receiver.stdout.readline() == "ready\n"
        twin.on(source, f"python3 -c '{SEND}' {address}")
        measured = float(receiver.communicate(timeout=20)[0])
        assert 0.8 * rate < measured < 1.15 * rate, (source, measured)


SEND = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end = time.monotonic() + 3
while time.monotonic() < end:
    s.sendto(bytes(1172), (sys.argv[1], 9000))
    time.sleep(0.001)
"""
RECEIVE = """
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 9000))
print("ready", flush=True)
s.recv(2000)
s.settimeout(1)
time.sleep(0.5)  # the bucket's burst is over
s.setblocking(False)
try:
    while True: s.recv(2000)
except BlockingIOError: pass
s.settimeout(1)
began, count = time.monotonic(), 0
while time.monotonic() < began + 1.5:
    count += len(s.recv(2000)) + 28
print(count * 8 / 1000 / (time.monotonic() - began))
"""


def test_power(twin: Twin) -> None:
    twin.put("far-away-router", FAR)
    twin.on("provider", "ping -c 1 -W 2 100.64.18.2")
    twin.must("power", "far-away-router", "off")
    assert twin.nodes()["far-away-router"]["power"] == "off"
    assert twin.run("exec", "provider", "--", "ping", "-c", "1", "-W", "1", "100.64.18.2").returncode == 1
    cable = fabric.circuit_bridge("far-away", "fibre") + "-r"
    assert "NO-CARRIER" in twin.on("wires", f"ip link show {cable}")
    done = twin.run("usb", "far-away-router", "/etc/hostname")
    assert done.returncode == 1
    assert "is it on?" in done.stderr
    twin.must("power", "far-away-router", "on")
    twin.on("provider", "ping -c 1 -W 2 100.64.18.2")
    done = twin.run("power", "control", "off")
    assert done.returncode == 1
    assert "control has no power switch" in done.stderr


def test_a_reboot_comes_back_from_the_disk(twin: Twin, tmp_path: Path) -> None:
    twin.put("far-away-router", FAR)
    (tmp_path / "reboot").touch()
    twin.on("far-away-router", "touch /run/before")  # in memory: gone with the machine
    assert twin.run("usb", "far-away-router", str(tmp_path / "reboot")).returncode == 1
    until(lambda: twin.run("exec", "far-away-router", "--", "test", "!", "-e", "/run/before").returncode == 0)
    until(lambda: twin.nodes()["far-away-router"]["ready"])
    assert "10.88.255.18" in twin.nodes()["far-away-router"]["addresses"]


def test_the_console_tells_what_went_wrong_and_lives_on(twin: Twin, tmp_path: Path) -> None:
    (tmp_path / "crash").touch()
    done = twin.run("usb", "hub-router", str(tmp_path / "crash"))
    assert (done.returncode, done.stderr) == (1, "ValueError: crashed as told\n")
    assert twin.run("usb", "hub-room", str(tmp_path / "crash")).returncode == 1
    assert twin.run("usb", "hub-router", str(tmp_path / "missing")).returncode == 1
    assert twin.nodes()["hub-router"]["ready"] is True


def test_connections_are_forgotten_with_the_power(twin: Twin) -> None:
    rules = "table ip t {\n chain c {\n type filter hook input priority 0\n ct state new accept\n }\n}"
    twin.put("far-away-router", Meaning("far", FAR.links, nft=rules))
    twin.on("far-away-router", f"python3 -c '{REMEMBER}'")
    twin.must("power", "far-away-router", "off")
    twin.must("power", "far-away-router", "on")
    twin.on("far-away-router", "test $(cat /proc/sys/net/netfilter/nf_conntrack_count) -lt 20")


REMEMBER = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in range(2000, 2100): s.sendto(b"x", ("10.88.255.18", port))
count = int(open("/proc/sys/net/netfilter/nf_conntrack_count").read())
assert count >= 100, count
"""


def test_the_twin_answers_on_no_socket_of_the_machine(twin: Twin) -> None:
    shown = subprocess.run(["ss", "-Hlntup"], capture_output=True, text=True, check=True).stdout
    pids = namespaces.processes(namespaces.existing(twin.state.prefix))
    assert not [pid for pid in re.findall(r"pid=(\d+)", shown) if int(pid) in pids]
    mode = (twin.state.directory / "control").stat().st_mode
    assert mode & 0o077 == 0
    with pytest.raises(FileNotFoundError), socket.socket(socket.AF_UNIX) as client:
        client.connect("/run/frr/zebra.vty")


def test_a_room_does_not_keep_the_lease_of_a_router_that_was_set_up_anew(twin: Twin) -> None:
    def far(net: str) -> Meaning:
        lan = Link("lan", "bridge", (f"{net}.1/24",), members=("ether3",))
        pool = f"interface=lan\ndhcp-range={net}.20,{net}.29,255.255.255.0,30m\ndhcp-option=option:router,{net}.1\n"
        return Meaning("far", links=(Link("ether3", "ethernet"), lan), dnsmasq=pool)

    def has_one_of(net: str) -> bool:
        return [address[: len(net)] for address in twin.nodes()["far-away-room"]["addresses"]] == [net]

    for net in ("192.168.88.", "10.88.18."):
        twin.put("far-away-router", far(net[:-1]))
        until(lambda: has_one_of(net), timeout=30)  # noqa: B023 (called at once)


def test_looking_up_a_name_halts_nobody(twin: Twin) -> None:
    """With a default route, and with something on the DNS port that never answers."""
    twin.put("far-away-router", replace(FAR, frr="ip route 0.0.0.0/0 100.64.18.1\n"))
    for node in ("far-away-router", "far-away-room", "control"):
        took = float(twin.on(node, f"python3 -c '{LOOK_UP}'"))
        assert took < 4, (
            node
        )  # a resolver that asks waits for 5 s before it gives up once; the rest is a busy machine's


LOOK_UP = """
import socket, time
began = time.monotonic()
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if open("/etc/nsswitch.conf").read().count("hosts: files\\n"): silent.bind(("0.0.0.0", 53))
try: socket.getaddrinfo("a.name.that.does.not.exist", 80)
except socket.gaierror: print(time.monotonic() - began)
"""
