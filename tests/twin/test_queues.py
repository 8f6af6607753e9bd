"""Queues at interfaces: only what differs is changed, and real packets get what their class was promised."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin import udp_node
from tests.twin.conftest import Twin
from tests.twin.routeros_kit import blank, wait
from tests.twin.test_vyos_meaning import meaning as vyos_meaning
from twin.device import MeaningError
from twin.linux import queues
from twin.meaning import LeafQueue, Link, Meaning, Shaper, TrafficClass

VOICE = TrafficClass(10, 1, 192_000, 192_000, 0, 15360, queue=LeafQueue("pfifo", 50))
REST = TrafficClass(11, 1, 300_000, 800_000, 7, queue=LeafQueue("pfifo", 50))
FILTER = "prio 1 protocol all u32 match ip dsfield 0xb8 0xff flowid 1:a"
SHAPER = Shaper("eth0", (TrafficClass(1, 0, 1_000_000, 1_000_000), VOICE, REST), 11, (FILTER,))


def test_the_first_time_everything_is_made() -> None:
    assert queues.difference(None, SHAPER) == [
        "qdisc replace dev eth0 root handle 1: htb default b",
        "class add dev eth0 parent 1: classid 1:1 htb rate 1000000bit ceil 1000000bit quantum 1514 prio 0",
        "class add dev eth0 parent 1:1 classid 1:a htb rate 192000bit ceil 192000bit quantum 1514 prio 0 burst 15360",
        "qdisc replace dev eth0 parent 1:a pfifo limit 50",
        "class add dev eth0 parent 1:1 classid 1:b htb rate 300000bit ceil 800000bit quantum 1514 prio 7",
        "qdisc replace dev eth0 parent 1:b pfifo limit 50",
        f"filter add dev eth0 parent 1: {FILTER}",
    ]
    assert queues.difference(SHAPER, SHAPER) == []


def test_a_changed_class_keeps_its_packets_and_the_others_are_not_touched() -> None:
    slower = replace(REST, ceil=500_000)
    assert queues.difference(SHAPER, replace(SHAPER, classes=(*SHAPER.classes[:2], slower))) == [
        "class change dev eth0 parent 1:1 classid 1:b htb rate 300000bit ceil 500000bit quantum 1514 prio 7"
    ]
    longer = replace(VOICE, queue=LeafQueue("bfifo", 9000))
    assert queues.difference(SHAPER, replace(SHAPER, classes=(SHAPER.classes[0], longer, REST))) == [
        "qdisc replace dev eth0 parent 1:a bfifo limit 9000"
    ]


def test_a_class_goes_after_its_filters_and_one_comes_before_them() -> None:
    without = replace(SHAPER, classes=(SHAPER.classes[0], REST), filters=())
    assert queues.difference(SHAPER, without) == ["filter del dev eth0 parent 1:", "class del dev eth0 classid 1:a"]
    again = queues.difference(without, SHAPER)
    assert [line.split()[0] for line in again] == ["class", "qdisc", "filter"] and "del" not in " ".join(again)


def test_another_default_or_another_tree_begins_anew() -> None:
    for other in (
        replace(SHAPER, default=10),
        replace(SHAPER, classes=(SHAPER.classes[0], VOICE, replace(REST, parent=0))),
    ):
        lines = queues.difference(SHAPER, other)
        assert lines[:2] == [
            "qdisc del dev eth0 root",
            f"qdisc replace dev eth0 root handle 1: htb default {other.default:x}",
        ]


@pytest.mark.parametrize("classes", [(VOICE,), (SHAPER.classes[0], SHAPER.classes[0])])
def test_what_is_no_tree_is_refused(classes: tuple[TrafficClass, ...]) -> None:
    with pytest.raises(MeaningError, match="eth0: class"):
        queues.check((Shaper("eth0", classes),))


# --- real packets: the room's marks count, those of another on the LAN do not ------------------------------------

LINES = """
qos policy shaper UP bandwidth 1mbit
qos policy shaper UP class 10 bandwidth 192kbit
qos policy shaper UP class 10 ceiling 192kbit
qos policy shaper UP class 10 queue-type drop-tail
qos policy shaper UP class 10 queue-limit 50
qos policy shaper UP class 10 match ef ip dscp EF
qos policy shaper UP default bandwidth 300kbit
qos policy shaper UP default ceiling 800kbit
qos policy shaper UP default priority 7
qos policy shaper UP default queue-type fq-codel
qos interface eth0 egress UP
policy route MARKS interface br0
policy route MARKS rule 10 source address {room}
policy route MARKS rule 10 action return
policy route MARKS rule 20 set dscp 0
"""
SCRIPT = r"""
/interface bridge add name=lan
/interface bridge port add bridge=lan interface=ether3
/ip address add address=10.88.18.1/24 interface=lan
/ip address add address=100.64.18.2/29 interface=ether1
/ip route add gateway=100.64.18.1
/ip firewall mangle
add chain=forward action=change-dscp new-dscp=0 in-interface=lan src-address=!{room} dscp=!0
add chain=postrouting action=mark-packet new-packet-mark=voice out-interface=ether1 dscp=46 passthrough=no
add chain=postrouting action=mark-packet new-packet-mark=rest out-interface=ether1 packet-mark=no-mark passthrough=no
/queue type add name=qos-voice kind=pfifo pfifo-limit=50
/queue type add name=qos-rest kind=fq-codel
/queue tree add name=up parent=ether1 max-limit=1M
/queue tree add name=voice parent=up packet-mark=voice limit-at=192k max-limit=192k priority=1 queue=qos-voice
/queue tree add name=rest parent=up packet-mark=rest limit-at=300k max-limit=800k queue=qos-rest
"""
TARGET = "192.0.2.10"  # the node "internet"
SECONDS = 4.0
CASES = {"vyos": ("hub-router", "control", "10.88.1.10", "call-server"),
         "routeros": ("far-away-router", "far-away-room", "10.88.18.20", "far-away-room")}  # fmt: skip


def vyos(room: str) -> Meaning:
    found = vyos_meaning("1.4", LINES.format(room=room))
    links = (Link("eth0", "ethernet", ("203.0.113.2/30",)), Link("eth1", "ethernet"),
             Link("br0", "bridge", ("10.88.1.1/24",), members=("eth1",)))  # fmt: skip
    return replace(found, links=links, dnsmasq="", frr="ip route 0.0.0.0/0 203.0.113.1\n")


def routeros(folder: Path, room: str) -> Meaning:
    async def work() -> Meaning:
        async with blank(folder) as bench:
            await bench.say(SCRIPT.format(room=room))
            return bench.meaning

    found: Meaning = wait(work())
    return found


@pytest.fixture(params=["vyos", "routeros"])
def shaped(twin: Twin, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """A router that shapes; the node with the room's address and the node of another."""
    router, node, room, other = CASES[request.param]
    twin.put(router, vyos(room) if request.param == "vyos" else routeros(tmp_path, room))
    if request.param == "routeros":
        twin.on(node, f"ip address replace {room}/24 dev eth0; ip route replace {TARGET} via 10.88.18.1 src {room}")
    return router, node, other


