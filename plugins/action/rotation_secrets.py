"""Makes new secrets in the place of old ones, or strikes those that were seen in use."""

from __future__ import annotations

from typing import Any

from diemcau.ansible.action import SECRETS, PlainAction
from diemcau.secrets import rotation


class ActionModule(PlainAction):
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if task_vars.get("ansible_check_mode"):
            return {"secrets": [], "quiet": True}
        work = rotation.renew if arguments["state"] == "new" else rotation.done
        found = work(arguments["hosts"], arguments["names"], SECRETS, self.vault())
        if not found:
            return {"secrets": [], "quiet": True}
        verb = "made anew" if arguments["state"] == "new" else "in use; the old ones are gone"
        return {"changed": True, "secrets": found, "line": f"{len(found)} secrets {verb}"}
