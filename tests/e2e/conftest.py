"""The whole district in a twin of its own, provisioned once as a person would, for all tests of this folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.opened import opened

PROJECT = Path(__file__).resolve().parents[2]
STATE = PROJECT / "build" / "e2e"
LOGS = PROJECT / "build" / "e2e-logs"


@dataclass(frozen=True)
class Finished:
    status: int
    output: str  # stdout and stderr as a person sees them


@dataclass
class District:
    """A running twin and what was printed while it was used."""

    environment: dict[str, str]
    project: Path = PROJECT
    name: str = ""  # before the numbers of its logs
    runs: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, *argv: str, timeout: float = 600) -> Finished:
        done = subprocess.run(
            argv, cwd=self.project, env=self.environment, timeout=timeout, text=True, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        with self.lock:
            self.runs += 1
            number = self.runs
        LOGS.mkdir(parents=True, exist_ok=True)
        (LOGS / f"{self.name}{number:03}.log").write_text(f"$ {' '.join(argv)}\n{done.stdout}\n", encoding="utf-8")
        return Finished(done.returncode, done.stdout)

    def twin(self, *argv: str, timeout: float = 600) -> Finished:
        return self.run("twin", *argv, timeout=timeout)

    def must(self, *argv: str) -> str:
        done = self.run(*argv)
        assert done.status == 0, f"{' '.join(argv)} ended with {done.status}:\n{done.output}"
        return done.output

    def playbook(self, name: str, *options: str) -> Finished:
        return self.twin("run", "--", "ansible-playbook", f"playbooks/{name}.yml", *options)

    def nodes(self) -> list[dict[str, Any]]:
        return list(json.loads(self.must("twin", "status", "--json")))

    def node(self, name: str) -> dict[str, Any]:
        return next(node for node in self.nodes() if node["name"] == name)

    def management(self, router: str) -> str:
        """The address at which the control machine reaches a router."""
        return next(a for a in self.node(router)["addresses"] if a.startswith("10.77.255.")).split("/")[0]

    def console(self, router: str, *commands: str) -> str:
        """What a person at the router's own command line gets (through the suite's SSH key)."""
        argv = (sys.executable, "-m", "tests.e2e.console", self.management(router), self.node(router)["platform"])
        return self.must("twin", "run", "--", *argv, *commands).strip()

    def all_secrets(self) -> dict[str, str]:
        """File and name of every secret -> a text that gives it away: itself, or the last whole line of a key.

        The first lines of all keys are the same.
        """
        found = {}
        for path in sorted((self.project / "secrets").glob("*.yml")):
            for name, value in opened(self.project, path.stem).items():
                found[f"{path.name}: {name}"] = max(value.splitlines()[-2:0:-1] or [value], key=len)
        return found

    def capture_at_provider(self, during: Callable[[], object]) -> str:
        """tcpdump's words about everything that crossed the provider's network while something was done."""
        argv = ["twin", "exec", "provider", "--", "tcpdump", "-n", "-l", "-i", "any", "-c", "2000"]
        with (LOGS / "capture.txt").open("w+", encoding="utf-8") as file:
            dump = subprocess.Popen(
                argv, cwd=self.project, env=self.environment, stdout=file, stderr=subprocess.DEVNULL
            )
            try:
                time.sleep(2)
                during()
                time.sleep(1)
            finally:
                dump.terminate()
                dump.wait(10)
            file.seek(0)
            return file.read()

    def eventually(self, true: Callable[[], bool], attempts: int = 30) -> None:
        """Something becomes true, after routing has noticed; bounded by attempts."""
        for _ in range(attempts):
            if true():
                return
            time.sleep(1)
        raise AssertionError(f"did not become true in {attempts} attempts")

    def silent(self, pings: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Which of these (node, address) get no answer; eight at a time."""
        with ThreadPoolExecutor(8) as pool:
            answers = pool.map(lambda pair: self.ping(*pair), pings)
            return [pair for pair, answer in zip(pings, answers, strict=True) if not answer]

    def ping(self, node: str, address: str, *options: str) -> bool:
        return self.twin("exec", node, "--", "ping", "-n", "-c", "2", "-W", "3", *options, address).status == 0


def recap(output: str) -> dict[str, dict[str, int]]:
    """Ansible's PLAY RECAP: host -> counters."""
    counters: dict[str, dict[str, int]] = {}
    for line in output.partition("PLAY RECAP")[2].splitlines():
        host, colon, rest = line.partition(" : ")
        if colon and "changed=" in rest:
            counters[host.strip()] = {k: int(v) for k, _, v in (word.partition("=") for word in rest.split())}
    return counters


def environment(extra: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    path = f"{PROJECT / '.venv' / 'bin'}:{os.environ['PATH']}"
    return {
        **os.environ, "PATH": path, "TWIN_STATE": str(STATE), "ANSIBLE_NOCOLOR": "1", **dict(extra)
    }  # fmt: skip


@pytest.fixture(scope="session")
def district() -> Iterator[District]:
    """The district, provisioned by the same script as ``make demo``; down again afterwards, also after a failure."""
    here = District(environment())
    for old in LOGS.glob("[0-9]*.log"):
        old.unlink()
    here.twin("down")
    try:
        demo = here.run("tools/demo", timeout=900)
        assert demo.status == 0, demo.output[-6000:]
        yield here
    finally:
        here.twin("down")


@pytest.fixture(scope="session")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """Both hubs and Ga Ry, ready, and Za Hung with devices out of the box, which the inventory does not have yet."""
    from tests.e2e.valley import add_za_hung, raised  # builds upon this file

    with raised(tmp_path_factory.mktemp("valley"), "valley", ["ga-ry"], add_za_hung) as valley:
        yield valley


@pytest.fixture(scope="session")
def communes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """Both hubs and a commune of each platform, Ga Ry and Dang, ready; a test leaves them as it found them."""
    from tests.e2e.valley import raised

    with raised(tmp_path_factory.mktemp("communes"), "communes", ["dang", "ga-ry"]) as valley:
        yield valley
