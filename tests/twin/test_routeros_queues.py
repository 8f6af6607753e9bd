"""/queue and the marks of /ip firewall mangle: what the console takes, prints and exports, and what it means."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.twin.routeros_kit import Bench, blank, wait
from twin.meaning import LeafQueue, TrafficClass
from twin.routeros.errors import Refusal
from twin.routeros.rates import bits, spelled

QOS = r"""
/interface bridge add name=lan
/ip firewall mangle
add chain=forward action=change-dscp new-dscp=0 in-interface=lan src-address=!10.77.18.20 dscp=!0 comment="room only"
add chain=postrouting action=mark-packet new-packet-mark=voice out-interface=ether1 dscp=46 passthrough=no
add chain=postrouting action=mark-packet new-packet-mark=control out-interface=ether1 \
    protocol=tcp port=179 passthrough=no
add chain=postrouting action=mark-packet new-packet-mark=rest out-interface=ether1 packet-mark=no-mark passthrough=no
/queue type add name=qos-voice kind=pfifo pfifo-limit=100
/queue type add name=qos-rest kind=fq-codel
/queue tree add name=all parent=ether1 max-limit=1900k
/queue tree add name=voice parent=all packet-mark=voice limit-at=192000 max-limit=192k priority=1 queue=qos-voice
/queue tree add name=control parent=all packet-mark=control limit-at=64k max-limit=1900k priority=3
/queue tree add name=rest parent=all packet-mark=rest max-limit=1M queue=qos-rest
"""


def rows(bench: Bench) -> dict[str, TrafficClass]:
    """The classes by the queues' names."""
    names = {e.number: e.get("name") for e in bench.device.router.config.entries("/queue/tree")}
    return {names[item.number]: item for shaper in bench.meaning.shapers for item in shaper.classes}


