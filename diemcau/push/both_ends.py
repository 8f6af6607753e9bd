"""Both ends of a tunnel that is the only way to one of them, changed in the same moment.

The control machine reaches the far hub through the tunnel between the hubs and in no other way, and WireGuard knows one
key for an interface: for a moment the tunnel is down. So both ends are changed at once, each with its revert timer, and
confirmed in an order that leaves no end alone, wherever it is interrupted:

1. both are told everything but the last word. The far end gets it first, for its session goes through the tunnel: only
   when it has it, and makes the change whatever becomes of the session, the near end gets its own. The other way round
   the far end would never hear of it;
2. the new session to the far end arrives through the new keys, and confirms them there;
3. ``agreed`` is called: from here on the new keys are those of the inventory;
4. the near end, which is reached without the tunnel, confirms.

Interrupted before 2, both take the change back. After 2, the same command changes the near end again: the far one
answers then, and has nothing left to change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from diemcau.errors import DiemcauError, Unreachable
from diemcau.platforms import Moment
from diemcau.push.transaction import Job, NotConfirmed, Outcome, push
from diemcau.redaction import Secret


@dataclass(frozen=True, eq=False)
class End:
    """One of the two routers: what is asked of it, where its backup goes, who is told."""

    job: Job
    backup: Callable[[Secret], object]
    tell: Callable[[str], None]


class _Rendezvous:
    """Where two ends wait for each other. Who does not come needs no change, or cannot be changed: then nobody is."""

    def __init__(self, near: End, far: End) -> None:
        self._far = far
        # Each is set by an end that has come so far, or will not come.
        self._here = {near: threading.Event(), far: threading.Event()}
        self._ready = {near: threading.Event(), far: threading.Event()}
        self._under_way = threading.Event()  # at the far end
        self._failed: list[DiemcauError] = []  # why one will not come

    def meet(self, end: End) -> None:
        """Wait until both are there. Raises DiemcauError."""
        self._here[end].set()
        self._wait(self._here)

    def moment(self, end: End) -> Moment:
        def lost(error: DiemcauError) -> None:
            if not self._under_way.is_set():
                self.fail(end, error)

        if end is not self._far:
            return Moment(ready=lambda: self._last_word(end))
        return Moment(lambda: self._last_word(end), self._under_way.set, lost)

    def unchanged(self, end: End) -> bool:
        """Whether an end that fails now leaves its router, as far as we know, as it was."""
        return not (self._under_way if end is self._far else self._ready[end]).is_set()

    def fail(self, end: End, error: DiemcauError) -> None:
        self._failed.append(error)
        self.leave(end)

    def leave(self, end: End) -> None:
        """Nobody waits for this end any more."""
        self._here[end].set()
        self._ready[end].set()
        if end is self._far:
            self._under_way.set()

    def _last_word(self, end: End) -> None:
        """The far end gets it first: the near one's would cut its session."""
        self._ready[end].set()
        if end is not self._far:
            self._under_way.wait()
        self._wait(self._ready)

    def _wait(self, events: dict[End, threading.Event]) -> None:
        for event in events.values():
            event.wait()
        if self._failed:
            raise DiemcauError(*self._failed[0].problems)


def push_both(near: End, far: End, agreed: Callable[[], None], *, resumed: bool) -> tuple[Outcome, Outcome]:
    """Change both ends; the outcome of each.

    ``resumed``: an earlier run was interrupted, so that the far end may have its change already and be out of reach for
    that. Raises DiemcauError: the near end is not confirmed then, and takes the change back.
    """
    both = _Rendezvous(near, far)

    def change(end: End, agree: Callable[[], object] = lambda: None) -> Outcome:
        try:
            return push(
                end.job,
                check=False,
                backup=end.backup,
                tell=end.tell,
                admit=lambda *_: both.meet(end),
                agree=agree,
                moment=both.moment(end),
            )
        except DiemcauError as error:
            done_before = resumed and end is far and isinstance(error, Unreachable)
            if both.unchanged(end) and not done_before:
                both.fail(end, error)
            raise
        finally:
            both.leave(end)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(change, far)
        settled: list[Outcome] = []  # of the far end

        def agree() -> None:
            try:
                settled.append(_settled(first, far, resumed))
            except Unreachable as error:  # said to the near end it would mean that its own session broke off
                back = f"{near.job.target.host} takes its change back by itself"
                raise NotConfirmed(error.problem.also(back)) from None
            agreed()

        outcome = change(near, agree)
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
