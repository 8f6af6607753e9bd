"""Brings one router to what the inventory asks for: one session, one commit, confirmed over a new session."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from diemcau.ansible.action import PlainAction, failed
from diemcau.errors import Problem, Refused
from diemcau.files import put
from diemcau.paths import PROJECT
from diemcau.platforms import Driver
from diemcau.push import backups, hub_moves, rollback, transaction
from diemcau.push.draining import PAUSE, carried, drained
from diemcau.redaction import joined
from diemcau.reports import changes


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = arguments["router"] or str(task_vars["inventory_hostname"])
        sections = arguments["sections"]
        if not sections:
            nothing: dict[str, Any] = {"statements": [], "lines": [], "unmanaged": [], "must_wait": False}
            return {**nothing, "line": "no section asked for", "quiet": True}
        device = self.device(task_vars, host)
        store = backups.Store(PROJECT / arguments["backup_directory"], self.vault())
        wanted = drained(device.router, arguments["drained"]) if arguments["drained"] else device.router
        desired = joined(device.platform.render(wanted, sections).values())
        if arguments["from_backup"]:
            desired = rollback.text(store, PROJECT / arguments["from_backup"], host, device.platform, desired)
            sections = rollback.sections(sections)
        job = device.job(
            desired,
            sections,
            held=[t.interface for t in wanted.vpn.tunnels for peer in t.peers if peer.name in arguments["held"]],
            confirm_minutes=arguments["confirm_minutes"],
        )
        check = bool(task_vars.get("ansible_check_mode"))

        def admit(driver: Driver, running: Any, desired: Any) -> None:
            if other := arguments["second_path"]:
                before = device.platform.ends(running)
                after = hub_moves.chosen(before, device.platform.ends(desired), sections)
                left = {name.replace("_", "-") for name in arguments["leave_behind"]}
                routers = self.district(task_vars).routers.values()
                communes = [r.site for r in routers if not r.is_hub and r.site not in left]
                second, wait = self.device(task_vars, other), arguments["second_path_wait"]

                def carries(sites: Collection[str]) -> list[str]:
                    settle = second.router.routing.hold_time + PAUSE
                    return carried(second.platform, second.target, second.router, sites, wait, settle)

                hub_moves.admit((host, other), before, after, communes, driver.state, carries)

        try:
            outcome = transaction.push(
                job,
                check=check,
                backup=lambda text: store.keep(host, device.platform.EXTENSION, text, arguments["backup_keep"]),
                tell=self.tell(host),
                admit=admit,
            )
        except hub_moves.MustWait as error:
            if arguments["second_path_wait"]:
                raise
            line = error.problem.reason
            return {"must_wait": True, "router": host, "lines": [], "line": f"waits for the communes: {line}"}
        except Refused as error:
            return failed(_refusal(host, device.router.platform, error))
        if arguments["plan_directory"]:
            path = PROJECT / arguments["plan_directory"] / f"{host}.txt"
            put(path, outcome.plan.shown(), private=False, check=False)
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
        "must_wait": False,
        "line": line,
        "statements": [statement.shown for statement in outcome.plan.statements],
        "unmanaged": list(outcome.plan.unmanaged),
        "diff": {"prepared": outcome.plan.shown()},
    }


def _refusal(host: str, platform: str, error: Refused) -> Problem:
    source = f"templates/{platform}/{error.section}.j2 (section {error.section})" if error.section else "the commit"
    statement = f"statement: {error.statement}\n" if error.statement else ""
    return Problem(
        host=host,
        found=f"the device refuses a statement from {source}: {error.words}",
        state=f"{statement}the device is as it was before",
        remedy=f"correct the value in the inventory or the template, then run again with -l {host}",
    )
