"""Creates the secrets that are missing; never changes one that exists."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import SECRETS, PlainAction
from diemcau.secrets import store


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        wanted = self.district(task_vars, placeholders=True).secrets_wanted
        make = store.missing if task_vars.get("ansible_check_mode") else store.ensure
        created = make(wanted, SECRETS, self.vault())
        line = f"{len(created)} made, encrypted, in secrets/" if created else "nothing is missing"
        return {"changed": bool(created), "created": created, "line": line}
