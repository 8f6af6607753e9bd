"""Writes the page that hangs in a room, as HTML and as PDF."""

from __future__ import annotations

import os
from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.files import put
from diemcau.paths import PROJECT
from diemcau.reports import room_page


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district = self.district(task_vars, placeholders=True)
        room = district.rooms[str(task_vars["inventory_hostname"])]
        html, pdf = room_page.printable(room_page.make(district, room))
        folder, check = PROJECT / arguments["directory"] / room.site, bool(task_vars.get("ansible_check_mode"))
        written = [
            put(folder / room_page.HTML, html, private=False, check=check),
            put(folder / room_page.PDF, pdf, private=False, check=check),
        ]
        shown = os.path.relpath(folder / room_page.PDF, PROJECT)
        return {
            "changed": any(written),
            "path": str(folder / room_page.PDF),
            "line": f"{shown} {'written' if any(written) else 'is current'}",
        }
