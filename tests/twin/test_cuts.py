"""A storm cuts a line: nothing comes through, with or without light at the router's port, until it is mended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.conftest import Twin
from twin import lifecycle, state
from twin.meaning import Link, Meaning

pytestmark = pytest.mark.root

LINES = (Link("ether1", "ethernet", ("100.64.18.2/29",)), Link("ether2", "ethernet", ("100.64.18.10/29",)))
FAR = Meaning("far", links=LINES)
HERE = {"fibre": "100.64.18.2", "lte": "100.64.18.10"}
THERE = {"fibre": "100.64.18.1", "lte": "100.64.18.9"}  # the provider's end of each circuit

# Says whether a frame arrives at the router within two seconds; its own questions for neighbours do not count.
ARRIVES = """
import select, socket, time
port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
port.bind(("ether1", 0))
end, found = time.monotonic() + 2, "nothing"
while found == "nothing" and select.select([port], [], [], max(0, end - time.monotonic()))[0]:
    if port.recvfrom(99)[1][2] != socket.PACKET_OUTGOING:
        found = "a frame"
print(found)
"""


@pytest.fixture
def far(twin: Twin) -> Iterator[Twin]:
    """Every circuit is whole, before and afterwards."""
    if HERE["lte"] not in twin.nodes()["far-away-router"]["addresses"]:
        twin.put("far-away-router", FAR)
    yield twin
    for circuit in ("far-away/fibre", "far-away/lte", "hub/fibre"):
        assert state.ask(twin.state.directory / "control", {"verb": "mend", "circuit": circuit}, 10) == {"ok": True}


def passes(twin: Twin, circuit: str) -> bool:
    """Whether packets pass, in both directions or in none.

    After a cut a neighbour is asked for at most once a second: an answer takes longer than that.
    """
    ways = (("far-away-router", THERE[circuit]), ("provider", HERE[circuit]))
    ping = ("ping", "-q", "-c", "5", "-i", "0.4", "-W", "3")
    started = [twin.start("exec", node, "--", *ping, address) for node, address in ways]
    for process in started:
        process.communicate(timeout=30)
    up, down = (process.returncode == 0 for process in started)
    assert up == down
    return up


def carrier(twin: Twin, port: str) -> bool:
    return twin.on("far-away-router", f"cat /sys/class/net/{port}/carrier").strip() == "1"


def cut(twin: Twin, router: str = "far-away-router") -> object:
    return next(node["cut"] for node in lifecycle.nodes(twin.state) if node["name"] == router)


def test_a_cut_fibre_has_no_light_and_the_other_circuit_works(far: Twin) -> None:
    assert passes(far, "fibre") and passes(far, "lte") and cut(far) == []
    far.must("cut", "far-away/fibre")
    assert not carrier(far, "ether1") and carrier(far, "ether2")
    assert not passes(far, "fibre") and passes(far, "lte")
    assert far.nodes()["far-away-router"]["cut"] == ["fibre"] and far.nodes()["hub-router"]["cut"] == []
    assert "factory-new" not in (line := router_line(far)) and "provisioned, fibre cut " in line
    far.must("cut", "far_away/lte")
    far.must("cut", "far_away/lte")  # a second storm at the same place changes nothing
    assert not passes(far, "lte") and cut(far) == ["fibre", "lte"]
    far.must("mend", "far-away/fibre")
    far.must("mend", "far-away/lte")
    assert carrier(far, "ether1") and passes(far, "fibre") and passes(far, "lte") and cut(far) == []


def router_line(twin: Twin) -> str:
    return next(line for line in twin.must("status").splitlines() if line.startswith("far-away-router"))


def test_a_silent_cut_keeps_the_light(far: Twin) -> None:
    assert passes(far, "fibre")  # both ends know each other's address now
    far.must("cut", "--silent", "far-away/fibre")
    assert carrier(far, "ether1") and not passes(far, "fibre") and cut(far) == ["fibre"]
    listener = far.start("exec", "far-away-router", "--", "python3", "-c", ARRIVES)
    far.run("exec", "provider", "--", "ping", "-c", "3", "-i", "0.2", "-W", "0.5", "100.64.18.2")
    assert listener.communicate(timeout=20)[0].strip() == "nothing", "not even a broadcast arrives"
    far.must("cut", "far-away/fibre")  # now the tree falls on what was left
    assert not carrier(far, "ether1")
    far.must("cut", "far-away/fibre", "--silent")
    assert carrier(far, "ether1") and not passes(far, "fibre")
    far.must("mend", "far-away/fibre")
    assert carrier(far, "ether1") and passes(far, "fibre")


@pytest.mark.parametrize("how", [(), ("--silent",)])
def test_a_cut_outlives_the_routers_power(far: Twin, how: tuple[str, ...]) -> None:
    far.must("cut", "far-away/fibre", *how)
    far.must("power", "far-away-router", "off")
    assert cut(far) == ["fibre"] and ", fibre cut" in router_line(far)
    far.must("power", "far-away-router", "on")
    assert carrier(far, "ether1") is bool(how)
    assert not passes(far, "fibre") and passes(far, "lte")
    far.must("mend", "far-away/fibre")
    assert passes(far, "fibre")


def test_a_mended_circuit_has_its_rate_again(far: Twin) -> None:
    before = far.on("wires", "tc qdisc show | grep -c 'tbf .* rate'")
    far.must("cut", "far-away/fibre")
    far.must("mend", "far-away/fibre")
    assert far.on("wires", "tc qdisc show | grep -c 'tbf .* rate'") == before == "6\n"


def test_the_site_is_enough_when_it_has_one_circuit(far: Twin) -> None:
    far.must("cut", "hub")
    assert cut(far, "hub-router") == ["fibre"]
    far.must("mend", "hub")
    assert cut(far, "hub-router") == []


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        ("nowhere/fibre", "nowhere/fibre: there is no site 'nowhere'; there are: hub, far-away"),
        ("far-away", "far-away: far-away has several circuits; say one of: far-away/fibre, far-away/lte"),
        ("far-away/radio", "far-away has no circuit 'radio'; say one of: far-away/fibre, far-away/lte"),
        ("hub/lte", "hub has no circuit 'lte'; say one of: hub/fibre"),
    ],
)
def test_a_wrong_name_is_told_in_one_line(twin: Twin, circuit: str, message: str) -> None:
    done = twin.run("cut", circuit)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr and done.stderr.count("\n") == 1
    told = state.ask(twin.state.directory / "control", {"verb": "mend", "circuit": circuit}, 10)
    assert message in str(told["error"])


def test_a_factory_new_router_on_a_cut_line(far: Twin) -> None:
    """The new unit's port has no light either."""
    far.must("cut", "far-away/fibre")
    far.must("replace", "far-away-router")
    far.put("far-away-router", FAR)
    assert not carrier(far, "ether1") and carrier(far, "ether2") and cut(far) == ["fibre"]
    assert not passes(far, "fibre") and passes(far, "lte")
    far.must("mend", "far-away/fibre")
    assert carrier(far, "ether1") and passes(far, "fibre")
