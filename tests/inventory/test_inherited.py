"""What worker processes inherit, and when it does not count any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.vars.hostvars import HostVars

from diemcau import platforms, rendering
from diemcau.ansible import prefork
from diemcau.errors import InventoryError
from diemcau.secrets import store, vaultfiles
from diemcau.secrets.placeholders import PlaceholderSecrets
from tests.inventory.loading import INVENTORY, hostvars

HOST = "ga-ry-router"
KEY = "wireguard_private_key_wg0"


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VaultLib]:
    """With a folder for secrets, which has none yet."""
    monkeypatch.setattr(prefork, "SECRETS", tmp_path)
    monkeypatch.setattr(prefork, "_kept", None)
    yield VaultLib([("default", VaultSecret(b"right"))])


def again(*_: Any) -> None:
    raise AssertionError("was not kept")


@pytest.fixture
def kept(vault: VaultLib) -> HostVars:
    """A play has begun; all secrets are there."""
    found = hostvars(INVENTORY)
    store.ensure(prefork.district(found, PlaceholderSecrets()).secrets_wanted, prefork.SECRETS, vault)
    prefork.keep(found, vault)
    return found


def test_what_every_worker_needs_is_there_before_they_are_forked(
    tmp_path: Path, vault: VaultLib, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ga-ry-router.yml").write_bytes(vault.encrypt(b"admin_password: abc"))
    (tmp_path / "lang-router.yml").write_bytes(b"not encrypted: the task that needs it tells")
    prefork.warm(vault)
    monkeypatch.setattr(VaultLib, "decrypt", again)
    assert vaultfiles.reader(vault)(tmp_path / "ga-ry-router.yml") == {"admin_password": "abc"}
    for name in platforms.names():
        made = rendering.environment(name, {})
        monkeypatch.setattr(made, "compile", again)
        for template in made.list_templates():
            made.get_template(template)


def test_the_district_is_there_too(kept: HostVars, vault: VaultLib, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefork, "build", again)
    monkeypatch.setattr(prefork, "from_hostvars", again)
    assert prefork.district(kept, PlaceholderSecrets()).routers[HOST].vpn.tunnels[0].private_key.reveal()
    found = prefork.district(kept, prefork.secrets(vault))
    assert found.routers[HOST].vpn.tunnels[0].private_key.reveal() == _key(vault)
    prefork.keep(kept, vault)  # another play, and nothing new


def _key(vault: VaultLib, name: str = KEY) -> str:
    return vaultfiles.reader(vault)(prefork.SECRETS / f"{HOST}.yml")[name]


def test_secrets_that_were_written_since_count(kept: HostVars, vault: VaultLib) -> None:
    before = _key(vault)
    other = store.new(KEY)
    vaultfiles.change(prefork.SECRETS / f"{HOST}.yml", {KEY: other}, (), vault)
    for _ in range(2):  # in a worker, and when the next play begins
        found = prefork.district(kept, prefork.secrets(vault)).routers[HOST].vpn.tunnels[0].private_key.reveal()
        assert found == other != before
        prefork.keep(kept, vault)


def test_keys_that_are_to_come_are_for_who_asks_for_them(kept: HostVars, vault: VaultLib) -> None:
    other = store.new(KEY)
    vaultfiles.add(prefork.SECRETS / f"{HOST}.yml", {f"next_{KEY}": other}, vault)
    prefork.keep(kept, vault)
    sources = prefork.secrets(vault), prefork.secrets(vault, take_next=True)
    found = [prefork.district(kept, s).routers[HOST].vpn.tunnels[0].private_key.reveal() for s in sources]
    assert found == [_key(vault), other]


@pytest.mark.parametrize("how", ["fact", "registered", "host", "group"])
def test_what_a_play_does_to_the_variables_counts(kept: HostVars, vault: VaultLib, how: str) -> None:
    manager, inventory = kept._variable_manager, kept._inventory
    wanted = {"vpn": {"mtu": 1300}}
    if how == "fact":
        manager.set_nonpersistent_facts(HOST, wanted)
    elif how == "registered":
        manager.set_host_variable(HOST, "vpn", wanted["vpn"])
    elif how == "host":
        inventory.add_host("za-hung-router", "routers")
    else:
        inventory.add_group("wet")
        inventory.groups["wet"].add_host(inventory.get_host(HOST))
        inventory.get_host(HOST).set_variable("vpn", wanted["vpn"])
    if how == "host":
        with pytest.raises(InventoryError, match="za-hung-router"):
            prefork.district(kept, PlaceholderSecrets())
    else:
        assert prefork.district(kept, PlaceholderSecrets()).routers[HOST].vpn.tunnels[0].mtu == 1300


def test_mistakes_are_left_to_the_task_that_needs_the_district(vault: VaultLib) -> None:
    wrong = hostvars(INVENTORY)
    wrong._variable_manager._extra_vars = {"vpn": {"mtu": 9}}
    prefork.keep(wrong, vault)
    for source in (PlaceholderSecrets(), prefork.secrets(vault)):
        with pytest.raises(InventoryError, match="mtu"):
            prefork.district(wrong, source)
    right = hostvars(INVENTORY)
    prefork.keep(right, vault)
    assert HOST in prefork.district(right, PlaceholderSecrets()).routers
    with pytest.raises(InventoryError, match="there are no secrets yet"):
        prefork.district(right, prefork.secrets(vault))
