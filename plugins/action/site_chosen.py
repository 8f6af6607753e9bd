"""Makes sure that a run is about exactly one site, which ``-l`` names."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.errors import DiemcauError, Problem
from diemcau.naming import sites_of


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        found = sites_of(task_vars["ansible_play_hosts_all"])
        if len(found) != 1:
            raise DiemcauError(
                Problem(
                    found=f"-l: names {len(found)} sites{(': ' + ', '.join(found) if len(found) <= 5 else '')}",
                    expected="the hosts of exactly one site",
                    remedy=f"name it, for example: ansible-playbook {arguments['playbook']} -l ga_ry",
                )
            )
        district = self.district(task_vars, placeholders=True)
        room = district.room_of(found[0])
        return {"site": found[0], "line": f"điểm cầu {room.display_name}, số máy {room.extension}"}
