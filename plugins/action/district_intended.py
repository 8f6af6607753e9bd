"""Renders every device's configuration to a file, with placeholders in the place of secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from diemcau import endpoints, platforms
from diemcau.ansible.action import PlainAction
from diemcau.errors import DiemcauError, Problem
from diemcau.files import gone, is_draft, put
from diemcau.intent import SECTIONS
from diemcau.paths import PROJECT
from diemcau.redaction import joined


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district = self.district(task_vars, placeholders=True)
        wanted = {
            f"{host}.{room.family}": endpoints.load(room.family).intended(room) for host, room in district.rooms.items()
        }
        for host, router in district.routers.items():
            platform = platforms.load(router.platform)
            wanted[f"{host}.{platform.EXTENSION}"] = joined(platform.render(router, SECTIONS).values()).reveal()
        folder = PROJECT / arguments["directory"]
        folder_files = {
            p.name: p.read_text(encoding="utf-8") for p in folder.glob("*") if p.is_file() and not is_draft(p)
        }
        changed = sorted(n for n in wanted.keys() | folder_files.keys() if wanted.get(n) != folder_files.get(n))
        if changed and arguments["gate"]:
            raise DiemcauError(_stale(folder.name, changed))
        if not task_vars.get("ansible_check_mode"):
            _write(folder, wanted, changed)
        return {
            "changed": bool(changed),
            "files": changed,
            "line": f"{len(changed)} of {len(wanted)} files in {folder.name}/ differ"
            if changed
            else "intended/ is current",
            "diff": [
                {
                    "before": folder_files.get(name, ""),
                    "after": wanted.get(name, ""),
                    "before_header": f"{folder.name}/{name}",
                    "after_header": f"{folder.name}/{name}",
                }
                for name in changed
            ],
        }


def _stale(folder: str, changed: list[str]) -> Problem:
    return Problem(
        found=f"{folder}/ is not what the inventory and the templates give: {', '.join(changed)}",
        expected=f"{folder}/ as playbooks/plan.yml writes it, unchanged by hand",
        remedy=f"ansible-playbook playbooks/plan.yml --tags intended, then commit {folder}/",
    )


def _write(folder: Path, wanted: dict[str, str], changed: list[str]) -> None:
    for name in changed:
        if name in wanted:
            put(folder / name, wanted[name], private=False, check=False)
        else:
            gone(folder / name, check=False)
