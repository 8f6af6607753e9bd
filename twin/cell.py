"""A machine of the twin as Linux sees it: one process tree that no part of can outlive its first process.

Each runs in its own process, mount and host name namespaces and in the node's network namespace. Cutting its power
is killing the first process: the kernel ends all others at once. So does the death of the supervisor.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from twin import namespaces, syscalls

REBOOT = 42  # the exit status of a machine that wants to be started again

# Fresh and empty at each start, in memory: what daemons write there never reaches the computer's own disk.
VOLATILE = ("/run", "/var/tmp", "/etc/frr", "/var/lib/frr", "/var/log/frr")


def start(
    name: str, namespace: str, log: Path, main: Callable[[], int], release: Callable[[], None], alive: int
) -> int:
    """Start a machine and return the id of its first process, a child of the caller.

    ``main`` runs inside, as the second process; its result becomes the first one's exit status. ``release`` closes
    what only the caller may hold. ``alive`` is the reading end of a pipe whose other end closes with the caller.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        syscalls.unshare(syscalls.CLONE_NEWPID)
        pid = os.fork()
        if pid:
            syscalls.setns(own, syscalls.CLONE_NEWPID)
            return pid
    finally:
        os.close(own)
    status = 1
    try:
        syscalls.die_with_parent(signal.SIGKILL)
        if select.select([alive], [], [], 0)[0]:  # the caller died before the line above
            os._exit(1)
        release()
        os.setsid()
        _redirect(log)
        _isolate(name, namespace, (log, Path(sys.prefix), Path(__file__)))
        status = _first(main)
    except BaseException:
        traceback.print_exc()
    finally:
        _leave(status)
    raise AssertionError("not reached")


def _leave(status: int) -> None:
    with contextlib.suppress(Exception):
        sys.stderr.flush()
        sys.stdout.flush()
    os._exit(status)


def _redirect(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(signal_number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)


def _isolate(name: str, namespace: str, needed: tuple[Path, ...]) -> None:
    namespaces.enter(namespace)
    syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUTS)
    socket.sethostname(name)
    private_mounts()
    syscalls.mount("proc", "/proc", "proc", syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC)
    # A copy of /run/netns here would keep namespaces alive that others have removed.
    with contextlib.suppress(OSError):
        syscalls.unmount(str(namespaces.RUN), syscalls.MNT_DETACH)
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    for folder in VOLATILE:
        if os.path.isdir(folder) and not any(path.is_relative_to(folder) for path in needed):
            syscalls.mount("tmpfs", folder, "tmpfs", flags, "mode=755")
    _no_name_service()


def _no_name_service() -> None:
    """Look names up in /etc/hosts only: a DNS that nobody reaches from inside would halt a daemon for 20 s a name."""
    real, own = Path("/etc/nsswitch.conf"), Path("/run/nsswitch.conf")
    if real.exists():
        own.write_text(re.sub(r"(?m)^hosts:.*$", "hosts: files", real.read_text()))
        syscalls.mount(str(own), str(real), flags=syscalls.MS_BIND)


def private_mounts() -> None:
    """Keep mounts made from now on inside, show the network namespace's own /sys, and forget the computer's DNS."""
    syscalls.mount("none", "/", None, syscalls.MS_REC | syscalls.MS_SLAVE)
    syscalls.mount("sysfs", "/sys", "sysfs", syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC)
    if os.path.exists("/etc/resolv.conf"):  # empty: the resolver asks this host, and is refused at once
        syscalls.mount("/dev/null", "/etc/resolv.conf", flags=syscalls.MS_BIND)


def _first(main: Callable[[], int]) -> int:
    """Be the first process: collect whoever ends, until the one that matters does."""
    second = os.fork()
    if second == 0:
        status = 1
        try:
            status = main()
        except BaseException:
            traceback.print_exc()
        finally:
            _leave(status)
    while True:
        pid, ended = os.wait()
        if pid == second:
            return os.waitstatus_to_exitcode(ended) & 0xFF


def enter(pid: int) -> None:
    """Move into the machine whose first process has this id; the process namespace is for children to come."""
    kinds = (("uts", syscalls.CLONE_NEWUTS), ("net", syscalls.CLONE_NEWNET), ("pid", syscalls.CLONE_NEWPID))
    fds = [(os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC), flag) for kind, flag in kinds]
    fds.append((os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC), syscalls.CLONE_NEWNS))
    for fd, flag in fds:
        syscalls.setns(fd, flag)
        os.close(fd)
