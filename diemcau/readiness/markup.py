"""Pieces of HTML: both languages side by side, of which the page's switch shows one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape

from diemcau.readiness.words import CARE, NOT_READY, READY, UNKNOWN

# Told apart by shape as well as by colour, and by a sign that a printer without colours keeps.
MARKS = {READY: "✓", CARE: "!", UNKNOWN: "?", NOT_READY: "✕"}
COLOURS = {READY: "#1a7f37", CARE: "#8a5a00", UNKNOWN: "#666666", NOT_READY: "#b3261e"}


def both(vi: str, en: str, tag: str = "span") -> str:
    """A text in both languages; plain text becomes HTML. In a picture ``tag`` is ``tspan``."""
    if vi == en:
        return escape(vi)
    return f'<{tag} class="vi">{escape(vi)}</{tag}><{tag} class="en" lang="en">{escape(en)}</{tag}>'


def words(told: Mapping[str, str], tag: str = "span") -> str:
    """Words as they stand in ``latest.json``."""
    return both(told["vi"], told["en"], tag)


def moment(at: str) -> str:
    """``2026-11-24T23:06:09+07:00`` as people here write it; what is no time stays as it is."""
    try:
        return f"{datetime.fromisoformat(at):%H:%M %d/%m/%Y}"
    except ValueError:
        return at


def mark(level: str, x: float, y: float, size: float = 8) -> str:
    """The sign of a level around a point of a picture: a circle, a triangle, or a square."""
    colour = COLOURS[level]
    if level == READY:
        shape = f'<circle cx="{x}" cy="{y}" r="{size}" fill="{colour}"/>'
    elif level == CARE:
        top, low, half = y - size, y + size * 0.8, size * 1.1
        shape = f'<path d="M{x} {top} L{x + half:.1f} {low:.1f} L{x - half:.1f} {low:.1f} Z" fill="{colour}"/>'
    else:
        shape = f'<rect x="{x - size}" y="{y - size}" width="{2 * size}" height="{2 * size}" fill="{colour}"/>'
    sign = MARKS[level]
    base = y + size * 0.5
    text = f'<text x="{x}" y="{base:.1f}" class="sign" font-size="{size * 1.4:.1f}">{sign}</text>'
    return shape + text
