"""A call for a trial: placed by REST, measured while media flows, and always ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from diemcau.errors import DiemcauError, Unexpected, Unreachable
from diemcau.rooms import Endpoint
from diemcau.rooms.group import access, info
from diemcau.rooms.group.access import DEFAULT_LINE, Line
from diemcau.rooms.group.replies import Command
from diemcau.rooms.group.rest import Rest, Stream
from diemcau.rooms.group.transaction import InCall
from diemcau.rooms.pins import Pins

LOOK_EVERY = 1.0  # seconds between two measurements
CONNECT_SECONDS = 30.0  # until media must flow
DIRECTIONS = ("TX", "RX")


@dataclass(frozen=True)
class CallReport:
    """What was measured. Rates are means over the time, audio and video together; loss and jitter are the worst."""

    connected: bool  # media came from the far end
    seconds: float  # for which it was measured
    tx_kbps: float
    rx_kbps: float
    percent_lost: float
    jitter_ms: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def place(
    endpoint: Endpoint,
    pins: Pins,
    number: str,
    rate_kbps: int,
    seconds: float,
    tell: Callable[[str], None],
    line: Line = DEFAULT_LINE,
) -> CallReport:
    """Call ``number`` from a room that is free, measure for ``seconds``, hang up in any case.

    Raises InCall when the room is in a call already, and DiemcauError.
    """
    entered = access.enter(endpoint, pins, line, only_own=True)
    rest = entered.rest
    try:
        with access.shell(endpoint, pins, line, entered.password) as shell:
            if info.in_call(endpoint, shell):
                raise InCall(
                    f"{endpoint.host}: the room is in a call: no other was placed\n"
                    f"    to do: run again with -l {endpoint.host} after the call"
                )
        try:
            call = rest.dial(number, rate_kbps)
        except Unreachable as error:
            # It may have begun to dial. The room was free, so no call but ours can be ended so.
            raise _hang_up_blindly(endpoint, pins, line, entered, error) from None
        tell(f"calls {number} at {rate_kbps} kbit/s")
        try:
            return _measure(rest, call, seconds)
        finally:
            rest.hang_up(call)
    finally:
        if problem := rest.close():
            tell(f"the REST session was not given back: {problem}; the endpoint forgets it by itself")


def _measure(rest: Rest, call: str, seconds: float) -> CallReport:
    deadline = time.monotonic() + CONNECT_SECONDS
    while not any(s.direction == "RX" and s.rate_kbps > 0 for s in rest.media(call)):
        if time.monotonic() > deadline:
            return CallReport(False, 0.0, 0.0, 0.0, 0.0, 0.0)
        time.sleep(LOOK_EVERY)
    start = time.monotonic()
    samples: list[list[Stream]] = []
    while not samples or time.monotonic() - start < seconds:
        time.sleep(LOOK_EVERY)
        if not (sample := rest.media(call)):
            break  # the far end has hung up
        samples.append(sample)
    return report(samples, time.monotonic() - start)


def report(samples: Sequence[Sequence[Stream]], seconds: float) -> CallReport:
    """Several looks at the streams of one call as one measurement."""
    streams = [stream for sample in samples for stream in sample]
    rates = {
        direction: sum(s.rate_kbps for s in streams if s.direction == direction) / max(len(samples), 1)
        for direction in DIRECTIONS
    }
    return CallReport(
        connected=bool(streams),
        seconds=round(seconds, 1),
        tx_kbps=round(rates["TX"], 1),
        rx_kbps=round(rates["RX"], 1),
        percent_lost=max((s.percent_lost for s in streams), default=0.0),
        jitter_ms=max((s.jitter_ms for s in streams), default=0.0),
    )


def _hang_up_blindly(
    endpoint: Endpoint, pins: Pins, line: Line, entered: access.Entered, error: Unreachable
) -> DiemcauError:
    try:
        with access.shell(endpoint, pins, line, entered.password) as shell:
            shell.ask(Command("hangup all", "hanging up"))
    except (Unreachable, Unexpected):
        return Unreachable(
            f"{error}\n    whether it dials is not known, and it could not be told to hang up\n"
            f"    to do: look at the room's screen, end the call by hand, then run again with -l {endpoint.host}"
        )
    return Unreachable(
        f"{error}\n    the call was ended, if there was one\n    to do: run again with -l {endpoint.host}"
    )
