"""One trial: a random change is pushed to one commune while a fault strikes; what has to hold is looked at."""

from __future__ import annotations

import random
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import changes
from tests.faults.lab import MINUTES, Lab, Silent

BYTES = 90_000  # about as many as a push of a middling change carries, the confirmation included
WINDOW = MINUTES * 60 + 45  # seconds: the revert time, and a restart
PATIENCE = 240  # seconds for a site to be reachable again

FAULTS = (
    "nothing", "session reset", "session stalled", "line dark", "line silent", "control killed", "control off",
    "router off", "router restarts", "statement refused", "management severed", "disk full", "clock ahead",
)  # fmt: skip
HUB_FAULT = "hub off"  # concerns every commune: tried by itself
_OWN = {"session reset": "reset", "session stalled": "stall", "control killed": "kill", "control off": "off"}


@dataclass
class Result:
    number: int
    host: str
    platform: str
    fault: str
    moment: int  # bytes
    said: str = ""  # how the push ended
    between: str = "not looked at"  # "old", "new", or what was wrong
    violation: str = ""


def run(lab: Lab, number: int, seed: int, host: str, fault: str, at_once: Callable[[], None] | None = None) -> Result:
    """``at_once``: strikes instead of the fault's own deed."""
    rng = random.Random(f"{seed}/{number}")
    result = Result(number, host, lab.platform(host), fault, rng.randrange(BYTES))
    now = lab.variables[host]
    wanted = changes.changed(now, rng)
    wrong = fault in ("statement refused", "management severed")
    desired = lab.desired(host, changes.refused(wanted) if fault == "statement refused" else wanted)
    if fault == "management severed":
        desired = changes.severed(desired)
    try:
        old = _reachable(lab, host)
        output = _push(lab, result, desired, rng, at_once)
        _wrong_words(lab, host, output)
        between = None
        if rng.random() < 0.7 or wrong:
            time.sleep(0 if result.said.isdigit() else WINDOW)
            between = _reachable(lab, host)
        if fault == "disk full":
            lab.twin("disk", host, "free")
        # What is ordinary afterwards: the same change once more, or, when it was wrong, what was there before.
        final = now if wrong else wanted
        _reachable(lab, host)
        again = lab.start(lab.job(host, lab.desired(host, final))).communicate(timeout=900)[0]
        _wrong_words(lab, host, again)
        if not re.search(r"^=DONE \d+ (\d+|finished)$", again, re.M):
            raise AssertionError(f"the ordinary run failed: {again.strip()}")
        lab.variables[host] = final
        new = _reachable(lab, host)
        _compare(result, old, between, new, wrong=wrong)
        _look_after(lab, host)
    except (AssertionError, Silent, subprocess.TimeoutExpired) as error:
        result.violation = str(error)[:1500]
    finally:
        if fault == "clock ahead":
            lab.twin("clock", host, "0")
        if fault == "disk full":
            lab.twin("disk", host, "free")
    return result


def _compare(result: Result, old: str, between: str | None, new: str, *, wrong: bool) -> None:
    """Between the push and the ordinary run the router has the old or the new as a whole; at the end what is asked."""
    if between is not None:
        result.between = "old" if between == old else "new" if between == new else "neither old nor new"
        if result.between not in ("old", "new"):
            raise AssertionError(f"{result.between}: {_difference(old, between, new)}")
    if wrong and new != old:
        raise AssertionError(f"the end is not what was there before: {_difference(old, new, old)}")


def _look_after(lab: Lab, host: str) -> None:
    """Nothing is left on the router, and one more run changes nothing."""
    if (left := lab.leftovers(host)) != []:
        raise AssertionError(f"left on the router: {left}")
    if lab.start(lab.job(host, lab.desired(host))).communicate(timeout=300)[0].split()[-1] != "0":
        raise AssertionError("one more run changes something again")


def _push(lab: Lab, result: Result, desired: str, rng: random.Random, at_once: Callable[[], None] | None) -> str:
    host, site = result.host, result.host.removesuffix("-router")
    pause = rng.uniform(2, 25)

    def off(seconds: float) -> None:
        lab.twin("power", host, "off")
        time.sleep(seconds)
        lab.twin("power", host, "on")

    def cut(*how: str) -> None:
        circuits = [f"{site}/{c['name']}" for c in lab.variables[host]["wan"]["circuits"]]
        for circuit in circuits:
            lab.twin("cut", circuit, *how)
        time.sleep(pause)
        for circuit in circuits:
            lab.twin("mend", circuit)

    deeds: dict[str, Callable[[], None]] = {
        "line dark": cut,
        "line silent": lambda: cut("--silent"),
        "router off": lambda: off(pause),
        "router restarts": lambda: off(0),
        "clock ahead": lambda: lab.twin("clock", host, str(rng.choice([40, 3600, 86400]))),
    }
    if result.fault == "disk full":
        lab.twin("disk", host, "full")
    after = (
        10**9 if result.fault in ("nothing", "statement refused", "management severed", "disk full") else result.moment
    )
    process = lab.start(lab.job(host, desired, _OWN.get(result.fault, ""), after))
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.strip() == "=NOW":
            (at_once or deeds.get(result.fault, lambda: None))()
    process.wait(timeout=60)
    last = lines[-1].split() if lines else []
    result.said = last[2] if last[:1] == ["=DONE"] else "killed"
    return "".join(lines)


def _reachable(lab: Lab, host: str) -> list[str]:
    """What the router has; it has to be reachable before long. Raises AssertionError."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return lab.shown(host)
        except (Silent, subprocess.TimeoutExpired) as error:
            if time.monotonic() > end:
                raise AssertionError(f"cut off: {error}") from None
            time.sleep(3)


def _wrong_words(lab: Lab, host: str, output: str) -> None:
    assert "Traceback" not in output, output
    key = max(lab.source.ssh_host_key(host).reveal().splitlines(), key=len)
    for secret in (
        lab.source.wireguard_private_key(host, "wg0").reveal(),
        lab.source.admin_password(host).reveal(),
        key,
    ):
        assert secret not in output, f"a secret of {host} was told"


def _difference(old: list[str], between: list[str], new: list[str]) -> str:
    """Lines that are in neither, and lines that both have and it has not; secrets are not quoted."""
    more = [line.split("=")[0][:60] for line in between if line not in old and line not in new]
    less = [line.split("=")[0][:60] for line in old if line in new and line not in between]
    return f"{len(between)} lines beside {len(old)} and {len(new)}; more: {more[:3]}; less: {less[:3]}"
