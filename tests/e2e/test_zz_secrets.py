"""After everything else of this folder: no secret of the run occurs in anything that was printed or left behind."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import LOGS, PROJECT, District

LEFT_BEHIND = ("build/plan", "build/report", "build/bundles", "intended", "backups")


def test_the_loudest_runs_end_well(district: District) -> None:
    """For the next test to read."""
    for options in (("-vvv",), ("--check", "--diff", "-vvv")):
        assert district.playbook("site", *options).status == 0
    assert district.playbook("plan", "-vvv").status == 0
    assert district.playbook("backup", "-vvv").status == 0


def test_no_secret_in_any_output_or_file(district: District) -> None:
    """Every run of this folder is in the logs."""
    secrets = district.all_secrets()
    assert len(secrets) >= 12 * 3
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in files()}
    assert len(texts) > 20
    assert [(str(path), name) for path, text in texts.items() for name, value in secrets.items() if value in text] == []


def files() -> list[Path]:
    folders = [LOGS, *(PROJECT / name for name in LEFT_BEHIND)]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]
