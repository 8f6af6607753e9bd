"""Decides whether a room's endpoint is another one; if so, forgets the old one's keys and makes new passwords, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from diemcau import endpoints
from diemcau.ansible.action import SECRETS, PlainAction, failed
from diemcau.errors import DiemcauError, Problem
from diemcau.intent import Endpoint
from diemcau.push import waiting
from diemcau.reports import restoration, wording
from diemcau.secrets import pins, replacement
from diemcau.secrets.pins import Pins
from diemcau.secrets.store import WANTED_OF_ROOM


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host, check = str(task_vars["inventory_hostname"]), bool(task_vars.get("ansible_check_mode"))
        endpoint = self.district(task_vars).rooms[host]
        path, vault, now = SECRETS / f"{host}.yml", self.vault(), datetime.now().astimezone()
        known = pins.read(path, vault)
        seen, error = self._wait(endpoint, known, 0 if check else arguments["minutes"])
        if error is not None:
            return failed(_silent(endpoint, error, arguments["minutes"]))
        if not known.met or seen == known:
            line = "trả lời bằng đúng khóa của nó: không bị thay, giữ nguyên"
            found = replacement.read(path, vault)
            rows = restoration.rows(host, found, endpoint.label) if found.under_way else restoration.kept(host, now)
            return {"line": line, "restoration": rows} if known.met else {"line": "chưa từng gặp", "quiet": True}
        if pins.same(known, seen):
            if not check:
                pins.renew(path, seen, vault)
            return {"changed": True, "line": "một trong hai khóa là mới, khóa kia đúng: vẫn là thiết bị cũ, ghim lại"}
        line = "trả lời bằng khóa khác: coi như thiết bị mới"
        if check:
            return {"changed": True, "line": line}
        names = replacement.names_of(WANTED_OF_ROOM, wireguard=False)
        found = replacement.begin(path, names, (pins.HOST_KEY, pins.CERTIFICATE), vault, now)
        rows = restoration.rows(host, found, endpoint.label)
        return {"changed": True, "line": f"{line}, làm quen lại bằng số sê-ri trên nhãn", "restoration": rows}

    def _wait(self, endpoint: Endpoint, known: Pins, minutes: int) -> tuple[Pins, DiemcauError | None]:
        """What the endpoint shows, and why it shows nothing."""
        seen, say = Pins(), self.tell(endpoint.host)

        def once(_: float) -> DiemcauError | None:
            nonlocal seen
            try:
                seen = endpoints.load(endpoint.family).look(endpoint, known)
            except DiemcauError as error:
                return error
            return None

        def tell(left: float, error: DiemcauError) -> None:
            say(
                f"đang chờ thiết bị phòng họp (MAC {endpoint.mac}), còn {wording.remaining(left)}: tắt rồi bật lại "
                f"thiết bị để nó lấy địa chỉ {endpoint.address} ({wording.in_short(error)})"
            )

        error = waiting.wait(once, minutes, tell)
        return seen, error


def _silent(endpoint: Endpoint, error: DiemcauError, minutes: int) -> Problem:
    return Problem(
        host=endpoint.host,
        found=f"no endpoint answers within {minutes} min: {error.problem.reason}",
        expected=f"the endpoint with the MAC address {endpoint.mac}; the router gives {endpoint.address} to it",
        remedy=(
            f"compare mac of {endpoint.host} in the inventory with the label, have the endpoint switched off and on, "
            f"then run again: ansible-playbook playbooks/restore.yml -l {endpoint.host}"
        ),
    )
