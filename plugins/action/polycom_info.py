"""Asks a room's endpoint whether it is registered, until it is so or time is over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from diemcau.ansible.action import SECRETS, PlainAction, failed
from diemcau.endpoints.group import info
from diemcau.endpoints.group.access import DEFAULT_LINE
from diemcau.endpoints.group.info import RoomState
from diemcau.errors import DiemcauError, Problem
from diemcau.secrets import pins


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        district = self.district(task_vars)
        endpoint = district.rooms[host]

        def told(state: RoomState) -> dict[str, Any]:
            return {**state.as_dict(), "number": district.numbers[endpoint.site]}

        if problems := [Problem.from_dict(each) for each in arguments["problems"]]:
            state = info.busy(endpoint) if arguments["in_call"] else info.unknown(endpoint, problems[0].found)
            return failed(*problems, room_state=told(state))
        try:
            known = pins.read(SECRETS / f"{host}.yml", self.vault())
            line = DEFAULT_LINE
            if patience := arguments["patience"]:
                line = replace(line, timeout=patience, connect_timeout=patience)
            found = info.room_state(endpoint, known, arguments["wait"], line, equipment=arguments["equipment"])
        except DiemcauError as error:
            state = info.unknown(endpoint, error.problem.found)
            return failed(*error.problems, room_state=told(state))
        if found.reason:
            return failed(Problem(host=host, found=found.reason), room_state=told(found))
        return {"room_state": told(found), "quiet": True}
