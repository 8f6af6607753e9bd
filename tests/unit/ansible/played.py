"""Playbooks as they are, with plugins that do nothing but note their tasks and answer as a test wants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diemcau.ansible import action
from diemcau.errors import Problem
from diemcau.paths import PROJECT

SITES = {"huyen-uy": "hubs", "ubnd": "hubs", "dang": "communes", "ga-ry": "communes"}
DECIDING = ("rotation_turn", "hub_progress", "site_failed")  # these ask and change nothing: they are the project's own
STUB = """
import json
from pathlib import Path
from ansible.plugins.action import ActionBase
HERE = Path(__file__).resolve().parents[1]

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        given = dict(self._task.args)
        device = given.get("router") or given.get("hub") or task_vars["inventory_hostname"]
        key = f"{self._task.action} {device}"
        answers = json.loads((HERE / "answers").read_text()).get(key, [{}])
        notes = HERE / "notes"
        before = [json.loads(line)["key"] for line in notes.read_text().splitlines()].count(key)
        with notes.open("a") as file:
            file.write(json.dumps({"key": key, "given": given}, default=str) + "\\n")
        return {"line": "", "must_wait": False, **answers[min(before, len(answers) - 1)]}
"""


@dataclass(frozen=True)
class Task:
    """A task of a plugin that ran: ``router_config ga-ry-router``, and what it was given."""

    key: str
    given: dict[str, Any]


@dataclass(frozen=True)
class Played:
    status: int
    output: str
    tasks: tuple[Task, ...]  # in the order in which they began

    def keys(self, action: str) -> list[str]:
        """The devices at which an action ran, in order."""
        return [task.key.partition(" ")[2] for task in self.tasks if task.key.startswith(f"{action} ")]


def failed(host: str, found: str) -> dict[str, Any]:
    """The result of an action that failed with one problem."""
    return action.failed(Problem(host=host, found=found))


def play(
    folder: Path, playbook: str, answers: Mapping[str, Sequence[Mapping[str, Any]]], options: Sequence[str] = ()
) -> Played:
    """Run one of the project's playbooks.

    ``answers``: ``action device`` -> what the action returns there the first time, the second time …; the last one
    holds for all times after it.
    """
    actions = folder / "action"
    actions.mkdir(exist_ok=True)
    (folder / "stub.py").write_text(STUB, encoding="utf-8")
    for path in (PROJECT / "plugins" / "action").glob("*.py"):
        text = path.read_text(encoding="utf-8") if path.stem in DECIDING else STUB
        (actions / path.name).write_text(text, encoding="utf-8")
    hosts: dict[str, list[str]] = {"routers": [], "rooms": []}
    for site, group in SITES.items():
        hosts["routers"].append(f"{site}-router")
        hosts["rooms"].append(f"{site}-room")
        hosts.setdefault(group, []).extend([f"{site}-router", f"{site}-room"])
    inventory = "".join(f"[{group}]\n" + "".join(f"{host}\n" for host in found) for group, found in hosts.items())
    (folder / "hosts").write_text(inventory, encoding="utf-8")
    (folder / "ansible.cfg").write_text(
        f"[defaults]\ninventory={folder}/hosts\naction_plugins={actions}\nlibrary={PROJECT}/plugins/modules\n"
        f"filter_plugins={PROJECT}/plugins/filter\n"
        f"roles_path={PROJECT}/roles\nhome={folder}/home\nlocal_tmp={folder}/tmp\nforks=4\ngathering=explicit\n",
        encoding="utf-8",
    )
    (folder / "answers").write_text(json.dumps(answers), encoding="utf-8")
    (folder / "notes").write_text("", encoding="utf-8")
    own = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", PROJECT / "playbooks" / f"{playbook}.yml", *options],
        cwd=folder,
        env={**own, "ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1", "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
    )  # fmt: skip
    notes = (json.loads(line) for line in (folder / "notes").read_text(encoding="utf-8").splitlines())
    return Played(done.returncode, done.stdout, tuple(Task(note["key"], note["given"]) for note in notes))
