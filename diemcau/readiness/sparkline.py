"""Small plots of what former runs found at a site."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from diemcau.readiness.markup import mark

WIDTH, HEIGHT, EDGE = 132, 30, 3
MOST = 20  # runs


def line(values: Sequence[float | None], limit: float, label: str) -> str:
    """A line over the runs, with the limit dashed; a run that measured nothing leaves a gap."""
    known = [value for value in values if value is not None]
    top = max([limit * 1.2, *known])
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)

    def height(value: float) -> float:
        return HEIGHT - EDGE - value / top * (HEIGHT - 2 * EDGE)

    points = [(EDGE + index * step, height(v)) for index, v in enumerate(values) if v is not None]
    path = ""
    before = False
    for index, value in enumerate(values):
        if value is not None:
            path += f"{'L' if before else 'M'}{EDGE + index * step:.1f} {height(value):.1f}"
        before = value is not None
    end = f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="2.5" fill="#0b57a4"/>' if points else ""
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label, quote=True)}">'
        f'<path d="M0 {height(limit):.1f}H{WIDTH}" stroke="#b3261e" stroke-dasharray="3 3" stroke-width="1"/>'
        f'<path d="{path}" fill="none" stroke="#0b57a4" stroke-width="1.5"/>{end}</svg>'
    )


def levels(found: Sequence[str], label: str) -> str:
    """One sign for each run, the last one at the right."""
    size = 5
    signs = "".join(mark(level, 8 + index * 13, 9, size) for index, level in enumerate(found))
    width = max(13 * len(found) + 4, 17)
    return (
        f'<svg class="levels" width="{width}" height="18" viewBox="0 0 {width} 18" role="img" '
        f'aria-label="{escape(label, quote=True)}">{signs}</svg>'
    )
