"""A wrong inventory on the command line: one message, last and alone, exit status not 0, no device touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.inventory.loading import EXAMPLE, PROJECT

ERRORS = PROJECT / "tests" / "errors"
CASES = (
    "mistyped-key", "unknown-platform", "two-sites-one-number", "overlapping-prefixes", "mac-that-is-none",
    "key-that-is-none", "rate-of-zero", "many-at-once",
)  # fmt: skip


def run(project: Path, *options: str) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": str(project), "ANSIBLE_NOCOLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        ["ansible-playbook", "playbooks/site.yml", *options],
        cwd=project, env=environment, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def refused(outcome: tuple[int, str], message: str) -> None:
    status, output = outcome
    assert status != 0
    assert output.rstrip().endswith(message.rstrip()), output[-3000:]
    assert "Traceback" not in output
    assert "One commit with everything that differs" not in output  # no device was touched
    assert output.count(message.rstrip()) == 1


RUNS = [(case,) for case in CASES] + [(case, "-vvv") for case in CASES[:3]]  # the loud form on three cases


@pytest.mark.parametrize(("case", "options"), [(case, options) for case, *options in RUNS])
def test_a_mistake_is_the_last_thing_told_and_touches_no_device(case: str, options: list[str]) -> None:
    path = ERRORS / f"{case}.yml"
    hosts = "all" in yaml.safe_load(path.read_text(encoding="utf-8"))
    source = ("-i", str(path)) if hosts else ("-e", f"@{path}")
    outcome = run(PROJECT, "-i", str(EXAMPLE), *source, "-e", "need_secrets=false", *options)
    refused(outcome, (ERRORS / f"{case}.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own files in a folder of their own, with secrets of its own."""
    there = tmp_path_factory.mktemp("project")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (PROJECT / name).is_file():
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, there / name)
    make = ["ansible-playbook", "playbooks/secrets.yml"]
    subprocess.run(make, cwd=there, env={**os.environ, "PYTHONPATH": str(there)}, check=True, capture_output=True)
    return there


def test_a_wrong_vault_password(copy: Path) -> None:
    password = copy / ".vault_password"
    right = password.read_text(encoding="utf-8")
    password.write_text("another\n", encoding="utf-8")
    try:
        outcome = run(copy, "-vvv")
    finally:
        password.write_text(right, encoding="utf-8")
    message = (ERRORS / "vault-password-wrong.txt").read_text(encoding="utf-8")
    refused(outcome, message.replace(message.partition(":")[0], "secrets/district.yml", 1))


def test_a_missing_secret(copy: Path) -> None:
    file = copy / "secrets" / "ga-ry-router.yml"
    content = file.read_bytes()
    file.unlink()
    try:
        outcome = run(copy)
    finally:
        file.write_bytes(content)
    status, output = outcome
    refused((status, output), output[output.rindex("secrets/ga-ry-router.yml: ga-ry-router: ") :])
    assert "to do: Run: ansible-playbook playbooks/secrets.yml" in output


def test_a_password_file_that_is_gone_is_never_made_anew(copy: Path) -> None:
    password = copy / ".vault_password"
    right = password.read_text(encoding="utf-8")
    password.unlink()
    try:
        status, output = run(copy)
        assert not password.exists()
    finally:
        password.write_text(right, encoding="utf-8")
    assert status != 0
    assert "put the copy that you kept back to this place" in output
    assert "Traceback" not in output
