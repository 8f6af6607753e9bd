"""Looks at the Linux side of the twin's nodes: what daemons and packets do, not what was configured."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROBE = Path(__file__).with_name("probe.py")
# How often a look is repeated, at most. Of a negative run more would only make it longer.
ATTEMPTS = int(os.environ.get("MOLECULE_ATTEMPTS", "40"))


@dataclass(frozen=True)
class Site:
    name: str
    number: int
    bridge: str
    circuits: tuple[str, ...]  # ports, the preferred one first

    @property
    def router(self) -> str:
        return f"{self.name}-router"

    @property
    def room(self) -> str:
        return f"{self.name}-room"

    def __str__(self) -> str:
        return self.name


HUBS = Site("huyen-uy", 1, "br0", ("eth0",)), Site("ubnd", 2, "br0", ("eth0",))
COMMUNES = Site("ga-ry", 18, "lan", ("ether1", "ether2")), Site("dang", 17, "br0", ("eth0", "eth2"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `commune`, `hub` or `site` runs for each of them."""
    for name, sites in {"commune": COMMUNES, "hub": HUBS, "site": (*HUBS, *COMMUNES)}.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, sites, ids=str)


@pytest.fixture(scope="session")
def sites() -> tuple[Site, ...]:
    return (*HUBS, *COMMUNES)


class Shell:
    """A shell in a node's namespaces that stays: a command takes no longer than it takes there."""

    def __init__(self, node: str) -> None:
        argv = ["twin", "exec", node, "--", "sh"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self._process = subprocess.Popen(argv, text=True, encoding="utf-8", **pipes)
        self._lock = threading.Lock()

    def run(self, command: str, stdin: str = "") -> str:
        end = uuid.uuid4().hex
        with self._lock:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(f"{{ {command}\n}} <<'{end}' 2>&1\n{stdin}\n{end}\necho; echo {end}\n")
            self._process.stdin.flush()
            lines: list[str] = []
            while (line := self._process.stdout.readline()).strip() != end:
                assert line, f"the shell ended: {''.join(lines)}"
                lines.append(line)
        return "".join(lines).removesuffix("\n")

    def close(self) -> None:
        self._process.kill()  # and with it the shell: it dies with its parent
        self._process.wait()


class Nodes:
    """Runs commands in the nodes' namespaces."""

    def __init__(self) -> None:
        self._shells: dict[str, Shell] = {}
        self._lock = threading.Lock()

    def run(self, node: str, command: str, stdin: str = "") -> str:
        """What it prints, whatever its exit status is: a closed port is no error here."""
        with self._lock:
            if node not in self._shells:
                self._shells[node] = Shell(node)
        return self._shells[node].run(command, stdin)

    def probe(self, node: str, *arguments: object, stdin: str = "") -> str:
        """The answer that molecule/probe.py gets there."""
        return self.run(node, shlex.join([sys.executable, str(PROBE), *map(str, arguments)]), stdin).strip()

    def answers(self, node: str, address: str, *options: str) -> bool:
        """Whether an address answers a ping from there."""
        return " 0% packet loss" in self.run(node, f"ping -n -c 1 -W 2 {' '.join(options)} {address}")

    def logins(self, *attempts: tuple[str, str, str]) -> list[str]:
        """What becomes of log-ins (address, user, password or key) from the control machine."""
        return list(json.loads(self.probe("control", "logins", stdin=json.dumps(attempts))))

    def scan(self, node: str, ports: Sequence[int], *addresses: str) -> dict[str, dict[int, str]]:
        """Address -> TCP port -> "open", "closed" or "filtered", as nmap sees them from there."""
        which = f"-p {','.join(map(str, ports))} {' '.join(addresses)}"
        shown = self.run(node, f"nmap -n -Pn -T4 --max-retries 1 --max-rtt-timeout 500ms {which}")
        found = {}
        for report in shown.split("Nmap scan report for ")[1:]:
            states = re.findall(r"^(\d+)/tcp +(\S+)", report, re.MULTILINE)
            found[report.split()[0]] = {int(port): state for port, state in states}
        assert all(set(found.get(address, ())) == set(ports) for address in addresses), shown
        return found

    def awake(self, node: str, *addresses: str) -> set[str]:
        """Which of these answer a ping from there, of two."""
        shown = self.run(node, f"nmap -n -sn -PE --disable-arp-ping -T4 --max-retries 1 {' '.join(addresses)}")
        assert "Nmap done" in shown, shown
        return {report.split()[0] for report in shown.split("Nmap scan report for ")[1:] if "Host is up" in report}

    def close(self) -> None:
        for shell in self._shells.values():
            shell.close()


@pytest.fixture(scope="session")
def on() -> Iterator[Nodes]:
    nodes = Nodes()
    yield nodes
    nodes.close()


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    """The first true answer, or the last one, of a bounded number of looks: routing needs its time."""

    def wait(look: Callable[[], Any], attempts: int = ATTEMPTS) -> Any:
        for _ in range(attempts):
            if answer := look():
                break
            time.sleep(0.5)
        return answer

    return wait


@dataclass
class Heard:
    text: str = ""  # whole when the listening has ended


@pytest.fixture
def heard(on: Nodes) -> Callable[..., AbstractContextManager[Heard]]:
    """tcpdump's words about what passes an interface of a node meanwhile."""

    @contextmanager
    def listen(node: str, interface: str, what: str) -> Iterator[Heard]:
        words, began = f"/run/{uuid.uuid4().hex}", f"/run/{uuid.uuid4().hex}"
        dump = f"tcpdump -n -v -l --immediate-mode -c 500 -i {interface} {shlex.quote(what)}"
        process = on.run(node, f"{dump} </dev/null >{words} 2>{began} & echo $!").strip()
        on.run(node, f"for _ in $(seq 100); do grep -q '^tcpdump: listening' {began} && break; sleep 0.05; done")
        seen = Heard()
        try:
            yield seen
            time.sleep(0.5)  # for what is on its way
        finally:
            told = on.run(node, f"kill {process}; wait {process}; cat {began} {words}; rm {began} {words}")
        assert "listening on" in told, told
        seen.text = told

    return listen
