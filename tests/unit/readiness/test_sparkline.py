"""Small plots."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from diemcau.readiness import sparkline
from diemcau.readiness.words import CARE, NOT_READY, READY


def test_a_run_that_measured_nothing_leaves_a_gap() -> None:
    drawn = sparkline.line([10.0, 20.0, None, 30.0, 40.0], 150.0, "Ch'Ơm <trễ>")
    curve = next(path for path in re.findall(r' d="([^"]*)"', drawn) if path.count("M") == 2)
    assert (curve.count("L"), len(re.findall(r"NaN|None", drawn))) == (2, 0)
    assert ElementTree.fromstring(drawn).get("aria-label") == "Ch'Ơm <trễ>"


def test_what_is_beyond_the_limit_is_drawn_above_it() -> None:
    drawn = sparkline.line([300.0, 10.0], 150.0, "x")
    limit = float(re.findall(r"M0 ([\d.]+)H", drawn)[0])
    first, last = (float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", drawn)[1:])
    assert first < limit < last  # y grows downwards
    assert 0 <= first <= last <= sparkline.HEIGHT


def test_no_runs_and_one_run_are_drawn() -> None:
    for values in ([], [None], [5.0]):
        assert ElementTree.fromstring(sparkline.line(values, 1.0, "x")) is not None
    assert ElementTree.fromstring(sparkline.levels([], "x")) is not None


def test_each_level_has_a_shape_and_a_sign_of_its_own() -> None:
    drawn = sparkline.levels([READY, CARE, NOT_READY], "x")
    assert [drawn.count(f"<{shape} ") for shape in ("circle", "path", "rect")] == [1, 1, 1]
    assert re.findall(r">([✓!✕])<", drawn) == ["✓", "!", "✕"]
