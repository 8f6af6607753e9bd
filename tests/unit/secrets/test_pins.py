"""What an endpoint showed first is kept, encrypted, and never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.secrets import pins, vaultfiles
from diemcau.secrets.pins import Pins

VAULT = VaultLib([("default", VaultSecret(b"right"))])
SEEN = Pins("ssh-rsa AAAA", "SHA256:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ga-ry-room.yml"
    vaultfiles.add(path, {"admin_password": "hunter2"}, VAULT)
    return path


def test_an_endpoint_that_was_never_met_has_none(path: Path) -> None:
    assert pins.read(path, VAULT) == Pins()
    assert not pins.read(path, VAULT).met
    assert pins.read(path.with_name("none.yml"), VAULT) == Pins()


def test_what_was_seen_is_kept_beside_the_secrets(path: Path) -> None:
    assert pins.keep(path, SEEN, VAULT) == ["pinned_host_key", "pinned_certificate"]
    assert pins.read(path, VAULT) == SEEN and SEEN.met
    assert vaultfiles.reader(VAULT)(path)["admin_password"] == "hunter2"
    assert b"AAAA" not in path.read_bytes()


def test_what_is_pinned_is_never_overwritten(path: Path) -> None:
    pins.keep(path, Pins(host_key="ssh-rsa AAAA"), VAULT)
    assert pins.keep(path, Pins("ssh-rsa BBBB", "SHA256:11"), VAULT) == ["pinned_certificate"]
    before = path.read_bytes()
    assert pins.keep(path, Pins("ssh-rsa CCCC", "SHA256:22"), VAULT) == []
    assert path.read_bytes() == before
    assert pins.read(path, VAULT) == Pins("ssh-rsa AAAA", "SHA256:11")
