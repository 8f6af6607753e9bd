"""Backups are encrypted, private and never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.errors import DiemcauError
from diemcau.push.backups import Store
from diemcau.redaction import Secret

VAULT = VaultLib([("default", VaultSecret(b"password"))])


def test_what_is_kept_reads_back_and_is_not_in_clear(tmp_path: Path) -> None:
    store = Store(tmp_path, VAULT)
    path = store.keep("ga-ry-router", "rsc", Secret("secret đường hầm"), 30)
    assert b"secret" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent == tmp_path / "ga-ry-router"
    assert store.read(path) == Secret("secret đường hầm")


def test_each_backup_has_its_own_file_and_the_newest_is_known(tmp_path: Path) -> None:
    store = Store(tmp_path, VAULT)
    assert store.newest("x") is None
    first, second = store.keep("x", "rsc", Secret("1"), 30), store.keep("x", "rsc", Secret("2"), 30)
    assert first != second
    assert store.read(first) == Secret("1")
    assert store.newest("x") == second


def test_the_oldest_go_when_a_new_one_is_there(tmp_path: Path) -> None:
    store = Store(tmp_path, VAULT)
    other = store.keep("y", "rsc", Secret("other device"), 1)
    kept = [store.keep("x", "rsc", Secret(str(number)), 3) for number in range(5)]
    assert sorted(tmp_path.glob("x/*")) == kept[-3:] and other.exists()


def test_what_a_killed_run_left_is_no_backup_and_goes_with_the_next(tmp_path: Path) -> None:
    store = Store(tmp_path, VAULT)
    first = store.keep("x", "rsc", Secret("1"), 1)
    left = first.with_name(".99991231T235959.000000Z.rsc.0123abcd")
    left.write_bytes(first.read_bytes()[:40])
    assert store.newest("x") == first
    second = store.keep("x", "rsc", Secret("2"), 1)
    assert list(second.parent.iterdir()) == [second]


def test_a_backup_that_cannot_be_written_leaves_the_newest_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path, VAULT)
    first = store.keep("x", "rsc", Secret("1"), 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as world, pytest.raises(OSError, match="No space"):
        world.setattr("os.fsync", full)
        store.keep("x", "rsc", Secret("2"), 1)
    assert list(first.parent.iterdir()) == [first] and store.newest("x") == first


def test_a_backup_that_is_damaged_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.rsc"
    path.write_text("/system identity set name=x")
    with pytest.raises(DiemcauError, match=r"x\.rsc: is not encrypted"):
        Store(tmp_path, VAULT).read(path)
