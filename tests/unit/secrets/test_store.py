"""Secrets are made once, never changed, and every way in which they can be wrong has a message."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.errors import DiemcauError, InventoryError
from diemcau.secrets import keys, store, vaultfiles
from diemcau.secrets.store import VaultSecrets
from tests.unit.inventories import district, one_hub, small

ERRORS = Path(__file__).resolve().parents[2] / "errors"
PROGRAM = Path(__file__).resolve().parents[3] / "tools" / "vault-password"


class PlainVault:
    """Looks like an encrypted file and costs no time: the real one derives a key for each file."""

    def encrypt(self, plaintext: bytes) -> bytes:
        return b"$ANSIBLE_VAULT;" + plaintext

    def decrypt(self, vaulttext: bytes) -> bytes:
        return vaulttext.removeprefix(b"$ANSIBLE_VAULT;")


VAULT = PlainVault()
WANTED = district(small()).secrets_wanted


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """All secrets of the small district."""
    folder = tmp_path / "secrets"
    store.ensure(WANTED, folder, VAULT)
    return folder


def source(directory: Path) -> VaultSecrets:
    return VaultSecrets(directory, vaultfiles.reader(VAULT))


def content(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def edit(directory: Path, host: str, change: Callable[[dict[str, str]], object]) -> None:
    path = directory / f"{host}.yml"
    values = yaml.safe_load(VAULT.decrypt(path.read_bytes()))
    change(values)
    path.write_bytes(VAULT.encrypt(yaml.safe_dump(values).encode()))


def golden(error: DiemcauError, directory: Path, name: str) -> None:
    expected = (ERRORS / f"{name}.txt").read_text(encoding="utf-8")
    assert f"{error}\n".replace(str(directory), "secrets") == expected


def test_what_is_wanted() -> None:
    router = ("wireguard_private_key_wg0", "wireguard_private_key_wg1", "ssh_host_key", "admin_password")
    room = ("admin_password", "room_password", "sip_password")
    assert {
        "district": ("admin_ssh_private_key", "snmp_community"),
        **{f"{site}-router": router for site in ("huyen-uy", "ubnd", "dang", "ga-ry")},
        **{f"{site}-room": room for site in ("huyen-uy", "ubnd", "dang", "ga-ry")},
    } == WANTED
    assert "wireguard_private_key_wg1" not in district(one_hub(1)).secrets_wanted["huyen-uy-router"]


def test_everything_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    created = store.ensure(WANTED, folder, VAULT)
    assert len(created) == sum(map(len, WANTED.values())) == 2 + 4 * 7
    assert "ga-ry-router: ssh_host_key" in created
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    before = content(folder)
    assert store.ensure(WANTED, folder, VAULT) == []
    assert content(folder) == before
    assert source(folder).problems(WANTED) == []


def test_all_secrets_differ(directory: Path) -> None:
    values = [v for text in content(directory).values() for v in yaml.safe_load(VAULT.decrypt(text)).values()]
    assert len(set(values)) == len(values) == 30


def test_a_new_site_gets_its_own_and_the_others_stay(directory: Path) -> None:
    before = content(directory)
    created = store.ensure({**WANTED, "lang-room": ("admin_password",)}, directory, VAULT)
    assert created == ["lang-room: admin_password"]
    after = content(directory)
    assert {name: after[name] for name in before} == before


def test_a_missing_secret_is_added_and_the_others_of_its_file_stay(directory: Path) -> None:
    before = source(directory)
    kept = [before.ssh_host_key("ga-ry-router"), before.wireguard_private_key("ga-ry-router", "wg1")]
    edit(directory, "ga-ry-router", lambda values: values.pop("wireguard_private_key_wg0"))
    edit(directory, "ga-ry-router", lambda values: values.update(note="by hand"))
    assert store.missing(WANTED, directory, VAULT) == ["ga-ry-router: wireguard_private_key_wg0"]
    assert store.ensure(WANTED, directory, VAULT) == ["ga-ry-router: wireguard_private_key_wg0"]
    after = source(directory)
    assert [after.ssh_host_key("ga-ry-router"), after.wireguard_private_key("ga-ry-router", "wg1")] == kept
    assert yaml.safe_load(VAULT.decrypt((directory / "ga-ry-router.yml").read_bytes()))["note"] == "by hand"


def test_finding_out_what_is_missing_makes_nothing(tmp_path: Path) -> None:
    assert len(store.missing(WANTED, tmp_path / "secrets", VAULT)) == 30
    assert not (tmp_path / "secrets").exists()


def test_one_file_that_cannot_be_read_and_nothing_is_made(directory: Path) -> None:
    (directory / "dang-room.yml").unlink()
    (directory / "ga-ry-router.yml").write_bytes(b"")
    before = content(directory)
    with pytest.raises(DiemcauError, match="is empty"):
        store.ensure(WANTED, directory, VAULT)
    assert content(directory) == before


def test_public_halves_belong_to_private_ones(directory: Path) -> None:
    found = source(directory)
    private = found.wireguard_private_key("ga-ry-router", "wg0").reveal()
    assert found.wireguard_public_key("ga-ry-router", "wg0") == keys.wireguard_public(private)
    assert found.ssh_host_public_key("ga-ry-router") == keys.ssh_public(found.ssh_host_key("ga-ry-router").reveal())
    assert found.admin_ssh_public_key() == keys.ssh_public(found.admin_ssh_key().reveal())
    assert "***" in repr(found.admin_password("ga-ry-room"))


def test_a_district_is_built_with_real_secrets(directory: Path) -> None:
    found = district(small(), source(directory))
    tunnel = found.routers["ga-ry-router"].vpn.tunnels[0]
    (peer,) = [p for p in found.routers["huyen-uy-router"].vpn.tunnels[0].peers if p.name == "ga-ry"]
    assert keys.wireguard_public(tunnel.private_key.reveal()) == peer.public_key
    assert tunnel.private_key.reveal() not in repr(found)


def test_each_file_is_read_once_and_only_when_needed(directory: Path) -> None:
    read: list[str] = []
    reader = vaultfiles.reader(VAULT)

    def counting(path: Path) -> dict[str, str]:
        read.append(path.stem)
        return reader(path)

    found = VaultSecrets(directory, counting)
    assert read == []
    found.ssh_host_key("ga-ry-router")
    found.admin_password("ga-ry-router")
    assert read == ["ga-ry-router"]


def test_a_missing_secret(directory: Path) -> None:
    edit(directory, "ga-ry-router", lambda values: [values.pop("ssh_host_key"), values.pop("admin_password")])
    with pytest.raises(InventoryError) as caught:
        district(small(), source(directory))
    golden(caught.value, directory, "secret-missing")
    with pytest.raises(DiemcauError, match=r"ssh_host_key: is missing\n    to do: Run"):
        source(directory).ssh_host_key("ga-ry-router")


def test_no_secrets_at_all(tmp_path: Path) -> None:
    with pytest.raises(InventoryError) as caught:
        district(small(), source(tmp_path / "secrets"))
    golden(caught.value, tmp_path / "secrets", "secrets-none")


def test_a_secret_that_is_none(directory: Path) -> None:
    edit(
        directory,
        "ga-ry-router",
        lambda values: values.update(wireguard_private_key_wg0="visible=", ssh_host_key="visible"),
    )
    edit(directory, "ga-ry-room", lambda values: values.update(admin_password="visible"))
    with pytest.raises(InventoryError) as caught:
        district(small(), source(directory))
    assert "visible" not in str(caught.value)
    golden(caught.value, directory, "secret-that-is-none")


def test_a_wrong_vault_password(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    right, wrong = (VaultLib([("default", VaultSecret(word))]) for word in (b"right", b"wrong"))
    wanted = {"ga-ry-room": ("admin_password",)}
    assert store.ensure(wanted, folder, right) == ["ga-ry-room: admin_password"]
    before = content(folder)
    for act in (
        lambda: store.ensure({**wanted, "lang-room": ("admin_password",)}, folder, wrong),
        lambda: VaultSecrets(folder, vaultfiles.reader(wrong)).problems(wanted),
    ):
        with pytest.raises(DiemcauError) as caught:
            act()
        golden(caught.value, folder, "vault-password-wrong")
    assert content(folder) == before


def test_a_file_that_somebody_decrypted(directory: Path) -> None:
    (directory / "ga-ry-room.yml").write_text("admin_password: visible\n", encoding="utf-8")
    with pytest.raises(DiemcauError) as caught:
        district(small(), source(directory))
    golden(caught.value, directory, "secrets-not-encrypted")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """tools/vault-password in a project of its own."""
    (tmp_path / "tools").mkdir()
    return Path(shutil.copy(PROGRAM, tmp_path / "tools"))


def run(program: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program], capture_output=True, text=True, check=False, cwd="/")


def test_the_first_password_is_made_and_stays(program: Path) -> None:
    first = run(program)
    file = program.parents[1] / ".vault_password"
    assert first.returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first.stdout.strip()) >= 40
    assert "made a new vault password" in first.stderr and first.stdout.strip() not in first.stderr
    second = run(program)
    assert (second.stdout, second.stderr) == (first.stdout, "")
    assert sorted(p.name for p in program.parents[1].iterdir()) == [".vault_password", "tools"]


@pytest.mark.parametrize("folder", ["secrets", "backups/ga-ry-router"])
def test_no_second_password_for_what_the_first_has_encrypted(program: Path, folder: str) -> None:
    project = program.parents[1]
    (project / folder).mkdir(parents=True)
    assert run(program).returncode == 0
    (project / ".vault_password").unlink()
    (project / folder / "x").write_text("x", encoding="utf-8")
    done = run(program)
    assert done.returncode != 0 and done.stdout == ""
    assert "to do: put the copy that you kept back" in done.stderr
    assert not (project / ".vault_password").exists()


def test_an_empty_password_is_refused(program: Path) -> None:
    (program.parents[1] / ".vault_password").write_text("\n", encoding="utf-8")
    done = run(program)
    assert done.returncode != 0 and done.stdout == "" and "is empty" in done.stderr


def test_the_program_can_be_run() -> None:
    assert os.access(PROGRAM, os.X_OK)
