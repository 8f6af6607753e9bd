"""What went wrong in a task travels through a playbook as data."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from diemcau.ansible import action
from diemcau.errors import Problem
from diemcau.paths import PROJECT

PROBLEM = Problem(host="ga-ry-router", found="the line is cut", untouched=True, remedy="wait")


def passed_on(result: dict[str, Any]) -> list[dict[str, Any]]:
    spec = importlib.util.spec_from_file_location("problems", PROJECT / "plugins" / "filter" / "problems.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FilterModule().filters()["problems"](result, "ga-ry-router")  # type: ignore[no-any-return]


def test_a_failed_result_has_them_as_they_were() -> None:
    result = action.failed(PROBLEM)
    assert (result["failed"], result["msg"]) == (True, str(PROBLEM))
    assert action.problems(result, "x") == [PROBLEM]
    assert passed_on(result) == [PROBLEM.as_dict()]


def test_the_words_of_another_action_are_a_problem_of_its_host() -> None:
    assert action.problems({"msg": "boom"}, "ga-ry-router") == [Problem(host="ga-ry-router", found="boom")]
    assert passed_on({})[0]["found"] == "the task failed without a word"


def test_a_result_that_is_in_no_known_form_breaks_loudly() -> None:
    with pytest.raises(TypeError, match="no field of a problem: words"):
        passed_on({"problems": [{"words": "x"}]})
