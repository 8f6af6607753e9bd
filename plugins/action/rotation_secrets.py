"""Makes new secrets in the place of old ones, or strikes those that were seen in use."""

from __future__ import annotations

from typing import Any, ClassVar

from diemcau.ansible.action import SECRETS, PlainAction
from diemcau.secrets import rotation


class ActionModule(PlainAction):
    ARGUMENTS: ClassVar = {
        "hosts": {"type": "list", "elements": "str", "required": True},
        "names": {"type": "list", "elements": "str", "required": True},
        "state": {"type": "str", "choices": ["new", "in_use"], "required": True},
    }

    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if task_vars.get("ansible_check_mode"):
            return {"secrets": [], "quiet": True}
        work = rotation.renew if arguments["state"] == "new" else rotation.done
        found = work(arguments["hosts"], arguments["names"], SECRETS, self.vault())
        if not found:
            return {"secrets": [], "quiet": True}
        verb = "made anew" if arguments["state"] == "new" else "in use; the old ones are gone"
        return {"changed": True, "secrets": found, "line": f"{len(found)} secrets {verb}"}
