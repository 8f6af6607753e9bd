"""Decides the next step of one hub's turn in a rotation; asks and changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.push import rotation_steps
from diemcau.push.rotation_steps import Turn


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        turn, left = Turn(**arguments["turn"]), arguments["left"]
        carried, reason = arguments["carried"], arguments["reason"]
        if arguments["step"] == "leave":
            return {"quiet": True, **asdict(rotation_steps.leave(turn, carried, reason, arguments["left_out"]))}
        if arguments["step"] == "renew":
            return {"quiet": True, "make": [asdict(keys) for keys in rotation_steps.renew(turn, left)]}
        settled = rotation_steps.settle(
            turn, left, arguments["back"], carried, reason, hub_failed=arguments["hub_failed"]
        )
        return {"quiet": True, **asdict(settled)}
