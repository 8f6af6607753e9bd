"""``/ping``: the machine's ping, told as RouterOS tells it."""

from __future__ import annotations

import re

from twin.routeros.errors import Refusal
from twin.routeros.names import linux_names
from twin.routeros.session import Session

_REPLY = re.compile(r"(\d+) bytes from [^:]*:.*ttl=(\d+) time=([\d.]+) ms")
_ENDLESS = 1 << 30


async def ping(session: Session, given: dict[str, str]) -> int:
    """Prints a line for each packet and the sum; returns how many came back."""
    address = given.get("address", "")
    if not re.fullmatch(r"\d+\.\d+\.\d+\.\d+", address):
        raise Refusal("invalid value for argument address")
    count = given.get("count", "")
    if count and not count.isdigit():
        raise Refusal("invalid value for argument count")
    options = ["-n", "-c", "1", "-W", "1", "-s", str(max(0, int(given.get("size", "56")) - 28))]
    names = linux_names(session.router.config)
    if given.get("interface"):
        if given["interface"] not in names:
            raise Refusal("input does not match any value of interface")
        options += ["-I", names[given["interface"]]]
    elif given.get("src-address"):
        options += ["-I", given["src-address"]]
    session.write("  SEQ HOST                                     SIZE TTL TIME       STATUS\n")
    times: list[float] = []
    total = int(count) if count else _ENDLESS if session.interactive else 4
    for number in range(total):
        output = await session.router.host.run("ping", *options, address, check=False)
        match = _REPLY.search(output)
        if match:
            times.append(float(match[3]))
            session.write(f"{number:>5} {address:<40} {int(match[1]) + 20:>4} {match[2]:>3} {_short(times[-1])}\n")
        else:
            session.write(f"{number:>5} {address:<40} {'':>4} {'':>3} {'':<10} timeout\n")
    loss = 100 - 100 * len(times) // max(1, total)
    summary = f"    sent={total} received={len(times)} packet-loss={loss}%"
    if times:
        summary += (
            f" min-rtt={_short(min(times))} avg-rtt={_short(sum(times) / len(times))} max-rtt={_short(max(times))}"
        )
    session.write(summary + "\n")
    return len(times)


def _short(milliseconds: float) -> str:
    whole = int(milliseconds)
    return f"{whole}ms{round((milliseconds - whole) * 1000)}us" if whole else f"{round(milliseconds * 1000)}us"
