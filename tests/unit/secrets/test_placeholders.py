"""Stand-ins for secrets look like secrets and are always the same."""

from __future__ import annotations

import base64
import re

from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from diemcau.secrets import keys
from diemcau.secrets.placeholders import PlaceholderSecrets

HOSTS = ("ga-ry-router", "huyen-uy-router", "x" * 56 + "-router", "x" * 55 + "y-router")


def test_wireguard_keys() -> None:
    source = PlaceholderSecrets()
    found = [source.wireguard_private_key(host, f"wg{i}").reveal() for host in HOSTS for i in (0, 1)]
    found += [source.wireguard_public_key(host, f"wg{i}") for host in HOSTS for i in (0, 1)]
    assert len(set(found)) == len(found)
    for key in found:
        assert re.fullmatch(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw480]=", key)
        assert len(base64.b64decode(key, validate=True)) == 32
        keys.wireguard_public(key)
    assert found[0].startswith("secret+ga+ry+router+wg0+")


def test_ssh_keys() -> None:
    source = PlaceholderSecrets()
    found = [source.ssh_host_public_key(host) for host in HOSTS] + [source.admin_ssh_public_key()]
    assert len(set(found)) == len(found)
    for key in found:
        load_ssh_public_key(key.encode())
        keys.check_ssh_public(key)
    assert "public+ga+ry+router" in found[0]
    assert source.ssh_host_key("ga-ry-router").reveal().startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")


def test_they_are_the_same_each_time_and_nothing_is_missing() -> None:
    first, second = PlaceholderSecrets(), PlaceholderSecrets()
    assert first.admin_password("ga-ry-room") == second.admin_password("ga-ry-room")
    assert first.admin_ssh_key() == second.admin_ssh_key()
    assert first.problems({"ga-ry-room": ["admin_password"]}) == []
    keys.check_password(first.admin_password("ga-ry-room").reveal())
