"""Test traffic to many sites at once, in waves that no hub's circuit is filled by."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from diemcau.errors import DiemcauError, Problem
from diemcau.readiness import line
from diemcau.readiness.line import Echoes, Measured, Stream

# Of the narrowest circuit of a hub: the other half is for calls in progress, and for what passes a hub twice.
SHARE = 0.5
ENOUGH_LOST = 1.0  # percent, for a second look
_GRACE = 5.0  # seconds beyond the time that a ping needs


@dataclass(frozen=True)
class Probe:
    """A site to measure."""

    site: str
    room: str  # address
    router: str  # address
    rate_kbps: int  # of its calls
    in_call: bool = False  # then nothing but the quiet part is sent


Send = Callable[[Stream, str], Echoes]


def ping(stream: Stream, address: str) -> Echoes:
    """Send a stream with the system's ping; what does not come back is lost. Raises DiemcauError without ping."""
    limit = stream.interval * stream.count + line.LATE_SECONDS + _GRACE
    try:
        done = subprocess.run(
            stream.command(address), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=limit * 2,
            text=True, errors="replace", env={"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Echoes(stream.count, {})
    except OSError as error:
        raise DiemcauError(
            Problem(
                found=f"ping cannot be run on the control machine: {error.strerror}",
                expected="the ping of iputils",
                remedy="apt-get install iputils-ping",
            )
        ) from None
    return line.parse(done.stdout, stream.count)


def waves(probes: Sequence[Probe], limit_kbps: float) -> list[list[Probe]]:
    """The probes in groups whose load stays below the limit; one that is beyond it alone comes alone."""
    groups: list[tuple[float, list[Probe]]] = []
    for probe in sorted(probes, key=lambda probe: -probe.rate_kbps):
        need = probe.rate_kbps * line.HEADROOM
        for index, (used, group) in enumerate(groups):
            if used + need <= limit_kbps:
                groups[index] = (used + need, [*group, probe])
                break
        else:
            groups.append((need, [probe]))
    return [group for _, group in groups]


def limit(hub_circuits_kbps: Sequence[int], probes: Sequence[Probe]) -> float:
    """What all sites together may be sent in one direction: a share of the narrowest circuit, less the calls."""
    calls = sum(probe.rate_kbps * line.HEADROOM for probe in probes if probe.in_call)
    return min(hub_circuits_kbps) * SHARE - calls


def measure(probes: Sequence[Probe], limit_kbps: float, send: Send = ping) -> dict[str, Measured]:
    """Site -> its line: voice alone to all at once, then the call's rate in waves. A room in a call is not loaded."""
    if not probes:
        return {}
    stream = line.quiet()
    # A thread for each ping: streams that waited for each other would not be the load.
    with ThreadPoolExecutor(sum(2 + len(line.load(probe.rate_kbps)) for probe in probes)) as pool:
        rooms = {probe.site: pool.submit(send, stream, probe.room) for probe in probes}
        routers = {probe.site: pool.submit(send, stream, probe.router) for probe in probes}
        alone = {site: _better(rooms[site].result(), routers[site].result()) for site in rooms}
        # Once more where something was lost: a moment's trouble is no bad line. The better of both counts.
        doubtful = [p for p in probes if alone[p.site][0] and line.percent_lost([alone[p.site][1]]) >= ENOUGH_LOST]
        second = {p.site: pool.submit(send, stream, _address(p, alone)) for p in doubtful}
        for site, future in second.items():
            target, first = alone[site]
            alone[site] = target, min(first, future.result(), key=lambda echoes: echoes.lost)
        found = {p.site: _unloaded(p, *alone[p.site]) for p in probes}
        able = [probe for probe in probes if alone[probe.site][0] and not probe.in_call]
        found |= _load(able, limit_kbps, alone, send, pool)
        # And the load, for the same reason.
        lossy = [probe for probe in able if found[probe.site].load_lost >= ENOUGH_LOST]
        for site, again in _load(lossy, limit_kbps, alone, send, pool).items():
            both = found[site].bytes + again.bytes - line.quiet_bytes()
            found[site] = replace(min(found[site], again, key=lambda one: one.load_lost), bytes=both)
    return found | {site: replace(found[site], bytes=found[site].bytes + stream.circuit_bytes) for site in second}


def _load(
    probes: Sequence[Probe],
    limit_kbps: float,
    alone: Mapping[str, tuple[str, Echoes]],
    send: Send,
    pool: ThreadPoolExecutor,
) -> dict[str, Measured]:
    """The call's rate to these sites, in waves."""
    found = {}
    for group in waves(probes, limit_kbps):
        loaded = {p.site: [pool.submit(send, s, _address(p, alone)) for s in line.load(p.rate_kbps)] for p in group}
        for probe in group:
            echoes = [future.result() for future in loaded[probe.site]]
            target, quiet = alone[probe.site]
            found[probe.site] = line.measured(target, quiet, probe.rate_kbps, line.load(probe.rate_kbps), echoes)
    return found


def _better(room: Echoes, router: Echoes) -> tuple[str, Echoes]:
    """The room's echoes, or the router's when the room is silent."""
    if room.times:
        return "room", room
    return ("router", router) if router.times else ("", router)


def _address(probe: Probe, alone: Mapping[str, tuple[str, Echoes]]) -> str:
    return probe.room if alone[probe.site][0] == "room" else probe.router


def _unloaded(probe: Probe, target: str, echoes: Echoes) -> Measured:
    return line.measured(target, echoes, probe.rate_kbps) if target else line.SILENT
