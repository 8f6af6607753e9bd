"""Test traffic: what is sent, and what is made of what comes back."""

from __future__ import annotations

import pytest

from diemcau.readiness import line
from diemcau.readiness.line import Echoes, Stream

PRINTED = """\
PING 10.77.18.20 (10.77.18.20) 172(200) bytes of data.
180 bytes from 10.77.18.20: icmp_seq=1 ttl=62 time=40.0 ms
180 bytes from 10.77.18.20: icmp_seq=2 ttl=62 time=56.0 ms
180 bytes from 10.77.18.20: icmp_seq=2 ttl=62 time=57.1 ms (DUP!)
From 10.77.250.1 icmp_seq=3 Destination Host Unreachable
180 bytes from 10.77.18.20: icmp_seq=5 ttl=62 time=40.0 ms

--- 10.77.18.20 ping statistics ---
5 packets transmitted, 3 received, +1 duplicates, 40% packet loss, time 82ms
"""


def test_echoes_are_counted_once_and_by_their_number() -> None:
    found = line.parse(PRINTED, 5)
    assert found.times == {1: 40.0, 2: 56.0, 5: 40.0}
    assert (found.lost, line.percent_lost([found]), line.one_way(found)) == (2, 40.0, 20.0)


def test_nothing_that_came_back_is_all_lost() -> None:
    found = line.parse("ping: connect: Network is unreachable\n", 100)
    assert (line.percent_lost([found]), line.one_way(found), line.jitter(found)) == (100.0, 0.0, 0.0)


def test_jitter_is_smoothed_as_in_rfc_3550() -> None:
    assert line.jitter(Echoes(3, {1: 40.0, 2: 56.0, 3: 40.0})) == 1.0 + (16.0 - 1.0) / 16
    assert line.jitter(Echoes(200, dict.fromkeys(range(200), 40.0))) == 0.0


@pytest.mark.parametrize("rate", [128, 512, 1024, 1472, 1920, 6144])
def test_the_load_has_the_calls_rate_and_its_headroom_for_three_seconds(rate: int) -> None:
    streams = line.load(rate)
    on_circuit = sum(stream.circuit_kbps for stream in streams)
    assert on_circuit == pytest.approx(max(rate * 1.2, 191.2), rel=0.001 if rate < 2000 else 0.05)
    assert sum(stream.rate_kbps for stream in streams if stream.tos == line.VIDEO_TOS) <= rate * 1.1
    for stream in streams:
        assert stream.count * stream.interval == pytest.approx(3.0, abs=stream.interval)
        # What iputils lets a plain user do, in Debian 12 and 13.
        assert round(stream.interval, 4) >= 0.003 and stream.size <= 1280


def test_packets_are_marked_as_the_rooms_mark_theirs() -> None:
    voice, video = line.load(1024)
    assert "-Q 0xb8" in " ".join(voice.command("10.77.18.20"))
    assert "-Q 0x88" in " ".join(video.command("10.77.18.20"))
    assert video.command("10.77.18.20")[-1] == "10.77.18.20"
    assert "-s 1172" in " ".join(video.command("x"))  # 1200 bytes with the headers of IP and ICMP


def test_what_came_through_is_the_usable_rate() -> None:
    alone = Echoes(100, dict.fromkeys(range(100), 40.0))
    streams = (Stream(0xB8, 200, 0.02, 100), Stream(0x88, 1200, 0.01, 200))
    half = (Echoes(100, dict.fromkeys(range(100), 140.0)), Echoes(200, dict.fromkeys(range(100), 140.0)))
    found = line.measured("room", alone, 800, streams, half)
    # Half of the video; and a tenth of a second longer than it took to send it.
    assert found.usable_kbps == round((80 * 268 / 200 + 960 * 1260 / 1200 / 2) * 3 / 3.1, 1)
    assert (found.load_lost, found.load_rise_ms, found.one_way_ms) == (33.3, 50.0, 20.0)
    assert found.bytes == 2 * 100 * 268 + 100 * 268 + 200 * 1260


def test_without_load_nothing_is_said_about_the_rate() -> None:
    found = line.measured("router", Echoes(100, {1: 10.0}), 1024)
    assert (found.loaded, found.usable_kbps, found.percent_lost) == (False, 0.0, 99.0)
