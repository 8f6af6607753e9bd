"""A call server and SIP clients on one LAN, each in a network namespace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.twin.conftest import PROJECT, until
from twin import namespaces

SERVER = "10.9.0.2"
LOW, HIGH = 3230, 3291
MEDIA: dict[str, Any] = {
    "name": "Xã Ga Ry",
    "auto_answer": True,
    "multipoint_auto_answer": True,
    "mute": False,
    "udp_low": LOW,
    "udp_high": HIGH,
    "dscp_audio": 46,
    "dscp_video": 34,
    "dscp_signalling": 24,
    "rate_kbps": 1920,
}


class Refused(Exception):
    """What a node said no to."""


@dataclass
class Node:
    """One process in a namespace that answers requests."""

    namespace: str
    process: subprocess.Popen[str]
    log: Path

    def ask(self, verb: str, **arguments: Any) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([verb, arguments]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.log.read_text()
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer["result"]

    # of a client
    def register(self, user: str, password: str, transport: str = "udp", **media: Any) -> None:
        account = {
            "registrar": SERVER,
            "proxy": SERVER,
            "user": user,
            "auth_user": user,
            "password": password,
            "transport": transport,
        }
        self.ask("start", account=account, media=MEDIA | media)

    def registered(self) -> bool:
        return bool(self.ask("state")["registered"])

    def calls(self) -> list[dict[str, Any]]:
        return list(self.ask("calls"))

    def connected(self) -> int:
        return sum(call["connected"] for call in self.calls())

    def pids(self, name: str) -> list[int]:
        return [
            pid
            for pid in namespaces.processes([self.namespace])
            if Path(f"/proc/{pid}/comm").read_text().strip() == name
        ]


@dataclass
class Bench:
    folder: Path
    prefix: str
    nodes: dict[str, Node] = field(default_factory=dict)

    @property
    def wires(self) -> str:
        return f"{self.prefix}wires"

    def ip(self, node: str, *lines: str) -> None:
        namespaces.run_batch(["ip", "-n", self.prefix + node, "-batch", "-"], list(lines))

    def plug(self, node: str, address: str) -> str:
        """A namespace on the LAN; returns its name."""
        name = self.prefix + node
        namespaces.create([name])
        self.ip("wires", f"link add p-{node} type veth peer name eth0 netns {name}", f"link set p-{node} master br0 up")
        self.ip(node, "link set lo up", f"address add {address}/24 dev eth0", "link set eth0 up")
        return name

    def start(self, node: str, address: str, *arguments: str) -> Node:
        namespace, log = self.plug(node, address), self.folder / f"{node}.log"
        with log.open("w") as errors:
            process = subprocess.Popen(
                ["ip", "netns", "exec", namespace, sys.executable, "-m", "tests.twin.sip_node", *arguments],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        made = self.nodes[node] = Node(namespace, process, log)
        return made

    def client(self, number: int) -> Node:
        """The client of extension 8000 + number, which has an account; registered."""
        name = f"c{number}"
        if name not in self.nodes:
            self.start(name, f"10.9.0.{10 + number}")
        return self.nodes[name]

    @property
    def server(self) -> Node:
        return self.nodes["server"]

    def password(self, number: int) -> str:
        return f"pa55-word.{number}"

    def register(self, number: int, **media: Any) -> Node:
        client = self.client(number)
        client.register(f"800{number}", self.password(number), **media)
        until(client.registered)
        return client


@contextmanager
def bench(folder: Path, accounts: int) -> Iterator[Bench]:
    made = Bench(folder, f"s{os.getpid()}-")
    namespaces.create([made.wires])
    try:
        made.ip("wires", "link add br0 type bridge stp_state 0 forward_delay 0", "link set br0 up")
        server = made.start("server", SERVER, SERVER, str(folder / "disk"))
        server.ask("boot")
        lines = "".join(f"800{number},{made.password(number)}\n" for number in range(1, accounts + 1))
        server.ask("usb", name="accounts.csv", text="user,password\n" + lines)
        yield made
    finally:
        names = namespaces.existing(made.prefix)
        namespaces.kill_processes(names)
        for node in made.nodes.values():
            node.process.wait()
        namespaces.remove(names)
        namespaces.forget_directory()
