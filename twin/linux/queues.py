"""The queues at interfaces (HTB): what is there is compared with what is wanted, and only the difference is changed.

A class that stays keeps the packets that wait in it.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import replace

from twin.device import MeaningError
from twin.linux.commands import attempt, batch, run
from twin.meaning import LeafQueue, Shaper, TrafficClass

ROOT = "1:"
PLAIN = ("pfifo", "bfifo")  # every kernel has them
PLAIN_LIMIT = 127  # packets at most in the place of a queue of another kind: one that is plain must not be so long


class Queues:
    """The shapers of a machine."""

    def __init__(self) -> None:
        self._shapers: dict[str, Shaper] = {}  # as they were last made
        self._kinds: dict[str, bool] = {}  # of queues, and whether this kernel has them

    async def change(self, wanted: Sequence[Shaper]) -> None:
        """Make the queues match; an interface that does not exist has none. Raises MeaningError with `tc`'s words."""
        if not wanted and not self._shapers:
            return
        existing = {name for _, name in socket.if_nameindex()}
        shaped = _shaped(await run(["tc", "-j", "qdisc", "show"]))
        new = {shaper.interface: await self._fitting(shaper) for shaper in wanted if shaper.interface in existing}
        lines = [f"qdisc del dev {name} root" for name in sorted((self._shapers.keys() & shaped) - new.keys())]
        for name, shaper in new.items():
            there = self._shapers.pop(name, None) if name in shaped else None  # one made anew has lost its queues
            lines += difference(there, shaper)
        self._shapers = {}  # unknown until `tc` has done it all
        try:
            await batch(["tc"], lines)
        except MeaningError:
            await clear(tuple(new))
            raise
        self._shapers = new

    async def _fitting(self, shaper: Shaper) -> Shaper:
        """The shaper with queues that this kernel has."""
        classes = [
            item if item.queue is None or await self._has(item.queue.kind) else _plain(item) for item in shaper.classes
        ]
        return replace(shaper, classes=tuple(classes))

    async def _has(self, kind: str) -> bool:
        if kind in PLAIN:
            return True
        if kind not in self._kinds:
            status, _, _ = await attempt(["tc", "qdisc", "add", "dev", "lo", "root", kind])
            if status == 0:
                await run(["tc", "qdisc", "del", "dev", "lo", "root"])
            self._kinds[kind] = status == 0
        return self._kinds[kind]


def _plain(item: TrafficClass) -> TrafficClass:
    limit = item.queue.limit if item.queue and item.queue.limit else PLAIN_LIMIT
    return replace(item, queue=LeafQueue("pfifo", min(limit, PLAIN_LIMIT)))


def _shaped(shown: str) -> set[str]:
    return {item["dev"] for item in json.loads(shown or "[]") if item["kind"] == "htb" and item.get("root")}


def check(shapers: Sequence[Shaper]) -> None:
    """Refuse what makes no tree, before anything is changed; raises MeaningError."""
    for shaper in shapers:
        known = {0}
        for item in shaper.classes:
            if item.parent not in known or item.number in known:
                raise MeaningError(f"{shaper.interface}: class {item.number} is there twice, or before its parent")
            known.add(item.number)


def difference(old: Shaper | None, new: Shaper) -> list[str]:
    """The `tc` lines that turn one shaper into another; None = there is nothing on the interface that we made."""
    if old == new:
        return []
    if old is None or old.default != new.default or _shape(old, new) != _shape(new, old):
        return _build(old, new)
    dev = f"dev {new.interface}"
    before = {item.number: item for item in old.classes}
    after = {item.number for item in new.classes}
    gone = [item.number for item in reversed(old.classes) if item.number not in after]
    refilter = old.filters != new.filters or bool(gone)
    # A class cannot go as long as a filter leads to it.
    lines = [f"filter del {dev} parent {ROOT}"] if refilter and old.filters else []
    lines += [f"class del {dev} classid {ROOT}{number:x}" for number in gone]
    for item in new.classes:
        lines += _class_difference(dev, before.get(item.number), item)
    return lines + (_filters(new) if refilter else [])


def _shape(shaper: Shaper, other: Shaper) -> list[tuple[int, int, bool]]:
    """What cannot be changed of a class while it is there; of the classes that both have."""
    known = {item.number for item in other.classes}
    return sorted((item.number, item.parent, item.queue is None) for item in shaper.classes if item.number in known)


def _build(old: Shaper | None, new: Shaper) -> list[str]:
    dev = f"dev {new.interface}"
    lines = [f"qdisc del {dev} root"] if old else []
    # In place of the kernel's own queue, which cannot be deleted.
    lines += [f"qdisc replace {dev} root handle {ROOT} htb default {new.default:x}"]
    for item in new.classes:
        lines += _class_difference(dev, None, item)
    return lines + _filters(new)


def _class_difference(dev: str, old: TrafficClass | None, new: TrafficClass) -> list[str]:
    lines = []
    if old is None or _class(old) != _class(new):
        parent = f"{ROOT}{new.parent:x}" if new.parent else ROOT
        verb = "add" if old is None else "change"
        lines.append(f"class {verb} {dev} parent {parent} classid {ROOT}{new.number:x} {_class(new)}")
    if new.queue is not None and (old is None or old.queue != new.queue):
        limit = "" if new.queue.limit is None else f" limit {new.queue.limit}"
        options = f" {new.queue.options}" if new.queue.options else ""
        lines.append(f"qdisc replace {dev} parent {ROOT}{new.number:x} {new.queue.kind}{limit}{options}")
    return lines


def _class(item: TrafficClass) -> str:
    # A share of one full frame: what HTB works out from the rate is nothing at the rates of a slow line.
    words = f"htb rate {item.rate}bit ceil {item.ceil}bit quantum 1514 prio {item.priority}"
    words += "" if item.burst is None else f" burst {item.burst}"
    return words + ("" if item.cburst is None else f" cburst {item.cburst}")


def _filters(shaper: Shaper) -> list[str]:
    return [f"filter add dev {shaper.interface} parent {ROOT} {words}" for words in shaper.filters]


def clearing(ports: Sequence[str]) -> list[str]:
    """The `tc` lines that take the queues off ports; for -force, since a port without any is an error to `tc`."""
    return [f"qdisc del dev {port} root" for port in ports]


async def clear(ports: Sequence[str]) -> None:
    """Begin with bare ports."""
    await attempt(["tc", "-force", "-batch", "-"], "\n".join(clearing(ports)) + "\n")
