"""Errors of actions are plain results: words for a person, never a traceback, never a value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from diemcau.ansible import arguments
from diemcau.ansible.action import PlainAction
from diemcau.errors import DiemcauError, Problem


def action(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch, check: bool = False, **task_vars: Any
) -> dict[str, Any]:
    """The result of an action whose work raises ``error``, or tells whether it is in check mode."""

    class Action(PlainAction):
        def __init__(self) -> None:
            self._task = SimpleNamespace(action="ansible.legacy.router_config", check_mode=check)

        def validate_argument_spec(self, argument_spec: Any) -> tuple[None, dict[str, Any]]:
            assert argument_spec == arguments.spec("router_config")
            return None, {}

        def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
            if error is not None:
                raise error
            return {"check": task_vars["ansible_check_mode"]}

    monkeypatch.setattr(ActionBase, "run", lambda self, tmp, task_vars: {})
    return Action().run(None, {"inventory_hostname": "ga-ry-router", **task_vars})


@pytest.mark.parametrize(
    "error", [DiemcauError(Problem(host="ga-ry-router", found="no")), AnsibleError("ga-ry-router: no")]
)
def test_expected_errors_are_their_words(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    result = action(error, monkeypatch)
    assert (result["failed"], result["plain"], result["msg"]) == (True, True, "ga-ry-router: no")
    assert "exception" not in result


def test_a_defect_names_its_place_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    result = action(KeyError("hunter2"), monkeypatch)
    assert "hunter2" not in result["msg"]
    assert "Traceback" not in result["msg"]
    assert "KeyError at test_action.py:" in result["msg"]
    assert "ga-ry-router" in result["msg"]


@pytest.mark.parametrize("command_line", [False, True])
@pytest.mark.parametrize("task", [False, True])
def test_the_task_decides_about_check_mode(task: bool, command_line: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """plan.yml runs its tasks in check mode without --check; Ansible's variable knows of --check only."""
    assert action(None, monkeypatch, task, ansible_check_mode=command_line) == {"check": task}
