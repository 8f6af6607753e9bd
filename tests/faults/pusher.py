"""One push in a process of its own, as a control machine does it: a job as JSON on standard input, words on output.

Lines that begin with ``=`` are for the campaign: ``=NOW`` when the fault's moment has come, ``=DONE bytes outcome``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from diemcau import platforms
from diemcau.errors import DiemcauError
from diemcau.intent import SECTIONS
from diemcau.push import transaction
from diemcau.redaction import Secret
from diemcau.transport.ssh import Target
from tests.faults.line import Line


def main(asked: dict[str, Any]) -> None:
    line = Line(asked["address"], asked["what"], asked["after"], lambda: print("=NOW", flush=True))
    target = Target(
        asked["host"], "127.0.0.1", asked["user"], Secret(asked["private_key"]), asked["host_key"], port=line.port
    )
    job = transaction.Job(
        platform=platforms.load(asked["platform"]),
        target=target,
        release=asked["release"],
        desired=Secret(asked["desired"]),
        sections=SECTIONS,
        confirm_minutes=asked["minutes"],
    )
    try:
        outcome = transaction.push(
            job, check=False, backup=lambda text: None, tell=lambda words: print(words, flush=True)
        )
        said = "finished" if outcome.finished else f"{len(outcome.plan.statements)}"
    except DiemcauError as error:
        print(error)
        said = type(error).__name__
    print(f"=DONE {line.carried} {said}", flush=True)


if __name__ == "__main__":
    main(json.load(sys.stdin))
