"""How a circuit behaves: its rates, and what a bad line does to packets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from twin.district import Circuit
from twin.errors import TwinError

MOST_MS = 10_000.0
LEAST_KBPS, MOST_KBPS = 8, 10_000_000


@dataclass(frozen=True)
class Line:
    """Delay, jitter and loss are those of one direction; each direction has them."""

    up_kbps: int  # from the router to the provider
    down_kbps: int
    delay_ms: float = 0.0
    jitter_ms: float = 0.0  # a packet's delay is up to this more or less
    loss_pct: float = 0.0

    @property
    def emulated(self) -> bool:
        """Whether it does to packets what a cable does not."""
        return bool(self.delay_ms or self.loss_pct)


def good(circuit: Circuit) -> Line:
    """The line as the inventory has it."""
    return Line(circuit.up_kbps, circuit.down_kbps)


def changed(line: Line, wish: Mapping[str, str]) -> Line:
    """The line with what was wished for: delay and jitter in ms, loss in percent, rate in kbit/s as N or UP/DOWN.

    Raises TwinError.
    """
    delay = _number(wish, "delay", "ms", MOST_MS, line.delay_ms)
    jitter = _number(wish, "jitter", "ms", MOST_MS, line.jitter_ms)
    loss = _number(wish, "loss", "percent", 100.0, line.loss_pct)
    if jitter > delay:
        raise TwinError(f"--jitter: {jitter:g} ms is more than the delay of {delay:g} ms; no packet arrives early")
    made = replace(line, delay_ms=delay, jitter_ms=jitter, loss_pct=loss)
    if "rate" in wish:
        up, slash, down = wish["rate"].partition("/")
        made = replace(made, up_kbps=_rate(up, wish["rate"]), down_kbps=_rate(down if slash else up, wish["rate"]))
    return made


def _number(wish: Mapping[str, str], name: str, unit: str, most: float, before: float) -> float:
    if name not in wish:
        return before
    try:
        found = float(wish[name])
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:  # neither does NaN pass
        raise TwinError(f"--{name}: {wish[name]!r} is no number of {unit} from 0 to {most:g}")
    return found


def _rate(text: str, given: str) -> int:
    if not (text.isascii() and text.isdigit() and LEAST_KBPS <= int(text) <= MOST_KBPS):
        raise TwinError(
            f"--rate: {given!r} is no rate; expected kbit/s from {LEAST_KBPS} to {MOST_KBPS}, such as 2000,"
            " or up and down: 2000/4000"
        )
    return int(text)
