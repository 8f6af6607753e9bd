"""Ansible's ``hostvars`` as plain data: every host's variables that the district is built of."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from ansible.errors import AnsibleError

from diemcau.ansible import core
from diemcau.inventory.hostvars import GROUPS, NAMES, Broken, near


def from_hostvars(hostvars: Any) -> dict[str, dict[str, Any]]:
    """Host -> variables, of all hosts of the inventory whatever ``-l`` says.

    ``hostvars`` is what an action plugin finds as ``task_vars["hostvars"]`` (``ansible.vars.hostvars.HostVars``).
    A variable from a file of the inventory whose name is nearly one of ours comes along, so that a
    mistyped ``firewal`` is refused instead of ignored. About 3 ms for each host.
    """
    return {host: _variables(hostvars, host) for host in hostvars}


def state(hostvars: Any) -> Hashable:
    """What a run can change of these variables, to be compared; None = it has changed some."""
    return core.state(hostvars, NAMES)


def _variables(hostvars: Any, host: str) -> dict[str, Any]:
    raw: Mapping[str, Any] = hostvars.raw_get(host)
    templated: Mapping[str, Any] = hostvars[host]
    names = [name for name in raw if name in NAMES or name == GROUPS or (near(str(name)) and core.place_of(raw[name]))]
    values: dict[str, Any] = {}
    for name in names:
        try:
            values[name] = templated[name]
        except AnsibleError as error:
            values[name] = Broken(str(error.message).strip(), core.place_of(raw[name]))
    return values
