"""Writes the one-page sheet that a technician takes to a site with the bundle, and shows it in short."""

from __future__ import annotations

import os
from typing import Any

from diemcau import platforms
from diemcau.ansible.action import PlainAction
from diemcau.files import put
from diemcau.paths import PROJECT
from diemcau.reports import install_sheet


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district = self.district(task_vars, placeholders=True)
        router = district.routers[str(task_vars["inventory_hostname"])]
        made = install_sheet.make(district, router, platforms.load(router.platform).EXTENSION)
        path, check = (
            PROJECT / arguments["directory"] / router.site / install_sheet.NAME,
            task_vars.get("ansible_check_mode"),
        )
        changed = put(path, install_sheet.printable(made), private=False, check=bool(check))
        for line in ("", *install_sheet.text(made), ""):
            self._display.display(line)
        shown = os.path.relpath(path, PROJECT)
        return {
            "changed": changed,
            "path": str(path),
            "line": f"{shown}{' written' if changed else ' is current'}: print it for the technician; "
            f"a call server that does not know {made.extension} yet needs its account: playbooks/accounts.yml",
        }
