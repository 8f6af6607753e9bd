"""Looks at sites of the small district: all well, or with one fault."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from diemcau.endpoints import RoomState
from diemcau.readiness.line import Measured
from diemcau.readiness.look import Around, Look, around
from diemcau.readiness.site import UP, SiteState

HUBS = ("huyen-uy", "ubnd")
NAMES = {"huyen-uy": "Huyện ủy", "ubnd": "UBND huyện", "ga-ry": "Ga Ry", "ch-om": "Ch'Ơm"}
NUMBERS = {"huyen-uy": 1, "ubnd": 2, "ga-ry": 18, "ch-om": 16}
CALL_SERVER = "10.77.1.15"
OFFERED = (128, 256, 384, 512, 768, 1024, 1472, 1920)
GOOD = Measured("room", 0.0, 22.0, 3.0, 1472, True, 0.0, 1.0, 1766.4, 740_000)


def router(site: str, **more: Any) -> SiteState:
    """A router that says that all is well."""
    others = [name for name in NAMES if name != site] if site in HUBS else list(HUBS)
    values: dict[str, Any] = {
        "site": site,
        "name": NAMES[site],
        "number": NUMBERS[site],
        "platform": "vyos 1.4",
        "tunnels": len(others),
        "tunnels_up": len(others),
        "neighbors": len(others),
        "neighbors_up": len(others),
        "room_address": f"10.77.{NUMBERS[site]}.20",
        "ready": True,
        "reason": "",
        "ages": dict.fromkeys(others, 30),
        "sessions": dict.fromkeys(others, True),
        "path": "fibre",
        "hub": "" if site in HUBS else "huyen-uy",
        "circuits": {"fibre": UP} if site in HUBS else {"fibre": UP, "lte": UP},
    }
    return SiteState(**{**values, **more})


def silent(site: str) -> SiteState:
    """A router that could not be asked."""
    down = {"answered": False, "ready": False, "reason": "không vào được", "path": "", "hub": "", "circuits": {}}
    return router(site, **down, ages={}, sessions={})


def room(site: str, **more: Any) -> RoomState:
    """An endpoint that says that all is well."""
    values: dict[str, Any] = {
        "registered": True,
        "model": "RealPresence Group 500",
        "serial": "82137790563346",
        "software": "6.2.2",
        "server_answers": True,
        "muted": False,
        "microphones": 1,
        "cameras": 1,
    }
    extension = str(8000 + NUMBERS[site])
    return RoomState(site, f"{site}-room", NAMES[site], extension, **{**values, **more})


def look(site: str = "ga-ry", **more: Any) -> Look:
    """A look at a site where all is well, but for ``more``."""
    values: dict[str, Any] = {
        "router": router(site),
        "room": room(site),
        "line": GOOD,
        "circuits": ("fibre",) if site in HUBS else ("fibre", "lte"),
        "backup_days": 2,
        "seen_ago": 20,
    }
    return Look(site, NAMES[site], NUMBERS[site], site in HUBS, **{**values, **more})


def district(*looks: Look) -> tuple[list[Look], Around]:
    """All sites, those given instead of the ones where all is well, and what they say together."""
    given = {one.site: one for one in looks}
    everyone = [given.get(site, look(site)) for site in NAMES]
    return everyone, around(everyone, HUBS, NAMES, "huyen-uy", CALL_SERVER, OFFERED)


def measured(**more: Any) -> Measured:
    """A good line, but for ``more``."""
    return replace(GOOD, **more)
