"""Many sites at once: no hub's circuit is filled, a meeting is not disturbed, a silent site costs nothing."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from diemcau.errors import DiemcauError
from diemcau.readiness import line, waves
from diemcau.readiness.line import VIDEO_TOS, VOICE_TOS, Echoes, Stream
from diemcau.readiness.waves import Probe


def probe(number: int, rate: int = 1000, in_call: bool = False) -> Probe:
    return Probe(f"xa-{number}", f"10.77.{number}.20", f"10.77.255.{number}", rate, in_call)


@dataclass
class Wire:
    """Answers everything but what is silent; notes what is sent, and how much of it at once."""

    silent: set[str] = field(default_factory=set)
    sent: list[tuple[str, Stream]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, stream: Stream, address: str) -> Echoes:
        with self.lock:
            self.sent.append((address, stream))
        return Echoes(stream.count, {} if address in self.silent else dict.fromkeys(range(stream.count), 20.0))

    def loaded(self) -> set[str]:
        return {address for address, stream in self.sent if stream.tos == VIDEO_TOS}


@dataclass
class Troubled(Wire):
    """Loses some of what it concerns, the first times that it is sent."""

    concerns: Callable[[Stream, str], bool] = lambda stream, address: True
    comes: Callable[[int], bool] = lambda number: False  # which packets come in bad times
    bad_times: int = 0
    looks: int = 0

    def send(self, stream: Stream, address: str) -> Echoes:
        came = super().send(stream, address)
        if not self.concerns(stream, address):
            return came
        with self.lock:
            self.looks += 1
            bad = self.looks <= self.bad_times
        return Echoes(stream.count, {n: time for n, time in came.times.items() if not bad or self.comes(n)})


def test_a_wave_stays_below_the_limit_and_nobody_is_left_out() -> None:
    probes = [probe(n, rate) for n, rate in enumerate((1920, 1920, 1472, 1024, 512, 512, 6144))]
    groups = waves.waves(probes, 5000)
    assert sorted(p.site for group in groups for p in group) == sorted(p.site for p in probes)
    for group in groups:
        assert len(group) == 1 or sum(p.rate_kbps * 1.2 for p in group) <= 5000
    assert [p.rate_kbps for p in groups[0]] == [6144]  # beyond the limit alone: alone


def test_a_district_of_twelve_is_one_wave() -> None:
    assert len(waves.waves([probe(n, 1920) for n in range(12)], waves.limit([100000, 100000], []))) == 1


def test_calls_that_go_on_take_their_part_of_the_limit() -> None:
    assert waves.limit([8000, 100000], [probe(1, 1000, in_call=True), probe(2, 1000)]) == 4000 - 1200


def test_a_room_in_a_call_gets_no_load() -> None:
    wire = Wire()
    found = waves.measure([probe(1, in_call=True), probe(2)], 50000, wire.send)
    assert (found["xa-1"].loaded, found["xa-2"].loaded) == (False, True)
    assert wire.loaded() == {"10.77.2.20"}
    assert {s.tos for address, s in wire.sent if address == "10.77.1.20"} == {VOICE_TOS}


def test_where_the_room_is_silent_the_router_is_measured_and_where_both_are_nothing_more_is_sent() -> None:
    wire = Wire(silent={"10.77.1.20", "10.77.2.20", "10.77.255.2"})
    found = waves.measure([probe(1), probe(2), probe(3)], 50000, wire.send)
    assert [found[f"xa-{n}"].target for n in (1, 2, 3)] == ["router", "", "room"]
    assert wire.loaded() == {"10.77.255.1", "10.77.3.20"}
    assert found["xa-2"] == line.SILENT


@pytest.mark.parametrize(("bad_times", "lost"), [(0, 0.0), (1, 0.0), (9, 50.0)])
def test_a_moments_trouble_is_no_bad_line_and_trouble_that_stays_is(bad_times: int, lost: float) -> None:
    wire = Troubled(
        concerns=lambda stream, address: stream.tos == VIDEO_TOS and address == "10.77.1.20",
        comes=lambda number: number % 2 == 1,
        bad_times=bad_times,
    )
    found = waves.measure([probe(1), probe(2)], 50000, wire.send)
    assert wire.looks == (2 if bad_times else 1)
    video = next(s for s in line.load(1000) if s.tos == VIDEO_TOS)
    share = video.count / sum(s.count for s in line.load(1000))
    assert found["xa-1"].load_lost == pytest.approx(lost * share, abs=0.5)
    assert (found["xa-1"].bytes > found["xa-2"].bytes) == bool(bad_times)  # what a second look costs is told
    assert len([s for address, s in wire.sent if address == "10.77.2.20" and s.tos == VIDEO_TOS]) == 1


@pytest.mark.parametrize(("bad_times", "lost"), [(0, 0.0), (1, 0.0), (9, 2.0)])
def test_also_what_is_lost_without_any_load_is_looked_at_twice(bad_times: int, lost: float) -> None:
    wire = Troubled(
        concerns=lambda stream, address: stream == line.quiet() and address == "10.77.1.20",
        comes=lambda number: number >= 2,
        bad_times=bad_times,
    )
    found = waves.measure([probe(1, in_call=True), probe(2, in_call=True)], 50000, wire.send)
    assert wire.looks == (2 if bad_times else 1)
    assert found["xa-1"].percent_lost == lost and found["xa-2"].percent_lost == 0.0
    assert (found["xa-1"].bytes > found["xa-2"].bytes) == bool(bad_times)


def test_no_site_no_traffic() -> None:
    assert waves.measure([], 1000, Wire().send) == {}


def test_a_machine_without_ping_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(DiemcauError, match="apt-get install iputils-ping"):
        waves.ping(line.quiet(), "10.77.18.20")


def test_a_real_ping_of_this_machine_is_understood() -> None:
    found = waves.ping(Stream(VOICE_TOS, 200, 0.002, 5), "127.0.0.1")
    assert found.lost == 0 and all(time < 1000 for time in found.times.values())
