"""Menus under /queue. Kinds of queues and limits that the twin does not have are not accepted."""

from __future__ import annotations

from twin.routeros.menu import Arg, entries
from twin.routeros.schema_interface import DYNAMIC, INVALID
from twin.routeros.types import BUCKET, PARENT_QUEUE, RATE, STRING, choice, number, ref

KINDS = ("bfifo", "fq-codel", "pfifo", "sfq")
BUILTIN_TYPES = {
    "default": {"kind": "pfifo"},
    "ethernet-default": {"kind": "pfifo"},
    "wireless-default": {"kind": "sfq"},
    "synchronous-default": {"kind": "red"},
    "hotspot-default": {"kind": "sfq"},
    "pcq-upload-default": {"kind": "pcq"},
    "pcq-download-default": {"kind": "pcq"},
    "only-hardware-queue": {"kind": "none"},
    "multi-queue-ethernet-default": {"kind": "mq-pfifo"},
    "default-small": {"kind": "pfifo", "pfifo-limit": "10"},
}

MENUS = (
    entries(
        "/queue/type",
        Arg("name", STRING, required=True),
        Arg("kind", choice(*KINDS), required=True),
        Arg("bfifo-limit", number(1, 4294967295), default="15000"),
        Arg("fq-codel-flows", number(1, 65536), default="1024"),
        Arg("fq-codel-limit", number(1, 4294967295), default="10240"),
        Arg("fq-codel-quantum", number(0, 4294967295), default="1514"),
        Arg("pfifo-limit", number(1, 4294967295), default="50"),
        Arg("sfq-allot", number(0, 32767), default="1514"),
        Arg("sfq-perturb", number(0, 4294967295), default="5"),
        Arg("default", readonly=True),
        without="enable disable comment",
        space="queue-type",
        named=True,
        builtin_by="name",
        flags=(("*", "default"),),
    ),
    entries(
        "/queue/tree",
        Arg("name", STRING),
        Arg("parent", PARENT_QUEUE, required=True),
        Arg("packet-mark", STRING, default=""),
        Arg("limit-at", RATE, default="0"),
        Arg("max-limit", RATE, default="0"),
        Arg("priority", number(1, 8), default="8"),
        Arg("queue", ref("queue-type"), default="default-small"),
        Arg("bucket-size", BUCKET, default="0.1"),
        DYNAMIC,
        INVALID,
        space="queue",
        named=True,
        flags=(("D", "dynamic"), ("I", "invalid")),
        commands={"reset-counters": ("numbers",), "reset-counters-all": ()},
    ),
)
