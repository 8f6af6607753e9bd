"""``intended/`` of another branch, read with git and nothing checked out."""

from __future__ import annotations

import subprocess
from pathlib import Path

from diemcau.errors import DiemcauError, Problem
from diemcau.reports.changes import Base

FOLDER = "intended"


def read(project: Path, branch: str) -> Base:
    """The files where today's branch left ``branch``: what others did there since then is no change of ours.

    Raises DiemcauError when there is no such commit, or nothing that both have in common.
    """
    if _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}") is None:
        raise _missing(branch, "there is no such branch or commit")
    common = _git(project, "merge-base", branch, "HEAD")
    if common is None:
        raise _missing(branch, "it and what is checked out have no commit in common")
    commit = common.strip()
    listed = _git(project, "ls-tree", "-z", "--name-only", commit, f"{FOLDER}/") or ""
    files = {}
    for path in filter(None, listed.split("\0")):
        text = _git(project, "show", f"{commit}:{path}")
        if text is not None:
            files[Path(path).name] = text
    return Base(f"{branch} ({commit[:10]})", files)


def _git(project: Path, *arguments: str) -> str | None:
    """What git prints; None when it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=project, capture_output=True, text=True, encoding="utf-8", check=False
        )
    except FileNotFoundError:
        raise DiemcauError(Problem(found="git is not installed", remedy="apt-get install git")) from None
    return done.stdout if done.returncode == 0 else None


def _missing(branch: str, found: str) -> DiemcauError:
    return DiemcauError(
        Problem(
            found=f"base: {branch or 'nothing'}: {found}",
            expected="the branch that the change goes to, such as origin/main",
            remedy="git fetch origin (in a shallow clone git fetch --unshallow origin), or correct -e base=",
        )
    )
