"""Tables and lines for the district's staff, in Vietnamese."""

from __future__ import annotations

import io
import os
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

REASON_WIDTH = 70  # columns; the whole message stands below the table
READY = "sẵn sàng"
HEADINGS = ("Điểm cầu", "Thiết bị", "Đường hầm", "BGP", "Phòng họp", "Số máy", "Kết quả")


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


def district_table(states: Mapping[str, Mapping[str, Any]], rooms: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """One row for each site, hubs first, then by number.

    Site -> what the actions ``router_state`` and ``polycom_info`` found out; a site may be in one of the two only.
    """
    sites = sorted({*states, *rooms}, key=lambda site: (states.get(site) or rooms[site])["number"])
    rows, ready = [], 0
    for site in sites:
        router, room = states.get(site, {}), rooms.get(site, {})
        told = router.get("answered", False)  # what the device did not say is not shown
        verdict = _verdict(router, room)
        ready += verdict == READY
        rows.append(
            (
                str((router or room)["name"]),
                router["platform"] if told else "–",
                f"{router['tunnels_up']}/{router['tunnels']}" if told else "–",
                f"{router['neighbors_up']}/{router['neighbors']}" if told else "–",
                (router["room_address"] if told else "") or "–",
                _registration(room),
                verdict,
            )
        )
    return ["", *table(HEADINGS, rows), "", f"{ready}/{len(rows)} điểm cầu sẵn sàng"]


def _verdict(router: Mapping[str, Any], room: Mapping[str, Any]) -> str:
    """A site is more than the part of it that was asked: what nobody asked is not known, and not ready."""
    reasons = [*filter(None, (router.get("reason"), room.get("reason")))]
    unasked = ["chưa hỏi bộ định tuyến"] * (not router) + ["chưa hỏi phòng họp"] * (not room)
    if not reasons and not unasked:
        return READY
    shortened = textwrap.shorten("; ".join([*reasons, *unasked]), REASON_WIDTH, placeholder=" …")
    return f"{'CHƯA' if reasons else 'chưa biết'}: {shortened}"


def _registration(room: Mapping[str, Any]) -> str:
    if not room or not (room["answered"] or room["in_call"]):
        return "–"
    state = "đang họp" if room["in_call"] else "đã đăng ký" if room["registered"] else "chưa đăng ký"
    return f"{room['extension']} {state}"


def restore_table(restored: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """Host -> rows of time, host and words: what was lost and what came back."""
    rows = [row for host in restored for row in restored[host]]
    return ["", *table(("Lúc", "Thiết bị", "Khôi phục"), rows)]


_READINESS = (
    *("Điểm cầu", "Kết quả", "Đường hầm", "Đường đi", "Trễ", "Dao động", "Mất gói", "Tải được"),
    *("Số máy", "Cấu hình", "Sao lưu"),
)
_LEVELS = {"ready": "✓ sẵn sàng", "care": "! cần chú ý", "not known": "? CHƯA BIẾT", "not ready": "✕ CHƯA sẵn sàng"}


def readiness_table(rows: Sequence[Mapping[str, Any]], page: str) -> list[str]:
    """Whether the meeting can start: one row for each site, then what is wrong and what to do about it."""
    names = {row["site"]: row["name"] for row in rows}
    lines = ["", *table(_READINESS, [_readiness_row(row, names) for row in rows]), ""]
    for row in rows:
        for finding in row["findings"]:
            lines += [f"{row['name']}: {finding['cause']['vi']}", f"    → {finding['todo']['vi']}"]
    able = sum(row["level"] in ("ready", "care") for row in rows)
    return [*lines, "", f"{able}/{len(rows)} điểm cầu họp được. Trang đầy đủ: {page}"]


def _readiness_row(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    router, room, line = row["router"] or {}, row["room"] or {}, row["line"] or {}
    measured = bool(line.get("target"))
    path = row["circuits"].get(router.get("path"), {}).get("vi", "–")
    ages = [age for age in router.get("ages", {}).values() if age is not None]
    days = row["backup_days"]
    return (
        row["name"],
        _LEVELS[row["level"]],
        f"{router['tunnels_up']}/{router['tunnels']}, {max(ages, default=0)} s" if router.get("answered") else "–",
        f"{path} → {names.get(router['hub'], router['hub'])}" if router.get("hub") else path,
        f"{line['one_way_ms']:.0f} ms" if measured else "–",
        f"{line['jitter_ms']:.0f} ms" if measured else "–",
        f"{max(line['percent_lost'], line['load_lost']):.1f} %" if measured else "–",
        f"{line['usable_kbps']:.0f}/{line['wanted_kbps']:.0f}" if line.get("loaded") else "–",
        _registration(room),
        _configuration(row, router),
        "chưa có" if days is None else f"{days} ngày",
    )


def _configuration(row: Mapping[str, Any], router: Mapping[str, Any]) -> str:
    """Whether the site has what the inventory asks for, as far as both of its devices were compared."""
    if row["drift"]:
        return "sai lệch"
    if row["router"] is None and row["room"] is None:
        return "–"
    compared = router.get("answered") and row["room"] is not None and not row["problems"]
    return "đúng" if compared else "chưa so"


def resume_command(playbook: str, hosts: Sequence[str]) -> str:
    """What to type to pick up the sites that were left."""
    short = os.path.relpath(playbook)
    return f"Chưa xong: {', '.join(hosts)}. Chạy tiếp: ansible-playbook {short} -l {','.join(hosts)}"