def send(twin: Twin, node: str, port: int, dscp: int, kbps: int) -> subprocess.Popen[str]:
    size = 200 if kbps < 200 else 1000  # bytes
    return udp_node.start(twin, node, "send", TARGET, port, dscp, kbps, size, SECONDS)


@pytest.mark.root
def test_the_marked_class_keeps_its_rate_and_the_rest_is_limited(twin: Twin, shaped: tuple[str, str, str]) -> None:
    _, room, _ = shaped
    listening = udp_node.receivers(twin, "internet", [5001, 5002])
    senders = [send(twin, room, 5001, 46, 120), send(twin, room, 5002, 0, 3000)]
    voice_sent, rest_sent = (udp_node.told(process)["count"] for process in senders)
    voice, rest = (udp_node.told(listening[port]) for port in (5001, 5002))
    assert voice["marks"] == [46] and rest["marks"] == [0]
    assert voice["count"] >= 0.99 * voice_sent > 100, "a call loses nothing"
    assert rest["seconds"] > 1
    assert rest["count"] * 8000 / rest["seconds"] < 1_000_000, "never more than the line has"
    assert rest["count"] < 0.8 * rest_sent, "much was too much"


@pytest.mark.root
def test_marks_of_others_are_cleared_and_wait_with_the_rest(twin: Twin, shaped: tuple[str, str, str]) -> None:
    router, room, other = shaped
    if other == room:  # a second machine on the same LAN
        twin.on(
            room,
            f"ip address replace 10.88.18.99/24 dev eth0; ip route replace {TARGET} via 10.88.18.1 src 10.88.18.99",
        )
    before = leaves(twin, router)
    listening = udp_node.receivers(twin, "internet", [5003])
    sent = udp_node.told(send(twin, other, 5003, 46, 120))["count"]
    got = udp_node.told(listening[5003])
    assert got["marks"] == [0] and got["count"] > 0
    voice, rest = (now - then for then, now in zip(before, leaves(twin, router), strict=True))
    assert voice == 0 and rest >= 0.9 * sent


