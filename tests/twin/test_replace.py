"""A factory-new unit in the place of the old one, and the old one back again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.twin.conftest import INVENTORY, Twin, make, until
from twin import district
from twin.district import RELEASES, District
from twin.errors import TwinError
from twin.meaning import DhcpClient, Link, Meaning
from twin.polycom.unit import serial_of
from twin.routeros.menu import FIRST, LAST
from twin.vyos.schema import RELEASES as VYOS_RELEASES

root = pytest.mark.root
ROUTER, ROOM = "far-away-router", "far-away-room"
MAC = "64:16:7f:88:00:12"


def routing(first: str, second: str) -> Meaning:
    """A router that asks for its address on one port and serves the LAN on the other."""
    lan = Link(second, "ethernet", ("10.88.18.1/24",))
    pool = f"interface={second}\ndhcp-range=10.88.18.20,10.88.18.29,255.255.255.0,30m\ndhcp-host={MAC},10.88.18.20\n"
    links = (Link(first, "ethernet"), lan)
    return Meaning("far", links=links, dhcp_clients=(DhcpClient(first, distance=1),), dnsmasq=pool)


def macs(twin: Twin) -> dict[str, str]:
    lines = twin.on(ROUTER, "cd /sys/class/net; for p in e*; do echo $p $(cat $p/address); done").splitlines()
    return {line.split()[0]: line.split()[1] for line in lines}


def has(twin: Twin, node: str, address: str) -> bool:
    return address in twin.nodes()[node]["addresses"]


def works(twin: Twin, first: str, second: str) -> None:
    """The circuit brings the provider's address, and the LAN's cable leads to the room."""
    twin.put(ROUTER, routing(first, second))
    until(lambda: has(twin, ROUTER, "100.64.18.2") and has(twin, ROOM, "10.88.18.20"), timeout=40)
    twin.on(ROUTER, "ping -q -c 1 -W 2 100.64.18.1")
    twin.on("provider", "ping -q -c 1 -W 2 100.64.18.2")
    twin.on(ROUTER, "ping -q -c 1 -W 2 10.88.18.20")


@root
def test_a_router_of_another_platform_and_the_old_one_back(twin: Twin) -> None:
    works(twin, "ether1", "ether3")
    old = macs(twin)
    twin.must("replace", ROUTER, "--platform", "vyos")
    told = twin.nodes()[ROUTER]
    assert (told["platform"], told["release"], told["unit"]) == ("vyos", "1.4", 1)
    assert (told["power"], told["ready"], told["factory_new"], told["addresses"]) == ("on", True, True, [])
    new = macs(twin)
    assert list(new) == ["eth0", "eth1", "eth2"]
    assert not set(new.values()) & set(old.values())
    works(twin, "eth0", "eth1")
    for power in ("off", "on"):
        twin.must("power", ROUTER, power)
    told = twin.nodes()[ROUTER]
    assert (told["platform"], told["factory_new"]) == ("vyos", False)
    assert macs(twin) == new
    until(lambda: has(twin, ROUTER, "100.64.18.2"))

    twin.must("replace", ROUTER, "--back")
    told = twin.nodes()[ROUTER]
    assert (told["platform"], told["release"], told["unit"]) == ("routeros", "7.18", 0)
    assert told["factory_new"] is False
    assert macs(twin) == old
    until(lambda: has(twin, ROUTER, "100.64.18.2"))
    twin.on("provider", "ping -q -c 1 -W 2 100.64.18.2")
    assert sorted(path.name for path in twin.state.node(ROUTER).glob("replaced-*")) == ["replaced-1"]


@root
def test_a_router_of_the_same_platform_is_factory_new_in_the_same_ports(twin: Twin) -> None:
    works(twin, "ether1", "ether3")
    before = twin.on("wires", "tc qdisc show | grep tbf | sort")
    old = macs(twin)
    twin.must("power", ROUTER, "off")
    twin.must("replace", ROUTER, "--release", "7.22")
    told = twin.nodes()[ROUTER]
    assert (told["platform"], told["release"], told["factory_new"]) == ("routeros", "7.22", True)
    new = macs(twin)
    assert list(new) == list(old) and not set(new.values()) & set(old.values())
    rates = [line.partition(" dev ")[2] for line in before.splitlines()]
    after = twin.on("wires", "tc qdisc show | grep tbf | sort").splitlines()
    assert sorted(line.partition(" dev ")[2] for line in after) == sorted(rates)


@root
def test_a_room_has_another_serial_number_and_the_inventorys_mac(twin: Twin) -> None:
    old = twin.nodes()[ROOM]
    assert (old["serial"], old["mac"]) == (serial_of(MAC), MAC)
    (twin.state.node(ROOM) / "disk" / "mark").touch()
    twin.must("replace", ROOM, "--model", "RealPresence Group 700")
    for _ in range(2):
        new = twin.nodes()[ROOM]
        assert (new["model"], new["mac"], new["factory_new"]) == ("RealPresence Group 700", MAC, True)
        assert len(new["serial"]) == 14 and new["serial"] != old["serial"]
        assert twin.on(ROOM, "cat /sys/class/net/eth0/address").strip() == MAC
        assert not (twin.state.node(ROOM) / "disk" / "mark").exists()
        for power in ("off", "on"):
            twin.must("power", ROOM, power)
    twin.must("replace", ROOM, "--back")
    assert twin.nodes()[ROOM] | {"addresses": [], "interfaces": {}} == old | {"addresses": [], "interfaces": {}}
    assert (twin.state.node(ROOM) / "disk" / "mark").exists()


@root
def test_a_room_with_another_mac(twin: Twin) -> None:
    twin.must("replace", ROOM, "--mac", "64:16:7F:88:00:99")
    new = twin.nodes()[ROOM]
    assert (new["mac"], new["model"]) == ("64:16:7f:88:00:99", "RealPresence Group 500")
    assert twin.on(ROOM, "cat /sys/class/net/eth0/address").strip() == "64:16:7f:88:00:99"


@root
@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("nobody-router",), "nobody-router is no router and no room of the twin; these are: hub-router, hub-room"),
        (("control",), "control is no router and no room of the twin"),
        (("hub-router", "--platform", "junos"), "--platform: the twin knows no platform 'junos', only vyos, routeros"),
        (("hub-router", "--release", "9.9"), "--release: the twin knows no vyos '9.9', only 1.4, 1.5"),
        (("hub-router", "--model", "RealPresence Group 310"), "hub-router is a router: --model and --mac are for"),
        (("hub-room", "--platform", "vyos"), "hub-room is a room: --platform and --release are for routers"),
        (("hub-room", "--model", "Webex"), "--model: the twin knows no 'Webex', only RealPresence Group 310"),
        (("hub-room", "--mac", "01:00:5e:00:00:01"), "--mac: '01:00:5e:00:00:01' is no unit's address"),
        (("hub-router", "--back"), "hub-router has no old unit to put back: it was not replaced"),
        (("hub-router", "--back", "--release", "1.5"), "no other option goes with it"),
    ],
)
def test_what_cannot_be_is_told_in_one_line_and_nothing_changes(
    twin: Twin, argv: tuple[str, ...], message: str
) -> None:
    before = {name: (node.get("pid"), node["ready"], node.get("unit")) for name, node in twin.nodes().items()}
    done = twin.run("replace", *argv)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr and done.stderr.count("\n") == 1
    after = {name: (node.get("pid"), node["ready"], node.get("unit")) for name, node in twin.nodes().items()}
    assert after == before


@root
def test_a_twin_that_is_not_up(tmp_path: Path) -> None:
    twin = make(tmp_path / "clone")
    for argv in (("cut", "hub"), ("mend", "hub"), ("replace", "hub-router")):
        done = twin.run(*argv)
        assert (done.returncode, done.stderr) == (1, "twin: the twin is not up; `twin up` raises it\n")


def listed(**circuit: Any) -> District:
    fibre = {"name": "fibre", "up_kbps": 1, "down_kbps": 1, **circuit}
    router = {
        "district": {"supernet": "10.88.0.0/16", "hubs": ["hub"], "control": "hub"},
        "site": {"number": 1},
        "platform": "vyos",
        "release": "1.4",
        "wan": {"circuits": [fibre]},
    }
    return district.from_hostvars({"hub-router": router, "hub-room": {"mac": MAC}})


def test_the_inventorys_ports_stay_on_the_same_platform_only() -> None:
    [site] = listed(port="eth2").sites
    assert site.on_platform("vyos", "1.5").circuits[0].port == "eth2"
    moved = site.on_platform("routeros", "7.18")
    assert (moved.circuits[0].port, moved.lan_ports[0]) == ("ether1", "ether3")


def test_a_circuit_whose_port_nothing_names() -> None:
    [site] = listed(name="radio", port="eth2").sites
    with pytest.raises(TwinError, match="nothing says into which port of a routeros unit the circuit radio goes"):
        site.on_platform("routeros", "7.18")


def test_the_releases_are_those_of_the_devices() -> None:
    assert RELEASES["vyos"] == VYOS_RELEASES
    assert RELEASES["routeros"] == tuple(f"7.{minor}" for minor in range(FIRST.minor, LAST.minor + 1))


def test_the_inventory_of_these_tests_has_what_they_replace() -> None:
    assert "far-away-router: {platform: routeros" in INVENTORY and MAC in INVENTORY
