"""intended/ of another branch, in a small repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from diemcau.errors import DiemcauError
from diemcau.reports import git_baseline


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / "intended" / name.replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "x")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, a_vyos="Điểm cầu\n")
    git(tmp_path, "checkout", "-q", "-b", "ours")
    commit(tmp_path, a_vyos="ours\n", b_rsc="new\n")
    return tmp_path


def test_the_files_of_the_other_branch(repository: Path) -> None:
    found = git_baseline.read(repository, "main")
    assert found.files == {"a.vyos": "Điểm cầu\n"}
    assert found.name.startswith("main (")
    assert git_baseline.read(repository, "HEAD").files == {"a.vyos": "ours\n", "b.rsc": "new\n"}


def test_what_others_did_meanwhile_is_no_change_of_ours(repository: Path) -> None:
    git(repository, "checkout", "-q", "main")
    commit(repository, a_vyos="theirs\n")
    git(repository, "checkout", "-q", "ours")
    assert git_baseline.read(repository, "main").files == {"a.vyos": "Điểm cầu\n"}


def test_a_branch_without_intended_has_no_files(repository: Path) -> None:
    git(repository, "rm", "-rq", "intended")
    commit(repository)
    assert git_baseline.read(repository, "HEAD").files == {}


def test_a_branch_that_is_none_is_named(repository: Path) -> None:
    for name in ("origin/main", "--help", "--all", "", "HEAD:intended"):
        with pytest.raises(
            DiemcauError, match=f"base: {name or 'nothing'}: there is no such branch or commit\n +expected: "
        ):
            git_baseline.read(repository, name)


def test_a_branch_with_nothing_in_common(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "stranger")
    commit(repository)
    with pytest.raises(DiemcauError, match="base: main: it and what is checked out have no commit in common"):
        git_baseline.read(repository, "main")


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(DiemcauError, match="git is not installed"):
        git_baseline.read(repository, "main")
