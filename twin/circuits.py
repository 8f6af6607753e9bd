"""What storms and bad lines do to the circuits while the twin runs; nothing of it outlives `twin down`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from twin import emulator, fabric, line, namespaces
from twin.district import Circuit, Site
from twin.emulator import Emulator
from twin.errors import TwinError
from twin.line import Line
from twin.state import State

Launch = Callable[[Callable[[], int]], int]  # starts a machine among the cables; returns its first process
Key = tuple[str, str]  # a site's and a circuit's name


@dataclass
class Condition:
    line: Line
    cut: str = ""  # "dark" or "silent"; "" = whole
    emulator: Emulator | None = None


class Circuits:
    def __init__(self, kept: State, launch: Launch) -> None:
        self._namespace = kept.namespace(fabric.WIRES)
        self._launch = launch
        self._conditions: dict[Key, Condition] = {}  # of circuits that are not as the inventory has them
        self._spliced: set[Key] = set()  # circuits that are in two parts
        self._netem: bool | None = None  # whether the kernel has it; None = nobody needed to know

    def cut(self, site: Site, circuit: Circuit, how: str) -> None:
        self._ip(fabric.cut(site, circuit, how == "silent"))
        self._condition(site, circuit).cut = how

    def mend(self, site: Site, circuit: Circuit) -> None:
        self._ip(fabric.mend(site, circuit))
        self._condition(site, circuit).cut = ""

    def change(self, site: Site, circuit: Circuit, wish: Mapping[str, str]) -> None:
        """Make the line behave as wished; what the wish does not name stays. Raises TwinError."""
        condition = self._condition(site, circuit)
        self._make(site, circuit, condition, line.changed(condition.line, wish))

    def repair(self, site: Site, circuit: Circuit) -> None:
        """Make the line behave as the inventory says."""
        self._make(site, circuit, self._condition(site, circuit), line.good(circuit))

    def laid_anew(self, site: Site) -> None:
        """The router's ends of the cables are others now: what was done to the old ones is done to them."""
        for circuit in site.circuits:
            condition = self._condition(site, circuit)
            if condition.cut:
                self.cut(site, circuit, condition.cut)
            self._shape(site, circuit, condition.line)

    def told(self, site: Site) -> dict[str, dict[str, object]]:
        """Each circuit's state ("up", "dark", "silent") and how its line behaves."""
        conditions = {circuit.name: self._condition(site, circuit) for circuit in site.circuits}
        return {name: {"state": item.cut or "up", **asdict(item.line)} for name, item in conditions.items()}

    def sockets(self) -> list[socket.socket]:
        """What no other machine may hold."""
        return [item.emulator.console for item in self._conditions.values() if item.emulator is not None]

    def reap(self, found: Callable[[Key], tuple[Site, Circuit]]) -> None:
        """Put a new line in the place of one whose processes died."""
        for key, condition in self._conditions.items():
            if condition.emulator is None or not os.waitpid(condition.emulator.pid, os.WNOHANG)[0]:
                continue
            print(f"the line {'/'.join(key)} ended by itself", file=sys.stderr, flush=True)
            condition.emulator.console.close()
            condition.emulator = None
            try:
                self._emulate(*found(key), condition, condition.line)
            except TwinError as error:  # it is dead, and says so here
                print(f"the line {'/'.join(key)}: {error}", file=sys.stderr, flush=True)

    def _condition(self, site: Site, circuit: Circuit) -> Condition:
        return self._conditions.setdefault((site.name, circuit.name), Condition(line.good(circuit)))

    def _make(self, site: Site, circuit: Circuit, condition: Condition, wanted: Line) -> None:
        if not self._has_netem():
            self._emulate(site, circuit, condition, wanted)
        self._shape(site, circuit, wanted, anew=condition.line.emulated and not wanted.emulated)
        condition.line = wanted

    def _emulate(self, site: Site, circuit: Circuit, condition: Condition, wanted: Line) -> None:
        if condition.emulator is None and wanted.emulated:
            emulator.check()
            condition.emulator = self._splice(site, circuit, wanted)
        elif condition.emulator is not None and wanted.emulated:
            condition.emulator.tell(wanted)
        elif condition.emulator is not None:
            self._ip(fabric.joined(site, circuit))
            self._spliced.discard((site.name, circuit.name))
            condition.emulator.end()
            condition.emulator = None

    def _splice(self, site: Site, circuit: Circuit, wanted: Line) -> Emulator:
        """Put the emulator between the two ends; neither of them loses its link."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

        def run() -> int:
            ours.close()
            return emulator.main(fabric.taps(site, circuit), theirs)

        made = Emulator(self._launch(run), ours)
        theirs.close()
        try:
            made.tell(wanted)  # it answers: its taps are there
            already = (site.name, circuit.name) in self._spliced
            self._spliced.add((site.name, circuit.name))
            self._ip(fabric.spliced(site, circuit, already))
        except TwinError:
            made.end()
            raise
        return made

    def _shape(self, site: Site, circuit: Circuit, wanted: Line, anew: bool = False) -> None:
        lines = fabric.shaped(site, circuit, wanted, netem=bool(self._netem), anew=anew)
        namespaces.run_batch(["tc", "-n", self._namespace, "-batch", "-"], lines)

    def _ip(self, lines: list[str]) -> None:
        namespaces.run_batch(["ip", "-n", self._namespace, "-batch", "-"], lines)

    def _has_netem(self) -> bool:
        if self._netem is None:
            tc = ["tc", "-n", self._namespace, "qdisc"]
            added = subprocess.run([*tc, "add", "dev", "lo", "root", "netem"], capture_output=True, check=False)
            self._netem = added.returncode == 0
            if self._netem:
                namespaces.run_batch(["tc", "-n", self._namespace, "-batch", "-"], ["qdisc del dev lo root"])
        return self._netem
