"""What a run costs on a slow line: round trips, bytes and seconds, by the suite and by plain netmiko.

    python -m tests.bench.roundtrips [--platform NAME] [--delays 0,100,300,600] [--without-netmiko] [--json FILE]

For each platform a unit of the twin is provisioned as a commune's router. Then, over lines of each round-trip time:
a run that changes nothing, and a change of 200 statements. The suite's side is what a run does: one session reads,
plans and commits, a new one confirms and saves. Plain netmiko reads the configuration once, or sends the same
statements with ``send_config_set``; it neither checks anything, nor is anything taken back. Seconds hold what both
ends compute on this machine. Round trips (tests/bench/proxy.py says what one is) do not; they are those of the
slowest line.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import netmiko
import paramiko

from diemcau.platforms import Plan
from tests.bench import commune
from tests.bench.lab import Lab, Measured, enter, lab

RELEASES = {"vyos": "1.4", "routeros": "7.18"}
STATEMENTS = 200
NOTHING, CHANGE = "nothing to change", f"{STATEMENTS} statements"
AIM = {NOTHING: 14, CHANGE: 14 + 25}  # round trips of the suite, from TCP connect to close


@dataclass
class Case:
    """One kind of run; ``work`` is given the port where the line begins."""

    platform: str
    what: str
    by: str
    work: Callable[[int], None]
    results: dict[float, Measured] = field(default_factory=dict)  # round-trip time in ms -> what it took


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    enter("tests.bench.roundtrips", arguments)
    done: list[Case] = []
    for platform in options.platform or RELEASES:
        print(f"{platform} {RELEASES[platform]}: provisioning a unit", flush=True)
        with lab(platform, RELEASES[platform]) as unit:
            for case in cases(unit, plain=not options.without_netmiko):
                for milliseconds in options.delays:
                    measured = unit.measure(milliseconds / 2000, case.work)
                    case.results[milliseconds] = measured
                    print(f"  {case.by}, {case.what}, {milliseconds:.0f} ms: {measured.seconds:.1f} s", flush=True)
                    if case.what == CHANGE:
                        unit.push(unit.router)  # as it was, past the line
                done.append(case)
    print("\n".join(table(done, options.delays)))
    if options.json:
        options.json.write_text(json.dumps([_plain_data(case) for case in done], indent=1) + "\n")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", action="append", choices=sorted(RELEASES), help="only this one; may be repeated")
    parser.add_argument(
        "--delays",
        type=lambda text: [float(part) for part in text.split(",")],
        default=[0.0, 100.0, 300.0, 600.0],
        help="round-trip times in ms",
    )
    parser.add_argument("--without-netmiko", action="store_true", help="only the suite: plain netmiko takes minutes")
    parser.add_argument("--json", type=Path, help="write the numbers to this file as well")
    return parser.parse_args(arguments)


def cases(unit: Lab, *, plain: bool) -> Iterator[Case]:
    """What is measured on one unit; ``plain`` adds netmiko by itself."""
    platform = unit.router.platform
    larger = commune.with_statements(unit.router, STATEMENTS)
    yield Case(platform, NOTHING, "diemcau", lambda port: _expect(0, unit.push(unit.router, port)))
    yield Case(platform, CHANGE, "diemcau", lambda port: _expect(STATEMENTS, unit.push(larger, port)))
    if plain:
        statements = unit.statements(larger)
        yield Case(platform, NOTHING, "netmiko", lambda port: PLAIN[platform](unit, port, []))
        yield Case(platform, CHANGE, "netmiko", lambda port: PLAIN[platform](unit, port, statements))


def _expect(wanted: int, sent: Plan) -> None:
    if len(sent.statements) != wanted:
        raise RuntimeError(f"these statements were sent, {wanted} were to be measured:\n{sent.shown()}")


def _plain_vyos(unit: Lab, port: int, statements: list[str]) -> None:
    session = _session(unit, "vyos", port)
    if statements:
        session.send_config_set(statements, exit_config_mode=False)
        session.commit()
        session.send_command("save", expect_string=r"#")  # save_config() waits for a "Done" that 1.4 no longer prints
        session.exit_config_mode()
    else:
        session.send_command("show configuration commands")
    session.disconnect()


def _plain_routeros(unit: Lab, port: int, statements: list[str]) -> None:
    session = _session(unit, "mikrotik_routeros", port)
    if statements:
        session.send_config_set(statements)
    else:
        session.send_command("/export terse show-sensitive")
    session.disconnect()


PLAIN = {"vyos": _plain_vyos, "routeros": _plain_routeros}


def _session(unit: Lab, kind: str, port: int) -> netmiko.BaseConnection:
    """As netmiko's own documentation opens one, but for the time-outs, which a slow line needs."""
    return netmiko.ConnectHandler(
        device_type=kind,
        host=commune.ADDRESS,
        port=port,
        username=commune.USER,
        pkey=paramiko.Ed25519Key.from_private_key(io.StringIO(unit.keys.user.reveal())),
        allow_agent=False,
        conn_timeout=60,
        banner_timeout=60,
        auth_timeout=60,
        read_timeout_override=120,
    )


def _plain_data(case: Case) -> dict[str, object]:
    results = {
        f"{delay:.0f}": {"seconds": measured.seconds, **asdict(measured.count)}
        for delay, measured in case.results.items()
    }
    aim = AIM[case.what] if case.by == "diemcau" else None
    return {"platform": case.platform, "run": case.what, "by": case.by, "aim": aim, "by_milliseconds": results}


def table(cases: Sequence[Case], delays: Sequence[float]) -> list[str]:
    """Lines for a person."""
    head = ["platform", "run", "by", "sessions", "round trips", "aim", "kB up", "kB down"]
    lines = [[*head, *(f"s at {delay:.0f} ms" for delay in delays)]]
    for case in cases:
        count = case.results[max(delays)].count
        aim = str(AIM[case.what]) if case.by == "diemcau" else ""
        traffic = [f"{count.up_bytes / 1000:.1f}", f"{count.down_bytes / 1000:.1f}"]
        seconds = [f"{case.results[delay].seconds:.1f}" for delay in delays]
        lines.append(
            [case.platform, case.what, case.by, str(count.connections), str(count.round_trips), aim, *traffic, *seconds]
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
