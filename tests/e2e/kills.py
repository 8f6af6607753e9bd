"""The control machine loses its power in the middle of a command; the same command, typed again, ends well.

    python -m tests.e2e.kills --trials 20 --seed 7

Each trial takes a site apart, runs new_room.yml or restore.yml on it with a technician at the site, kills it with all
that it started at a random moment, and runs it once more. Trials, seconds and violations are printed; the seed repeats
the same trials.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.conftest import Finished, recap
from tests.e2e.valley import Running, Valley, raised

SITE, NUMBER = "ga-ry", 18
RELEASES = (("vyos", "1.4"), ("vyos", "1.5"), ("routeros", "7.18"), ("routeros", "7.22"))
NETWORKS = {"huyen-uy-router": 250, "ubnd-router": 251}
OPTIONS = ("-e", "lost_minutes=0", "-e", "wait_minutes=10", "-e", "confirm_minutes=1")
LONGEST = 900.0  # seconds for a command that is not killed


@dataclass(frozen=True)
class Trial:
    playbook: str
    platform: str
    release: str
    room_too: bool
    moment: float  # of an undisturbed run's length: 0 = at its beginning, 1 = at its end


def trials(count: int, seed: int) -> list[Trial]:
    """The same ones for the same seed; half of them of each command."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        playbook = ("restore", "new_room")[number % 2]
        platform, release = dice.choice(RELEASES)
        room_too = playbook == "restore" and dice.random() < 0.5
        made.append(Trial(playbook, platform, release, room_too, dice.random()))
    return made


def prepare(valley: Valley, trial: Trial) -> None:
    """The flood, or a site that nobody has set up yet; and the inventory as a person writes it."""
    if trial.playbook == "new_room":
        for hub, network in NETWORKS.items():
            forget(valley, hub, network)
        (valley.project / "secrets" / f"{SITE}-router.yml").unlink()
    valley.must("twin", "replace", f"{SITE}-router", "--platform", trial.platform, "--release", trial.release)
    valley.edit(
        rf'{SITE}-router: \{{platform: \w+, release: "[\d.]+"\}}',
        f'{SITE}-router: {{platform: {trial.platform}, release: "{trial.release}"}}',
    )
    if trial.room_too:
        valley.must("twin", "replace", f"{SITE}-room")
        room = valley.node(f"{SITE}-room")
        new = f'{SITE}-room: {{mac: "{room["mac"]}", serial_number: "{room["serial"]}"}}'
        valley.edit(rf"{SITE}-room: \{{.*\}}", new)


def forget(valley: Valley, hub: str, network: int) -> None:
    """A hub loses what it knows of the site, as before its block was in the inventory."""
    valley.console(
        hub,
        "configure",
        f"delete interfaces wireguard wg0 peer {SITE}",
        f"delete protocols bgp neighbor 10.77.{network}.{NUMBER}",
        f"delete policy route-map IN-{SITE}",
        f"delete policy route-map OUT-{SITE}",
        f"delete policy prefix-list FROM-{SITE}",
        "commit",
        "save",
        "exit",
    )


@contextmanager
def technician(valley: Valley) -> Iterator[None]:
    """Somebody at the site who puts the stick into the factory-new router as soon as there is one."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.5):
            for stick in valley.bundles(SITE):
                if valley.twin("usb", f"{SITE}-router", str(stick)).status == 0:
                    return  # else the file was gone again, or the router had no power yet

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def run(valley: Valley, trial: Trial, length: float) -> tuple[float, Finished]:
    """Kill it at its moment, run it again; the seconds after which it was killed, and how the second run ended."""
    prepare(valley, trial)
    with technician(valley):
        first = start(valley, trial)
        began = time.monotonic()
        try:
            while first.alive() and time.monotonic() - began < trial.moment * length:
                time.sleep(0.05)
        finally:
            first.kill()
        killed = time.monotonic() - began
        return killed, start(valley, trial).end(LONGEST)


def start(valley: Valley, trial: Trial) -> Running:
    return valley.start(trial.playbook, "-l", SITE.replace("-", "_"), *OPTIONS)


def violations(valley: Valley, done: Finished) -> list[str]:
    """What is not as it should be after the second run; empty = it ended well."""
    wrong = []
    if done.status != 0 or "1/1 điểm cầu sẵn sàng" not in done.output:
        wrong.append(f"the second run ends with {done.status}: {' '.join(done.output.split()[-40:])}")
    left = [name for name in valley.all_secrets() if ": former_" in name]
    if left or valley.bundles(SITE):
        wrong.append(f"left behind: {left} {valley.bundles(SITE)}")
    if not wrong:
        again = valley.playbook("site", "-l", f"huyen-uy-router,ubnd-router,{SITE.replace('-', '_')}")
        changed = {host: n["changed"] for host, n in recap(again.output).items() if n["changed"]}
        if again.status != 0 or changed:
            wrong.append(f"afterwards site.yml ends with {again.status} and changes {changed}")
    return wrong


def undisturbed(valley: Valley, trial: Trial) -> float:
    """How long it takes when nobody kills it, in seconds; raises AssertionError when it does not end well."""
    prepare(valley, trial)
    with technician(valley):
        began = time.monotonic()
        done = start(valley, trial).end(LONGEST)
    assert done.status == 0, f"an undisturbed run ends with {done.status}:\n{done.output}"
    return time.monotonic() - began


def campaign(valley: Valley, count: int, seed: int, length: float) -> list[str]:
    """Run the trials and print them; every violation. ``length``: of an undisturbed run, in seconds."""
    found, began = [], time.monotonic()
    print(f"\nseed {seed}; a run takes {length:.0f} s", flush=True)
    for number, trial in enumerate(trials(count, seed), 1):
        killed, done = run(valley, trial, length)
        wrong = violations(valley, done)
        found += [f"trial {number}, {trial}: {words}" for words in wrong]
        what = f"{trial.playbook}, {trial.platform} {trial.release}{', and the room' if trial.room_too else ''}"
        print(f"{number:3}  {what:<40} killed after {killed:5.1f} s  {'VIOLATION' if wrong else 'well'}", flush=True)
    print(f"{count} trials, {len(found)} violations, {time.monotonic() - began:.0f} s", flush=True)
    for words in found:
        print(words)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--length", type=float, help="seconds of an undisturbed run; without it one is made first")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, raised(Path(folder), f"kills-{given.seed}-", [SITE]) as valley:
        length = given.length or undisturbed(valley, trials(1, given.seed)[0])
        return 1 if campaign(valley, given.trials, given.seed, length) else 0


if __name__ == "__main__":
    sys.exit(main())
