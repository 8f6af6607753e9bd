"""Backups are encrypted, private and never overwritten."""

from __future__ import annotations

from pathlib import Path

from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.backups import Store

VAULT = VaultLib([("default", VaultSecret(b"password"))])


def test_what_is_kept_reads_back_and_is_not_in_clear(tmp_path: Path) -> None:
    store = Store(tmp_path, VAULT)
    path = store.keep("ga-ry-router", "rsc", "secret đường hầm")
    assert b"secret" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent == tmp_path / "ga-ry-router"
    assert store.read(path) == "secret đường hầm"


def test_each_backup_has_its_own_file_and_the_newest_is_known(tmp_path: Path) -> None:
    store = Store(tmp_path, VAULT)
    assert store.newest("x") is None
    first, second = store.keep("x", "rsc", "1"), store.keep("x", "rsc", "2")
    assert first != second
    assert store.read(first) == "1"
    assert store.newest("x") == second
