"""Gives the tunnel between the hubs new keys, at both ends in the same moment."""

from __future__ import annotations

from functools import partial
from typing import Any

from diemcau.ansible import prefork
from diemcau.ansible.action import SECRETS, PlainAction
from diemcau.errors import DiemcauError
from diemcau.intent import SECTIONS
from diemcau.paths import PROJECT
from diemcau.push import backups, both_ends
from diemcau.push.both_ends import End
from diemcau.redaction import Secret, joined
from diemcau.secrets import rotation
from diemcau.secrets.store import WIREGUARD, VaultSecrets

KEY = f"{WIREGUARD}wg1"


class ActionModule(PlainAction):
    def secrets(self) -> VaultSecrets:
        """With the keys that are to come: only this action knows them."""
        return prefork.secrets(self.vault(), take_next=True)

    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        district, vault = self.district(task_vars), self.vault()
        near, far = sorted(
            (router for router in district.routers.values() if router.is_hub),
            key=lambda router: router.site != district.control_site,
        )
        hosts = [near.host, far.host]
        if task_vars.get("ansible_check_mode"):
            return {"quiet": True}
        resumed = rotation.prepare(hosts, KEY, SECRETS, vault)
        if resumed is None:
            return {"quiet": True}
        store = backups.Store(PROJECT / arguments["backup_directory"], vault)

        def end(host: str) -> End:
            device = self.device(task_vars, host)
            desired = joined(device.platform.render(device.router, SECTIONS).values())
            job = device.job(desired, SECTIONS, confirm_minutes=arguments["confirm_minutes"])
            keep = partial(_keep, store, host, device.platform.EXTENSION, arguments["backup_keep"])
            return End(job, keep, self.tell(host))

        try:
            both_ends.push_both(
                end(near.host),
                end(far.host),
                lambda: rotation.promote(hosts, KEY, SECRETS, vault),
                resumed=resumed,
            )
        except DiemcauError as error:
            back = (
                "the tunnel between the hubs has its old keys, or has them back after "
                f"{arguments['confirm_minutes']} minutes"
            )
            remedy = "then go on with: ansible-playbook playbooks/rotate_keys.yml"
            raise DiemcauError(error.problem.also(back, remedy=remedy)) from None
        return {"changed": True, "router": near.host, "line": f"the tunnel to {far.host} has new keys at both ends"}


def _keep(store: backups.Store, host: str, extension: str, most: int, text: Secret) -> None:
    store.keep(host, extension, text, most)
