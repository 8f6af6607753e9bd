"""Routers after the role qos: who waits when more is sent than a circuit carries, and whose marks count."""

from __future__ import annotations

from typing import Any

import pytest

from tests.traffic import AF41, EF, Arrived, bulk, measure, video, voice

# The fibre, up and down, and a call's rate on it.
LINES = {"ga-ry": (2000, 4000, 1024), "dang": (8000, 12000, 1920)}
SECONDS = 4.0


@pytest.mark.parametrize("mark", [EF, AF41])
def test_marks_of_the_room_are_kept_and_anybody_elses_are_cleared(
    on: Any, heard: Any, eventually: Any, site: Any, mark: int
) -> None:
    """As they come out at the other end, on the LAN there."""
    room, laptop = f"10.77.{site.number}.20", f"10.77.{site.number}.7"
    there, target = ("ubnd-room", "10.77.2.20") if site.name == "huyen-uy" else ("huyen-uy-room", "10.77.1.20")

    def marks() -> dict[str, int] | None:
        """By source; none when one of them still waits in a queue."""
        with heard(there, "eth0", "udp dst port 9") as seen:
            for source in (room, laptop):
                on.probe(site.room, "udp", source, target, 9, mark)
        found = dict(packets(seen.text))
        return found if {room, laptop} <= found.keys() else None

    came = eventually(marks)
    assert came, "packets of the LAN do not arrive"
    assert came[room] == mark << 2, f"the room's mark is not kept: {came}"
    assert came[laptop] == 0, f"a laptop talks itself to the front: {came}"


def packets(text: str) -> list[tuple[str, int]]:
    """Source and TOS of what tcpdump -v tells."""
    found, tos = [], 0
    for line in text.splitlines():
        if "IP (tos " in line:
            tos = int(line.partition("IP (tos ")[2].split(",")[0], 16)
        elif " > " in line:
            found.append((line.split(" > ")[0].strip().rpartition(".")[0], tos))
    return found


Found = dict[tuple[str, str], Arrived]  # of a sender, and what it is
CALLED = {"ga-ry": "huyen-uy", "dang": "ubnd"}


@pytest.fixture(scope="session")
def crowded(on: Any, eventually: Any, sites: Any) -> Found:
    """What arrives while each commune calls a hub, and half as much again as its circuit carries goes both ways."""
    site = {found.name: found for found in sites}
    streams = {}
    for commune, hub in CALLED.items():
        up, down, call = LINES[commune]
        for sender, receiver, kbps in ((site[commune], site[hub], up), (site[hub], site[commune], down)):
            port = 20000 + 10 * sender.number
            ends = (sender.room, receiver.room, f"10.77.{receiver.number}.20")
            streams[sender.name, "voice"] = voice(*ends, port)
            streams[sender.name, "video"] = video(*ends, port + 1, call)
            streams[sender.name, "rest"] = bulk(*ends, port + 2, kbps * 3 // 2)
    found = measure(list(streams.values()), SECONDS)
    assert all(found[s].sent > 0.7 * SECONDS * s.packets for s in streams.values()), "the senders did not keep up"
    for commune, hub in CALLED.items():  # whoever comes next shall not wait behind the rest that is still queued
        eventually(lambda ends=(site[commune].room, f"10.77.{site[hub].number}.20"): on.answers(*ends))
    return {key: found[stream] for key, stream in streams.items()}


def looked(found: Found, sender: str) -> tuple[list[float], float]:
    """Of a call's voice and video the percentage that came, and how much came of the rest in kbit/s."""
    return [100 - found[sender, kind].loss_pct for kind in ("voice", "video")], found[sender, "rest"].kbps


def test_a_call_keeps_its_rate_while_a_room_fills_the_circuit(crowded: Found, commune: Any) -> None:
    kept, rest = looked(crowded, commune.name)
    assert min(kept) > 99, f"a call is not kept whole: {kept} %"
    assert 10 < rest < LINES[commune.name][0] / 10, f"the rest is not held back: {rest} kbit/s"


def test_a_call_keeps_its_rate_while_a_hub_fills_the_circuit(crowded: Found, commune: Any) -> None:
    kept, rest = looked(crowded, CALLED[commune.name])
    assert min(kept) > 99, f"a call is not kept whole: {kept} %"
    assert 100 < rest < LINES[commune.name][1] / 8, f"the rest is not held back: {rest} kbit/s"
