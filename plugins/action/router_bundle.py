"""Writes the file that makes a factory-new router reachable, for a technician's USB stick."""

from __future__ import annotations

import os
from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.files import gone, put, sweep
from diemcau.paths import PROJECT


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        device = self.device(task_vars, host)
        path = PROJECT / arguments["directory"] / device.router.site / f"{host}.{device.platform.EXTENSION}"
        shown, check = os.path.relpath(path, PROJECT), bool(task_vars.get("ansible_check_mode"))
        wanted = {path} if arguments["state"] == "present" else set()
        # Of another platform as well: the inventory may have named one when an earlier run wrote it.
        old = [os.path.relpath(each, PROJECT) for each in sorted({*path.parent.glob(f"{host}.*")} - wanted)]
        if not check:
            sweep(path.parent)  # what a killed run left holds secrets too
        for each in old:
            gone(PROJECT / each, check=check)
        if arguments["state"] == "absent":
            if not old:
                return {"path": str(path), "quiet": True}
            words = f"{', '.join(old)} deleted: it held secrets and has served"
            return {"changed": True, "path": str(path), "line": words}
        content = device.platform.bundle(device.router, self.secrets().ssh_host_key(host)).reveal()
        if not put(path, content, private=True, check=check):
            return {"path": str(path), "line": f"{shown} is current"}
        return {"changed": True, "path": str(path), "line": f"{shown} written: holds secrets, delete it after use"}
