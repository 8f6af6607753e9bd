"""The process that holds the twin up: starts a machine for each node, cuts and restores power, restarts who reboots.

It runs one thread and no event loop, so that it may fork at any time; it imports the devices' code once, and the
machines share that memory. It lives in the namespace ``wires``, so that it is found there whatever happens.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from twin import cell, fabric, namespaces, nodes, state, units
from twin import district as districts
from twin.circuits import Circuits
from twin.district import District, Site
from twin.errors import TwinError
from twin.linux import links, queues
from twin.nodes import Node
from twin.router import Software
from twin.state import Process, State

BOOT_PAUSE = 1.0  # seconds that a machine is dark when it reboots by itself
TICK = 2.0  # seconds between looks at whether the state directory is still there

Tell = Callable[[dict[str, object]], None]


class Supervisor:
    def __init__(
        self, kept: State, district: District, softwares: Mapping[str, Software], report: int, lock: int
    ) -> None:
        self._state = kept
        self._lock = lock
        self._inventory = district
        self._district = units.fitted(district, kept)
        self._softwares = softwares
        self._report = report
        self._nodes = {node.name: node for node in nodes.of(self._district, kept, softwares)}
        self._circuits = Circuits(kept, self._launch_line)
        self._asking: socket.socket | None = None  # who is being served
        self._booting: dict[int, Node] = {}  # by the pipe on which a machine tells that it is ready
        self._alive, self._life = os.pipe()
        self._wake, self._wakes = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._listener: socket.socket | None = None

    def run(self, tell: Tell) -> None:
        """Build everything and serve until the state directory is gone; ``tell`` reports progress, last {"up": …}.

        Raises TwinError when the twin cannot come up.
        """
        fabric.build(fabric.plan(self._district, self._state), self._state)
        namespaces.enter(self._state.namespace(fabric.WIRES))
        process = Process.of(os.getpid())
        if process is None:
            raise TwinError("/proc is not mounted")
        self._record(process)
        os.close(self._lock)  # from here on a `twin down` finds this process, whatever became of `twin up`
        self._listen()
        gc.collect()
        gc.freeze()  # the collector must not write into memory that the machines share
        for node in self._nodes.values():
            self._start(node)
        self._wait_for_all(tell)
        while self._state.supervisor() == process:
            self._turn(TICK)
        names = namespaces.existing(self._state.prefix)
        namespaces.kill_processes(names)
        namespaces.remove(names)
        namespaces.forget_directory()

    def _record(self, process: Process) -> None:
        sites = [site.name for site in self._district.sites]
        self._state.write_record(process, {"sites": sites, "nodes": fabric.plan(self._district, self._state).nodes})

    def _listen(self) -> None:
        self._listener = state.listen(self._state.directory / "control")
        self._selector.register(self._listener, selectors.EVENT_READ, lambda _: self._accept())
        os.set_blocking(self._wake, False)
        os.set_blocking(self._wakes, False)
        signal.set_wakeup_fd(self._wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake up
        self._selector.register(self._wake, selectors.EVENT_READ, lambda _: self._reap())

    def _wait_for_all(self, tell: Tell) -> None:
        told: set[str] = set()
        deadline = time.monotonic() + state.BOOT_TIMEOUT
        while len(told) < len(self._nodes):
            self._turn(0.2)
            for node in self._nodes.values():
                if node.failure is not None:
                    raise TwinError(node.failure)
                if node.ready and node.name not in told:
                    told.add(node.name)
                    tell({"node": node.name})
            if time.monotonic() > deadline:
                late = ", ".join(name for name in self._nodes if name not in told)
                raise TwinError(
                    f"not up after {state.BOOT_TIMEOUT:.0f} s: {late}; see {self._state.directory / 'nodes'}"
                )
        tell({"up": True})

    def _turn(self, timeout: float) -> None:
        now = time.monotonic()
        times = {node.name: node.restart_at for node in self._nodes.values() if node.restart_at is not None}
        for name, due in times.items():
            if due <= now:
                self._start(self._nodes[name])
        soonest = min((due - now for due in times.values()), default=timeout)
        for key, _ in self._selector.select(max(0.0, min(timeout, soonest))):
            key.data(key.fd)

    # --- machines -------------------------------------------------------------------------------------------------

    def _release(self, *more: int) -> None:
        """In a machine: close what would outlive the supervisor there, or answer in its place."""
        clients = [client for each in self._nodes.values() for client in each.waiting]
        for item in (self._selector, self._listener, self._asking, *clients, *self._circuits.sockets()):
            if item is not None:
                item.close()
        for fd in {*more, self._life, self._wake, self._wakes, self._report, *self._booting} - {-1}:
            os.close(fd)

    def _launch_line(self, main: Callable[[], int]) -> int:
        """Start a machine among the cables; returns its first process."""
        log = self._state.directory / "lines.log"
        return cell.start("line", self._state.namespace(fabric.WIRES), log, main, self._release, self._alive)

    def _start(self, node: Node) -> None:
        read, write = os.pipe()
        if node.kind == "call-server":
            self._on_wires(fabric.call_server_lit(self._district, True))
        node.restart_at, node.failure, node.ready, node.powered = None, None, False, True
        namespace, log = self._state.namespace(node.name), self._state.node(node.name) / "log"
        node.pid = cell.start(
            node.name, namespace, log, lambda: node.main(write), lambda: self._release(read), self._alive
        )
        os.close(write)
        self._booting[read] = node
        self._selector.register(read, selectors.EVENT_READ, self._hear)

    def _hear(self, fd: int) -> None:
        """A machine tells that it is ready, or why not; the end without a word is its death, which _reap tells."""
        words = os.read(fd, 65536).decode(errors="replace")
        node = self._booting.pop(fd)
        self._selector.unregister(fd)
        os.close(fd)
        if words == "\n":
            node.ready = True
            self._reply(node, {"ok": True})
        elif words:
            self._fail(node, words.strip())

    def _fail(self, node: Node, words: str) -> None:
        node.failure = f"{words}\nits log: {self._state.node(node.name) / 'log'}"
        self._reply(node, {"error": node.failure})

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)
        for node in self._nodes.values():
            if node.pid is not None:
                pid, status = os.waitpid(node.pid, os.WNOHANG)
                if pid:
                    self._ended(node, os.waitstatus_to_exitcode(status))
        self._circuits.reap(lambda key: self._district.circuit("/".join(key)))

    def _ended(self, node: Node, status: int) -> None:
        was_ready, node.pid, node.ready = node.ready, None, False
        self._darken(node)
        if status == cell.REBOOT:
            node.restart_at = time.monotonic() + BOOT_PAUSE
            return
        node.powered = False
        print(f"{node.name} ended by itself with status {status}", file=sys.stderr, flush=True)
        if not was_ready and node.failure is None:
            self._fail(node, f"{node.name} ended while booting, with status {status}")

    def _darken(self, node: Node) -> None:
        """Without power the ports have no light, and nothing is left of what was configured."""
        if node.kind == "call-server":
            self._on_wires(fabric.call_server_lit(self._district, False))
        if node.kind in ("provider", "call-server"):
            return  # what they have was laid by the fabric
        namespace = ["-n", self._state.namespace(node.name)]
        shown = subprocess.run(["ip", *namespace, *links.SHOW[1:]], capture_output=True, text=True, check=False).stdout
        found = links.parse(shown)
        namespaces.run_batch(["ip", *namespace, "-force", "-batch", "-"], links.clearing(found))
        ports = [name for name, actual in found.items() if actual.kind == "ethernet"]
        namespaces.run_batch(["tc", *namespace, "-force", "-batch", "-"], queues.clearing(ports))

    def _switch_off(self, node: Node) -> None:
        node.powered, node.restart_at, node.ready = False, None, False
        if node.pid is not None:
            os.kill(node.pid, signal.SIGKILL)
            os.waitpid(node.pid, 0)
            node.pid = None
        self._darken(node)
        self._reply(node, {"error": f"{node.name} was switched off while booting"})

    # --- requests -------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        if self._listener is None:
            return
        client, _ = self._listener.accept()
        client.settimeout(5)
        self._asking = client
        try:
            with client.makefile("rb") as stream:
                request = json.loads(stream.readline(65536))
            self._serve(client, request)
        except (OSError, ValueError, KeyError, TypeError, TwinError) as error:
            self._send(client, {"error": str(error)})
        finally:
            self._asking = None

    def _serve(self, client: socket.socket, request: dict[str, str]) -> None:
        match request:
            case {"verb": "nodes"}:
                self._send(client, {"nodes": [self._public(node) for node in self._nodes.values()]})
            case {"verb": "power", "node": name, "to": "on" | "off" as to}:
                if name not in self._nodes:
                    raise TwinError(f"{name} has no power switch; these have: {', '.join(self._nodes)}")
                self._power(self._nodes[name], to == "on", client)
            case {"verb": "replace", "node": name, "back": "yes"}:
                self._replace(name, None, client)
            case {"verb": "replace", "node": name, **wish}:
                self._replace(name, units.Wish(**wish), client)
            case _:
                self._change(request)
                self._send(client, {"ok": True})

    def _change(self, request: dict[str, str]) -> None:
        """What is done when this returns: nobody waits for a boot."""
        match request:
            case {"verb": "cut", "circuit": words, "how": "silent" | "dark" as how}:
                self._circuits.cut(*self._district.circuit(words), how)
            case {"verb": "mend", "circuit": words}:
                self._circuits.mend(*self._district.circuit(words))
            case {"verb": "line", "circuit": words, "good": "yes"}:
                self._circuits.repair(*self._district.circuit(words))
            case {"verb": "line", "circuit": words, **wish}:
                self._circuits.change(*self._district.circuit(words), wish)
            case {"verb": "add", "site": name, "project": project}:
                self._add(name.replace("_", "-"), districts.read(Path(project), None))
            case _:
                raise TwinError(f"no such request: {request}")

    def _power(self, node: Node, on: bool, client: socket.socket) -> None:
        if not on:
            self._switch_off(node)
        elif not node.ready:
            node.waiting.append(client)
            if node.pid is None:
                self._start(node)
            return
        self._send(client, {"ok": True})

    def _on_wires(self, lines: list[str]) -> None:
        namespaces.run_batch(["ip", "-n", self._state.namespace(fabric.WIRES), "-batch", "-"], lines)

    def _public(self, node: Node) -> dict[str, object]:
        """What the command line is told."""
        told = node.public()
        if node.kind == "router":
            circuits = self._circuits.told(self._site(node.name))
            told["cut"] = [name for name, item in circuits.items() if item["state"] != "up"]
            told["circuits"] = circuits
        return told

    # --- units ----------------------------------------------------------------------------------------------------

    def _site(self, name: str) -> Site:
        """The site whose router or room this is; raises TwinError."""
        places = {node: site for site in self._district.sites for node in (site.router, site.room)}
        if name not in places:
            raise TwinError(f"{name} is no router and no room of the twin; these are: {', '.join(places)}")
        return places[name]

    def _replace(self, name: str, wish: units.Wish | None, client: socket.socket) -> None:
        """Put a factory-new unit in a node's place, or without a wish the old one; the client hears of its boot."""
        site = self._site(name)
        facts = units.old(name, self._state) if wish is None else units.new(site, name, wish, self._state)
        units.with_unit(self._inventory_of(site), facts)  # refuses what cannot be cabled before anything is changed
        self._switch_off(self._nodes[name])
        if wish is None:
            units.put_back(site, name, self._state)
        else:
            units.put_new(site, name, facts, self._state)
        self._district = units.fitted(self._inventory, self._state)
        fabric.lay(fabric.exchange(site, self._site(name), name, self._state), self._state)
        if name == site.router:
            self._circuits.laid_anew(self._site(name))
        # As after a lost link: an address may have moved to another MAC.
        for other in fabric.neighbours(self._district, site):
            ip = ["ip", "-n", self._state.namespace(other), "-force", "-batch", "-"]
            namespaces.run_batch(ip, ["neighbour flush all"])
        self._nodes[name] = nodes.of_site(self._site(name), name, self._state, self._softwares)
        if name == site.router:
            self._tell_provider()
        self._nodes[name].waiting.append(client)
        self._start(self._nodes[name])

    def _add(self, name: str, inventory: District) -> None:
        """A new site of the inventory, switched on. The others stay as they are, whatever the inventory says now."""
        there = self._inventory.sites
        if name in {site.name for site in there}:
            raise TwinError(f"{name} is in the twin already; `twin replace` puts factory-new units there")
        wider = (*there, *inventory.only((name,)).sites)
        old = fabric.plan(self._district, self._state)
        self._inventory = replace(self._inventory, sites=wider)
        self._district = units.fitted(self._inventory, self._state)
        fabric.build(fabric.beyond(old, fabric.plan(self._district, self._state)), self._state)
        process = self._state.supervisor()
        if process is not None:
            self._record(process)
        made = {node.name: node for node in nodes.of(self._district, self._state, self._softwares)}
        fresh = made.keys() - self._nodes.keys()
        self._nodes = {each: self._nodes.get(each, node) for each, node in made.items()}
        if fabric.PROVIDER not in fresh:
            self._tell_provider()
        for each in fresh:
            self._start(self._nodes[each])

    def _inventory_of(self, site: Site) -> Site:
        return next(item for item in self._inventory.sites if item.name == site.name)

    def _tell_provider(self) -> None:
        """The provider's DHCP server knows its customers by their ports' MACs: it starts again and knows the new."""
        old = self._nodes.get(fabric.PROVIDER)
        if old is None:
            return
        powered = old.powered
        self._switch_off(old)
        self._nodes[fabric.PROVIDER] = nodes.the_provider(self._district)
        if powered:
            self._start(self._nodes[fabric.PROVIDER])

    def _reply(self, node: Node, answer: dict[str, object]) -> None:
        waiting, node.waiting = node.waiting, []
        for client in waiting:
            self._send(client, answer)

    def _send(self, client: socket.socket, answer: dict[str, object]) -> None:
        with contextlib.suppress(OSError), client:  # who asked may have gone
            client.sendall(json.dumps(answer).encode() + b"\n")


def serve(kept: State, district: District, softwares: Mapping[str, Software], report: int, lock: int) -> None:
    """Be the supervisor.

    ``report`` is a pipe that takes progress as JSON lines, the last one "up" or "error". ``lock`` is the state's lock,
    held until this process can be found by its record.
    """

    def tell(news: dict[str, object]) -> None:
        with contextlib.suppress(BrokenPipeError):  # `twin up` was interrupted: the twin comes up all the same
            os.write(report, json.dumps(news).encode() + b"\n")

    try:
        Supervisor(kept, district, softwares, report, lock).run(tell)
    except TwinError as error:
        tell({"error": str(error)})
    except Exception as error:
        traceback.print_exc()
        tell({"error": f"{type(error).__name__}: {error}; see {kept.log}"})
