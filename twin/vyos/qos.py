"""The shapers of ``qos``: HTB with a class for each class, and a u32 filter for each ``match``.

As on the real device a class without ``ceiling`` borrows nothing, and a rate without a unit is in kbit/s. The filter of
a class is asked in the order of the class's ``priority``, except that a priority of 0 lets the kernel choose, and it
asks those last. A class without one is asked in the order of its matches.
"""

from __future__ import annotations

from collections.abc import Iterator

from twin.meaning import LeafQueue, Shaper, TrafficClass
from twin.vyos.tree import Tree, below, has, natural, value
from twin.vyos.values import DSFIELDS, PROTOCOLS

UNKNOWN_SPEED = 1_000_000_000  # bit/s of an interface that does not tell
BURST, QUANTUM = "15k", "1514"
_UNITS = {"": 1000, "bit": 1, "kbit": 10**3, "mbit": 10**6, "gbit": 10**9, "tbit": 10**12}


def shapers(config: Tree) -> tuple[Shaper, ...]:
    """The shaper of each interface that has one for what leaves by it."""
    policies = below(config, "qos", "policy", "shaper")
    found = []
    for interface, node in below(config, "qos", "interface").items():
        name = value(node, "egress")
        if name is not None:
            found.append(_shaper(interface, below(policies, name)))
    return tuple(found)


def _shaper(interface: str, policy: Tree) -> Shaper:
    speed = _rate(value(policy, "bandwidth") or "auto", UNKNOWN_SPEED)
    classes = sorted(below(policy, "class").items(), key=lambda item: int(item[0]))
    default = int(classes[-1][0]) + 1 if classes else 2
    made = [TrafficClass(1, 0, speed, speed)]
    # A share in a class's own ceiling is one of the interface, in all else of the policy's bandwidth.
    made += [_class(int(number), node, speed, UNKNOWN_SPEED) for number, node in classes]
    if has(policy, "default"):
        made.append(_class(default, below(policy, "default"), speed, speed))
    filters = [words for number, node in classes for words in _filters(int(number), node)]
    return Shaper(interface, tuple(made), default, tuple(filters))


def _class(number: int, node: Tree, speed: int, ceiling_of: int) -> TrafficClass:
    rate = _rate(value(node, "bandwidth") or "auto", speed)
    ceiling = value(node, "ceiling")
    return TrafficClass(
        number,
        1,
        rate,
        _rate(ceiling, ceiling_of) if ceiling else rate,
        min(int(value(node, "priority") or 0), 7),
        _bytes(value(node, "burst") or BURST),
        queue=_queue(node),
    )


def _queue(node: Tree) -> LeafQueue:
    limit = value(node, "queue-limit")
    packets = int(limit) if limit else None
    kind = value(node, "queue-type") or "fq-codel"
    if kind != "fq-codel":
        return LeafQueue({"drop-tail": "pfifo", "fair-queue": "sfq"}[kind], packets)
    quantum, flows = value(node, "codel-quantum") or QUANTUM, value(node, "flows") or "1024"
    target, interval = value(node, "target") or "5", value(node, "interval") or "100"
    options = f"quantum {quantum} flows {flows} interval {interval}ms target {target}ms noecn"
    return LeafQueue("fq_codel", packets, options)


def _rate(text: str, whole: int) -> int:
    """Bit/s; a share or ``auto`` is of ``whole``."""
    if text == "auto":
        return whole
    if text.endswith("%"):
        return whole * int(text[:-1]) // 100
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) * _UNITS[text.removeprefix(digits)]


def _bytes(text: str) -> int:
    digits = text.rstrip("kmgb")
    return int(digits) * {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}[text.removeprefix(digits).rstrip("b")]


def _filters(number: int, node: Tree) -> Iterator[str]:
    priority = value(node, "priority")
    matches = sorted(below(node, "match").items(), key=lambda item: natural(item[0]))
    for index, (_, match) in enumerate(matches, 1):
        for family in ("ip", "ipv6"):
            if conditions := list(_conditions(below(match, family), family)):
                words = " ".join(f"match {condition}" for condition in conditions)
                yield f"prio {priority or index} protocol all u32 {words} flowid 1:{number:x}"


def _conditions(match: Tree, family: str) -> Iterator[str]:
    """What must all be true of a packet, in the words of `tc`; ports where they are behind a header without options."""
    name = "ip" if family == "ip" else "ip6"
    for side, address, port in (("source", "src", "sport"), ("destination", "dst", "dport")):
        if (found := value(match, side, "address")) is not None:
            yield f"{name} {address} {found}"
        if (found := value(match, side, "port")) is not None:
            yield f"{name} {port} {found} 0xffff"
    if (protocol := value(match, "protocol")) is not None:
        yield f"{name} protocol {PROTOCOLS.get(protocol, protocol)} 0xff"
    if (dscp := value(match, "dscp")) is not None:
        yield _dscp(dscp, family)
    if (length := value(match, "max-length")) is not None:
        yield f"u16 0x0000 {0xFFFF & ~int(length):#06x} at {2 if family == 'ip' else 4}"
    flags = (0x10 if has(match, "tcp", "ack") else 0) | (0x02 if has(match, "tcp", "syn") else 0)
    if flags:
        yield f"u8 {flags:#04x} {flags:#04x} at {33 if family == 'ip' else 53}"


def _dscp(dscp: str, family: str) -> str:
    """A name is the byte that it means. A number is taken for the whole byte: VyOS shifts it since January 2025 only,
    and what counts here is what holds on every unit in the field."""
    field = DSFIELDS.get(dscp, int(dscp) if dscp.isdigit() else 0)
    return f"ip dsfield {field:#04x} 0xff" if family == "ip" else f"u16 {field:#06x} 0x0ff0 at 0"
