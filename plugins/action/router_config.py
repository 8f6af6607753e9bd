"""Brings one router to what the inventory asks for: one session, one commit, confirmed over a new session."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from diemcau import backups, changes, putback, transaction
from diemcau.errors import Refused
from diemcau.intent import SECTIONS
from diemcau.origin import PROJECT
from diemcau.platforms import Plan
from diemcau.worker import PlainAction, failed


class ActionModule(PlainAction):
    ARGUMENTS: ClassVar = {
        "router": {"type": "str"},
        "sections": {"type": "list", "elements": "str", "default": list(SECTIONS), "choices": list(SECTIONS)},
        "confirm_minutes": {"type": "int", "default": 5},
        "backup_directory": {"type": "path", "default": "backups"},
        "backup_keep": {"type": "int", "default": 30},
        "from_backup": {"type": "path"},
        "plan_directory": {"type": "path"},
    }

    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = arguments["router"] or str(task_vars["inventory_hostname"])
        sections = arguments["sections"]
        if not sections:
            return {"line": "no section asked for", "statements": [], "lines": [], "unmanaged": [], "quiet": True}
        device = self.device(task_vars, host)
        store = backups.Store(PROJECT / arguments["backup_directory"], self.vault())
        desired = "".join(device.platform.render(device.router, sections).values())
        if arguments["from_backup"]:
            desired = putback.text(store, PROJECT / arguments["from_backup"], host, device.platform, desired)
            sections = putback.sections(sections)
        job = transaction.Job(
            platform=device.platform,
            target=device.target,
            release=device.router.release,
            desired=desired,
            sections=sections,
            confirm_minutes=arguments["confirm_minutes"],
        )
        check = bool(task_vars.get("ansible_check_mode"))
        try:
            outcome = transaction.push(
                job,
                check=check,
                backup=lambda text: store.keep(host, device.platform.EXTENSION, text, arguments["backup_keep"]),
                tell=self.tell(host),
            )
        except Refused as error:
            return failed(_refusal(host, device.router.platform, error))
        if arguments["plan_directory"]:
            _write_plan(PROJECT / arguments["plan_directory"], host, outcome.plan)
        lines = changes.of_router(device.router, device.platform, outcome.plan.statements)
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        return {**_result(outcome, check), "lines": changes.as_data(lines), "router": host, "at": at}


def _result(outcome: transaction.Outcome, check: bool) -> dict[str, Any]:
    count = len(outcome.plan.statements)
    verb = "would send" if check else "sent, confirmed and saved"
    line = f"{verb} {count} statement{'s' if count != 1 else ''}" if count else "as the inventory asks"
    if outcome.finished:
        line = "as the inventory asks; an earlier run's change is confirmed now"
    if outcome.plan.unmanaged:
        line += f"; left alone: {', '.join(outcome.plan.unmanaged)}"
    return {
        "changed": bool(outcome.plan) or outcome.finished,
        "line": line,
        "statements": [statement.shown for statement in outcome.plan.statements],
        "unmanaged": list(outcome.plan.unmanaged),
        "diff": {"prepared": outcome.plan.shown()},
    }


def _refusal(host: str, platform: str, error: Refused) -> str:
    source = f"templates/{platform}/{error.section}.j2 (section {error.section})" if error.section else "the commit"
    statement = f"\n    statement: {error.statement}" if error.statement else ""
    return (
        f"{host}: the device refuses a statement from {source}: {error.words}{statement}\n"
        f"    the device is as it was before\n"
        f"    to do: correct the value in the inventory or the template, then run again with -l {host}"
    )


def _write_plan(directory: Path, host: str, plan: Plan) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{host}.txt").write_text(plan.shown(), encoding="utf-8")
