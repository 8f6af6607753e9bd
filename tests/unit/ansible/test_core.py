"""The names of ansible-core that are its own: with a series that has them no more, this fails and nothing else."""

from __future__ import annotations

from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib
from ansible.playbook import Playbook
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from diemcau.ansible import core
from diemcau.inventory.hostvars import NAMES
from diemcau.inventory.source_location import Place

FILE = "/district/inventory.yml"


def run() -> tuple[VariableManager, Any]:
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=["localhost,"])
    variables = VariableManager(loader=loader, inventory=inventory)
    return variables, HostVars(inventory=inventory, variable_manager=variables, loader=loader)


def test_the_tag_of_a_value_tells_file_and_line() -> None:
    loaded = DataLoader().load("---\nplatform: vyos\n", file_name=FILE)
    assert core.place_of(loaded["platform"]) == Place(FILE, 2)
    assert core.Origin is not None and core.place_of("plain") is None


def test_a_loader_has_the_vault() -> None:
    loader = DataLoader()
    loader.set_vault_secrets([])
    assert isinstance(core.vault(loader), VaultLib)


def test_a_run_has_its_loader_and_its_hostvars() -> None:
    variables, hostvars = run()
    assert core.hostvars(variables) is hostvars
    assert isinstance(core.loader(variables), DataLoader)


def test_the_state_changes_with_what_a_run_sets() -> None:
    variables, hostvars = run()
    before = core.state(hostvars, NAMES)
    assert before is not None and core.state(hostvars, NAMES) == before
    variables.set_nonpersistent_facts("localhost", {"weather": "rain"})
    assert core.state(hostvars, NAMES) == before
    variables.set_nonpersistent_facts("localhost", {"platform": "vyos"})
    assert core.state(hostvars, NAMES) is None
    assert core.state(hostvars, ["lan"]) == before
    variables.set_host_variable("localhost", "lan", {})
    assert core.state(hostvars, ["lan"]) is None


def test_names_that_only_a_run_shows_exist() -> None:
    assert hasattr(Playbook(loader=DataLoader()), "_file_name")
