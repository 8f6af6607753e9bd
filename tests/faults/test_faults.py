"""A few trials of the campaign, and its own arithmetic. ``make faults`` has as many as one likes."""

from __future__ import annotations

import os

import pytest

from tests.faults import changes, trial
from tests.faults.__main__ import batches, campaign, table
from tests.faults.lab import COMMUNES

TRIALS = int(os.environ.get("TRIALS", "14"))  # each fault once
SEED = int(os.environ.get("SEED", "20221014"))


def test_no_fault_cuts_a_commune_off() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    results = campaign(TRIALS, SEED, sorted(COMMUNES))
    print(table(results))
    assert len(results) == TRIALS
    assert [(r.number, r.host, r.fault, r.violation) for r in results if r.violation] == []
    assert {"old", "new"} <= {r.between for r in results}


def test_a_template_that_severs_is_one() -> None:
    assert changes.severed("from 10.77.1.10/32 and 10.77.1.100") == "from 10.77.1.11/32 and 10.77.1.100"


def test_no_commune_is_changed_by_two_trials_at_once() -> None:
    assert batches([11, 19, 24, 37, 48, 89], 6) == [[11, 19, 24], [37, 48, 89]]
    assert batches([], 6) == []


def test_the_table_counts_what_was_seen() -> None:
    seen = [
        trial.Result(0, "a-router", "vyos", "disk full", 1, between="old"),
        trial.Result(1, "a-router", "vyos", "disk full", 1, between="neither old nor new", violation="x"),
        trial.Result(2, "b-router", "routeros", "hub off", 1, between="new"),
    ]
    assert [line.split()[-5:] for line in table(seen).splitlines()[1:]] == [
        ["vyos", "2", "1", "0", "1"],
        ["routeros", "1", "0", "1", "0"],
    ]
