"""A wrong inventory on the command line: one message, last and alone, exit status not 0, no device touched.

All of it in a copy of the project with secrets of its own: neither the district's secrets are needed nor anything
is left behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.inventory.copied import copy, playbook
from tests.inventory.loading import PROJECT

ERRORS = PROJECT / "tests" / "errors"
# One names every supported release, of which there are more on the command line than the example knows; of the other's
# old name Ansible itself warns as well.
CASES = sorted({path.stem for path in ERRORS.glob("*.yml")} - {"unknown-release"})
LOUD = ("mistyped-key", "key-that-is-none", "many-at-once")
PROMISED = {
    "mistyped-key", "unknown-platform", "two-sites-one-number", "overlapping-prefixes", "mac-that-is-none",
    "key-that-is-none", "rate-of-zero", "secret-missing", "vault-password-wrong", "host-key-changed",
}  # fmt: skip


def refused(outcome: tuple[int, str], message: str) -> None:
    """The message stands last, alone and once; the run ended in the check of the inventory, before any device."""
    status, output = outcome
    assert status != 0
    assert output.endswith(f"\n\n{message}"), output[-3000:]
    assert output.count(message) == 1
    assert not re.search(r"Traceback|\[ERROR\]|\[WARNING\]|^fatal:|error inside diemcau", output, re.MULTILINE), output
    assert re.findall(r"^PLAY \[(.*)\]", output, re.MULTILINE) == ["Check the inventory before any device is touched"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("project")
    copy(there)
    return there


def test_what_was_promised_has_its_message() -> None:
    assert {path.stem for path in ERRORS.glob("*.txt")} >= PROMISED
    assert {path.stem for path in ERRORS.glob("*.yml")} >= set(LOUD)


def test_the_example_itself_is_right(project: Path) -> None:
    """Otherwise any message would do for what follows."""
    status, output = playbook(project, "check", "-i", "tests/inventory/example")
    assert status == 0, output
    assert "the inventory is right" in output


@pytest.mark.parametrize(("case", "options"), [*((case, ()) for case in CASES), *((case, ("-vvv",)) for case in LOUD)])
def test_a_mistake_is_the_last_thing_told_and_touches_no_device(
    project: Path, case: str, options: tuple[str, ...]
) -> None:
    path = f"tests/errors/{case}.yml"
    hosts = "all" in yaml.safe_load((PROJECT / path).read_text(encoding="utf-8"))
    source = ("-i", path) if hosts else ("-e", f"@{path}")
    outcome = playbook(project, "site", "-i", "tests/inventory/example", *source, *options)
    refused(outcome, (PROJECT / path).with_suffix(".txt").read_text(encoding="utf-8"))


def test_a_first_play_without_hosts_is_no_surprise(project: Path) -> None:
    path = project / "playbooks" / "probe.yml"
    path.write_text("- hosts: routers:&rooms\n  gather_facts: false\n  tasks: []\n", encoding="utf-8")
    try:
        status, output = playbook(project, "probe")
    finally:
        path.unlink()
    assert status == 0 and "no hosts matched" in output
    assert "WARNING" not in output and "hostvars" not in output, output


@contextmanager
def changed(path: Path, change: Callable[[bytes], bytes]) -> Iterator[None]:
    """A file with another content; as it was afterwards."""
    content = path.read_bytes()
    path.write_bytes(change(content))
    try:
        yield
    finally:
        path.write_bytes(content)


def files(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "secrets").iterdir()}


@pytest.mark.parametrize("options", [(), ("-vvv",), ("-l", "ga_ry")], ids=["quiet", "loud", "one-site"])
def test_a_wrong_vault_password(project: Path, options: tuple[str, ...]) -> None:
    message = (ERRORS / "vault-password-wrong.txt").read_text(encoding="utf-8")
    with changed(project / ".vault_password", lambda right: b"another\n"):
        outcome = playbook(project, "site", *options)
    # The first file that is read: the one of the whole district.
    refused(outcome, message.replace("secrets/ga-ry-room.yml", "secrets/district.yml", 1))


def test_with_a_wrong_vault_password_no_secret_is_made(project: Path) -> None:
    (project / "secrets" / "ga-ry-room.yml").rename(project / "ga-ry-room.yml")
    before = files(project)
    try:
        with changed(project / ".vault_password", lambda right: b"another\n"):
            status, output = playbook(project, "secrets")
        assert status != 0
        assert "cannot be decrypted: the vault password is not the one that encrypted it" in output
        assert files(project) == before
    finally:
        (project / "ga-ry-room.yml").rename(project / "secrets" / "ga-ry-room.yml")


@pytest.mark.parametrize("options", [(), ("-vvv",)], ids=["quiet", "loud"])
def test_a_new_room_is_one_site(project: Path, options: tuple[str, ...]) -> None:
    status, output = playbook(project, "new_room", "-l", "dang,ga-ry-room", *options)
    assert status != 0
    assert output.endswith(f"\n\n{(ERRORS / 'no-single-site.txt').read_text(encoding='utf-8')}"), output[-3000:]
    assert not re.search(r"Traceback|\[ERROR\]|^fatal:", output, re.MULTILINE), output
    assert "Create the secrets" not in output


@pytest.mark.parametrize("options", [(), ("-vvv",)], ids=["quiet", "loud"])
def test_a_missing_secret(project: Path, options: tuple[str, ...]) -> None:
    vault = VaultLib([("default", VaultSecret((project / ".vault_password").read_bytes().strip()))])

    def without(content: bytes) -> bytes:
        values = yaml.safe_load(vault.decrypt(content))
        del values["ssh_host_key"], values["admin_password"]
        return bytes(vault.encrypt(yaml.safe_dump(values)))

    with changed(project / "secrets" / "ga-ry-router.yml", without):
        outcome = playbook(project, "site", *options)
    refused(outcome, (ERRORS / "secret-missing.txt").read_text(encoding="utf-8"))


def test_no_secrets_at_all(project: Path) -> None:
    message = (ERRORS / "secrets-none.txt").read_text(encoding="utf-8")
    devices = len(files(project))
    (project / "secrets").rename(project / "elsewhere")
    try:
        outcome = playbook(project, "site")
    finally:
        (project / "elsewhere").rename(project / "secrets")
    refused(outcome, re.sub(r"each of \d+ devices", f"each of {devices} devices", message))


@pytest.mark.parametrize("options", [(), ("-vvv",)], ids=["quiet", "loud"])
@pytest.mark.parametrize("file", ["host_vars/ga-ry-router.yml", "group_vars/ga_ry.yml"])
def test_variables_that_are_no_yaml(project: Path, file: str, options: tuple[str, ...]) -> None:
    message = (ERRORS / "broken-yaml.txt").read_text(encoding="utf-8")
    path = project / "inventory" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("routing:\n  asn: 64518: 64519\n", encoding="utf-8")
    try:
        status, output = playbook(project, "site", *options)
    finally:
        path.unlink()
    assert status != 0
    assert output.endswith(f"\n{message.replace('host_vars/ga-ry-router.yml', file)}"), output
    assert not re.search(r"Traceback|^PLAY ", output, re.MULTILINE), output


def test_an_inventory_that_is_no_yaml(project: Path) -> None:
    path = project / "inventory" / "district.yml"
    line = path.read_text(encoding="utf-8").count("\n") + 1
    with changed(path, lambda right: right + b"a: b: c\n"):
        status, output = playbook(project, "site")
    assert status != 0
    assert f"{path}:{line}:" in output
    assert output.endswith(f"Completely failed to parse inventory source {path}\n"), output
    assert not re.search(r"Traceback|^PLAY |'ini'", output, re.MULTILINE), output


def test_a_password_file_that_is_gone_is_never_made_anew(project: Path) -> None:
    password = project / ".vault_password"
    kept = password.rename(project / "kept")
    try:
        status, output = playbook(project, "site")
        assert not password.exists()
    finally:
        kept.rename(password)
    assert status != 0
    assert "put the copy that you kept back to this place" in output
    assert not re.search(r"Traceback|^PLAY ", output, re.MULTILINE), output
