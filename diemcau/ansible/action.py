"""What the action plugins share: the district from Ansible's variables, targets, and errors as plain results."""

from __future__ import annotations

import traceback
from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from diemcau import platforms
from diemcau.ansible import arguments as documented
from diemcau.ansible import core, prefork, varfiles
from diemcau.design.district import District
from diemcau.errors import DiemcauError, Problem, problems_of
from diemcau.intent import Router
from diemcau.platforms import Platform
from diemcau.push.transaction import Job
from diemcau.redaction import Secret
from diemcau.secrets.placeholders import PlaceholderSecrets
from diemcau.secrets.store import VaultSecrets
from diemcau.secrets.vaultfiles import Vault
from diemcau.transport.ssh import Target

SECRETS = prefork.SECRETS


@dataclass(frozen=True)
class RouterAtWork:
    """One router, all that is needed to work on it."""

    router: Router
    number: int  # of its site
    room_mac: str
    platform: Platform
    target: Target

    def job(
        self, desired: Secret, sections: Collection[str], *, held: Collection[str] = (), confirm_minutes: int = 5
    ) -> Job:
        """What is asked of it: ``desired`` in its language, within ``sections``."""
        return Job(
            platform=self.platform,
            target=self.target,
            release=self.router.release,
            desired=desired,
            sections=sections,
            held=held,
            confirm_minutes=confirm_minutes,
        )


class PlainAction(ActionBase):  # type: ignore[misc]  # ansible-core ships no types
    """An action whose errors are text for a person, and whose documentation says what it takes.

    Subclasses write ``work``.
    """

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        try:
            name = self._task.action.rpartition(".")[2]
            _, arguments = self.validate_argument_spec(argument_spec=documented.spec(name))
            # Ansible's variable tells of the command line only: a task with check_mode: true would change devices.
            return self.work(arguments, {**(task_vars or {}), "ansible_check_mode": bool(self._task.check_mode)})
        except DiemcauError as error:
            return failed(*error.problems)
        except AnsibleError as error:
            return failed(varfiles.as_problem(error))
        except Exception as error:  # a defect of ours: name the place, never the values, which may be secret
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno} in {place.name}"
            return failed(
                Problem(
                    host=str((task_vars or {}).get("inventory_hostname", "")),
                    found=f"an error inside diemcau: {where}.",
                    remedy="nothing was changed after this point; report this line to the maintainers",
                )
            )

    @abstractmethod
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Do it and return the result. Raises DiemcauError with words for a person.

        ``task_vars["ansible_check_mode"]`` is true when the run or the task is in check mode.
        """

    def vault(self) -> Vault:
        """Ansible's vault with the passwords of this run."""
        return core.vault(self._loader)

    def secrets(self) -> VaultSecrets:
        return prefork.secrets(self.vault())

    def district(self, task_vars: dict[str, Any], *, placeholders: bool = False) -> District:
        """The whole district, also with ``-l``. Raises InventoryError."""
        return prefork.district(task_vars["hostvars"], PlaceholderSecrets() if placeholders else self.secrets())

    def device(self, task_vars: dict[str, Any], host: str) -> RouterAtWork:
        """One router of the district."""
        district, secrets = self.district(task_vars), self.secrets()
        if host not in district.routers:
            raise DiemcauError(
                Problem(
                    host=host,
                    found="is no router of the inventory",
                    expected=f"one of {', '.join(district.routers)}",
                    remedy="correct the name in the playbook",
                )
            )
        router = district.routers[host]
        return RouterAtWork(
            router=router,
            number=district.numbers[router.site],
            room_mac=district.room_of(router.site).mac,
            platform=platforms.load(router.platform),
            target=Target(
                host=host,
                address=router.management_address,
                user=router.system.admin.name,
                private_key=secrets.admin_ssh_key(),
                host_key=secrets.ssh_host_public_key(host),
            ),
        )

    def tell(self, host: str) -> Callable[[str], None]:
        """A way to show a word of progress under the host's name."""
        return lambda words: self._display.display(f"{host:<18} … {words}")


def problems(result: Mapping[str, Any], host: str) -> list[Problem]:
    """The problems of a task's result. One of another action than ours has Ansible's words: a problem of that host."""
    told = str(result.get("msg", "the task failed without a word"))
    return problems_of(result.get("problems", ())) or [Problem(host=host, found=told)]


def failed(*problems: Problem, **more: Any) -> dict[str, Any]:
    """The result of an action that failed for reasons that a person can understand."""
    told = "\n".join(map(str, problems))
    return {"failed": True, "plain": True, "msg": told, "problems": [each.as_dict() for each in problems], **more}
