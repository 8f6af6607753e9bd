"""Checks the whole inventory and renders every router before any device is touched."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.intent import SECTIONS
from diemcau.platforms import load


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district = self.district(task_vars, placeholders=not arguments["need_secrets"])
        for router in district.routers.values():
            load(router.platform).render(router, SECTIONS)
        return {"line": f"the inventory is right: {len(district.routers)} routers, {len(district.rooms)} rooms"}
