"""Raising the twin and taking it down, also after something of it was killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from twin import district as districts
from twin import namespaces, state
from twin.errors import TwinError
from twin.router import Software
from twin.state import State

# What a machine needs, and Debian's package that has it.
TOOLS = {
    "ip": "iproute2",
    "tc": "iproute2",
    "sysctl": "procps",
    "nft": "nftables",
    "wg": "wireguard-tools",
    "wireguard-go": "wireguard-go",
    "dnsmasq": "dnsmasq-base",
    "udhcpc": "udhcpc",
    "vtysh": "frr",
    "kamailio": "kamailio",
    "baresip": "baresip-core",
}


def check_machine() -> None:
    """Raises TwinError when this computer cannot carry a twin."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise TwinError("the twin needs Linux and root: it makes network namespaces (try `sudo`)")
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    os.environ["PATH"] = path
    if missing := sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None}):
        raise TwinError(f"the twin needs Debian packages that are not installed: apt-get install {' '.join(missing)}")


def up(
    kept: State,
    project: Path,
    inventory: Path | None,
    only: tuple[str, ...],
    fresh: bool,
    softwares: Callable[[set[str]], Mapping[str, Software]],
    tell: Callable[[str], None],
) -> None:
    """Raise the twin, or find it up. What was on its disks is kept unless ``fresh``; ``tell`` prints progress.

    Raises TwinError when it does not come up; nothing runs then.
    """
    check_machine()
    with kept.lock() as lock:
        if kept.supervisor() is not None and not fresh:
            _is_up_already(kept, only)
            tell("the twin is up already")
            return
        _clean(kept)
        if fresh:
            kept.empty()
        began = time.monotonic()
        district = districts.read(project, inventory)
        if only:
            district = district.only(only)
        known = softwares(set(districts.PORTS))  # all of them: a router may be replaced by one of another platform
        kept.directory.chmod(0o700)  # the routers' disks hold keys
        read, write = os.pipe()
        if os.fork() == 0:
            os.close(read)
            from twin import supervisor  # here alone: all that machines are made of takes longer to load than to ask

            _detach(kept.log, lambda: supervisor.serve(kept, district, known, write, lock))
        os.close(write)
        os.wait()
        try:
            _follow(read, kept, tell)
        except BaseException:
            _clean(kept)
            raise
        tell(f"the twin is up after {time.monotonic() - began:.0f} s: {len(district.sites)} sites")


def _detach(log: Path, main: Callable[[], None]) -> None:
    """Run something as a daemon; returns in no process."""
    status = 1
    try:
        os.setsid()
        if os.fork():
            status = 0
            os._exit(0)
        os.chdir("/")
        os.umask(0o022)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        sys.stdout = sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 (pytest put others there)
        main()
        status = 0
    finally:
        os._exit(status)


def _is_up_already(kept: State, only: tuple[str, ...]) -> None:
    sites = kept.record().get("sites")
    if only and {name.replace("_", "-") for name in only} != set(sites if isinstance(sites, list) else ()):
        raise TwinError(f"the twin is up with other sites: {sites}; `twin down` first")
    settled(kept)


def settled(kept: State) -> None:
    """Wait until all that is switched on is ready; raises TwinError."""
    deadline = time.monotonic() + state.BOOT_TIMEOUT
    while waiting := [node["name"] for node in nodes(kept) if node["power"] == "on" and not node["ready"]]:
        if time.monotonic() > deadline:
            raise TwinError(f"the twin is up, but not well: {', '.join(map(str, waiting))} do not come up")
        time.sleep(0.2)


def nodes(kept: State) -> list[dict[str, object]]:
    """What the supervisor tells of its nodes; raises TwinError when the twin is not up."""
    try:
        answer = state.ask(kept.directory / "control", {"verb": "nodes"}, timeout=30)
    except (ConnectionError, TimeoutError):
        raise TwinError("the twin is not up; `twin up` raises it") from None
    found = answer.get("nodes")
    if not isinstance(found, list):
        raise TwinError(f"the supervisor says: {answer.get('error')}")
    return found


def _follow(read: int, kept: State, tell: Callable[[str], None]) -> None:
    with open(read, encoding="utf-8") as news:
        for line in news:
            item = json.loads(line)
            if "error" in item:
                raise TwinError(item["error"])
            if "up" in item:
                return
            tell(f"  {item['node']}")
    words = kept.log.read_text(errors="replace").strip() if kept.log.exists() else ""
    raise TwinError(f"the supervisor ended without a word; its log {kept.log} ends with: {words[-500:]}")


def down(kept: State) -> None:
    """End every process of the twin and remove its namespaces and its state; does nothing when there is none."""
    if os.geteuid() != 0:
        raise TwinError("the twin needs root (try `sudo`)")
    with kept.lock():
        _clean(kept)
        kept.empty()


def _clean(kept: State) -> None:
    """End the twin's processes and remove its namespaces; disks and logs stay. Raises TwinError when it cannot."""
    if (process := kept.supervisor()) is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while process.alive():
            if time.monotonic() > deadline:
                raise TwinError(f"the supervisor, process {process.pid}, does not end")
            time.sleep(0.01)
    names = namespaces.existing(kept.prefix)
    namespaces.kill_processes(names)
    namespaces.remove(names)
    if left := namespaces.existing(kept.prefix):
        raise TwinError(f"these namespaces cannot be removed: {', '.join(left)}")
    namespaces.forget_directory()
    for name in ("supervisor.json", "control"):
        (kept.directory / name).unlink(missing_ok=True)
