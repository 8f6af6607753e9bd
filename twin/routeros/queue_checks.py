"""What the menus under /queue demand of an entry as a whole."""

from __future__ import annotations

from twin.routeros.errors import Refusal
from twin.routeros.rates import bits
from twin.routeros.schema_queue import KINDS
from twin.routeros.store import Config, Entry

Values = dict[str, str]


def queue_type(config: Config, values: Values, old: Entry | None) -> Values:
    _other_name(config, "/queue/type", values, old)
    if old is not None and old.builtin and values.get("name") != old.get("name"):
        raise Refusal("failure: can not change name of default queue type")
    return values


def queue(config: Config, values: Values, old: Entry | None) -> Values:
    if "name" not in values:
        taken = {entry.get("name") for entry in config.entries("/queue/tree")}
        values["name"] = next(name for n in range(1, len(taken) + 2) if (name := f"queue{n}") not in taken)
    _other_name(config, "/queue/tree", values, old)
    most = bits(values.get("max-limit", "0"))
    if most and bits(values.get("limit-at", "0")) > most:
        raise Refusal("failure: max-limit is less than limit-at")
    wanted = values.get("queue", "default-small")
    kinds = {entry.get("name"): entry.get("kind") for entry in config.entries("/queue/type")}
    if kinds.get(wanted, KINDS[0]) not in KINDS:  # a built-in one that the twin cannot be
        raise Refusal("input does not match any value of queue")
    if old is not None and _below(config, old.get("name"), values["parent"]):
        raise Refusal("failure: queue can not be its own parent")
    return values


def _other_name(config: Config, path: str, values: Values, old: Entry | None) -> None:
    others = [entry for entry in config.entries(path) if old is None or entry.number != old.number]
    if any(entry.get("name") == values.get("name") for entry in others):
        raise Refusal("failure: already have such name")


def _below(config: Config, top: str, name: str) -> bool:
    """Whether ``name`` is the queue ``top`` or one below it."""
    parents = {entry.get("name"): entry.get("parent") for entry in config.entries("/queue/tree")}
    seen: set[str] = set()
    while name in parents and name not in seen:
        if name == top:
            return True
        seen.add(name)
        name = parents[name]
    return False
