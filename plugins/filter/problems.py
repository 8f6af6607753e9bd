"""What went wrong in a task, as data that a playbook can pass on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from diemcau.ansible import action

DOCUMENTATION = """
    name: problems
    short_description: the problems of a failed task's result
    description:
      - A list of problems, as the suite's own actions return them under C(problems).
      - The result of another action, whose words are Ansible's, becomes one problem of that host.
    options:
      _input:
        description: The result, such as C(ansible_failed_result).
        type: dict
        required: true
      host:
        description: The host of the task.
        type: str
        required: true
"""

EXAMPLES = """
- ansible.builtin.set_fact:
    site_problems: "{{ ansible_failed_result | problems(inventory_hostname) }}"
"""

RETURN = """
  _value:
    description: Each with file, line, host, key, found, expected, remedy, state, untouched.
    type: list
    elements: dict
"""


def problems(result: Mapping[str, Any], host: str) -> list[dict[str, Any]]:
    """The problems of a result, each in the form of ``diemcau.errors.Problem``."""
    return [problem.as_dict() for problem in action.problems(result, host)]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"problems": problems}