def test_export_says_what_differs(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say(QOS)
            text = await bench.say("/export terse")
            assert "/queue type add kind=pfifo name=qos-voice pfifo-limit=100\n" in text
            assert "/queue type add kind=fq-codel name=qos-rest\n" in text
            assert "/queue tree add max-limit=1900k name=all parent=ether1\n" in text
            assert (
                "/queue tree add limit-at=192k max-limit=192k name=voice packet-mark=voice parent=all priority=1"
                " queue=qos-voice\n"
            ) in text
            assert "/queue tree add max-limit=1M name=rest packet-mark=rest parent=all queue=qos-rest\n" in text
            assert (
                '/ip firewall mangle add action=change-dscp chain=forward comment="room only" dscp=!0 in-interface=lan'
                " new-dscp=0 src-address=!10.77.18.20\n"
            ) in text
            assert text.count("/queue type") == 2, "what came with the device is not exported"
            await bench.say("/queue type set default-small pfifo-limit=20")
            assert "/queue type set default-small pfifo-limit=20\n" in await bench.say("/export terse")
        async with blank(tmp_path / "other") as other:
            (other.device.router.files / "x.rsc").write_text(text, "utf-8")
            await other.say("/import x.rsc")
            again = await other.say("/export terse")
            assert again.splitlines()[5:] == text.splitlines()[5:]

    wait(work())


def test_queues_become_classes_and_marks(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say(QOS)
            (shaper,) = bench.meaning.shapers
            assert (shaper.interface, shaper.default, shaper.filters) == ("ether1", 0, ())
            found = rows(bench)
            every, voice, control, rest = (found[name] for name in ("all", "voice", "control", "rest"))
            assert (every.parent, every.rate, every.ceil, every.queue) == (0, 1_900_000, 1_900_000, None)
            assert {item.parent for item in (voice, control, rest)} == {every.number}
            assert (voice.rate, voice.ceil, voice.priority) == (192_000, 192_000, 0)
            assert (control.rate, control.ceil, control.priority) == (64_000, 1_900_000, 2)
            assert (rest.rate, rest.ceil, rest.priority) == (8_000, 1_000_000, 7)
            assert voice.queue == LeafQueue("pfifo", 100)
            assert control.queue == LeafQueue("pfifo", 10)
            assert rest.queue is not None and (rest.queue.kind, rest.queue.limit) == ("fq_codel", 10240)
            nft = bench.meaning.nft
            changed = 'iifname "lan" ip saddr != 10.77.18.20 ip dscp != 0 ip dscp set 0\n'
            assert changed in nft, "and the packet goes on to the next rule"
            marks = dict(control=1, rest=2, voice=3)
            assert f'oifname "ether1" ip dscp 46 meta mark set {marks["voice"]} accept\n' in nft
            assert f"th sport {{ 179 }} meta mark set {marks['control']} accept\n" in nft
            assert f'oifname "ether1" meta mark 0 meta mark set {marks["rest"]} accept\n' in nft
            for name, mark in marks.items():
                wanted = (
                    f'oifname "ether1" meta mark {{ {mark} }} meta priority set {0x10000 + found[name].number:#x}\n'
                )
                assert wanted in nft

    wait(work())


def test_a_queue_keeps_its_class_when_others_change(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say(QOS)
            before = rows(bench)
            await bench.say("/queue tree remove control; /queue tree set rest max-limit=500k")
            after = rows(bench)
            assert set(after) == {"all", "voice", "rest"}
            assert after["voice"] == before["voice"] and after["rest"].number == before["rest"].number
            await bench.say("/queue tree disable all")
            assert bench.meaning.shapers == ()
            assert "priority set" not in bench.meaning.nft
            await bench.say(
                "/queue tree enable all; /queue tree set all name=total; /interface ethernet set ether1 name=w"
            )
            assert rows(bench)["voice"] == before["voice"]
            assert bench.meaning.shapers[0].interface == "ether1", "as it says on the case"
            text = await bench.say("/queue tree export terse")
            assert "parent=w" in text and text.count("parent=total") == 2
            await bench.say("/queue tree remove total")
            assert bench.meaning.shapers == ()
            await bench.say("/queue tree add name=plain parent=w max-limit=2M")
            (shaper,) = bench.meaning.shapers
            assert shaper.default == shaper.classes[0].number, "without a mark it takes everything"

    wait(work())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/queue tree add name=x parent=ether1 queue=nothing", "input does not match any value of queue"),
        ("/queue tree add name=x parent=ether1 queue=pcq-upload-default", "input does not match any value of queue"),
        ("/queue tree add name=x parent=nowhere", "input does not match any value of parent"),
        ("/queue tree add name=x", "missing value(s) of argument(s) parent"),
        ("/queue tree add name=all parent=ether2", "failure: already have such name"),
        ("/queue tree set voice name=rest", "failure: already have such name"),
        ("/queue tree set all parent=voice", "failure: queue can not be its own parent"),
        ("/queue tree add name=x parent=all max-limit=fast", "invalid value for argument max-limit"),
        ("/queue tree add name=x parent=all max-limit=1M limit-at=2M", "failure: max-limit is less than limit-at"),
        ("/queue tree add name=x parent=all priority=0", "value of priority out of range (1..8)"),
        ("/queue type add name=qos-voice kind=sfq", "failure: already have such name"),
        ("/queue type add name=x kind=fifo", "input does not match any value of kind"),
        ("/queue type add name=x", "missing value(s) of argument(s) kind"),
        ("/queue type remove default-small", "failure: can not remove default item"),
        ("/ip firewall mangle add chain=forward action=mark-packet", "failure: new-packet-mark must be specified"),
        ("/ip firewall mangle add chain=forward action=change-dscp", "failure: new-dscp must be specified"),
        ("/ip firewall mangle add chain=forward action=accept dscp=64", "value of dscp out of range (0..63)"),
        ("/ip firewall mangle add chain=forward action=accept dscp=!64", "value of dscp out of range (0..63)"),
        (
            "/ip firewall mangle add chain=postrouting action=accept in-interface=ether1",
            "failure: incoming interface matching not possible in output and postrouting chains",
        ),
    ],
)
def test_refusals(tmp_path: Path, text: str, words: str) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say(QOS)
            with pytest.raises(Refusal) as refused:
                await bench.say(text)
            assert str(refused.value).startswith(words)

    wait(work())


@pytest.mark.parametrize(
    ("given", "rate", "printed"),
    [("1900k", 1_900_000, "1900k"), ("192000", 192_000, "192k"), ("1.5M", 1_500_000, "1500k"), ("2M", 2 * 10**6, "2M"),
     ("0", 0, "0"), ("64001", 64_001, "64001"), ("1G", 10**9, "1G")],
)  # fmt: skip
def test_rates(given: str, rate: int, printed: str) -> None:
    assert bits(given) == rate and spelled(rate) == printed


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace of its own needs root")
def test_nft_takes_the_marks(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say(QOS)
            argv = ["unshare", "--net", "nft", "-c", "-f", "-"]
            done = subprocess.run(argv, input=bench.meaning.nft, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr

    wait(work())
