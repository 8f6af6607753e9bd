"""Asks a hub which sites' tunnels carry traffic, until those that are waited for do or time is over."""

from __future__ import annotations

from typing import Any, ClassVar

from diemcau.ansible.action import PlainAction
from diemcau.errors import DiemcauError
from diemcau.push.draining import carried


class ActionModule(PlainAction):
    ARGUMENTS: ClassVar = {
        "hub": {"type": "str", "required": True},
        "sites": {"type": "list", "elements": "str", "default": []},
        "wait": {"type": "int", "default": 60},
    }

    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        hub, sites = arguments["hub"], arguments["sites"]
        device = self.device(task_vars, hub)
        wait = 0 if task_vars.get("ansible_check_mode") else arguments["wait"]
        try:
            found = carried(device.platform, device.target, device.router, sites, wait)
        except DiemcauError as error:  # no site is touched on its account; each of them is told why
            reason = str(error).splitlines()[0].removeprefix(f"{hub}: ")
            return {"router": hub, "sites": [], "reason": reason, "line": f"cannot be asked: {reason}"}
        missing = sorted(set(sites) - set(found))
        line = f"carries {', '.join(found) or 'nobody'}" + (f"; not {', '.join(missing)}" if missing else "")
        return {"router": hub, "sites": found, "reason": "its tunnel there is not up", "line": line}
