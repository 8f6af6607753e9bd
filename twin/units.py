"""Which unit stands in a node's place: the inventory's, or one that was put there since.

A unit that is put aside keeps its disk, in `replaced-<n>` beside the node's own, so that it can come back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twin.district import PORTS, RELEASES, ROOM_MODELS, District, Site
from twin.errors import TwinError
from twin.polycom.store import write_whole
from twin.state import State

UNIT, DISK, ASIDE = "unit.json", "disk", "replaced-"

Facts = Mapping[str, Any]  # what unit.json holds: a router's or a room's fields of ``Site``
ROUTER = ("router_unit", "platform", "release")
ROOM = ("room_unit", "room_mac", "room_serial", "room_model")


@dataclass(frozen=True)
class Wish:
    """What a person asks of the new unit; "" = as the one before it."""

    platform: str = ""
    release: str = ""
    model: str = ""
    mac: str = ""


def fitted(district: District, state: State) -> District:
    """The inventory's district with the units that stand in it now; raises TwinError when a note is damaged."""
    return replace(district, sites=tuple(_fitted(site, state) for site in district.sites))


def _fitted(site: Site, state: State) -> Site:
    for node in (site.router, site.room):
        if facts := _read(state.node(node) / UNIT):
            site = with_unit(site, facts)
    return site


def with_unit(site: Site, facts: Facts) -> Site:
    """The site with another unit in it; raises TwinError when the cables fit into none of its ports."""
    if "platform" in facts:
        site = site.on_platform(facts["platform"], facts["release"])
    return replace(site, **facts)


def facts_of(site: Site, node: str) -> Facts:
    """The unit that stands in a node's place."""
    return {key: getattr(site, key) for key in (ROUTER if node == site.router else ROOM)}


def new(site: Site, node: str, wish: Wish, state: State) -> Facts:
    """A factory-new unit for a node's place; raises TwinError when there is none such."""
    number = 1 + max(_number(facts) for facts in (facts_of(site, node), *_aside(node, state).values()))
    if node == site.room:
        return _new_room(site, wish, number)
    if wish.model or wish.mac:
        raise TwinError(f"{node} is a router: --model and --mac are for rooms")
    platform = wish.platform or site.platform
    if platform not in PORTS:
        raise TwinError(f"--platform: the twin knows no platform {platform!r}, only {', '.join(PORTS)}")
    release = wish.release or (site.release if platform == site.platform else RELEASES[platform][0])
    if release not in RELEASES[platform]:
        known = ", ".join(RELEASES[platform])
        raise TwinError(f"--release: the twin knows no {platform} {release!r}, only {known}")
    return {"router_unit": number, "platform": platform, "release": release}


def _new_room(site: Site, wish: Wish, number: int) -> Facts:
    if wish.platform or wish.release:
        raise TwinError(f"{site.room} is a room: --platform and --release are for routers")
    model, mac = wish.model or site.room_model, wish.mac.lower() or site.room_mac
    if wish.model and model not in ROOM_MODELS:
        raise TwinError(f"--model: the twin knows no {model!r}, only {', '.join(ROOM_MODELS)}")
    if not re.fullmatch(r"[0-9a-f][02468ace](:[0-9a-f]{2}){5}", mac):
        raise TwinError(f"--mac: {wish.mac!r} is no unit's address, expected one such as 64:16:7f:88:00:12")
    digest = hashlib.sha256(f"{site.room} {mac} {number}".encode()).hexdigest()
    serial = f"8213{int(digest, 16) % 10**10:010d}"
    return {"room_unit": number, "room_mac": mac, "room_serial": serial, "room_model": model}


def old(node: str, state: State) -> Facts:
    """The unit that was put aside last; raises TwinError when none was."""
    aside = _aside(node, state)
    if not aside:
        raise TwinError(f"{node} has no old unit to put back: it was not replaced")
    return aside[max(aside)]


def put_new(site: Site, node: str, facts: Facts, state: State) -> None:
    """Put the present unit aside and a factory-new one in its place; both are without power."""
    _put_aside(site, node, 1 + max(_aside(node, state), default=0), state)
    _write(state.node(node) / UNIT, facts)


def put_back(site: Site, node: str, state: State) -> None:
    """Change the present unit for the one that was put aside last; both are without power."""
    kept, number = state.node(node), max(_aside(node, state))
    returning = (kept / f"{ASIDE}{number}").rename(kept / "returning")
    _put_aside(site, node, number, state)
    if (returning / DISK).exists():
        (returning / DISK).rename(kept / DISK)
    (returning / UNIT).rename(kept / UNIT)
    returning.rmdir()


def _put_aside(site: Site, node: str, number: int, state: State) -> None:
    kept = state.node(node)
    aside = kept / f"{ASIDE}{number}"
    aside.mkdir(parents=True)
    _write(aside / UNIT, facts_of(site, node))
    if (kept / DISK).exists():
        (kept / DISK).rename(aside / DISK)


def _aside(node: str, state: State) -> dict[int, Facts]:
    """The units that were put aside, by the n of `replaced-<n>`."""
    found = {}
    for path in state.node(node).glob(f"{ASIDE}*"):
        if (digits := path.name.removeprefix(ASIDE)).isdigit():
            found[int(digits)] = _read(path / UNIT)
    return found


def _number(facts: Facts) -> int:
    return int(facts.get("router_unit", facts.get("room_unit", 0)))


def _write(path: Path, facts: Facts) -> None:
    write_whole(path, json.dumps(facts, ensure_ascii=False, indent=1) + "\n")


def _read(path: Path) -> Facts:
    """What a note says, {} when there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise TwinError(f"{path} is damaged ({error}); `twin up --fresh` begins anew") from error
    if not isinstance(found, dict) or set(found) not in (set(ROUTER), set(ROOM)):
        raise TwinError(f"{path} is damaged; `twin up --fresh` begins anew")
    return found
