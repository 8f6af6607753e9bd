"""Sees that a room is in no call, so that none of ours disturbs one."""

from __future__ import annotations

from typing import Any

from diemcau import endpoints
from diemcau.ansible.action import SECRETS, PlainAction
from diemcau.endpoints import InCall
from diemcau.errors import Problem
from diemcau.secrets import pins


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        endpoint = self.district(task_vars).rooms[host]
        known = pins.read(SECRETS / f"{host}.yml", self.vault())
        if endpoints.load(endpoint.family).in_call(endpoint, known):
            raise InCall(
                Problem(host=host, found="the room is in a call: nobody was called", remedy="run again after the call")
            )
        return {"changed": False, "quiet": True}
