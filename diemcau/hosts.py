"""Ansible's ``hostvars`` as plain data: every host's variables that the district is built of."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ansible.errors import AnsibleError

from diemcau import origin
from diemcau.intent import SECTIONS
from diemcau.renamed import RENAMED

# Variables that mean something to the suite. Others are the district's own business, but for near misses.
NAMES = (
    *("district", "site", "platform", "release", "ports"),
    *("mac", "serial_number", "family", "model", "room"),
    *SECTIONS,
)
GROUPS = "group_names"


@dataclass(frozen=True)
class Broken:
    """Stands for a variable whose template cannot be rendered."""

    words: str  # Ansible's own
    place: origin.Place | None


def from_hostvars(hostvars: Any) -> dict[str, dict[str, Any]]:
    """Host -> variables, of all hosts of the inventory whatever ``-l`` says.

    ``hostvars`` is what an action plugin finds as ``task_vars["hostvars"]`` (``ansible.vars.hostvars.HostVars``).
    A variable from a file of the inventory whose name is nearly one of ours, or once was, comes along, so that a
    mistyped ``firewal`` is refused instead of ignored. About 3 ms for each host.
    """
    return {host: _variables(hostvars, host) for host in hostvars}


def state(hostvars: Any) -> Hashable:
    """What a run can change of these variables, to be compared; None = it has changed some. About 0.1 ms.

    Hosts and groups come and go; facts that are set and results that are registered hide what the inventory says. What
    a variable's template makes of facts is not seen here: that is as it was when the play began.
    """
    manager, inventory = hostvars._variable_manager, hostvars._inventory
    for set_while_running in (manager._nonpersistent_fact_cache, manager._vars_cache):
        if any(not known.isdisjoint(NAMES) for known in map(dict.keys, set_while_running.values())):
            return None
    members = frozenset((name, len(group.hosts)) for name, group in inventory.groups.items())
    return (id(inventory._inventory), len(inventory.hosts), members)


def _variables(hostvars: Any, host: str) -> dict[str, Any]:
    raw: Mapping[str, Any] = hostvars.raw_get(host)
    templated: Mapping[str, Any] = hostvars[host]
    names = [name for name in raw if name in NAMES or name == GROUPS or (_near(str(name)) and origin.of(raw[name]))]
    values: dict[str, Any] = {}
    for name in names:
        try:
            values[name] = templated[name]
        except AnsibleError as error:
            values[name] = Broken(str(error.message).strip(), origin.of(raw[name]))
    return values


@cache
def _near(name: str) -> bool:
    return name in RENAMED or bool(difflib.get_close_matches(name, NAMES, 1, 0.8))
