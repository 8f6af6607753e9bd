"""What all platforms share."""

from __future__ import annotations

import pytest

from diemcau.platforms import ahead


@pytest.mark.parametrize(
    ("clock", "found"),
    [(100, 0.0), (99, 0.0), (103, 0.0), (103.5, 0.5), (98, -1.0), (3700, 3597.0), (-3500, -3599.0)],
)
def test_a_clock_of_whole_seconds_is_right_at_any_moment_of_the_reading(clock: float, found: float) -> None:
    """Asked at 100 s, answered at 103 s, as over a slow line."""
    assert ahead(clock, 100.0, 103.0) == found