def leaves(twin: Twin, router: str) -> tuple[int, int]:
    """The packets that went through voice's and the rest's queue."""
    shown = json.loads(twin.on(router, "tc -s -j qdisc show"))
    classes = {
        int(item["parent"][2:], 16): item["packets"] for item in shown if item.get("parent", "").startswith("1:")
    }
    voice, rest = sorted(classes)  # tc lists them in no order of ours
    return classes[voice], classes[rest]


@pytest.mark.root
def test_a_change_keeps_the_queues_and_power_takes_them_away(twin: Twin) -> None:
    first = vyos("10.88.1.10")
    twin.put("hub-router", first)
    twin.on("control", "ping -c 3 -i 0.2 -W 1 203.0.113.1 || true")  # nobody knows the way back
    counted = leaves(twin, "hub-router")
    assert counted[1] >= 3
    (shaper,) = first.shapers
    slower = replace(shaper, classes=(*shaper.classes[:2], replace(shaper.classes[2], ceil=500_000)))
    twin.put("hub-router", replace(first, shapers=(slower,)))
    assert "ceil 500Kbit" in twin.on("hub-router", "tc class show dev eth0")
    assert leaves(twin, "hub-router") >= counted, "the counters go on: nothing was made anew"
    twin.put("hub-router", replace(first, shapers=()))
    assert "htb" not in twin.on("hub-router", "tc qdisc show")
    twin.put("hub-router", first)
    assert leaves(twin, "hub-router")[1] < counted[1]
    twin.must("power", "hub-router", "off")
    assert (
        "htb"
        not in subprocess.run(
            ["tc", "-n", twin.state.namespace("hub-router"), "qdisc", "show"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    twin.must("power", "hub-router", "on")
    assert len(leaves(twin, "hub-router")) == 2
    refused = twin.give("hub-router", replace(first, shapers=(Shaper("eth0", (VOICE,)),)))
    assert refused.returncode == 1 and "class 10" in refused.stderr
    assert len(leaves(twin, "hub-router")) == 2


@pytest.mark.root
def test_an_interface_that_is_made_anew_gets_its_queues(twin: Twin) -> None:
    bridge = Link("br9", "bridge")
    shaper = replace(SHAPER, interface="br9")
    there = Meaning("hub", links=(bridge,), shapers=(shaper,))
    twin.put("hub-router", there)
    assert "htb" in twin.on("hub-router", "tc qdisc show dev br9")
    twin.put("hub-router", Meaning("hub", shapers=(shaper,)))  # as VyOS does: a policy waits for its interface
    twin.put("hub-router", there)
    assert twin.on("hub-router", "tc class show dev br9").count("class htb") == 3
