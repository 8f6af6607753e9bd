"""Circuits of communes full of bulk traffic both ways: calls stay as they were, and without the role they do not.

A call is what it may be: the rate that the suite gave the room, and a voice besides. Both communes, one of each
platform, at once; bulk comes and goes by both tunnels.
"""

from __future__ import annotations

import os
import re

from tests.e2e.conftest import recap
from tests.e2e.valley import HUBS, Valley
from tests.traffic import AF41, EF, Arrived, Stream, bulk, measure, video, voice

NUMBERS = {"huyen-uy": 1, "ubnd": 2, "ga-ry": 18, "dang": 17}
CIRCUITS = {"ga-ry": (2000, 4000), "dang": (8000, 12000)}  # the fibre, up and down, RouterOS and VyOS
SECONDS = 22.0
LOSS, JITTER = 0.1, 30.0  # percent, ms: what is promised
TRIES = 3  # of a measurement that has to be good: this machine may be busy in the first one
ROUTERS = ",".join(f"{site}-router" for site in (*HUBS, *CIRCUITS))

Found = dict[Stream, Arrived]


def test_a_call_on_a_full_circuit(communes: Valley) -> None:
    tables = []
    for _ in range(TRIES):
        with_role = measured(communes)
        tables.append(table("with the role", with_role))
        if all(good(arrived) for arrived in calls(with_role).values()):
            break
    try:
        pushed(communes, "-e", '{"qos": {"enabled": false}}')
        without = measured(communes)
        tables.append(table("without", without))
    finally:
        pushed(communes)
    shown = "\n".join([f"{'':<14} {'from':<14} {'to':<14} {'sent':>6} {'loss':>9} {'jitter':>10}", *tables])
    print(f"\n{shown}")
    for found in (with_role, without):
        assert all(valid(stream, arrived) for stream, arrived in found.items()), f"too little was sent:\n{shown}"
    for stream, arrived in calls(with_role).items():
        assert good(arrived), f"{named(stream)} with the role, of {len(tables) - 1} tries:\n{shown}"
        assert arrived.marks == [stream.mark], f"{named(stream)} lost its mark:\n{shown}"
    for stream, arrived in calls(without).items():
        assert not good(arrived), f"{named(stream)} needs no role:\n{shown}"


def call_kbps(valley: Valley, site: str) -> int:
    """The rate that the suite has computed for a room's calls."""
    text = (valley.project / "intended" / f"{site}-room.group").read_text(encoding="utf-8")
    (rate,) = re.findall(r'preferredspeed\.ipoutgoing", "value": (\d+)', text)
    return int(rate)


def measured(valley: Valley) -> Found:
    """A call of each commune with the first hub's room, and a quarter more than its circuit carries of bulk."""
    streams = []
    for site, rates in CIRCUITS.items():
        call = call_kbps(valley, site)
        for there in HUBS:
            for (source, target), kbps in zip(((site, there), (there, site)), rates, strict=True):
                port = 20000 + 100 * NUMBERS[source] + 10 * NUMBERS[target]
                ends = (f"{source}-room", f"{target}-room", f"10.77.{NUMBERS[target]}.20")
                streams.append(bulk(*ends, port, kbps * 5 // 8))
                if there == HUBS[0]:
                    streams += [voice(*ends, port + 1), video(*ends, port + 2, call)]
    return measure(streams, SECONDS, valley.environment)


def pushed(valley: Valley, *options: str) -> None:
    done = valley.playbook("site", "-l", ROUTERS, "--tags", "qos", *options)
    assert done.status == 0, done.output
    assert all(recap(done.output)[host]["changed"] for host in ROUTERS.split(",")) or not options, done.output


def calls(found: Found) -> Found:
    return {stream: arrived for stream, arrived in found.items() if stream.mark}


def good(arrived: Arrived) -> bool:
    return arrived.loss_pct < LOSS and arrived.jitter_ms <= JITTER


def valid(stream: Stream, arrived: Arrived) -> bool:
    """Whether the sender kept up: of a call nearly all, of bulk what fills the circuit."""
    return arrived.sent >= SECONDS * stream.packets * (0.9 if stream.mark else 0.8)


def named(stream: Stream) -> str:
    what = {EF: "voice", AF41: f"video {stream.kbps}"}.get(stream.mark, f"bulk {stream.kbps}")
    return f"{what:<14} {stream.sender:<14} {stream.receiver:<14}"


def table(when: str, found: Found) -> str:
    lines = [
        f"{named(stream)} {arrived.sent:>6} {arrived.loss_pct:>7.2f} % {arrived.jitter_ms:>7.1f} ms"
        for stream, arrived in found.items()
    ]
    return "\n".join([f"{when}, load of this machine {os.getloadavg()[0]:.0f}:", *lines])
