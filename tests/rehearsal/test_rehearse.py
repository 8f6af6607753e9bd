"""A change is rehearsed before it is merged: what would sever a commune is named, what is harmless passes."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
INVENTORY = "inventory/district.yml"
LINE = "address: 198.51.100.2/30, gateway: 198.51.100.1}"  # A Tiêng's only line


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project as it is now, in a repository of its own with one commit, ``base``."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    files = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True).stdout
    there = b"\0".join(name for name in files.split(b"\0") if name and (PROJECT / os.fsdecode(name)).exists())
    folder = tmp_path / "project"
    folder.mkdir()
    tar = subprocess.run(["tar", "-c", "--null", "-T", "-"], cwd=PROJECT, input=there, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", folder], input=tar.stdout, check=True)
    for argv in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "base"], ["tag", "base"]):
        subprocess.run(
            ["git", "-c", "user.name=test", "-c", "user.email=test@localhost", *argv], cwd=folder, check=True
        )
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def rehearse(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = f"{PROJECT / '.venv' / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(project), "PATH": path, "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(
        ["tools/rehearse", *arguments], cwd=project, env=environment, check=False, timeout=1200,
        text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_without_a_change_there_is_nothing_to_do(project: Path) -> None:
    done = rehearse(project, "base")
    assert done.returncode == 0 and "không có gì để diễn tập" in done.stdout
    unknown = rehearse(project, "base", "a_tieng", "nowhere")
    assert unknown.returncode != 0 and "BASE has no site nowhere; it has: a-nong" in unknown.stdout
    assert rehearse(project, "no-such-branch").returncode != 0


def test_a_branch_that_would_sever_a_commune_is_caught(project: Path) -> None:
    """A slip of the pen in the address of the commune's only line."""
    change(project / INVENTORY, LINE, "address: 198.51.100.10/30, gateway: 198.51.100.9}")
    change(project / "intended" / "a-tieng-router.vyos", "198.51.100.2/30", "198.51.100.10/30")
    done = rehearse(project, "base")  # the site is found by what changed in intended/
    assert done.returncode == 1, done.stdout
    assert re.search(r"^a-tieng +được +\d+\.\d +được +KHÔNG NHẬN CẤU HÌNH$", done.stdout, re.M), done.stdout[-3000:]
    assert len(re.findall(r"^(?:huyen-uy|ubnd) +được +\d+\.\d +được +tốt$", done.stdout, re.M)) == 2
    assert "Traceback" not in done.stdout


def test_a_harmless_change_passes(project: Path) -> None:
    change(project / INVENTORY, 'name: "A Tiêng"}', 'name: "A Tiêng mới"}')
    done = rehearse(project, "base", "a_tieng")
    assert done.returncode == 0, done.stdout[-3000:]
    assert len(re.findall(r"^(?:huyen-uy|ubnd|a-tieng) +được +\d+\.\d +được +tốt$", done.stdout, re.M)) == 3
    assert not (project / "build" / "rehearsal" / "twin").exists()
