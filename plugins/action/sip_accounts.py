"""Writes the list of SIP accounts for whoever runs the call server."""

from __future__ import annotations

import os
from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.files import put
from diemcau.paths import PROJECT
from diemcau.reports import directory


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        path, check = PROJECT / arguments["path"], bool(task_vars.get("ansible_check_mode"))
        changed = put(path, directory.accounts(self.district(task_vars)), private=True, check=check)
        shown = os.path.relpath(path, PROJECT)
        line = f"{shown} written: holds secrets, delete it after use" if changed else f"{shown} is current"
        return {"changed": changed, "path": str(path), "line": line}
