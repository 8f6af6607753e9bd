"""Looks at a call's streams as one measurement."""

from __future__ import annotations

import pytest

from diemcau.endpoints.group.calls import Look, report
from diemcau.endpoints.group.rest import Stream


def look(moment: float, rate: float, lost: float = 0.0, jitter: float = 4.0) -> Look:
    return moment, [
        Stream("TX", "AUDIO", 64, 0, 0, 0),
        Stream("RX", "AUDIO", rate and 64, 0, lost, jitter),
        Stream("RX", "VIDEO", rate and rate - 64, 0, 0, 0),
    ]


def test_rates_are_means_and_the_rest_the_worst() -> None:
    found = report([look(1, 500), look(2, 700, lost=2.0), look(3, 600, jitter=31)], 3.2)
    assert (found.connected, found.seconds, found.tx_kbps, found.rx_kbps) == (True, 3.2, 64.0, 600.0)
    assert (found.percent_lost, found.jitter_ms, found.longest_gap_s) == (2.0, 31, 0.0)


@pytest.mark.parametrize(
    ("looks", "seconds", "gap"),
    [
        ([look(1, 500), look(2, 0), look(9, 0), look(10, 500)], 12, 6.0),  # 9 s without, less the 3 of a mean
        ([look(1, 500), (9.0, None), look(10.5, 500)], 12, 6.5),  # the endpoint could not be asked meanwhile
        ([look(2, 500), look(4, 0), look(5, 500), look(12, 500)], 14, 4.0),
        ([look(1, 500), look(2, 500), look(3, 0)], 14, 9.0),  # and nothing came any more
        ([look(1, 0)], 12, 9.0),
        ([], 12, 9.0),
    ],
)
def test_the_longest_time_without_media(looks: list[Look], seconds: float, gap: float) -> None:
    assert report(looks, seconds).longest_gap_s == gap
