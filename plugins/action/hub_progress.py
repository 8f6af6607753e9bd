"""Decides which hubs the communes follow after the hubs had their turn; asks and changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.push import hub_moves


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        found = hub_moves.following(arguments["waiting"], arguments["failed"], arguments["moved"])
        return {"quiet": True, **asdict(found)}
