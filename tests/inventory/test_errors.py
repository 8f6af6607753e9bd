"""Each mistake in tests/errors/ gives exactly the message that stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from diemcau.errors import InventoryError
from tests.inventory.loading import PROJECT, district, with_mistake

CASES = sorted((PROJECT / "tests" / "errors").glob("*.yml"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_the_message_beside_the_mistake(case: Path) -> None:
    with pytest.raises(InventoryError) as caught:
        district(with_mistake(case))
    assert f"{caught.value}\n" == case.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_every_problem_is_complete(case: Path) -> None:
    with pytest.raises(InventoryError) as caught:
        district(with_mistake(case))
    for problem in caught.value.problems:
        assert problem.file and problem.line and problem.host and problem.found and problem.expected and problem.remedy
    assert caught.value.problems == sorted(caught.value.problems)
