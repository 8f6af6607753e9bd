"""Notes that a role's section is wanted on this router; router_config puts all noted sections on it at once."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.intent import SECTIONS


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        noted = {*task_vars.get("router_sections", ()), arguments["name"]}
        return {"ansible_facts": {"router_sections": [s for s in SECTIONS if s in noted]}, "quiet": True}
