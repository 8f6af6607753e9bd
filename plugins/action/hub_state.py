"""Asks a hub which communes' tunnels carry traffic, until those that are looked for do or time is over."""

from __future__ import annotations

from typing import Any

from diemcau import naming
from diemcau.ansible.action import PlainAction
from diemcau.errors import DiemcauError
from diemcau.push.draining import carried


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        hub, sites = arguments["hub"], [naming.site_of(host) for host in arguments["routers"]]
        if not sites:
            return {"router": hub, "carried": [], "reason": "it was not asked", "quiet": True}
        device = self.device(task_vars, hub)
        wait = 0 if task_vars.get("ansible_check_mode") else arguments["wait"]
        try:
            found = carried(device.platform, device.target, device.router, sites, wait)
        except DiemcauError as error:  # no site is touched on its account; each of them is told why
            reason = error.problem.reason
            return {"router": hub, "carried": [], "reason": reason, "line": f"cannot be asked: {reason}"}
        missing = sorted(set(sites) - set(found))
        line = f"carries {', '.join(found) or 'nobody'}" + (f"; not {', '.join(missing)}" if missing else "")
        hosts = [naming.router_host(site) for site in found]
        return {"router": hub, "carried": hosts, "reason": "its tunnel there is not up", "line": line}
