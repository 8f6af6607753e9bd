"""The command `twin`."""

from __future__ import annotations

import argparse
import base64
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from twin import defects, fabric, inside, lifecycle, state, status
from twin import watch as watching
from twin.errors import TwinError
from twin.router import Software
from twin.state import State

SOFTWARE = {"vyos": ("twin.vyos", "VyosDevice"), "routeros": ("twin.routeros", "RouterosDevice")}
USB_TIMEOUT = 600.0  # seconds for a device to import a stick's file
POWER_TIMEOUT = 150.0  # seconds for a device to boot


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    # What follows "--" belongs to somebody else's command line.
    end = words.index("--") if "--" in words else len(words)
    parser = _parser()
    options = parser.parse_args(words[:end])
    options.command = words[end + 1 :]
    if options.verb in (_inside, _watch) and not options.command:
        parser.error("the command is missing: -- COMMAND")
    try:
        return int(options.verb(State.current(), options))
    except (TwinError, OSError) as error:  # OSError: what the kernel refuses, such as a node inside of a node
        print(f"twin: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twin", description="The district in network namespaces on this computer.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    up = verbs.add_parser("up", help="raise the twin from the inventory; routers are factory-new the first time")
    up.add_argument("--only", metavar="SITE[,SITE]", default="", help="only these sites, beside the control machine")
    up.add_argument("--inventory", metavar="DIR", type=Path, help="another inventory than the project's")
    up.add_argument("--fresh", action="store_true", help="take it down first: every router is factory-new again")
    up.set_defaults(verb=_up)

    down = verbs.add_parser("down", help="end it and remove everything that it made, the routers' disks included")
    down.set_defaults(verb=_down)

    told = verbs.add_parser("status", help="each node's power, state and addresses; exit status 1 when it is not up")
    told.add_argument("--json", action="store_true", help="for programs")
    told.set_defaults(verb=_status)

    run = verbs.add_parser("run", help="run a command on the control machine", usage="twin run -- COMMAND")
    run.set_defaults(verb=_inside, node=fabric.CONTROL)

    execute = verbs.add_parser(
        "exec", help="run a command on a node, below its vendor's command line", usage="twin exec NODE -- COMMAND"
    )
    execute.add_argument("node")
    execute.set_defaults(verb=_inside)

    watch = verbs.add_parser(
        "watch", help="run a command, and see which rooms lose each other meanwhile", usage="twin watch -- COMMAND"
    )
    watch.add_argument("--to", metavar="ROOM[,ROOM]", default="", help="the rooms that the others ask; all of them")
    watch.add_argument("--json", metavar="FILE", type=Path, help="write what was seen for programs, too")
    watch.set_defaults(verb=_watch)

    usb = verbs.add_parser("usb", help="plug in a stick: a router's file, or the accounts for the call-server")
    usb.add_argument("node")
    usb.add_argument("file", type=Path)
    usb.set_defaults(verb=_usb)

    power = verbs.add_parser("power", help="cut a router's, a room's or the call-server's power, or restore it")
    power.add_argument("node")
    power.add_argument("to", choices=("off", "on"))
    power.set_defaults(verb=_power)

    cut = verbs.add_parser("cut", help="cut a circuit, as a storm does: the router's port loses its link")
    cut.add_argument("circuit", help="such as ga-ry/fibre, or ga-ry when the site has no other")
    cut.add_argument("--silent", action="store_true", help="the link stays, and nothing comes through")
    cut.set_defaults(verb=_cut)

    mend = verbs.add_parser("mend", help="make a circuit whole again")
    mend.add_argument("circuit", help="such as ga-ry/fibre, or ga-ry when the site has no other")
    mend.set_defaults(verb=_mend)

    line = verbs.add_parser("line", help="make a circuit a bad line, both ways; what is not given stays as it is")
    line.add_argument("circuit", help="such as ga-ry/fibre, or ga-ry when the site has no other")
    line.add_argument("--delay", metavar="MS", help="one way: a ping takes twice as long")
    line.add_argument("--jitter", metavar="MS", help="how much a packet's delay may be more or less")
    line.add_argument("--loss", metavar="PCT", help="of the packets of each direction")
    line.add_argument("--rate", metavar="KBIT", help="of both directions, or UP/DOWN")
    line.add_argument("--good", action="store_true", help="as the inventory has it")
    line.set_defaults(verb=_line)

    disk = verbs.add_parser("disk", help="fill a router's disk, or free it again")
    disk.add_argument("node")
    disk.add_argument("to", choices=("full", "free"))
    disk.set_defaults(verb=_disk)

    clock = verbs.add_parser("clock", help="put a router's clock wrong, or right again")
    clock.add_argument("node")
    clock.add_argument("seconds", type=int, help="how far it is ahead: 3600; 0 = right")
    clock.set_defaults(verb=_clock)

    new = verbs.add_parser("replace", help="put a factory-new router or endpoint in the old one's place, switched on")
    new.add_argument("node")
    new.add_argument("--platform", default="", help="of a router, when it is another: vyos or routeros")
    new.add_argument("--release", default="", help="of a router; without it the old one's, or the platform's first")
    new.add_argument("--model", default="", help='of an endpoint: "RealPresence Group 310", 500 or 700')
    new.add_argument("--mac", default="", help="of an endpoint; without it the old one's")
    new.add_argument("--back", action="store_true", help="put the old unit back, as it was; again: the new one")
    new.set_defaults(verb=_replace)
    return parser


def softwares(platforms: set[str]) -> Mapping[str, Software]:
    """The devices' classes, imported once for all machines."""
    found = {}
    for platform in platforms:
        module, name = SOFTWARE[platform]
        found[platform] = getattr(importlib.import_module(module), name)
    return found


def _up(kept: State, options: argparse.Namespace) -> int:
    only = tuple(name for name in options.only.split(",") if name)
    lifecycle.up(
        kept, state.project(), options.inventory, only, options.fresh, softwares, lambda line: print(line, flush=True)
    )
    return 0


def _down(kept: State, options: argparse.Namespace) -> int:
    lifecycle.down(kept)
    return 0


def _status(kept: State, options: argparse.Namespace) -> int:
    told = status.read(kept)
    print(json.dumps(told, ensure_ascii=False, indent=1) if options.json else status.table(told))
    return 0 if told else 1


def _inside(kept: State, options: argparse.Namespace) -> int:
    return inside.run(kept, options.node, options.command)


def _watch(kept: State, options: argparse.Namespace) -> int:
    targets = [name for name in options.to.split(",") if name]
    ended, seen = watching.watch(kept, status.read(kept), targets, options.command)
    if options.json:
        options.json.write_text(json.dumps(watching.facts(seen), indent=1) + "\n")
    print(watching.table(seen))
    return ended


def _usb(kept: State, options: argparse.Namespace) -> int:
    node = next((item for item in lifecycle.nodes(kept) if item["name"] == options.node), None)
    if node is None or node["kind"] not in ("router", "call-server"):
        raise TwinError(f"{options.node} is no router of the twin, nor its call-server")
    try:
        content = options.file.read_bytes()
    except OSError as error:
        raise TwinError(f"{options.file}: {error.strerror}") from error
    request: dict[str, object] = {
        "verb": "usb",
        "name": options.file.name,
        "content": base64.b64encode(content).decode(),
    }
    try:
        answer = state.ask(kept.node(options.node) / "console", request, USB_TIMEOUT)
    except ConnectionResetError:
        print(f"{options.node} went down while it imported {options.file.name}", file=sys.stderr)
        return 1
    except (ConnectionError, TimeoutError) as error:
        raise TwinError(f"{options.node} does not answer at its console: is it on? ({error})") from error
    if "printed" in answer:
        print(answer["printed"])
        return 0
    print(answer.get("refused") or answer.get("error"), file=sys.stderr)
    return 1


def _power(kept: State, options: argparse.Namespace) -> int:
    return _ask(kept, options.node, {"verb": "power", "node": options.node, "to": options.to})


def _cut(kept: State, options: argparse.Namespace) -> int:
    how = "silent" if options.silent else "dark"
    return _ask(kept, options.circuit, {"verb": "cut", "circuit": options.circuit, "how": how})


def _mend(kept: State, options: argparse.Namespace) -> int:
    return _ask(kept, options.circuit, {"verb": "mend", "circuit": options.circuit})


def _line(kept: State, options: argparse.Namespace) -> int:
    wish = {key: given for key in ("delay", "jitter", "loss", "rate") if (given := getattr(options, key)) is not None}
    if options.good == bool(wish):
        raise TwinError("say what the line shall be: --delay, --jitter, --loss, --rate, or --good without these")
    asked = {"good": "yes"} if options.good else wish
    return _ask(kept, options.circuit, {"verb": "line", "circuit": options.circuit, **asked})


def _disk(kept: State, options: argparse.Namespace) -> int:
    defects.fill_disk(_router(kept, options.node), options.to == "full")
    return 0


def _clock(kept: State, options: argparse.Namespace) -> int:
    defects.set_clock(_router(kept, options.node), options.seconds)
    return 0


def _router(kept: State, name: str) -> Path:
    """A router's own directory."""
    if not any(node["name"] == name and node["kind"] == "router" for node in lifecycle.nodes(kept)):
        raise TwinError(f"{name} is no router of the twin")
    return kept.node(name)


def _replace(kept: State, options: argparse.Namespace) -> int:
    wish = {key: getattr(options, key) for key in ("platform", "release", "model", "mac")}
    if options.back and any(wish.values()):
        raise TwinError("--back puts the old unit back as it was: no other option goes with it")
    asked = {"back": "yes"} if options.back else wish
    return _ask(kept, options.node, {"verb": "replace", "node": options.node, **asked})


def _ask(kept: State, what: str, request: dict[str, object]) -> int:
    """Ask the supervisor for something, and wait until it is done."""
    try:
        answer = state.ask(kept.directory / "control", request, POWER_TIMEOUT)
    except ConnectionRefusedError:
        raise TwinError("the twin is not up; `twin up` raises it") from None
    except (ConnectionError, TimeoutError) as error:
        raise TwinError(f"{what}: {error}") from error
    if "error" in answer:
        raise TwinError(str(answer["error"]))
    return 0
