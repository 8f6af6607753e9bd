"""A copy of the project with the example's inventory and secrets of its own, and playbooks that run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.inventory.loading import EXAMPLE, PLATFORMS, PROJECT


def playbook(project: Path, name: str, *options: str) -> tuple[int, str]:
    """Exit status, and both outputs as they appear on a screen."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", f"playbooks/{name}.yml", *options],
        cwd=project, env={**own, "PYTHONPATH": str(project), "ANSIBLE_NOCOLOR": "1"},
        text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def copy(there: Path) -> None:
    """The project's own files, with the platforms that messages name, and new secrets."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (PROJECT / name).is_file():
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, there / name)
    for folder in (there / "diemcau" / "platforms").iterdir():
        if folder.is_dir() and folder.name not in PLATFORMS:
            shutil.rmtree(folder)
    # What the messages are about stands still, whatever happens to the district.
    shutil.rmtree(there / "inventory")
    shutil.copytree(EXAMPLE, there / "inventory")
    status, output = playbook(there, "secrets")
    assert status == 0, output
