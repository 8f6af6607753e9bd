"""Measures the lines to all sites, judges what was found, and writes the report."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from diemcau import naming
from diemcau.ansible.action import PlainAction
from diemcau.errors import Problem
from diemcau.inventory.validation import load_specs
from diemcau.naming import sites_of
from diemcau.paths import PROJECT
from diemcau.push import backups
from diemcau.readiness import gather, page, records, waves
from diemcau.readiness.look import around
from diemcau.readiness.verdict import judge
from diemcau.readiness.words import ABLE, NOT_READY


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if task_vars.get("ansible_check_mode"):
            return {"line": "would send test traffic and write the report", "readiness": [], "not_ready": {}}
        district = self.district(task_vars, placeholders=True)
        sites = sites_of(task_vars["ansible_play_hosts_all"])
        found = gather.Found(looks=arguments["looks"], drifts=arguments["drifts"])
        probes = gather.probes(district, sites, found)
        measured = waves.measure(probes, waves.limit(gather.hub_circuits(district), probes))
        store = backups.Store(PROJECT / "backups", self.vault())
        ages = {site: gather.days(store.newest(naming.router_host(site))) for site in sites}
        looks = gather.looks(district, sites, found, measured, ages)
        names = {router.site: router.display_name for router in district.routers.values()}
        calls = load_specs().room["room"]["options"]["calls"]["options"]
        shared = around(
            looks, district.hubs, names, district.control_site, district.call_server, calls["rate_kbps"]["choices"]
        )
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        verdicts = {look.site: judge(look, shared) for look in looks}
        rows = [records.row(look, verdicts[look.site], at) for look in looks]
        directory = PROJECT / arguments["directory"]
        records.keep(directory, at, time.time() - arguments["began"], district.name, shared, rows, names.keys())
        written = page.write(directory)
        return {
            "changed": True,
            "quiet": True,
            "readiness": rows,
            "page": os.path.relpath(written, PROJECT),
            "not_ready": _not_ready(rows, task_vars["ansible_play_hosts_all"]),
        }


def _not_ready(rows: list[dict[str, Any]], hosts: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Host -> the problem of its site; the first of the site's hosts that this run is about."""
    told = {}
    for row in rows:
        if row["level"] in ABLE:
            continue
        host = next(each for each in sorted(hosts, reverse=True) if naming.site_of(each) == row["site"])
        state = "not ready" if row["level"] == NOT_READY else "not known to be ready"
        problem = Problem(
            host=host,
            found=f"the site is {state}: {'; '.join(finding['cause']['en'] for finding in row['findings'])}",
            expected="a router, an endpoint and a line that a call can use",
            remedy=row["findings"][0]["todo"]["en"],
        )
        told[host] = [problem.as_dict()]
    return told
