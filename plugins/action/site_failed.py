"""Fails for a site with problems that earlier tasks noticed."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import PlainAction, failed
from diemcau.errors import problems_of


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        return failed(*problems_of(arguments["problems"]))
