"""The layers of the house: the contracts hold, and each of them notices what it forbids."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diemcau.paths import PROJECT

LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "forbidden", "contract"),
    [
        ("diemcau/errors.py", "import diemcau.push.transaction", "each imports what stands below it"),
        ("diemcau/platforms/vyos/plan.py", "import diemcau.endpoints", "each imports what stands below it"),
        ("diemcau/design/topology.py", "import ansible.errors", "One room alone knows Ansible"),
        ("diemcau/platforms/vyos/plan.py", "import diemcau.platforms.routeros", "no platform knows another"),
        ("diemcau/reports/changes.py", "import diemcau.endpoints.group", "No family of endpoints is known outside"),
        ("diemcau/push/draining.py", "import twin.state", "share nothing"),
        ("twin/linux/links.py", "import twin.supervisor", "each knows those below it alone"),
        ("twin/errors.py", "import twin.cli", "No circles in the twin"),
    ],
)
def test_a_forbidden_import_is_noticed(tmp_path: Path, module: str, forbidden: str, contract: str) -> None:
    for name in ("diemcau", "twin"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{forbidden}\n")
    found = lint(tmp_path)
    assert found.returncode != 0
    broken = [line for line in found.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), found.stdout
