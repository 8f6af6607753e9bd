"""Writes the directory of all rooms as a page to print, and shows it."""

from __future__ import annotations

import os
from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.files import put
from diemcau.paths import PROJECT
from diemcau.reports import directory
from diemcau.reports.tables import table


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district = self.district(task_vars, placeholders=True)
        path, check = PROJECT / arguments["path"], bool(task_vars.get("ansible_check_mode"))
        changed = put(path, directory.printable(district), private=False, check=check)
        shown = os.path.relpath(path, PROJECT)
        for line in table(("Số máy", "Điểm cầu", "Địa chỉ"), directory.rows(district)):
            self._display.display(line)
        return {"changed": changed, "path": str(path), "line": f"{shown}{' written' if changed else ' is current'}"}
