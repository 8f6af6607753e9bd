"""Notes which keys and passwords of the chosen hosts are to be changed, or finds what an interrupted rotation left."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from diemcau import naming
from diemcau.ansible.action import SECRETS, PlainAction
from diemcau.design.district import District
from diemcau.errors import DiemcauError, Problem
from diemcau.push import rotation_steps
from diemcau.secrets import replacement, rotation


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district = self.district(task_vars)
        chosen = set(task_vars["ansible_play_hosts_all"])
        hubs = [host for host in district.routers if host in chosen and district.routers[host].is_hub]
        if len(district.hubs) < 2:
            raise DiemcauError(
                Problem(
                    found="district.hubs: keys cannot be changed while traffic runs with one hub only",
                    state="nothing was changed",
                    expected="two hubs: a commune uses one while its tunnel to the other gets new keys",
                    remedy=("add a second hub, or give each site new keys with a new bundle (playbooks/bundle.yml)"),
                )
            )
        if hubs and chosen < {*district.routers, *district.rooms}:
            raise DiemcauError(
                Problem(
                    found=f"-l: the keys of {', '.join(hubs)} concern all communes",
                    state="nothing was changed",
                    expected="the whole district, communes, or rooms",
                    remedy=("leave -l out, or name communes only: ansible-playbook playbooks/rotate_keys.yml -l ga_ry"),
                )
            )
        wanted = {host: names for host, names in district.secrets_wanted.items() if host in chosen}
        # The stick that holds a replaced router's keys may be on the road.
        restored = [host for host in wanted if replacement.read(SECRETS / f"{host}.yml", self.vault()).under_way]
        wanted = {host: names for host, names in wanted.items() if host not in restored}
        check = bool(task_vars.get("ansible_check_mode"))
        found = rotation.begin(wanted, SECRETS, self.vault(), check=check)
        count = sum(len(names) for names in found.due.values())
        how = "to be changed" if found.begun else "left by the rotation that was interrupted: it goes on"
        if restored:
            how += f"; left out until restore.yml is through with them: {', '.join(restored)}"
        return {
            "changed": found.begun,
            "turns": [asdict(turn) for turn in _turns(district, found)],
            "due": {host: list(names) for host, names in found.due.items()},
            "line": f"{count} keys and passwords of {len(found.due)} devices {how}",
        }


def _turns(district: District, found: rotation.Rotation) -> list[rotation_steps.Turn]:
    hubs = [naming.router_host(site) for site in district.hubs]
    communes = [host for host, router in district.routers.items() if not router.is_hub]
    return rotation_steps.turns(hubs, communes, found.due)
