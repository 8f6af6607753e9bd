"""What the suite uses of ansible-core that is private to it: each name once, so that a new series breaks here.

tests/unit/ansible/test_core.py holds them against the ansible-core that is installed; CI runs it with every supported
series.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

from diemcau.inventory import source_location
from diemcau.inventory.source_location import Place
from diemcau.secrets.vaultfiles import Vault

try:
    from ansible._internal._datatag._tags import Origin
except ImportError:  # another layout of ansible-core: messages lose the line and nothing else
    Origin = None


def place_of(value: object) -> Place | None:
    """Where ``value`` was written: Ansible tags what it loads. ``value`` may be the tag itself, as errors carry it."""
    origin = None if Origin is None else value if isinstance(value, Origin) else Origin.get_tag(value)
    if origin is None:
        return None
    if origin.path is None:
        return Place(str(origin.description), 0)  # "<CLI option '-e'>"
    return source_location.place(Path(origin.path), origin.line_num or 0)


def vault(loader: Any) -> Vault:
    """The vault with this run's passwords; ``loader``: ``ansible.parsing.dataloader.DataLoader``."""
    return loader._vault  # type: ignore[no-any-return]


def hostvars(variable_manager: Any) -> Any:
    """What tasks find as ``hostvars``; None until a play has hosts."""
    return variable_manager._hostvars


def loader(variable_manager: Any) -> Any:
    """The loader of a run."""
    return variable_manager._loader


def playbook_file(playbook: Any) -> str:
    """The name by which the playbook was called."""
    return str(playbook._file_name)


def state(hostvars: Any, names: Iterable[str]) -> Hashable:
    """What a run can change of the hosts' variables ``names``, to be compared; None = it has changed some.

    About 0.1 ms. Hosts and groups come and go; facts that are set and results that are registered hide what the
    inventory says. What a variable's template makes of facts is not seen here: that is as it was when the play began.
    """
    manager, inventory, ours = hostvars._variable_manager, hostvars._inventory, frozenset(names)
    for set_while_running in (manager._nonpersistent_fact_cache, manager._vars_cache):
        if any(not ours.isdisjoint(known) for known in set_while_running.values()):
            return None
    members = frozenset((name, len(group.hosts)) for name, group in inventory.groups.items())
    return (id(inventory._inventory), len(inventory.hosts), members)


source_location.read_places_by(place_of)
