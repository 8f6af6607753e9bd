"""Brings one room's endpoint to what the inventory asks for; a room in a call is left alone."""

from __future__ import annotations

from typing import Any

from diemcau import endpoints
from diemcau.ansible.action import SECRETS, PlainAction, failed
from diemcau.endpoints import InCall, Job, Outcome
from diemcau.files import put
from diemcau.paths import PROJECT
from diemcau.reports import changes
from diemcau.secrets import pins, rotation
from diemcau.secrets.store import PASSWORD, ROOM_PASSWORD


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = str(task_vars["inventory_hostname"])
        endpoint = self.district(task_vars).rooms[host]
        path, vault = SECRETS / f"{host}.yml", self.vault()
        job = Job(
            endpoint=endpoint,
            pins=pins.read(path, vault),
            keep=lambda seen: pins.keep(path, seen, vault),
            reboot_timeout=arguments["reboot_timeout"],
        )
        check = bool(task_vars.get("ansible_check_mode"))
        if arguments["plan_directory"]:  # a plan of yesterday must not pass for one of a room that could not be asked
            (PROJECT / arguments["plan_directory"] / f"{host}.txt").unlink(missing_ok=True)
        try:
            outcome = endpoints.load(endpoint.family).configure(job, check, self.tell(host))
        except InCall as error:
            return failed(*error.problems, skipped_in_call=True)
        if endpoint.previous_admin is not None and not check:  # it was entered, and has the new ones
            rotation.done([host], [PASSWORD, ROOM_PASSWORD], SECRETS, vault)
        if arguments["plan_directory"]:
            plan = PROJECT / arguments["plan_directory"] / f"{host}.txt"
            put(plan, outcome.shown(), private=False, check=False)
        return _result(outcome, check)


def _result(outcome: Outcome, check: bool) -> dict[str, Any]:
    count = len(outcome.changes)
    line = "as the inventory asks"
    if count:
        verb = "would send" if check else "sent and read back"
        line = f"{verb} {count} setting{'s' if count != 1 else ''}"
    if outcome.reboot:
        line += ", would reboot" if check else ", rebooted"
    return {
        "changed": bool(outcome.changes) or outcome.reboot,
        "line": line,
        "changes": [change.line() for change in outcome.changes],
        "statements": outcome.shown().splitlines(),
        "lines": changes.as_data(changes.of_room(outcome.changes)),
        "reboot": outcome.reboot,
        "rebooted": outcome.reboot and not check,
        "diff": {"prepared": outcome.shown()},
    }
