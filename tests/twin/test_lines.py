"""Bad lines: late, lossy, slow, and good again; the link at the router's port stays all the time."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from tests.twin import udp_node
from tests.twin.conftest import Twin, make, until
from twin import fabric, line, namespaces
from twin.district import Circuit, Site
from twin.errors import TwinError
from twin.line import Line
from twin.meaning import Link, Meaning

FAR = Meaning("far", links=(Link("ether1", "ethernet", ("100.64.18.2/29",)),
                            Link("ether2", "ethernet", ("100.64.18.10/29",))))  # fmt: skip
ROUTER, NEAR, THERE, LTE_THERE = "far-away-router", "100.64.18.2", "100.64.18.1", "100.64.18.9"
GOOD = {"state": "up", "up_kbps": 2000, "down_kbps": 4000, "delay_ms": 0, "jitter_ms": 0, "loss_pct": 0}
ROUNDING = 10.0  # ms: the emulator counts in whole ones
CIRCUIT = Circuit("fibre", "ether1", 2000, 4000, None, None)


# --- what may be asked for ----------------------------------------------------------------------------------------


def test_what_is_not_given_stays() -> None:
    first = line.changed(line.good(CIRCUIT), {"delay": "200", "jitter": "20"})
    assert first == Line(2000, 4000, 200, 20, 0) and first.emulated
    assert line.changed(first, {"loss": "2.5", "rate": "1000"}) == Line(1000, 1000, 200, 20, 2.5)
    assert line.changed(first, {"rate": "500/1500"}) == Line(500, 1500, 200, 20, 0)
    assert not line.changed(first, {"delay": "0", "jitter": "0"}).emulated


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"delay": "-1"}, "--delay: '-1' is no number of ms from 0 to 10000"),
        ({"delay": "long"}, "--delay: 'long' is no number of ms"),
        ({"delay": "nan"}, "--delay: 'nan' is no number of ms"),
        ({"loss": "101"}, "--loss: '101' is no number of percent from 0 to 100"),
        ({"jitter": "5"}, "--jitter: 5 ms is more than the delay of 0 ms"),
        ({"rate": "fast"}, "--rate: 'fast' is no rate; expected kbit/s"),
        ({"rate": "0"}, "--rate: '0' is no rate"),
        ({"rate": "1000/"}, "--rate: '1000/' is no rate"),
        ({"rate": "1/2/3"}, "--rate: '1/2/3' is no rate"),
    ],
)
def test_a_wish_that_no_line_grants(wish: dict[str, str], words: str) -> None:
    with pytest.raises(TwinError) as refused:
        line.changed(line.good(CIRCUIT), wish)
    assert str(refused.value).startswith(words)


def test_a_kernel_with_netem_does_it_itself() -> None:
    address = IPv4Address("10.88.18.1")
    lan = IPv4Network("10.88.18.0/24")
    site = Site("far-away", 18, "routeros", "7.18", (CIRCUIT,), ("ether3",), lan, address, "", "", "")
    circuit = CIRCUIT
    bad = Line(1000, 3000, 200, 20, 5)
    lines = fabric.shaped(site, circuit, bad, netem=True, anew=False)
    bridge = fabric.circuit_bridge(site.name, circuit.name)
    assert [text.split(" burst")[0] for text in lines] == [
        f"qdisc replace dev {bridge}-r root handle 1: tbf rate 3000kbit",
        f"qdisc replace dev {bridge}-r parent 1:1 handle 10: netem limit 10000 delay 200ms 20ms loss 5%",
        f"qdisc replace dev {bridge}-p root handle 1: tbf rate 1000kbit",
        f"qdisc replace dev {bridge}-p parent 1:1 handle 10: netem limit 10000 delay 200ms 20ms loss 5%",
    ]
    better = fabric.shaped(site, circuit, replace(bad, delay_ms=0, jitter_ms=0, loss_pct=0), netem=True, anew=True)
    assert f"qdisc del dev {bridge}-r root" in better and "netem" not in " ".join(better)


# --- what it does -------------------------------------------------------------------------------------------------


@pytest.fixture
def far(twin: Twin) -> Iterator[Twin]:
    """Every line is good, before and afterwards."""
    if NEAR not in twin.nodes()[ROUTER]["addresses"]:
        twin.put(ROUTER, FAR)
    yield twin
    for circuit in ("far-away/fibre", "far-away/lte"):
        twin.must("line", circuit, "--good")
        twin.must("mend", circuit)


def ping(twin: Twin, count: int = 5, pause: float = 0.2, target: str = THERE) -> tuple[float, float]:
    """The shortest round trip in ms, and how many of a hundred were lost."""
    shown = twin.on(ROUTER, f"ping -q -c {count} -i {pause} -W 3 {target} 2>&1 || true")
    if "unreachable" in shown and "packet loss" not in shown:  # without a link there is no way to go
        return float("inf"), 100.0
    lost = re.search(r"([\d.]+)% packet loss", shown)
    times = re.search(r"min/avg/max/mdev = ([\d.]+)/", shown)
    assert lost is not None, shown
    return float(times[1]) if times else float("inf"), float(lost[1])


def circuits(twin: Twin) -> dict[str, Any]:
    return dict(twin.nodes()[ROUTER]["circuits"])


def carrier_changes(twin: Twin) -> int:
    return int(twin.on(ROUTER, "cat /sys/class/net/ether1/carrier_changes"))


def told(twin: Twin) -> str:
    return next(text for text in twin.must("status").splitlines() if text.startswith(ROUTER))


@pytest.mark.root
def test_a_late_line(far: Twin) -> None:
    assert ping(far)[0] < 200 and circuits(far)["fibre"] == GOOD
    before = carrier_changes(far)
    far.must("line", "far-away/fibre", "--delay", "200")
    shortest, lost = ping(far)
    assert shortest >= 2 * 200 - ROUNDING and lost < 100, "200 ms there and 200 ms back, and what the computer needs"
    assert ping(far, target=LTE_THERE)[0] < 200, "the other circuit is none the worse"
    assert circuits(far)["fibre"] == {**GOOD, "delay_ms": 200} and "fibre 200 ms late" in told(far)
    far.must("line", "far-away/fibre", "--delay", "100")
    assert 2 * 100 - ROUNDING <= ping(far)[0] < 400
    far.must("line", "far-away/fibre", "--good")
    assert ping(far)[0] < 200 and circuits(far)["fibre"] == GOOD and "late" not in told(far)
    assert carrier_changes(far) == before, "the router saw no link go"
    assert processes(far) == []


@pytest.mark.root
def test_a_lossy_line(far: Twin) -> None:
    far.must("line", "far-away/fibre", "--loss", "5")
    # 5 % each way are 9.75 % of 400 round trips: outside these bounds less often than once in a million times.
    assert 2.5 < ping(far, 400, 0.01)[1] < 19
    far.must("line", "far-away/fibre", "--loss", "100")
    assert ping(far, 3)[1] == 100
    far.must("line", "far-away/fibre", "--loss", "0")
    assert ping(far)[1] == 0


@pytest.mark.root
def test_a_slow_line(far: Twin) -> None:
    fast = throughput(far, 4000)
    far.must("line", "far-away/fibre", "--rate", "1000/500")
    assert (circuits(far)["fibre"]["up_kbps"], circuits(far)["fibre"]["down_kbps"]) == (1000, 500)
    slow = throughput(far, 4000)
    assert slow < 1100 and slow < 0.75 * fast, "half of what it was"
    far.must("line", "far-away/fibre", "--delay", "50")
    assert throughput(far, 4000) < 1100, "also when it is late"
    far.must("line", "far-away/fibre", "--good")
    assert throughput(far, 4000) > 1.3 * slow


def throughput(twin: Twin, kbps: int) -> float:
    """What arrives at the provider of a stream from the router, in kbit/s."""
    listening = udp_node.receivers(twin, "provider", [5009])
    sender = udp_node.start(twin, ROUTER, "send", THERE, 5009, 0, kbps, 1000, 3.0)
    udp_node.told(sender)
    got = udp_node.told(listening[5009])
    return got["count"] * 8 * (1000 + 14) / got["seconds"] / 1000


@pytest.mark.root
def test_a_bad_line_can_be_cut_and_outlives_the_power(far: Twin) -> None:
    far.must("line", "far-away/fibre", "--delay", "150")
    far.must("cut", "far-away/fibre")
    assert ping(far, 2)[1] == 100 and circuits(far)["fibre"] == {**GOOD, "state": "dark", "delay_ms": 150}
    assert "fibre cut 150 ms late" in told(far)
    far.must("line", "far-away/fibre", "--delay", "100")
    assert ping(far, 2)[1] == 100
    far.must("mend", "far-away/fibre")
    assert ping(far)[0] >= 2 * 100 - ROUNDING
    far.must("cut", "far-away/fibre", "--silent")
    assert circuits(far)["fibre"]["state"] == "silent" and ping(far, 2)[1] == 100
    far.must("mend", "far-away/fibre")
    far.must("power", ROUTER, "off")
    assert circuits(far)["fibre"]["delay_ms"] == 100
    far.must("power", ROUTER, "on")
    assert ping(far)[0] >= 2 * 100 - ROUNDING
    far.must("replace", ROUTER)
    far.put(ROUTER, FAR)
    assert ping(far)[0] >= 2 * 100 - ROUNDING
    rates = far.on("wires", "tc qdisc show | grep -o 'tbf.*rate [^ ]*'")
    assert rates.count("rate 2Mbit") == rates.count("rate 4Mbit") == 1


@pytest.mark.root
def test_a_line_that_dies_is_put_up_again(far: Twin) -> None:
    far.must("line", "far-away/fibre", "--delay", "100")
    for name in ("wirefilter", "vde_switch"):
        (pid, *_) = [pid for pid, program in processes(far) if program == name]
        os.kill(pid, signal.SIGKILL)
        until(lambda gone=pid: gone not in [pid for pid, _ in processes(far)] and len(processes(far)) > 2)  # type: ignore[misc]
        until(lambda: ping(far, 2)[1] == 0)
        assert ping(far)[0] >= 2 * 100 - ROUNDING, "as late as before"
    assert "ended by itself" in (far.state.log.read_text())


@pytest.mark.root
def test_a_line_that_cannot_be_put_up_again_says_so_until_it_is_good(far: Twin) -> None:
    far.must("line", "far-away/fibre", "--delay", "100")
    bridge = fabric.circuit_bridge("far-away", "fibre")
    tap = f"{bridge}-a"  # what has its name when a new one is made is none, and does not go into a bridge
    far.on("wires", f"ip link set {tap} down; ip link set {tap} name gone; ip link add {tap} type bridge")
    os.kill(processes(far)[0][0], signal.SIGKILL)
    until(lambda: circuits(far)["fibre"]["state"] == "silent", 30)
    assert ping(far, 2)[1] == 100
    far.on("wires", f"ip link delete {tap}")
    far.must("line", "far-away/fibre", "--good")
    assert circuits(far)["fibre"] == GOOD and ping(far)[1] == 0


def processes(twin: Twin) -> list[tuple[int, str]]:
    """The programs that are lines: their ids and names."""
    found = []
    for pid in namespaces.processes([twin.state.namespace("wires")]):
        with contextlib.suppress(OSError):  # it ended just now
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            found += [(pid, name)] if name in ("wirefilter", "vde_switch") else []
    return found


@pytest.mark.root
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("far-away/fibre",), "say what the line shall be"),
        (("far-away/fibre", "--good", "--loss", "1"), "say what the line shall be"),
        (("far-away/fibre", "--delay", "much"), "--delay: 'much' is no number of ms"),
        (("far-away", "--good"), "far-away has several circuits"),
        (("nowhere", "--loss", "1"), "there is no site 'nowhere'"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(twin: Twin, words: tuple[str, ...], message: str) -> None:
    done = twin.run("line", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.root
@pytest.mark.parametrize("kill", [False, True])
def test_nothing_of_a_bad_line_stays(tmp_path: Path, kill: bool) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    twin = make(tmp_path / ("deep-" * 20))
    mounts = Path("/proc/mounts").read_text()
    twin.must("up", "--only", "hub")
    twin.must("line", "hub", "--delay", "50", "--loss", "1")
    assert len(processes(twin)) == 3
    if kill:
        record = json.loads((twin.state.directory / "supervisor.json").read_text())
        os.kill(record["pid"], signal.SIGKILL)
        until(lambda: processes(twin) == [])
    twin.must("down")
    assert twin.leftovers() == [] and not twin.state.directory.exists()
    assert new(mounts, Path("/proc/mounts").read_text(), twin) == []


def new(before: str, after: str, twin: Twin) -> list[str]:
    """The mounts of this twin that were not there before."""
    added = set(after.splitlines()) - set(before.splitlines())
    return [text for text in added if twin.state.prefix in text or "/run/line" in text]


# --- the call server ----------------------------------------------------------------------------------------------


@pytest.mark.root
def test_a_call_server_without_power_answers_nothing(twin: Twin) -> None:
    def answers() -> bool:
        return (
            twin.run("exec", "control", "--", "ping", "-q", "-c", "2", "-i", "0.2", "-W", "2", "10.88.1.15").returncode
            == 0
        )

    assert answers()
    twin.must("power", "call-server", "off")
    assert not answers() and twin.nodes()["call-server"]["power"] == "off"
    twin.must("power", "call-server", "on")
    until(answers)
    assert twin.nodes()["call-server"]["registrations"] is not None
