"""Named network namespaces, as `ip netns` shows them: made, entered, searched for processes, removed.

Nothing here touches an interface of the machine's own network namespace.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from twin import syscalls
from twin.errors import TwinError

RUN = Path("/run/netns")


def path(namespace: str) -> Path:
    """The file that stands for a named namespace."""
    return RUN / namespace


def existing(prefix: str) -> list[str]:
    """The names of the namespaces that begin with a prefix."""
    return sorted(entry.name for entry in RUN.glob(f"{prefix}*")) if RUN.is_dir() else []


def create(names: Sequence[str]) -> None:
    """Make namespaces whose loopback is up."""
    run_batch(["ip", "-batch", "-"], [f"netns add {name}" for name in names])
    for name in names:
        run_batch(["ip", "-n", name, "-batch", "-"], ["link set lo up"])


def remove(names: Iterable[str]) -> None:
    """Remove namespaces that exist; their processes must be gone before."""
    run_batch(["ip", "-force", "-batch", "-"], [f"netns delete {name}" for name in names])


def forget_directory() -> None:
    """Undo what `ip netns add` did to /run/netns itself, when no namespace of anybody is left in it."""
    if not RUN.is_dir() or any(RUN.iterdir()):
        return
    with contextlib.suppress(OSError):  # busy, or no mount: then it is not ours to remove
        syscalls.unmount(str(RUN))
    with contextlib.suppress(OSError):
        RUN.rmdir()


def enter(namespace: str) -> None:
    """Move this thread into a named network namespace."""
    fd = os.open(path(namespace), os.O_RDONLY | os.O_CLOEXEC)
    try:
        syscalls.setns(fd, syscalls.CLONE_NEWNET)
    finally:
        os.close(fd)


def processes(names: Iterable[str]) -> dict[int, str]:
    """The processes that run in any of the namespaces: their id and the namespace's name."""
    inodes = {}
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            status = path(name).stat()
            inodes[(status.st_dev, status.st_ino)] = name
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):  # ended meanwhile, or a kernel thread
            status = (entry / "ns/net").stat()
            inode = (status.st_dev, status.st_ino)
            if inode in inodes:
                found[int(entry.name)] = inodes[inode]
    return found


def kill_processes(names: Sequence[str], patience: float = 10.0) -> None:
    """Kill every process in the namespaces, this one excepted; patience in seconds.

    Raises TwinError naming the processes that did not go.
    """
    deadline = time.monotonic() + patience
    while found := {pid: name for pid, name in processes(names).items() if pid != os.getpid()}:
        if time.monotonic() > deadline:
            raise TwinError(f"these processes of the twin do not end: {found}")
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def run_batch(argv: Sequence[str], lines: Sequence[str]) -> None:
    """Feed lines to `ip` or `tc`; raises TwinError with the tool's words and the line that failed."""
    if not lines:
        return
    done = subprocess.run(argv, input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    if done.returncode != 0 and "-force" not in argv:
        raise TwinError(f"{' '.join(argv)}: {explain(done.stderr, lines)}")


def explain(words: str, lines: Sequence[str]) -> str:
    """A batch's error with the line it is about, which the tools name by number only."""
    words = words.strip()
    _, _, number = words.rpartition("Command failed -:")
    if number.isdigit() and 0 < int(number) <= len(lines):
        return f"{words} ({lines[int(number) - 1]})"
    return words
