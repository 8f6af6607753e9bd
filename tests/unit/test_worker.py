"""Errors of actions are plain results: words for a person, never a traceback, never a value."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from diemcau.errors import DiemcauError
from diemcau.worker import PlainAction


def action(error: Exception, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The result of an action whose work raises ``error``."""

    class Action(PlainAction):
        def __init__(self) -> None: ...

        def validate_argument_spec(self, argument_spec: Any) -> tuple[None, dict[str, Any]]:
            return None, {}

        def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
            raise error

    monkeypatch.setattr(ActionBase, "run", lambda self, tmp, task_vars: {})
    return Action().run(None, {"inventory_hostname": "ga-ry-router"})


@pytest.mark.parametrize("error", [DiemcauError("ga-ry-router: no"), AnsibleError("ga-ry-router: no")])
def test_expected_errors_are_their_words(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    result = action(error, monkeypatch)
    assert (result["failed"], result["plain"], result["msg"]) == (True, True, "ga-ry-router: no")
    assert "exception" not in result


def test_a_defect_names_its_place_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    result = action(KeyError("hunter2"), monkeypatch)
    assert "hunter2" not in result["msg"]
    assert "Traceback" not in result["msg"]
    assert "KeyError at test_worker.py:" in result["msg"]
    assert "ga-ry-router" in result["msg"]
