"""The control machine's process is killed in the middle of a job: the same command, once more, ends well."""

from __future__ import annotations

from tests.e2e import kills
from tests.e2e.valley import Valley


def test_a_job_that_is_killed_goes_on(valley: Valley) -> None:
    """One of each; python -m tests.e2e.kills runs as many as one likes."""
    assert kills.campaign(valley, 2, seed=3, length=30.0) == []
    assert valley.printed_secrets() == []
