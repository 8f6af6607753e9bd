"""Decides which hubs the communes follow after the hubs had their turn; asks and changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

from diemcau.ansible.action import PlainAction
from diemcau.push import hub_moves

HOSTS = {"type": "list", "elements": "str", "required": True}


class ActionModule(PlainAction):
    ARGUMENTS: ClassVar = {"waiting": HOSTS, "failed": HOSTS, "moved": HOSTS}

    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        found = hub_moves.following(arguments["waiting"], arguments["failed"], arguments["moved"])
        return {"quiet": True, **asdict(found)}
