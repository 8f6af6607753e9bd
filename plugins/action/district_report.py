"""Writes the report of what changes on which device: against another branch, or as the devices said in this run."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from diemcau.ansible.action import PlainAction
from diemcau.errors import problems_of
from diemcau.files import put
from diemcau.paths import PROJECT
from diemcau.reports import change_report, changes, git_baseline
from diemcau.reports.change_report import ChangeReport


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district = self.district(task_vars, placeholders=True)
        if arguments["base"] is not None:
            before = git_baseline.read(PROJECT, arguments["base"])
            report = change_report.against(before.name, district, changes.since(before, district))
        else:
            moment = time.strftime("%H:%M ngày %d/%m/%Y")
            report = change_report.of_devices(moment, district, _told(task_vars))
        for line in change_report.summary(report):
            self._display.display(line)
        check = bool(task_vars.get("ansible_check_mode"))
        path = PROJECT / arguments["path"]
        changed = [_put(path, ".md", change_report.markdown(report), check)]
        changed.append(_put(path, ".html", change_report.page(report), check))
        return {
            "changed": any(changed),
            "line": _line(report, path),
            "differing": list(report.differing),
            "unread": list(report.unread),
        }


def _told(task_vars: dict[str, Any]) -> list[changes.DeviceChanges]:
    """What this run's hosts were found to need; hosts that no task asked are left out."""
    found = []
    for host in task_vars["ansible_play_hosts_all"]:
        known = task_vars["hostvars"].raw_get(host)
        outcome = known.get("router_outcome", known.get("room_outcome"))
        problems = problems_of(known.get("site_problems", ()))
        device = changes.told(host, outcome, "\n".join(map(str, problems)), bool(known.get("room_in_call")))
        if device is not None:
            found.append(device)
    return found


def _put(path: Path, suffix: str, text: str, check: bool) -> bool:
    return put(path.with_name(path.name + suffix), text, private=False, check=check)


def _line(report: ChangeReport, path: Path) -> str:
    unread = f", {len(report.unread)} not compared" if report.unread else ""
    shown = os.path.relpath(path, PROJECT)
    return f"{len(report.differing)} of {report.total} devices differ{unread}: {shown}.md, {shown}.html"
