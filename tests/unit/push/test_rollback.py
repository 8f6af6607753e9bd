"""A backup is put back when it is this router's and would not leave it alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.errors import DiemcauError
from diemcau.intent import SECTIONS
from diemcau.platforms import load
from diemcau.push import rollback
from diemcau.push.backups import Store
from diemcau.redaction import Secret, joined
from tests.unit.inventories import district, small

VAULT = VaultLib([("default", VaultSecret(b"password"))])
NOW = district(small()).routers
HOSTS = {"ga-ry-router": "routeros", "dang-router": "vyos"}


def current(host: str) -> Secret:
    return joined(load(HOSTS[host]).render(NOW[host], SECTIONS).values())


def kept(store: Store, host: str, change: Callable[[str], str] = lambda text: text) -> Path:
    return store.keep(host, load(HOSTS[host]).EXTENSION, Secret(change(current(host).reveal())), 30)


@pytest.mark.parametrize("host", HOSTS)
def test_a_backup_of_the_router_comes_back_without_its_users(tmp_path: Path, host: str) -> None:
    store = Store(tmp_path, VAULT)
    path = kept(store, host, lambda text: text.replace("1420", "1400"))
    platform = load(HOSTS[host])
    text = rollback.text(store, path, host, platform, current(host))
    sections = rollback.sections(SECTIONS)
    assert "system" not in sections and set(sections) < set(SECTIONS)
    plan = platform.plan(platform.parse(current(host)), platform.parse(text), sections)
    assert plan and {statement.section for statement in plan.statements} == {"vpn"}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("whose", ["own", "hub"])
def test_a_backup_with_other_tunnel_keys_is_refused(tmp_path: Path, host: str, whose: str) -> None:
    store, tunnel = Store(tmp_path, VAULT), NOW[host].vpn.tunnels[0]
    key = tunnel.private_key.reveal() if whose == "own" else tunnel.peers[0].public_key
    other = NOW["huyen-uy-router"].vpn.tunnels[0].private_key.reveal() if whose == "own" else "A" * 42 + "E="
    path = kept(store, host, lambda text: text.replace(key, other))
    with pytest.raises(DiemcauError, match="holds tunnel keys that are not valid any more") as caught:
        rollback.text(store, path, host, load(HOSTS[host]), current(host))
    assert "nothing was sent" in str(caught.value) and "to do:" in str(caught.value)
    assert key not in str(caught.value) or whose == "hub"
    assert other not in str(caught.value) or whose == "hub"


def test_a_file_that_is_no_backup_of_this_router(tmp_path: Path) -> None:
    store = Store(tmp_path, VAULT)
    mine, other = kept(store, "ga-ry-router"), kept(store, "dang-router")
    platform = load("routeros")
    for path in (other, mine.with_suffix(".vyos"), mine.with_name("20200101T000000.000000Z.rsc"), tmp_path / "x.rsc"):
        with pytest.raises(DiemcauError, match="ga-ry-router: from_backup: ") as caught:
            rollback.text(store, path, "ga-ry-router", platform, current("ga-ry-router"))
        assert f"to do: choose one of: {mine}" in str(caught.value)
    with pytest.raises(DiemcauError, match="none: there is no backup of this router"):
        rollback.text(store, other, "lang-router", platform, Secret(""))
