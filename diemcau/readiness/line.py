"""Test traffic between the control machine and a site: echoes in a call's classes, at a call's rate.

The system's ``ping`` (iputils) sends them, so no privilege is needed: intervals stay above 2 ms, and ``-l 3``, the
most that a plain user may ask for, keeps the pace where the kernel's timers are coarse.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from diemcau.design import endpoint
from diemcau.design.bandwidth import WIREGUARD

# As endpoints mark their packets: DSCP 46 and 34 in the upper six bits of the byte.
VOICE_TOS, VIDEO_TOS = 0xB8, 0x88
VOICE_SIZE, VIDEO_SIZE = 200, 1200  # bytes of the IP packet: G.722 in 20 ms, and what fits a tunnel well
VOICE_INTERVAL = 0.020  # seconds
SHORTEST_INTERVAL = 0.003  # seconds: 2 ms is what a plain user may ask for
QUIET_SECONDS, LOAD_SECONDS = 2.0, 3.0
LATE_SECONDS = 2  # after the last echo was sent
HEADROOM = endpoint.HEADROOM / 100  # of the call's rate must come through, counted on the circuit
MOST_VIDEO = 1.09  # of the call's rate, in the tunnel: a queue for video that is made for calls may hold back more
_HEADERS = 28  # bytes of IP and ICMP
_REPLY = re.compile(r"icmp_seq=(\d+) .*?time[=<]([\d.]+) ms(.*)")


@dataclass(frozen=True)
class Stream:
    """Echoes of one size at one pace."""

    tos: int
    size: int  # bytes of the IP packet
    interval: float  # seconds
    count: int

    @property
    def rate_kbps(self) -> float:
        return self.size * 8 / self.interval / 1000

    @property
    def circuit_kbps(self) -> float:
        """What it takes of the circuit, with what the tunnel adds."""
        return self.rate_kbps * on_circuit(self.size) / self.size

    @property
    def circuit_bytes(self) -> int:
        """The same of all its packets together, in each direction."""
        return on_circuit(self.size) * self.count

    def command(self, address: str) -> list[str]:
        """What is typed for it."""
        return [
            *("ping", "-n", "-l", "3", "-Q", f"{self.tos:#x}", "-s", str(self.size - _HEADERS)),
            *("-i", f"{self.interval:.4f}", "-c", str(self.count), "-W", str(LATE_SECONDS), address),
        ]


@dataclass(frozen=True)
class Echoes:
    """What came back: number -> round trip in ms."""

    sent: int
    times: Mapping[int, float]

    @property
    def lost(self) -> int:
        return self.sent - len(self.times)


@dataclass(frozen=True)
class Measured:
    """A site's line as it was found. Rates in kbit/s, times in ms; one way is half of the round trip."""

    target: str  # "room", "router"; "" = nobody answered
    percent_lost: float
    one_way_ms: float
    jitter_ms: float
    wanted_kbps: float  # of the call
    loaded: bool  # whether the call's rate was tried
    load_lost: float = 0.0  # percent, at the call's rate and its headroom
    load_rise_ms: float = 0.0  # of the one-way delay, while it was loaded
    usable_kbps: float = 0.0  # what came through, counted on the circuit
    bytes: int = 0  # on the circuit, in each direction

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


SILENT = Measured("", 100.0, 0.0, 0.0, 0.0, False)


def on_circuit(size: int) -> int:
    """Bytes that a packet of ``size`` bytes has in the tunnel: WireGuard fills up to 16 and adds its own."""
    return math.ceil(size / 16) * 16 + WIREGUARD


def quiet() -> Stream:
    """Voice alone: what the line does by itself."""
    return Stream(VOICE_TOS, VOICE_SIZE, VOICE_INTERVAL, round(QUIET_SECONDS / VOICE_INTERVAL))


def quiet_bytes() -> int:
    """What it takes of a circuit: it goes to the room and to the router."""
    return 2 * quiet().circuit_bytes


def load(rate_kbps: float) -> tuple[Stream, ...]:
    """Voice and video that have together the rate of a call with its headroom; fast video as several streams."""
    voice = Stream(VOICE_TOS, VOICE_SIZE, VOICE_INTERVAL, round(LOAD_SECONDS / VOICE_INTERVAL))
    rest = (rate_kbps * HEADROOM - voice.circuit_kbps) * VIDEO_SIZE / on_circuit(VIDEO_SIZE)
    rest = min(max(rest, voice.rate_kbps), rate_kbps * MOST_VIDEO)
    together = VIDEO_SIZE * 8 / 1000 / rest
    count = math.ceil(SHORTEST_INTERVAL / together)
    interval = together * count
    return voice, *[Stream(VIDEO_TOS, VIDEO_SIZE, interval, round(LOAD_SECONDS / interval))] * count


def parse(printed: str, sent: int) -> Echoes:
    """What ``ping`` printed; an echo that came twice counts once."""
    times: dict[int, float] = {}
    for number, time, rest in _REPLY.findall(printed):
        if "DUP" not in rest:
            times.setdefault(int(number), float(time))
    return Echoes(sent, times)


def jitter(echoes: Echoes) -> float:
    """RFC 3550, section 6.4.1: the smoothed difference of neighbours' transit times; here of round trips."""
    found = 0.0
    times = [echoes.times[number] for number in sorted(echoes.times)]
    for before, after in pairwise(times):
        found += (abs(after - before) - found) / 16
    return found


def percent_lost(echoes: Sequence[Echoes]) -> float:
    """Of all that was sent."""
    sent = sum(one.sent for one in echoes)
    return 100.0 * sum(one.lost for one in echoes) / sent if sent else 0.0


def one_way(echoes: Echoes) -> float:
    """Half of the median round trip: the path is the same in both directions."""
    return statistics.median(echoes.times.values()) / 2 if echoes.times else 0.0


def _waited(alone: Echoes, loaded: Sequence[Echoes]) -> float:
    """Seconds for which a queue went on sending after the last echo had left: what it held is no rate of the line."""
    times = sorted(time for echo in loaded for time in echo.times.values())
    late = times[int(len(times) * 0.95)] if times else 0.0
    return max(late - 2 * one_way(alone), 0.0) / 1000


def measured(
    target: str, alone: Echoes, wanted_kbps: float, streams: Sequence[Stream] = (), loaded: Sequence[Echoes] = ()
) -> Measured:
    """All echoes of a site as one measurement. ``streams`` and ``loaded`` belong together, voice first."""
    sizes = sum(stream.circuit_bytes for stream in streams)
    came = sum(s.circuit_kbps * len(echo.times) / echo.sent for s, echo in zip(streams, loaded, strict=True))
    came *= LOAD_SECONDS / (LOAD_SECONDS + _waited(alone, loaded))
    return Measured(
        target=target,
        percent_lost=round(percent_lost([alone]), 1),
        one_way_ms=round(one_way(alone), 1),
        jitter_ms=round(jitter(loaded[0] if loaded else alone), 1),
        wanted_kbps=wanted_kbps,
        loaded=bool(loaded),
        load_lost=round(percent_lost(loaded), 1),
        load_rise_ms=round(max((one_way(echo) for echo in loaded), default=0.0) - one_way(alone), 1) if loaded else 0.0,
        usable_kbps=round(came, 1),
        bytes=quiet_bytes() + sizes,
    )
