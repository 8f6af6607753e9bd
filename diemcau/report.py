"""Tables and lines for the district's staff, in Vietnamese."""

from __future__ import annotations

import io
import os
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

REASON_WIDTH = 70  # columns; the whole message stands below the table
HEADINGS = ("Điểm cầu", "Thiết bị", "Đường hầm", "BGP", "Phòng họp", "Kết quả")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table, columns as wide as their widest cell."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        grid.add_column(heading, no_wrap=True)
    for row in rows:
        grid.add_row(*map(escape, row))
    console = Console(file=io.StringIO(), width=1000, color_system=None)
    with console.capture() as captured:
        console.print(grid)
    return [line.rstrip() for line in captured.get().splitlines()]


def district_table(states: Iterable[Mapping[str, Any]]) -> list[str]:
    """One row for each site, hubs first, then by number. ``states``: what the action ``router_state`` found."""
    ordered = sorted(states, key=lambda s: s["number"])
    rows = [
        (
            s["name"],
            s["platform"],
            f"{s['tunnels_up']}/{s['tunnels']}",
            f"{s['neighbors_up']}/{s['neighbors']}",
            s["room_address"] or "–",
            "sẵn sàng" if s["ready"] else f"CHƯA: {textwrap.shorten(s['reason'], REASON_WIDTH, placeholder=' …')}",
        )
        for s in ordered
    ]
    ready = sum(1 for s in ordered if s["ready"])
    return ["", *table(HEADINGS, rows), "", f"{ready}/{len(ordered)} điểm cầu sẵn sàng"]


def resume_command(playbook: str, hosts: Sequence[str]) -> str:
    """What to type to pick up the sites that were left."""
    short = os.path.relpath(playbook)
    return f"Chưa xong: {', '.join(hosts)}. Chạy tiếp: ansible-playbook {short} -l {','.join(hosts)}"
