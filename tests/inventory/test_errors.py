"""Each mistake in tests/errors/ gives exactly the message that stands beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from diemcau.errors import InventoryError
from tests.inventory.loading import EXAMPLE, PROJECT, district, with_mistake

CASES = sorted((PROJECT / "tests" / "errors").glob("*.yml"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_the_message_beside_the_mistake(case: Path) -> None:
    with pytest.raises(InventoryError) as caught:
        district(with_mistake(case))
    assert f"{caught.value}\n" == case.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_every_problem_is_complete(case: Path) -> None:
    with pytest.raises(InventoryError) as caught:
        district(with_mistake(case))
    for problem in caught.value.problems:
        assert problem.file and problem.line and problem.host and problem.found and problem.expected and problem.remedy
    assert list(caught.value.problems) == sorted(caught.value.problems)


@pytest.mark.parametrize("loud", [(), ("-vvv",)], ids=["quiet", "loud"])
@pytest.mark.parametrize("name", ["mistyped-key", "two-sites-one-number", "template"])
def test_a_playbook_ends_with_this_message_alone(name: str, loud: tuple[str, ...], tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("nothing is encrypted with it\n", encoding="utf-8")
    case = PROJECT / "tests" / "errors" / f"{name}.yml"
    program = Path(sys.executable).parent / "ansible-playbook"
    done = subprocess.run(
        [program, "-i", EXAMPLE, "-i", case, "playbooks/check.yml", "-e", "need_secrets=false", *loud],
        cwd=PROJECT,
        env={
            **os.environ,
            "ANSIBLE_VAULT_PASSWORD_FILE": str(password),
            "ANSIBLE_NOCOLOR": "1",
            "PYTHONPATH": str(PROJECT),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout.endswith(f"\n\n{case.with_suffix('.txt').read_text(encoding='utf-8')}"), done.stdout
    assert "Traceback" not in done.stdout + done.stderr
