"""The campaign: ``python -m tests.faults --trials N --seed S [--platform P] [--only K]``. ``make faults`` runs it.

Each commune has its trials one after the other, all communes at the same time. A hub that loses its power concerns
everybody: those trials come last, together.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.faults import trial
from tests.faults.lab import COMMUNES, HUBS, Lab, lab


def campaign(trials: int, seed: int, chosen: Sequence[str], only: int | None = None) -> list[trial.Result]:
    """All trials, a line for each as soon as it ended."""
    communes = [site for pair in zip(*(COMMUNES[platform] for platform in chosen), strict=True) for site in pair]
    numbers = list(range(trials)) if only is None else [only]
    faults = [*trial.FAULTS, trial.HUB_FAULT]
    # Every fault equally often, in an order that the seed gives.
    kinds = [faults[n % len(faults)] for n in range(max(numbers) + 1)]
    random.Random(seed).shuffle(kinds)
    results: list[trial.Result] = []
    lock = threading.Lock()

    def done(result: trial.Result) -> None:
        with lock:
            results.append(result)
            print(told(result), flush=True)

    with lab(communes) as made:
        alone = {site: [n for n in numbers if n % len(communes) == place] for place, site in enumerate(communes)}

        def one_after_the_other(site: str) -> None:
            for n in alone[site]:
                if kinds[n] != trial.HUB_FAULT:
                    done(trial.run(made, n, seed, f"{site}-router", kinds[n]))

        with ThreadPoolExecutor(len(communes)) as pool:
            list(pool.map(one_after_the_other, communes))
        _hubs(made, seed, [n for n in numbers if kinds[n] == trial.HUB_FAULT], communes, done)
    return results


def _hubs(made: Lab, seed: int, numbers: Sequence[int], communes: Sequence[str], done: object) -> None:
    """A hub goes off once for as many communes as there are, when the first of them has come to its moment."""
    for batch in batches(numbers, len(communes)):
        hub = random.Random(f"{seed}/{batch[0]}").choice(HUBS)
        struck = threading.Lock()
        over = threading.Event()

        def strike(hub: str = hub, struck: threading.Lock = struck, over: threading.Event = over) -> None:
            if struck.acquire(blocking=False):
                made.twin("power", f"{hub}-router", "off")
                time.sleep(20)
                made.twin("power", f"{hub}-router", "on")
                over.set()
            over.wait(60)

        with ThreadPoolExecutor(len(batch)) as pool:
            jobs = [
                pool.submit(trial.run, made, n, seed, f"{communes[n % len(communes)]}-router", trial.HUB_FAULT, strike)
                for n in batch
            ]
            for job in jobs:
                done(job.result())  # type: ignore[operator]


def batches(numbers: Sequence[int], communes: int) -> list[list[int]]:
    """The trials in groups in which no commune is changed by two at once."""
    found: list[list[int]] = []
    before: Counter[int] = Counter()  # trials of each commune: each takes one group
    for n in numbers:
        place = before[n % communes]
        if place == len(found):
            found.append([])
        found[place].append(n)
        before[n % communes] += 1
    return found


def told(result: trial.Result) -> str:
    verdict = f"VIOLATION: {result.violation}" if result.violation else f"in between: {result.between}"
    return (
        f"{result.number:>4} {result.host:<15} {result.fault:<18} at {result.moment:>6} bytes, "
        f"push: {result.said:<12} {verdict}"
    )


def table(results: Sequence[trial.Result]) -> str:
    """Faults by kind and platform."""
    lines = [f"{'fault':<20} {'platform':<9} {'trials':>6} {'old':>5} {'new':>5} {'violations':>11}"]
    for fault in (*trial.FAULTS, trial.HUB_FAULT):
        for platform in COMMUNES:
            these = [r for r in results if (r.fault, r.platform) == (fault, platform)]
            between = Counter(r.between for r in these)
            if these:
                wrong = sum(bool(r.violation) for r in these)
                lines.append(
                    f"{fault:<20} {platform:<9} {len(these):>6} {between['old']:>5} {between['new']:>5} {wrong:>11}"
                )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--platform", choices=sorted(COMMUNES), help="one platform instead of both")
    parser.add_argument("--only", type=int, metavar="K", help="trial K and no other")
    options = parser.parse_args()
    began = time.monotonic()
    chosen = [options.platform] if options.platform else sorted(COMMUNES)
    results = campaign(options.trials, options.seed, chosen, options.only)
    violations = [r for r in results if r.violation]
    print(f"\n{table(results)}")
    minutes = (time.monotonic() - began) / 60
    print(f"{len(results)} trials, seed {options.seed}, {minutes:.0f} min: {len(violations)} violations")
    for r in violations:
        print(
            f"  again: make faults TRIALS={options.trials} SEED={options.seed} ONLY={r.number}\n"
            f"         {r.host} ({r.platform}), {r.fault} at {r.moment} bytes: {r.violation}"
        )
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
