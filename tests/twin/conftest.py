"""A twin of two sites whose routers have no command line: what is tested is the fabric and Linux."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.twin import fake
from twin import namespaces, state
from twin.meaning import Meaning
from twin.state import State

PROJECT = Path(__file__).parents[2]

INVENTORY = """
all:
  vars:
    district: {name: Test, supernet: 10.88.0.0/16, hubs: [hub], control: hub}
  children:
    hub:
      vars:
        site: {number: 1, name: Hub}
        wan:
          circuits:
            - {name: fibre, up_kbps: 100000, down_kbps: 100000, address: 203.0.113.2/30, gateway: 203.0.113.1}
      hosts:
        hub-router: {platform: vyos, release: "1.4"}
        hub-room: {mac: "64:16:7f:88:00:01"}
    far_away:
      vars:
        site: {number: 18, name: Far away}
        wan:
          circuits:
            - {name: fibre, up_kbps: 2000, down_kbps: 4000}
            - {name: lte, up_kbps: 1500, down_kbps: 3000}
      hosts:
        far-away-router: {platform: routeros, release: "7.18"}
        far-away-room: {mac: "64:16:7f:88:00:12"}
"""


@dataclass
class Twin:
    """The command `twin` on a state directory of its own."""

    folder: Path

    @property
    def state(self) -> State:
        return State(self.folder / "build" / "twin")

    def start(self, *argv: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE")}
        environment |= {"PYTHONPATH": str(PROJECT), "TWIN_STATE": str(self.state.directory)}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.twin.fake", *argv],
            cwd=cwd or self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *argv: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        process = self.start(*argv, cwd=cwd)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(argv, process.returncode, output, errors)

    def must(self, *argv: str) -> str:
        done = self.run(*argv)
        assert done.returncode == 0, f"twin {' '.join(argv)}: {done.stdout}{done.stderr}"
        return done.stdout

    def on(self, node: str, command: str) -> str:
        return self.must("exec", node, "--", "sh", "-c", command)

    def give(self, node: str, meaning: Meaning) -> subprocess.CompletedProcess[str]:
        path = self.folder / "meaning.json"
        path.write_bytes(fake.to_json(meaning))
        return self.run("usb", node, str(path))

    def put(self, node: str, meaning: Meaning) -> None:
        done = self.give(node, meaning)
        assert done.returncode == 0, done.stderr

    def pids(self, node: str) -> dict[str, int]:
        answer = state.ask(self.state.node(node) / "console", {"verb": "status"}, 10)
        told: Any = answer["status"]
        return dict(told["pids"])

    def nodes(self) -> dict[str, Any]:
        return {node["name"]: node for node in json.loads(self.must("status", "--json"))}

    def leftovers(self) -> list[str]:
        """What is still there of this twin."""
        names = namespaces.existing(self.state.prefix)
        return names + [str(pid) for pid in namespaces.processes(names)]


def until(true: Callable[[], bool], timeout: float = 20.0) -> None:
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def make(folder: Path) -> Twin:
    (folder / "inventory").mkdir(parents=True)
    (folder / "inventory" / "hosts.yml").write_text(INVENTORY)
    return Twin(folder)


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """One twin for all tests of a module; a deep folder, as a clone may be in."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    made = make(tmp_path_factory.mktemp("twin") / ("deep-" * 20) / "clone")
    made.must("up")
    yield made
    made.must("down")
    assert made.leftovers() == []
    assert not made.state.directory.exists()
