"""Both ends of a tunnel that is the only way to one of them, changed in the same moment.

The control machine reaches the far hub through the tunnel between the hubs and in no other way, and WireGuard knows one
key for an interface: for a moment the tunnel is down. So both ends are changed at once, each with its revert timer, and
confirmed in an order that leaves no end alone, wherever it is interrupted:

1. both commit; the new session to the far end arrives through the new keys, and confirms them there;
2. ``agreed`` is called: from here on the new keys are those of the inventory;
3. the near end, which is reached without the tunnel, confirms.

Interrupted before 1, both take the change back. After 1, the same command changes the near end again: the far one
answers then, and has nothing left to change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from diemcau.errors import DiemcauError, Unreachable
from diemcau.transaction import Job, NotConfirmed, Outcome, push


@dataclass(frozen=True, eq=False)
class End:
    """One of the two routers: what is asked of it, where its backup goes, who is told."""

    job: Job
    backup: Callable[[str], None]
    tell: Callable[[str], None]


def push_both(near: End, far: End, agreed: Callable[[], None], *, resumed: bool) -> tuple[Outcome, Outcome]:
    """Change both ends; the outcome of each.

    ``resumed``: an earlier run was interrupted, so that the far end may have its change already and be out of reach for
    that. Raises DiemcauError: the near end is not confirmed then, and takes the change back.
    """
    at_start = {near: threading.Event(), far: threading.Event()}  # set by an end that is there, or will not come
    failed: list[DiemcauError] = []  # why one will not come

    def change(end: End, other: End, agree: Callable[[], object] = lambda: None) -> Outcome:
        def together(*_: object) -> None:
            """Wait for the other end. One that does not come needs no change, or cannot be changed: then nobody is."""
            at_start[end].set()
            at_start[other].wait()
            if failed:
                raise DiemcauError(str(failed[0]))

        try:
            return push(end.job, check=False, backup=end.backup, tell=end.tell, admit=together, agree=agree)
        except DiemcauError as error:
            done_before = resumed and end is far and isinstance(error, Unreachable)
            if not at_start[end].is_set() and not done_before:
                failed.append(error)
            raise
        finally:
            at_start[end].set()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(change, far, near)

        settled: list[Outcome] = []  # of the far end

        def agree() -> None:
            try:
                settled.append(_settled(first, far, resumed))
            except Unreachable as error:  # said to the near end it would mean that its own session broke off
                raise NotConfirmed(f"{error}\n    {near.job.target.host} takes its change back by itself") from None
            agreed()

        outcome = change(near, far, agree)
        if not outcome.committed:  # nobody asked whether we agree
            agree()
        return outcome, settled[0]


def _settled(first: Future[Outcome], far: End, resumed: bool) -> Outcome:
    """The far end has the change and has confirmed it: now, or in the run before."""
    try:
        return first.result()
    except Unreachable:
        if not resumed:
            raise
        return push(far.job, check=False, backup=far.backup, tell=far.tell)
