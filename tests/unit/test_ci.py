"""The workflows for GitHub and GitLab, and pre-commit's hooks: what they call exists, and nothing comes unpinned."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
GITHUB, GITLAB, HOOKS = ".github/workflows/check.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml"
TARGETS = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
NEEDED = {"check", "report", "rehearse"}


def read(path: str) -> dict[Any, Any]:
    loaded = yaml.safe_load((PROJECT / path).read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def github_steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in read(GITHUB)["jobs"].items():
        for step in job["steps"]:
            yield name, step


def scripts() -> dict[str, list[str]]:
    """Job -> the lines that it runs, of both workflows."""
    found: dict[str, list[str]] = {}
    for name, step in github_steps():
        if "run" in step:
            found.setdefault(f"github {name}", []).extend(step["run"].splitlines())
    gitlab = read(GITLAB)
    for name in NEEDED:
        found[f"gitlab {name}"] = [*gitlab["default"]["before_script"], *gitlab[name]["script"]]
    return found


@pytest.mark.parametrize("job", sorted(scripts()))
def test_a_job_runs_commands_that_exist(job: str) -> None:
    lines = scripts()[job]
    done = subprocess.run(["bash", "-n"], input="\n".join(lines), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    called = [shlex.split(line)[1:] for line in lines if line.startswith("make ")]
    assert called == [[job.split()[1]]]
    assert set(called[0]) <= TARGETS
    assert any("git make" in line for line in lines)  # a bare Debian has neither


def test_the_jobs_are_the_same_on_both() -> None:
    assert (
        {name for name, _ in github_steps()} == NEEDED == {key for key in read(GITLAB) if "script" in read(GITLAB)[key]}
    )


def test_a_workflow_begins_with_each_pull_request() -> None:
    workflow = read(GITHUB)
    assert "pull_request" in workflow[True]  # YAML reads "on" so
    assert workflow["permissions"] == {"contents": "read"}
    assert any("merge_request_event" in rule["if"] for rule in read(GITLAB)["workflow"]["rules"])


def test_the_report_sees_the_target_branch_and_is_attached() -> None:
    checkouts = {
        name: step.get("with", {}).get("fetch-depth")
        for name, step in github_steps()
        if "checkout" in step.get("uses", "")
    }
    assert checkouts == {"check": None, "report": 0, "rehearse": 0}
    (attached,) = [
        step for name, step in github_steps() if name == "report" and "upload-artifact" in step.get("uses", "")
    ]
    assert attached["with"]["path"] == "build/report/"
    assert any("GITHUB_STEP_SUMMARY" in step.get("run", "") for _, step in github_steps())
    assert read(GITHUB)["env"]["BASE"].startswith("origin/") and "github.base_ref" in read(GITHUB)["env"]["BASE"]
    gitlab = read(GITLAB)
    assert gitlab["variables"]["GIT_DEPTH"] == "0"
    assert gitlab["variables"]["BASE"] == "origin/${CI_MERGE_REQUEST_TARGET_BRANCH_NAME}"
    assert gitlab["report"]["artifacts"]["paths"] == ["build/report/changes.html", "build/report/changes.md"]


def test_names_of_branches_are_never_pasted_into_a_script() -> None:
    """Who opens a pull request chooses them."""
    for job, lines in scripts().items():
        assert not any("${{" in line for line in lines), job


def test_actions_are_pinned_and_images_are_debians() -> None:
    uses = [step["uses"] for _, step in github_steps() if "uses" in step]
    assert len(uses) >= 4
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in uses)
    containers = [job["container"] for job in read(GITHUB)["jobs"].values()]
    images = [found["image"] if isinstance(found, dict) else found for found in containers]
    assert {*images, read(GITLAB)["default"]["image"]} == {"debian:12"}  # no host: the runner's own source of images


def test_the_twin_is_given_what_it_needs() -> None:
    assert read(GITHUB)["jobs"]["rehearse"]["container"]["options"] == "--privileged"
    assert read(GITLAB)["rehearse"]["tags"] == ["privileged"]


def hooks() -> list[dict[str, Any]]:
    repositories = read(HOOKS)["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    return list(repositories[0]["hooks"])


@pytest.mark.parametrize("hook", hooks(), ids=[hook["id"] for hook in hooks()])
def test_a_hook_runs_what_make_install_brought(hook: dict[str, Any]) -> None:
    assert hook["language"] == "system" and hook["name"]
    program, *arguments = shlex.split(hook["entry"])
    assert program.startswith(".venv/bin/")
    requirements = (PROJECT / "requirements" / "test.txt").read_text(encoding="utf-8")
    package = {"ansible-playbook": "ansible-core", "python": ""}.get(Path(program).name, Path(program).name)
    assert not package or re.search(rf"^{package}==", requirements, re.MULTILINE)
    assert all((PROJECT / word).exists() for word in arguments if "/" in word)
    assert "types" in hook or any(re.search(hook["files"], name) for name in tracked())


def tracked() -> list[str]:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(listing, cwd=PROJECT, check=True, capture_output=True, text=True).stdout.splitlines()
