"""What the action plugins share: the district from Ansible's variables, targets, and errors as plain results."""

from __future__ import annotations

import traceback
from abc import abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from diemcau.errors import DiemcauError

PROJECT = Path(__file__).resolve().parent.parent


class PlainAction(ActionBase):  # type: ignore[misc]  # ansible-core ships no types
    """An action whose errors are text for a person. Subclasses write ``work``."""

    ARGUMENTS: Mapping[str, Mapping[str, Any]] = {}  # in the form of an argument spec

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        try:
            _, arguments = self.validate_argument_spec(argument_spec=dict(self.ARGUMENTS))
            return self.work(arguments, task_vars or {})
        except DiemcauError as error:
            return failed(str(error))
        except AnsibleError as error:
            return failed(error.message)
        except Exception as error:  # a defect of ours: name the place, never the values, which may be secret
            place = traceback.extract_tb(error.__traceback__)[-1]
            return failed(
                f"{(task_vars or {}).get('inventory_hostname', '')}: an error inside diemcau: "
                f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno} in {place.name}.\n"
                "    to do: nothing was changed after this point; report this line to the maintainers"
            )

    @abstractmethod
    def work(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Do it and return the result. Raises DiemcauError with words for a person."""

    def tell(self, host: str) -> Callable[[str], None]:
        """A way to show a word of progress under the host's name."""
        return lambda words: self._display.display(f"{host:<18} … {words}")


def failed(message: str, **more: Any) -> dict[str, Any]:
    """The result of an action that failed for a reason a person can understand."""
    return {"failed": True, "plain": True, "msg": message, **more}
