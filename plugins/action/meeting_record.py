"""Gathers how each site took part in a rehearsed meeting, keeps it and shows it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from diemcau.ansible.action import PlainAction, failed
from diemcau.errors import Problem
from diemcau.paths import PROJECT
from diemcau.readiness import line_causes, meetings, page


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district, seconds = self.district(task_vars, placeholders=True), arguments["seconds"]
        sites = []
        for room in sorted(
            (district.rooms[host] for host in arguments["hosts"]), key=lambda r: district.numbers[r.site]
        ):
            result = task_vars["hostvars"][room.host].get("meeting") or {}
            sites.append(meetings.attend(room.site, room.display_name, result, seconds))
        if task_vars["ansible_check_mode"]:
            return {"line": f"sẽ gọi thử {len(sites)} điểm cầu", "changed": False}
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        line = meetings.record(at, seconds, arguments["event"] or None, sites)
        directory: Path = PROJECT / arguments["directory"]
        path = meetings.append(directory, line)
        page.write(directory)
        bad = [site.site for site in sites if site.reason]
        told = {"meeting": line, "path": str(path), "changed": True, "line": f"{path.relative_to(PROJECT)}: kept"}
        if not bad:
            return told
        return failed(
            Problem(
                found=f"the meeting was not good at {', '.join(bad)}",
                expected=(
                    f"every call connected, at most {line_causes.MOST_LOST:.0f} % lost and "
                    f"{line_causes.MOST_JITTER:.0f} ms of jitter"
                ),
                remedy="see the table; playbooks/drift.yml and twin status tell what is not as it should be",
            ),
            **told,
        )
