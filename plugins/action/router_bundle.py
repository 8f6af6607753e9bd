"""Writes the file that makes a factory-new router reachable, for a technician's USB stick."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from diemcau.origin import PROJECT
from diemcau.worker import PlainAction


class ActionModule(PlainAction):
    ARGUMENTS: ClassVar = {"directory": {"type": "path", "default": "build/bundles"}}

    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        device = self.device(task_vars, host)
        content = device.platform.bundle(device.router, self.secrets().ssh_host_key(host)).encode()
        folder = PROJECT / arguments["directory"] / device.router.site
        path = folder / f"{host}.{device.platform.EXTENSION}"
        shown = os.path.relpath(path, PROJECT)
        if path.exists() and path.read_bytes() == content:
            return {"path": str(path), "line": f"{shown} is current"}
        if not task_vars.get("ansible_check_mode"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
        return {"changed": True, "path": str(path), "line": f"{shown} written: holds secrets, delete it after use"}
