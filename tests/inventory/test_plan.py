"""plan.yml as the check of a pull request: in a repository of its own, without devices and without secrets."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.inventory.loading import PROJECT
from tests.inventory.test_command_line import playbook

GATE = ("--tags", "intended", "-e", "gate=true")


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is in the working tree, as one commit on main; a branch is checked out."""
    there = tmp_path_factory.mktemp("repository")
    listing = git(PROJECT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listing.split("\0")):
        if (PROJECT / name).is_file():
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, there / name)
    git(there, "init", "-q", "-b", "main")
    git(there, "add", "-A")
    git(there, "commit", "-q", "-m", "base")
    git(there, "checkout", "-q", "-b", "change")
    return there


@pytest.fixture
def project(repository: Path) -> Path:
    """The repository as it was."""
    git(repository, "checkout", "-q", "--force", ".")
    git(repository, "clean", "-qfdx", "--", "intended", "build")
    return repository


def report(project: Path) -> str:
    return (project / "build/report/changes.md").read_text(encoding="utf-8")


def test_the_rate_of_one_commune_shows_exactly_its_devices_and_the_hubs_that_send_to_it(project: Path) -> None:
    path = project / "inventory" / "district.yml"
    before, name, block = path.read_text(encoding="utf-8").partition("ga_ry:")
    slower = re.sub(r"(name: fibre, up_kbps): \d+", r"\1: 900", block, count=1)
    assert slower != block
    path.write_text(before + name + slower, encoding="utf-8")
    status, output = playbook(project, "plan", "-e", "base=main")
    assert status == 0, output
    devices = [line for line in report(project).splitlines() if line.startswith("| ") and "-ro" in line]
    hosts = {"huyen-uy-router", "ubnd-router", "ga-ry-router", "ga-ry-room"}
    assert {line.split(" | ")[1] for line in devices} == hosts and len(devices) == len(hosts)
    assert "Giữ nguyên: A Nông" in report(project)
    # The files in intended/ tell the same.
    changed = git(project, "status", "--porcelain", "intended").split()
    assert {name.partition(".")[0].removeprefix("intended/") for name in changed if name != "M"} == hosts


def test_nothing_changes_and_no_secret_is_made(project: Path) -> None:
    status, output = playbook(project, "plan", "-e", "base=main")
    assert status == 0, output
    assert "0 of 24 devices differ: build/report/changes.md" in output
    assert "Không thiết bị nào thay đổi" in report(project)
    assert not (project / "secrets").exists() and not (project / "build/plan").exists()
    assert git(project, "status", "--porcelain") == ""


def test_a_base_that_is_none_ends_with_words(project: Path) -> None:
    status, output = playbook(project, "plan", "-e", "base=origin/nowhere")
    assert status != 0 and "Traceback" not in output
    assert output.endswith(
        "\nbase: origin/nowhere: there is no such branch or commit\n"
        "    expected: the branch that the change goes to, such as origin/main\n"
        "    to do: git fetch origin (in a shallow clone git fetch --unshallow origin), or correct -e base=\n"
    )


@pytest.mark.parametrize("name", ["dang-router.vyos", "ga-ry-router.rsc", "ga-ry-room.group"])
def test_the_gate_stops_a_statement_changed_by_hand(project: Path, name: str) -> None:
    path = project / "intended" / name
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    by_hand = "".join([*lines[:5], lines[5].rstrip("\n") + "9\n", *lines[6:]])
    path.write_text(by_hand, encoding="utf-8")
    status, output = playbook(project, "plan", *GATE)
    assert status != 0
    assert output.endswith(
        f"\nintended/ is not what the inventory and the templates give: {name}\n"
        "    expected: intended/ as playbooks/plan.yml writes it, unchanged by hand\n"
        "    to do: ansible-playbook playbooks/plan.yml --tags intended, then commit intended/\n"
    )
    assert path.read_text(encoding="utf-8") == by_hand  # the gate mends nothing
    # The command that it prints does.
    assert playbook(project, "plan", "--tags", "intended")[0] == 0
    assert git(project, "status", "--porcelain") == ""
    assert playbook(project, "plan", *GATE)[0] == 0


def test_the_gate_stops_a_file_too_many_and_one_too_few(project: Path) -> None:
    (project / "intended" / "a-nong-router.rsc").unlink()
    (project / "intended" / "nowhere-router.rsc").write_text("", encoding="utf-8")
    status, output = playbook(project, "plan", *GATE)
    assert status != 0 and "templates give: a-nong-router.rsc, nowhere-router.rsc\n" in output


@pytest.mark.parametrize(
    ("check", "options", "written"),
    [("check_mode: true", (), 0), ("check_mode: false", (), 1), ("tags: []", (), 1), ("tags: []", ("--check",), 0)],
)
def test_a_task_in_check_mode_writes_nothing(project: Path, check: str, options: tuple[str, ...], written: int) -> None:
    """As plan.yml and drift.yml run the tasks that would change devices."""
    path = project / "build" / "page.html"
    task = f"room_directory: {{path: {path}}}\n      run_once: true\n      {check}"
    text = f"- hosts: all\n  gather_facts: false\n  tasks:\n    - {task}\n"
    (project / "playbooks" / "probe.yml").write_text(text, encoding="utf-8")
    status, output = playbook(project, "probe", *options)
    (project / "playbooks" / "probe.yml").unlink()
    assert status == 0, output
    assert path.exists() == bool(written)
