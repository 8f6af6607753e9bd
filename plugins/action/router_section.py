"""Notes a role's section for the router's one commit, and says whether the router differs from what is asked there."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.intent import SECTIONS
from diemcau.push import transaction
from diemcau.redaction import joined


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        section = arguments["name"]
        if not arguments["compare"]:
            return {**_noted("router_sections", section, task_vars), "quiet": True}
        host = str(task_vars["inventory_hostname"])
        device = self.device(task_vars, host)
        job = device.job(joined(device.platform.render(device.router, [section]).values()), [section])
        found = transaction.push(job, check=True, backup=lambda text: None, tell=self.tell(host))
        if not found.plan and not found.pending:
            return {"changed": False, "line": f"{section}: as the inventory asks"}
        why = "differs" if found.plan else "an earlier change is not confirmed yet"
        return {**_noted("router_differs", section, task_vars), "changed": True, "line": f"{section}: {why}"}


def _noted(fact: str, section: str, task_vars: dict[str, Any]) -> dict[str, Any]:
    """The section among those of the other roles, in the order in which they are put on a router."""
    noted = {*task_vars.get(fact, ()), section}
    return {"ansible_facts": {fact: [each for each in SECTIONS if each in noted]}}
