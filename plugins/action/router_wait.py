"""Waits until a router answers with the host key of its bundle, and tells how much time is left."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import PlainAction, failed
from diemcau.errors import DiemcauError
from diemcau.naming import group_of
from diemcau.push import waiting
from diemcau.reports import wording


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        device = self.device(task_vars, host)
        minutes = 0 if task_vars.get("ansible_check_mode") else arguments["minutes"]
        say = self.tell(host)

        def tell(left: float, error: DiemcauError) -> None:
            say(f"đang chờ bộ định tuyến, còn {wording.remaining(left)}: {wording.in_short(error)}")

        error = waiting.wait(waiting.router(device.platform, device.target), minutes, tell)
        if error is None:
            return {"answers": True, "line": f"answers at {device.target.address}"}
        if not arguments["required"]:
            return {"answers": False, "line": wording.in_short(error)}
        site = device.router.site
        command = f"ansible-playbook {arguments['playbook']} -l {group_of(site)}"
        files = f"{arguments['directory']}/{site}"
        return failed(waiting.over(error, device.target, minutes, files, command), answers=False)
