"""Notes when a step of a device's replacement was done; silent when none is under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from diemcau.ansible.action import SECRETS, PlainAction
from diemcau.reports import restoration
from diemcau.secrets import replacement


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host, district = str(task_vars["inventory_hostname"]), self.district(task_vars)
        path, vault = SECRETS / f"{host}.yml", self.vault()
        found = replacement.read(path, vault)
        if task_vars.get("ansible_check_mode") or not found.under_way:
            return {"quiet": True}
        step = arguments["step"] + (f"_{arguments['hub']}" if arguments["hub"] else "")
        at = datetime.fromisoformat(arguments["at"]) if arguments["at"] else datetime.now().astimezone()
        found = replacement.note(path, step, vault, at)
        router = district.routers.get(host)
        device = f"bộ định tuyến ({router.platform} {router.release})" if router else district.rooms[host].label
        return {"quiet": True, "restoration": restoration.rows(host, found, device)}
