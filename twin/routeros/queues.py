"""/queue tree as shapers: each interface that is a parent has one, and nftables tells packets their class.

A queue is a class of HTB. ``limit-at`` is what it has in any case, up to ``max-limit`` it takes what its parent has
left, the queue with the lowest ``priority`` first. What no queue takes passes without a limit.
"""

from __future__ import annotations

from fractions import Fraction

from twin.meaning import LeafQueue, Shaper, TrafficClass
from twin.routeros.names import linux_names
from twin.routeros.rates import bits
from twin.routeros.store import Config

Queue = dict[str, str]
NO_MARK = "no-mark"
UNLIMITED = 10_000_000_000  # bit/s
NOTHING = 8000  # bit/s: HTB knows no class that is promised nothing
LEAST_BURST, MOST_BURST = 3028, 10_000_000  # bytes; the least are two full frames


def mark_numbers(config: Config) -> dict[str, int]:
    """The number that stands for each packet mark; 0 is no mark at all."""
    rules = config.enabled("/ip/firewall/mangle")
    names = {rule[key].removeprefix("!") for rule in rules for key in ("new-packet-mark", "packet-mark") if key in rule}
    for queue in config.enabled("/queue/tree"):
        names |= set(filter(None, queue["packet-mark"].split(",")))
    return {NO_MARK: 0} | {name: number for number, name in enumerate(sorted(names - {NO_MARK}), 1)}


def shapers(config: Config) -> tuple[Shaper, ...]:
    """The shaper of each interface that has queues."""
    names = linux_names(config)
    return tuple(
        Shaper(names[interface], tuple(_class(config, *item) for item in tree), _default(tree))
        for interface, tree in _trees(config).items()
    )


def nft_lines(config: Config) -> list[str]:
    """The table that gives each packet the priority which is its class; nothing when there are no queues."""
    names, marks = linux_names(config), mark_numbers(config)
    lines = []
    for interface, tree in _trees(config).items():
        for number, _, queue, is_leaf in tree:
            taken = sorted(marks[name] for name in queue["packet-mark"].split(",") if name)
            if is_leaf and taken:
                listed = ", ".join(map(str, taken))
                match = f'oifname "{names[interface]}" meta mark {{ {listed} }}'
                lines.append(f"{match} meta priority set {0x10000 + number:#x}")
    if not lines:
        return []
    # After everything else that looks at a packet which leaves.
    hook = "type filter hook postrouting priority srcnat + 10; policy accept;"
    return ["table inet queues {", "chain tree {", hook, *lines, "}", "}"]


Numbered = tuple[int, int, Queue, bool]  # its number, its parent's, the queue, whether none is below it


def _trees(config: Config) -> dict[str, list[Numbered]]:
    """The queues at each interface, parents first. One whose parent is gone or disabled takes part in nothing."""
    menu = config.schema.menu("/queue/tree")
    entries = [entry for entry in config.entries(menu.path) if entry.get("disabled") != "yes"]
    queues = [config.full(menu, entry) for entry in entries]
    parents = {queue["parent"] for queue in queues}
    numbers = {entry.get("name"): entry.number for entry in entries}  # a queue has its number as long as it lives
    interfaces = set(linux_names(config))
    found: dict[str, list[Numbered]] = {}
    where: dict[str, str] = {}  # of queues, the interface
    waiting = queues
    while waiting:
        later = []
        for queue in waiting:
            parent, name = queue["parent"], queue["name"]
            interface = where.get(parent) or (parent if parent in interfaces and parent not in numbers else None)
            if interface is None:
                later.append(queue)
                continue
            where[name] = interface
            above = numbers.get(parent, 0)
            found.setdefault(interface, []).append((numbers[name], above, queue, name not in parents))
        if len(later) == len(waiting):
            break
        waiting = later
    return found


def _default(tree: list[Numbered]) -> int:
    """The class of what has no mark of its own: the first queue that asks for none."""
    return next((number for number, _, queue, is_leaf in tree if is_leaf and not queue["packet-mark"]), 0)


def _class(config: Config, number: int, above: int, queue: Queue, is_leaf: bool) -> TrafficClass:
    most = bits(queue["max-limit"]) or UNLIMITED
    rate = bits(queue["limit-at"]) or NOTHING
    seconds = Fraction(queue["bucket-size"])
    return TrafficClass(
        number,
        above,
        rate if above else most,  # nobody is there to borrow from
        most,
        int(queue["priority"]) - 1,
        _bucket(seconds, rate if above else most),
        _bucket(seconds, most),
        _leaf(config, queue["queue"]) if is_leaf else None,
    )


def _bucket(seconds: Fraction, rate: int) -> int:
    return min(max(LEAST_BURST, int(seconds * rate) // 8), MOST_BURST)


def _leaf(config: Config, name: str) -> LeafQueue:
    known = {kind["name"]: kind for kind in config.enabled("/queue/type")}
    kind = known.get(name) or {"kind": "pfifo", "pfifo-limit": "10"}  # its type is gone
    if kind["kind"] == "sfq":
        return LeafQueue("sfq", None, f"perturb {kind['sfq-perturb']} quantum {kind['sfq-allot']}")
    if kind["kind"] == "fq-codel":
        options = f"flows {kind['fq-codel-flows']} quantum {kind['fq-codel-quantum']}"
        return LeafQueue("fq_codel", int(kind["fq-codel-limit"]), options)
    return LeafQueue(kind["kind"], int(kind[f"{kind['kind']}-limit"]))
