"""Keeps the running configuration of one router, encrypted."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.paths import PROJECT
from diemcau.push import backups


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        device = self.device(task_vars, host)
        driver = device.platform.connect(device.target)
        try:
            text = driver.read().text
        finally:
            driver.close()
        store = backups.Store(PROJECT / arguments["directory"], self.vault())
        newest = store.newest(host)
        if newest is not None and store.read(newest) == text:
            return {"path": str(newest), "line": f"unchanged since {newest.name}"}
        if task_vars.get("ansible_check_mode"):
            return {"changed": True, "path": "", "line": "would be kept"}
        path = store.keep(host, device.platform.EXTENSION, text, arguments["keep"])
        return {"changed": True, "path": str(path), "line": f"kept as {path.relative_to(PROJECT)}"}
