"""What is due, across interruptions: nothing is forgotten, nothing begins anew, no old value stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.secrets import rotation, store, vaultfiles

KEYS = ("wireguard_private_key_wg0", "wireguard_private_key_wg1")
ROUTER = (*KEYS, "ssh_host_key", "admin_password")
WANTED = {
    "district": store.WANTED_OF_DISTRICT,
    "ga-ry-router": ROUTER,
    "ga-ry-room": store.WANTED_OF_ROOM,
    "dang-router": ROUTER,
}


@pytest.fixture
def vault() -> VaultLib:
    return VaultLib([("default", VaultSecret(b"right"))])


@pytest.fixture
def kept(tmp_path: Path, vault: VaultLib) -> Path:
    store.ensure(WANTED, tmp_path, vault)
    return tmp_path


def values(kept: Path, host: str, vault: VaultLib) -> dict[str, str]:
    return vaultfiles.reader(vault)(kept / f"{host}.yml")


def chosen(*hosts: str) -> dict[str, tuple[str, ...]]:
    return {host: WANTED[host] for host in hosts}


def test_keys_and_passwords_are_changed_and_nothing_by_which_a_device_is_known(kept: Path, vault: VaultLib) -> None:
    found = rotation.begin(WANTED, kept, vault)
    assert found.begun
    assert found.due == {
        "ga-ry-router": (*KEYS, "admin_password"),
        "ga-ry-room": ("admin_password", "room_password"),
        "dang-router": (*KEYS, "admin_password"),
    }
    assert rotation.read(kept, vault) == found.due


def test_check_mode_notes_nothing(kept: Path, vault: VaultLib) -> None:
    assert rotation.begin(WANTED, kept, vault, check=True).begun
    assert rotation.read(kept, vault) == {}


def test_an_interrupted_rotation_goes_on(kept: Path, vault: VaultLib) -> None:
    rotation.begin(chosen("ga-ry-router", "ga-ry-room"), kept, vault)
    rotation.done(["ga-ry-router"], KEYS, kept, vault)
    found = rotation.begin(WANTED, kept, vault)  # of more hosts now: those that are half done come first
    assert not found.begun
    assert found.due == {"ga-ry-router": ("admin_password",), "ga-ry-room": ("admin_password", "room_password")}
    rotation.done(["ga-ry-router", "ga-ry-room"], ("admin_password", "room_password"), kept, vault)
    assert rotation.DUE not in values(kept, "district", vault)
    assert rotation.begin(WANTED, kept, vault).begun


def test_what_other_hosts_have_left_is_not_lost(kept: Path, vault: VaultLib) -> None:
    rotation.begin(chosen("ga-ry-router"), kept, vault)
    assert rotation.begin(chosen("dang-router"), kept, vault).begun
    assert set(rotation.read(kept, vault)) == {"ga-ry-router", "dang-router"}


def test_only_what_is_due_and_asked_for_is_made_anew(kept: Path, vault: VaultLib) -> None:
    before = {host: values(kept, host, vault) for host in WANTED}
    rotation.begin(chosen("ga-ry-router"), kept, vault)
    made = rotation.renew(["ga-ry-router", "dang-router"], [KEYS[0]], kept, vault)
    assert made == [f"ga-ry-router: {KEYS[0]}"]
    after = values(kept, "ga-ry-router", vault)
    assert {name for name in after if after[name] != before["ga-ry-router"][name]} == {KEYS[0]}
    assert values(kept, "dang-router", vault) == before["dang-router"]
    assert KEYS[0] in rotation.read(kept, vault)["ga-ry-router"]  # until it was seen in use


def test_a_room_keeps_what_opens_it_until_it_has_taken_the_new_ones(kept: Path, vault: VaultLib) -> None:
    before = values(kept, "ga-ry-room", vault)
    names = ("admin_password", "room_password")
    rotation.begin(chosen("ga-ry-room"), kept, vault)
    assert len(rotation.renew(["ga-ry-room"], names, kept, vault)) == 2
    first = values(kept, "ga-ry-room", vault)
    assert all(first[f"previous_{name}"] == before[name] != first[name] for name in names)
    assert rotation.renew(["ga-ry-room"], names, kept, vault) == []  # interrupted: the same new ones go on
    assert values(kept, "ga-ry-room", vault) == first
    source = store.VaultSecrets(kept, vaultfiles.reader(vault))
    assert source.previous("ga-ry-room", "admin_password") == store.Secret(before["admin_password"])
    assert source.previous("ga-ry-room", "sip_password") is None
    assert len(rotation.done(["ga-ry-room"], names, kept, vault)) == 2
    after = values(kept, "ga-ry-room", vault)
    assert after == {name: value for name, value in first.items() if not name.startswith("previous_")}
    assert not set(before.values()) & {after[name] for name in names}


def test_a_run_without_a_rotation_drops_what_was_previous_too(kept: Path, vault: VaultLib) -> None:
    """The mark was struck, the file not: an ordinary run still ends with nothing of the old password."""
    vaultfiles.add(kept / "ga-ry-room.yml", {"previous_admin_password": "old-password-1"}, vault)
    assert rotation.done(["ga-ry-room"], ("admin_password",), kept, vault) == []
    assert "previous_admin_password" not in values(kept, "ga-ry-room", vault)


def test_a_key_that_both_ends_take_in_one_moment_counts_for_nobody_before(kept: Path, vault: VaultLib) -> None:
    hosts = ["ga-ry-router", "dang-router"]
    assert rotation.prepare(hosts, KEYS[1], kept, vault) is None  # not due
    rotation.begin(WANTED, kept, vault)
    before = {host: values(kept, host, vault)[KEYS[1]] for host in hosts}
    assert rotation.prepare(hosts, KEYS[1], kept, vault) is False
    made = {host: values(kept, host, vault)[f"next_{KEYS[1]}"] for host in hosts}
    assert rotation.prepare(hosts, KEYS[1], kept, vault) is True  # interrupted: a device may have these
    assert {host: values(kept, host, vault)[f"next_{KEYS[1]}"] for host in hosts} == made
    read = vaultfiles.reader(vault)
    for take_next, shown in ((False, before), (True, made)):
        source = store.VaultSecrets(kept, read, take_next=take_next)
        assert {host: source.wireguard_private_key(host, "wg1").reveal() for host in hosts} == shown
        assert source.admin_password("dang-router").reveal() == values(kept, "dang-router", vault)["admin_password"]
    rotation.promote(hosts, KEYS[1], kept, vault)
    for host in hosts:
        now = values(kept, host, vault)
        assert now[KEYS[1]] == made[host] != before[host] and f"next_{KEYS[1]}" not in now
        assert KEYS[1] not in rotation.read(kept, vault)[host]
    assert rotation.prepare(hosts, KEYS[1], kept, vault) is None
