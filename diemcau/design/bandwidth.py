"""How the rate of a site's circuits is shared among the classes of its tunnels: arithmetic on numbers alone.

All rates are kbit/s, all shares percent. A tunnel's interface counts the packets that go in; the circuit carries them
with what WireGuard adds, which for small packets is a lot: that is counted *on the wire*, with the smallest packets
that a class usually has. The figures of a tunnel are fixed, and hold on each of the site's circuits in turn: nothing
changes on the router when the fibre is cut.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What WireGuard adds to each packet: 20 (IPv4) + 8 (UDP) + 4 (type) + 4 (receiver) + 8 (counter) + 16 (tag) bytes,
# from section 5.4 of its paper (www.wireguard.com/papers/wireguard.pdf); and it fills up to a multiple of 16 bytes.
WIREGUARD = 60
OVERHEAD = WIREGUARD + 15

# Bytes of an inner packet, headers and all.
SIZES = {
    "voice": 200,  # G.711 or G.722: 20 ms are 160 bytes of payload
    "video": 1000,
    "control": 200,
    "management": 500,
    "rest": 500,
}
VIDEO = 110  # percent of a call's rate: 4 for the headers, the rest for the moments when the picture changes
FLOOR = 24  # no class gets less: a page of text or a BGP update still arrives within seconds
FIGURES = tuple(SIZES)
# Of what calls leave, each class in each tunnel gets so many parts. Whoever waits for a router's configuration waits
# for all of it.
PARTS = {"control": 1, "management": 2, "rest": 1}


@dataclass(frozen=True)
class Wishes:
    """What a site's variable ``qos`` says, and how many tunnels share its circuits."""

    enabled: bool
    share: int  # of a circuit that the router fills
    given: Mapping[str, int]  # figures that were set by hand, by the name of their class
    tunnels: int


@dataclass(frozen=True)
class Direction:
    """One direction of one circuit, and the highest rate of a call when the site is on it."""

    kbps: int
    call_kbps: int


@dataclass(frozen=True)
class Rates:
    """What each class of one tunnel may send, as the tunnel's interface counts."""

    voice: int
    video: int
    control: int
    management: int
    rest: int

    @property
    def total(self) -> int:
        """All of them together: what the tunnel may send."""
        return self.voice + self.video + self.control + self.management + self.rest


def wishes(values: Mapping[str, Any], tunnels: int) -> Wishes:
    """The checked variable ``qos`` of a site."""
    given = {name: int(values[f"{name}_kbps"]) for name in FIGURES if f"{name}_kbps" in values}
    return Wishes(values["enabled"], values["share_percent"], given, tunnels)


def on_wire(name: str, kbps: int) -> int:
    """What a class takes of the circuit, when it sends ``kbps`` into the tunnel."""
    return math.ceil(kbps * (SIZES[name] + OVERHEAD) / SIZES[name])


def in_tunnel(name: str, kbps: int) -> int:
    """The other way round: what a class may send into the tunnel to take ``kbps`` of the circuit."""
    return max(kbps, 0) * SIZES[name] // (SIZES[name] + OVERHEAD)


def voice_kbps(call_kbps: int, wish: Wishes) -> int:
    """The ceiling of the voice of a call: 64 or 128 kbit/s in packets of 20 ms, and a fifth or a tenth to spare."""
    return wish.given.get("voice") or (96 if call_kbps <= 512 else 160)


def video_kbps(call_kbps: int, wish: Wishes) -> int:
    """The ceiling of the video of a call."""
    return wish.given.get("video") or math.ceil(call_kbps * VIDEO / 100)


def call_on_wire(call_kbps: int, wish: Wishes) -> int:
    """What voice and video of one call take of the circuit."""
    return on_wire("voice", voice_kbps(call_kbps, wish)) + on_wire("video", video_kbps(call_kbps, wish))


def _counts(wish: Wishes) -> dict[str, int]:
    """How often each class that is no call is there at once.

    A room's call goes through one tunnel or the other, and the control machine reaches a site through one; but BGP and
    everything else may use all of them at the same time.
    """
    return {"control": wish.tunnels, "management": 1, "rest": wish.tunnels}


def _parts(wish: Wishes) -> int:
    """Into how many parts that is divided which calls and what was set by hand leave."""
    return sum(PARTS[name] * count for name, count in _counts(wish).items() if name not in wish.given)


def _fixed(wish: Wishes) -> int:
    """What the classes that were set by hand take of the circuit, besides the call."""
    return sum(count * on_wire(name, wish.given[name]) for name, count in _counts(wish).items() if name in wish.given)


def rates(lines: Sequence[Direction], wish: Wishes) -> Rates:
    """The figures that hold on each of ``lines``, which are wide enough (:func:`needed`)."""
    left = min(line.kbps * wish.share // 100 - call_on_wire(line.call_kbps, wish) for line in lines) - _fixed(wish)
    part = left // max(_parts(wish), 1)
    others = {name: wish.given.get(name) or in_tunnel(name, parts * part) for name, parts in PARTS.items()}
    highest = max(line.call_kbps for line in lines)
    return Rates(voice=voice_kbps(highest, wish), video=video_kbps(highest, wish), **others)


def needed(call_kbps: int, wish: Wishes) -> int:
    """The narrowest circuit on which calls of that rate leave each class its floor."""
    least = [math.ceil(on_wire(name, FLOOR) / parts) for name, parts in PARTS.items() if name not in wish.given]
    others = _fixed(wish) + max(least, default=0) * _parts(wish)
    return math.ceil((call_on_wire(call_kbps, wish) + others) * 100 / wish.share)
