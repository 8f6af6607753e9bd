"""A call for a trial: placed by REST, measured while media flows, and always ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from diemcau.endpoints import CONNECT_SECONDS, CallReport, InCall
from diemcau.endpoints.group import access, replies
from diemcau.endpoints.group.access import DEFAULT_LINE, Line
from diemcau.endpoints.group.console import Console
from diemcau.endpoints.group.replies import Command, Reply
from diemcau.endpoints.group.rest import Rest, Stream
from diemcau.endpoints.group.transaction import CALLS, in_call
from diemcau.errors import DiemcauError, Problem, Unexpected, Unreachable
from diemcau.intent import Endpoint
from diemcau.secrets.pins import Pins

LOOK_EVERY = 1.0  # seconds between two measurements
SEEN_WITHIN = 3.0  # seconds between two looks that are no gap yet: an endpoint tells rates as means of about so long
DIRECTIONS = ("TX", "RX")
Look = tuple[float, list[Stream] | None]  # seconds since media came; None = the endpoint could not be asked


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
            if in_call(endpoint.host, shell):
                raise InCall(
                    Problem(
                        host=endpoint.host,
                        found="the room is in a call: no other was placed",
                        remedy=f"run again with -l {endpoint.host} after the call",
                    )
                )
        try:
            call = rest.dial(number, rate_kbps)
        except (Unreachable, Unexpected) as error:  # it may have begun to dial
            raise _ended_otherwise(endpoint, pins, line, entered, number, error) from None
        try:
            tell(f"calls {number} at {rate_kbps} kbit/s")
            return _measure(rest, call, seconds)
        finally:
            try:
                rest.hang_up(call)
            except DiemcauError as error:
                raise _ended_otherwise(endpoint, pins, line, entered, number, error) from None
    finally:
        if problem := rest.close():
            tell(f"the REST session was not given back: {problem}; the endpoint forgets it by itself")


def _measure(rest: Rest, call: str, seconds: float) -> CallReport:
    deadline = time.monotonic() + CONNECT_SECONDS
    while not any(s.direction == "RX" and s.rate_kbps > 0 for s in rest.media(call)):
        if time.monotonic() > deadline:
            return CallReport(False, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        time.sleep(LOOK_EVERY)
    start = time.monotonic()
    looks: list[Look] = []
    while not looks or time.monotonic() - start < seconds:
        time.sleep(LOOK_EVERY)
        try:
            sample = rest.media(call)
        except Unreachable:  # the line to the endpoint is the one that the call is measured on
            sample = None
        if sample == []:
            break  # the far end has hung up
        looks.append((time.monotonic() - start, sample))
    return report(looks, time.monotonic() - start)


def report(looks: Sequence[Look], seconds: float) -> CallReport:
    """Several looks at the streams of one call as one measurement, which began when media were seen."""
    samples = [sample for _, sample in looks if sample is not None]
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
        longest_gap_s=round(_longest_gap(looks, seconds), 1),
    )


def _longest_gap(looks: Sequence[Look], seconds: float) -> float:
    """The longest time between looks that found media coming in, less the time between two looks."""
    there = [
        moment
        for moment, sample in looks
        if sample and any(stream.direction == "RX" and stream.rate_kbps > 0 for stream in sample)
    ]
    return max(0.0, max(after - before for before, after in pairwise([0.0, *there, seconds])) - SEEN_WITHIN)


def _ended_otherwise(
    endpoint: Endpoint, pins: Pins, line: Line, entered: access.Entered, number: str, error: DiemcauError
) -> DiemcauError:
    """The error with words about what became of the call, after a try to end it at the command line."""
    try:
        with access.shell(endpoint, pins, line, entered.password) as shell:
            words = _end(shell, number)
    except DiemcauError:
        words = ""
    if words:
        return type(error)(error.problem.also(words, remedy=f"run again with -l {endpoint.host}"))
    unknown = "whether it dials is not known, and it could not be told to hang up"
    remedy = f"look at the room's screen, end the call by hand, then run again with -l {endpoint.host}"
    return type(error)(error.problem.also(unknown, remedy=remedy))


def _end(shell: Console, number: str) -> str:
    """End our call and no other; what was done, "" when that is not known."""
    answer = shell.ask(CALLS)
    if not isinstance(answer, Reply):
        return ""
    if replies.free(answer.value):
        return "there is no call any more"
    found = replies.calls(answer.value)
    if not found or not all(call.outgoing and _same_number(call.number, number) for call in found):
        return ""  # somebody else calls: "hangup all" would end that as well
    return "the call was ended" if isinstance(shell.ask(Command("hangup all", "hanging up")), Reply) else ""


def _same_number(shown: str, dialled: str) -> bool:
    """``sip:8001@10.77.1.15`` and ``8001`` are the same number to call."""
    return shown.lower().removeprefix("sip:").partition("@")[0] == dialled.lower().partition("@")[0]
