"""The inventory as Ansible loads it, in this process; and the message that a wrong one gives.

``python -m tests.inventory.loading tests/errors/CASE.yml`` prints what belongs into ``CASE.txt``, after a look at it.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from diemcau.ansible.hostvars import from_hostvars
from diemcau.design.district import District, build
from diemcau.errors import InventoryError
from diemcau.inventory.validation import load_specs
from diemcau.secrets.placeholders import PlaceholderSecrets
from diemcau.secrets.store import SecretSource

PROJECT = Path(__file__).resolve().parents[2]
INVENTORY = PROJECT / "inventory"
EXAMPLE = PROJECT / "tests" / "inventory" / "example"  # what tests/errors/ builds on: stands still
# Messages name all platforms: a new one must not change what stands in tests/errors/.
PLATFORMS = {"routeros": ("7.18", "7.22"), "vyos": ("1.4", "1.5")}


@cache
def _plugins() -> None:
    init_plugin_loader()


def hostvars(*sources: Path, extra: Path | None = None) -> HostVars:
    """What a task finds as ``hostvars``; the later inventories on top, ``extra`` is a file as for ``-e @``."""
    _plugins()
    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[str(source) for source in sources])
    manager = VariableManager(loader, inventory)
    if extra is not None:
        manager._extra_vars = loader.load_from_file(str(extra), trusted_as_template=True)
    return HostVars(inventory, manager, loader)


def load(*sources: Path, extra: Path | None = None) -> dict[str, dict[str, Any]]:
    """All hosts' variables."""
    return from_hostvars(hostvars(*sources, extra=extra))


def district(variables: dict[str, dict[str, Any]], source: SecretSource | None = None) -> District:
    """The district of these variables, with the platforms that the tests know."""
    return build(variables, source or PlaceholderSecrets(), load_specs(), list(PLATFORMS), PLATFORMS.__getitem__)


def with_mistake(case: Path) -> dict[str, dict[str, Any]]:
    """The example with one more source on top: an inventory, or variables as for ``-e @``."""
    if "all" in yaml.safe_load(case.read_text(encoding="utf-8")):
        return load(EXAMPLE, case)
    return load(EXAMPLE, extra=case)


if __name__ == "__main__":
    try:
        district(with_mistake(Path(sys.argv[1]).resolve()))
    except InventoryError as error:
        print(error)
