"""Running a person's command on a node: in its network, and inside its machine when it has one that runs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from twin import cell, lifecycle, namespaces, syscalls
from twin.errors import TwinError
from twin.state import State


def run(kept: State, node: str, argv: Sequence[str]) -> int:
    """Run a command on a node and return its exit status; the current directory stays the same."""
    if os.geteuid() != 0:
        raise TwinError("the twin needs root (try `sudo`)")
    if not namespaces.path(kept.namespace(node)).exists():
        known = [name.removeprefix(kept.prefix) for name in namespaces.existing(kept.prefix)]
        raise TwinError(f"no node {node}; there are: {', '.join(known)}" if known else "the twin is not up")
    machine = next((item["pid"] for item in lifecycle.nodes(kept) if item["name"] == node), None)
    here = os.getcwd()
    if not isinstance(machine, int):
        namespaces.enter(kept.namespace(node))
        syscalls.unshare(syscalls.CLONE_NEWNS)
        cell.private_mounts()
        _become(argv, here)
    try:
        cell.enter(machine)
    except (FileNotFoundError, ProcessLookupError):
        raise TwinError(f"{node} was switched off at this moment") from None
    child = os.fork()
    if child == 0:
        syscalls.die_with_parent(signal.SIGKILL)
        _become(argv, here)
    # Keys go to the command as well, which decides; what is sent to this process is passed on.
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: os.kill(child, received))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status if status >= 0 else 128 - status


def _become(argv: Sequence[str], directory: str) -> NoReturn:
    try:
        os.chdir(directory)
        os.execvp(argv[0], list(argv))
    except FileNotFoundError as error:
        print(f"twin: {error.filename or argv[0]}: not found", file=sys.stderr, flush=True)
        os._exit(127)
    except OSError as error:
        print(f"twin: {argv[0]}: {error.strerror}", file=sys.stderr, flush=True)
        os._exit(126)
