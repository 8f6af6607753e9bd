"""What RTP loses while something is done, measured where it comes in: tcpdump in the rooms' namespaces."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from tests.e2e.conftest import PROJECT, District

PACKET = re.compile(r"^(\d+\.\d+) \S+ +In +IP (10\.77\.\d+\.20)\.(\d+) > 10\.77\.\d+\.20\.\d+: ", re.M)
Stream = tuple[str, str]  # a source and its port
Moments = list[float]  # when packets came in, in seconds since 1970


@contextmanager
def captured(district: District, rooms: Mapping[str, Path]) -> Iterator[None]:
    """What comes in at rooms in calls, with the time of each packet; RTP has the even ports, RTCP the odd ones.

    Begins when something comes in at each of them.
    """
    what = "udp portrange 3230-3291 and (udp[0:2] & 1) = 0"
    dumps = []
    try:
        for room, path in rooms.items():
            argv = ["twin", "exec", room, "--", "tcpdump", "-n", "-tt", "-l", "-i", "any", what]
            with path.open("w", encoding="utf-8") as file:
                dumps.append(
                    subprocess.Popen(
                        argv, cwd=PROJECT, env=district.environment, stdout=file, stderr=subprocess.DEVNULL
                    )
                )
        district.eventually(lambda: all(path.stat().st_size for path in rooms.values()), attempts=120)
        yield
    finally:
        for dump in dumps:
            dump.terminate()
            dump.wait(10)


def streams(text: str) -> dict[Stream, Moments]:
    """What a capture holds, without what is no stream: a few packets only."""
    seen: dict[Stream, Moments] = {}
    for moment, source, port in PACKET.findall(text):
        seen.setdefault((source, port), []).append(float(moment))
    return {stream: moments for stream, moments in seen.items() if len(moments) > 100}


def longest(moments: Sequence[float], since: float, until: float) -> float:
    """The longest time without a packet between two moments, these two included: a stream that ends is a gap."""
    within = [since, *(moment for moment in moments if since < moment < until), until]
    return max(after - before for before, after in pairwise(within))


def gaps(text: str) -> dict[Stream, tuple[int, float]]:
    """Packets of each stream, and the longest time in seconds between two of them."""
    return {
        stream: (len(moments), longest(moments, moments[0], moments[-1])) for stream, moments in streams(text).items()
    }
