"""The district as a picture: hubs above, communes between their two rails, each tunnel and circuit with its state.

Narrow enough for a phone: 360 units wide. A state is told by colour, by the line's form and by a sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from diemcau.platforms import HANDSHAKE_LIMIT
from diemcau.readiness.markup import COLOURS, both, mark
from diemcau.readiness.site import UP
from diemcau.readiness.words import NOT_READY, READY, UNKNOWN

WIDTH, TOP, STEP, HEIGHT = 360, 92, 58, 46
HUB_WIDTH, BOX_LEFT, BOX_WIDTH = 148, 94, 172
RAILS = (24, WIDTH - 24)
USED, STANDBY, DOWN, NOT_KNOWN = "used", "standby", "down", "unknown"
_STROKES = {
    USED: f'stroke="{COLOURS[READY]}" stroke-width="4"',
    STANDBY: f'stroke="{COLOURS[READY]}" stroke-width="1.5"',
    DOWN: f'stroke="{COLOURS[NOT_READY]}" stroke-width="2.5" stroke-dasharray="6 4"',
    NOT_KNOWN: f'stroke="{COLOURS[UNKNOWN]}" stroke-width="2" stroke-dasharray="1 4"',
}
_SIGNS = {USED: "✓", STANDBY: "○", DOWN: "✕", NOT_KNOWN: "?"}

Row = Mapping[str, Any]


def tunnel(site: Row, hub: Row | None, hub_name: str) -> str:
    """The state of a site's tunnel to a hub: as its router says.

    When that is silent, the hub knows of a tunnel that is down; one that it takes for alive may have been cut just now.
    """
    router = site["router"] or {}
    if router.get("answered"):
        age = router["ages"].get(hub_name)
        up = age is not None and age < HANDSHAKE_LIMIT and bool(router["sessions"].get(hub_name))
        return DOWN if not up else USED if router["hub"] == hub_name else STANDBY
    far = (hub or {}).get("router") or {}
    return DOWN if far.get("answered") and not far["sessions"].get(site["site"]) else NOT_KNOWN


def svg(sites: Sequence[Row], hubs: Sequence[str]) -> str:
    """The whole picture; "" without sites."""
    rows = {site["site"]: site for site in sites}
    communes = [site for site in sites if not site["hub"]]
    if not rows:
        return ""
    height = TOP + STEP * len(communes) + 8
    parts = [
        f'<svg class="district" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="picture-title">',
        f'<title id="picture-title">{escape(_told(sites))}</title>',
    ]
    shown = [hub for hub in hubs[:2] if hub in rows]
    for index, hub in enumerate(hubs[:2]):
        if communes and hub in rows:
            end = TOP + STEP * (len(communes) - 1) + HEIGHT / 2
            parts.append(f'<path d="M{RAILS[index]} 64 V{end}" stroke="#999" stroke-width="1.5" fill="none"/>')
    if len(shown) == 2:
        first, second = rows[shown[0]], rows[shown[1]]
        parts.append(_line(HUB_WIDTH + 4, WIDTH - HUB_WIDTH - 4, 34, _between(first, second)))
    for index, hub in enumerate(hubs[:2]):
        if hub in rows:
            parts.append(_box(rows[hub], 4 if index == 0 else WIDTH - HUB_WIDTH - 4, 6, HUB_WIDTH, 58))
    for place, site in enumerate(communes):
        y = TOP + STEP * place
        for index, hub in enumerate(hubs[:2]):
            ends = (RAILS[0], BOX_LEFT) if index == 0 else (BOX_LEFT + BOX_WIDTH, RAILS[1])
            if hub in rows:
                parts.append(_line(*ends, y + HEIGHT / 2, tunnel(site, rows.get(hub), hub)))
        parts.append(_box(site, BOX_LEFT, y, BOX_WIDTH, HEIGHT))
    return "\n".join([*parts, "</svg>"])


def _told(sites: Sequence[Row]) -> str:
    """The picture in words, for those who hear the page."""
    return "Sơ đồ huyện. " + "; ".join(f"{site['name']}: {site['verdict']['vi']}" for site in sites)


def _between(first: Row, second: Row) -> str:
    """The tunnel of the hubs, as either of them says."""
    for own, other in ((first, second), (second, first)):
        router = own["router"] or {}
        if router.get("answered"):
            return STANDBY if router["sessions"].get(other["site"]) else DOWN
    return NOT_KNOWN


def _line(left: float, right: float, y: float, state: str) -> str:
    middle = (left + right) / 2
    colour = {DOWN: COLOURS[NOT_READY], NOT_KNOWN: COLOURS[UNKNOWN]}.get(state, COLOURS[READY])
    return (
        f'<path d="M{left} {y} H{right}" fill="none" {_STROKES[state]}/>'
        f'<circle cx="{middle}" cy="{y}" r="8" fill="#fff" stroke="{colour}" stroke-width="1.5"/>'
        f'<text x="{middle}" y="{y + 4}" class="state" fill="{colour}">{_SIGNS[state]}</text>'
    )


def _box(site: Row, x: float, y: float, width: float, height: float) -> str:
    level, colour = site["level"], COLOURS[site["level"]]
    line = 3 if level in (NOT_READY, UNKNOWN) else 2 if level != READY else 1.5
    circuits = [
        (words, {True: "✓", False: "✕"}[words["state"] == UP] if words["state"] else "?", words["used"])
        for words in site["circuits"].values()
    ]
    shown = "   ".join(
        f'<tspan class="{"used" if used else "idle"}">{both(words["vi"], words["en"], "tspan")} {sign}</tspan>'
        for words, sign, used in circuits
    )
    middle = y + height / 2
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{10 if level == READY else 2}" '
        f'fill="#fff" stroke="{colour}" stroke-width="{line}"/>'
        + mark(level, x + 17, middle)
        + f'<text x="{x + 34}" y="{middle - 4}" class="name">{escape(site["name"])}</text>'
        + f'<text x="{x + 34}" y="{middle + 13}" class="small">{shown}</text>'
    )
