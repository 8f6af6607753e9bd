"""Asks a router whether its tunnels are up and its room has its address, until it is so or time is over."""

from __future__ import annotations

import time
from typing import Any

from diemcau.ansible.action import PlainAction, failed
from diemcau.errors import DiemcauError, Problem, problems_of
from diemcau.platforms import State
from diemcau.readiness import SiteState, assess
from diemcau.transport.ssh import impatient

PAUSE = 3.0  # seconds between two looks


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        device = self.device(task_vars, host)

        def judge(state: State | None, problem: str = "") -> SiteState:
            return assess(device.router, device.number, device.room_mac, state, problem)

        if problems := problems_of(arguments["problems"]):
            return failed(*problems, site_state=judge(None, problems[0].reason).as_dict())
        deadline = time.monotonic() + arguments["wait"]
        try:
            driver = device.platform.connect(impatient(device.target, arguments["patience"]))
            try:
                while True:
                    found = judge(driver.state())
                    if found.complete or time.monotonic() > deadline:
                        break
                    time.sleep(PAUSE)
            finally:
                driver.close()
        except DiemcauError as error:
            return failed(*error.problems, site_state=judge(None, error.problem.reason).as_dict())
        if not found.ready:
            return failed(Problem(host=host, found=found.reason), site_state=found.as_dict())
        return {"site_state": found.as_dict(), "quiet": True}
