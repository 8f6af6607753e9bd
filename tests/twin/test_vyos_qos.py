"""``qos`` and ``policy route`` of VyOS: what it refuses, and what it means."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.twin.test_vyos_meaning import meaning
from tests.twin.vyos_bench import booted
from twin.meaning import LeafQueue, TrafficClass

POLICY = "qos policy shaper WG0"
VOICE = [
    f"{POLICY} bandwidth 1900kbit",
    f"{POLICY} class 10 bandwidth 192kbit",
    f"{POLICY} class 10 ceiling 192",
    f"{POLICY} class 10 priority 1",
    f"{POLICY} class 10 queue-type drop-tail",
    f"{POLICY} class 10 queue-limit 50",
    f"{POLICY} class 10 match hub-1 ip dscp EF",
    f"{POLICY} class 10 match hub-1 ip destination address 10.77.1.0/24",
    f"{POLICY} class 10 match hub-2 ip dscp EF",
    f"{POLICY} class 10 match hub-2 ip destination address 10.77.2.0/24",
    f"{POLICY} class 30 bandwidth 10%",
    f"{POLICY} class 30 match bgp ip protocol tcp",
    f"{POLICY} class 30 match bgp ip source port 179",
    f"{POLICY} class 30 match short ipv6 max-length 200",
    f"{POLICY} class 30 match short ipv6 tcp ack",
    f"{POLICY} class 30 match nothing description x",
    f"{POLICY} default bandwidth 500kbit",
    f"{POLICY} default ceiling 50%",
    f"{POLICY} default priority 7",
    f"{POLICY} default queue-type fair-queue",
    "qos interface wg0 egress WG0",
]
MARKS = [
    "policy route MARKS interface br0",
    "policy route MARKS rule 10 source address 10.77.18.20",
    "policy route MARKS rule 10 action return",
    "policy route MARKS rule 20 set dscp 0",
    "policy route MARKS rule 30 dscp 40-47",
    "policy route MARKS rule 30 dscp-exclude 46",
    "policy route MARKS rule 30 protocol udp",
    "policy route MARKS rule 30 destination port 5060,16384-16386",
    "policy route MARKS rule 30 action drop",
    "policy route MARKS rule 40 disable",
    "policy route MARKS rule 40 action drop",
]


@pytest.mark.parametrize("release", ["1.4", "1.5"])
def test_a_shaper_becomes_classes_and_filters(release: str) -> None:
    (shaper,) = meaning(release, "\n".join(VOICE)).shapers
    assert (shaper.interface, shaper.default) == ("wg0", 31)
    top, voice, control, rest = shaper.classes
    assert top == TrafficClass(1, 0, 1_900_000, 1_900_000)
    assert voice == TrafficClass(10, 1, 192_000, 192_000, 1, 15360, queue=LeafQueue("pfifo", 50))
    assert (control.number, control.rate, control.ceil) == (30, 190_000, 190_000), "without a ceiling nothing more"
    assert control.queue is not None and control.queue.kind == "fq_codel"
    assert (rest.number, rest.rate, rest.ceil, rest.priority) == (31, 500_000, 950_000, 7)
    assert rest.queue == LeafQueue("sfq")
    assert shaper.filters == (
        "prio 1 protocol all u32 match ip dst 10.77.1.0/24 match ip dsfield 0xb8 0xff flowid 1:a",
        "prio 1 protocol all u32 match ip dst 10.77.2.0/24 match ip dsfield 0xb8 0xff flowid 1:a",
        "prio 1 protocol all u32 match ip sport 179 0xffff match ip protocol 6 0xff flowid 1:1e",
        "prio 3 protocol all u32 match u16 0x0000 0xff37 at 4 match u8 0x10 0x10 at 53 flowid 1:1e",
    )


def test_a_number_is_the_whole_byte_as_in_old_versions() -> None:
    lines = [*VOICE, f"{POLICY} class 10 match number ip dscp 46"]
    (shaper,) = meaning("1.4", "\n".join(lines)).shapers
    assert any("match ip dsfield 0x2e 0xff" in words for words in shaper.filters)


def test_marks_are_cleared_before_routing() -> None:
    lines = [line.strip() for line in meaning("1.4", "\n".join(MARKS)).nft.splitlines()]
    begin = lines.index("chain VYOS_PBR_UD_MARKS {")
    assert lines[begin : begin + 5] == [
        "chain VYOS_PBR_UD_MARKS {",
        'ip saddr 10.77.18.20 counter return comment "10"',
        'counter ip dscp set 0 return comment "20"',
        "meta l4proto udp udp dport { 5060, 16384-16386 } ip dscp { 40-47 } ip dscp != { 46 } counter drop"
        ' comment "30"',
        "}",
    ]
    assert 'iifname { "br0" } counter jump VYOS_PBR_UD_MARKS' in lines


REFUSED = [
    ("qos", ["qos interface eth0 egress NONE"], 'Selected QoS policy "NONE" does not exist!'),
    ("qos", ["qos interface wg0 ingress WG0"], 'Selected QoS policy on interface "wg0" only supports "[\'egress\']"!'),
    ("qos", [f"{POLICY} class 40 description x"], 'Bandwidth must be defined for policy "WG0" class "40"!'),
    (
        "qos",
        [f"{POLICY} class 30 match bgp ipv6 protocol tcp"],
        "Can not use both IPv6 and IPv4 in one match (bgp)!",
    ),
    (
        "qos",
        ["qos policy shaper LTE default priority 1", "qos policy shaper LTE bandwidth 1mbit"],
        "Bandwidth not defined for default traffic!",
    ),
    (
        "qos",
        [f"{POLICY} class 10 match WG0 ip dscp EF"],
        'Conflicting policy name "WG0", already in use!',
    ),
    (
        "policy route MARKS",
        ["policy route MARKS rule 50 source group network-group X"],
        'Invalid network-group "X" on policy route rule',
    ),
    (
        "policy route MARKS",
        ["policy route MARKS rule 50 destination port 53"],
        "Protocol must be defined if specifying a port or port-group",
    ),
    (
        "policy route MARKS",
        ["policy route MARKS rule 50 icmp code 3"],
        "MARKS rule 50: ICMP code can only be defined if ICMP type is defined",
    ),
]


@pytest.mark.parametrize(("section", "lines", "words"), REFUSED)
def test_a_refused_commit_says_why(tmp_path: Path, section: str, lines: list[str], words: str) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            applied = len(bench.host.meanings)
            async with bench.terminal() as cli:
                await cli.all("configure", *(f"set {line}" for line in [*VOICE, *MARKS, *lines]))
                text = await cli.do("commit")
                assert text.startswith(f"[ {section} ]\n{words}"), text
                assert f"[[{section}]] failed\n" in text
            assert len(bench.host.meanings) == applied

    asyncio.run(main())


def test_what_is_right_is_committed_and_policies_alone_are_not_looked_at(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.all("configure", f"set {POLICY} class 40 description x")
                assert "failed" not in await cli.do("commit"), "no interface uses it"
                await cli.all(f"delete {POLICY}", *(f"set {line}" for line in [*VOICE, *MARKS]))
                assert "failed" not in await cli.do("commit")
            assert [shaper.interface for shaper in bench.host.meanings[-1].shapers] == ["wg0"]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"{POLICY} bandwidth fast", "Invalid value"),
        (f"{POLICY} bandwidth 5Mbit", "Invalid value"),
        (f"{POLICY} class 1 bandwidth 1mbit", "Error: 1 is not a valid number between 2 and 4095"),
        (f"{POLICY} class 10 priority 21", "Error: 21 is not a valid number between 0 and 20"),
        (f"{POLICY} default priority 8", "Error: 8 is not a valid number between 0 and 7"),
        (f"{POLICY} class 10 match x ip dscp 64", "Error: 64 is not a valid number between 0 and 63"),
        (f"{POLICY} class 10 match x ip protocol tpc", "Error: tpc is not a valid IP protocol"),
        (f"{POLICY} class 10 set-dscp EF", "is not valid"),
        ("policy route MARKS rule 10 set dscp EF", "Error: EF is not a valid number between 0 and 63"),
        ("policy route MARKS rule 10 dscp 64", "Invalid value"),
    ],
)
def test_wrong_values(tmp_path: Path, line: str, words: str) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.do("configure")
                text = await cli.do(f"set {line}")
                assert words in text and "Set failed" in text

    asyncio.run(main())
