"""Asks a room's endpoint whether it is registered, until it is so or time is over."""

from __future__ import annotations

from typing import Any

from diemcau import endpoints
from diemcau.ansible.action import SECRETS, PlainAction, failed
from diemcau.endpoints import RoomState
from diemcau.errors import DiemcauError, Problem, problems_of
from diemcau.secrets import pins


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        district = self.district(task_vars)
        endpoint = district.rooms[host]

        def told(state: RoomState) -> dict[str, Any]:
            return {**state.as_dict(), "number": district.numbers[endpoint.site]}

        if problems := problems_of(arguments["problems"]):
            state = (
                endpoints.busy(endpoint) if arguments["in_call"] else endpoints.unknown(endpoint, problems[0].reason)
            )
            return failed(*problems, room_state=told(state))
        try:
            known = pins.read(SECRETS / f"{host}.yml", self.vault())
            found = endpoints.load(endpoint.family).state(
                endpoint,
                known,
                arguments["wait"],
                patience=arguments["patience"] or None,
                equipment=arguments["equipment"],
            )
        except DiemcauError as error:
            state = endpoints.unknown(endpoint, error.problem.reason)
            return failed(*error.problems, room_state=told(state))
        if found.reason:
            return failed(Problem(host=host, found=found.reason), room_state=told(found))
        return {"room_state": told(found), "quiet": True}
