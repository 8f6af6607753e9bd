"""What happened to a device that was replaced, and when: the table at the end of ``restore.yml``."""

from __future__ import annotations

from datetime import datetime

from diemcau import naming
from diemcau.reports.wording import moment, remaining
from diemcau.secrets.replacement import REFUSED_BY, SINCE, Replacement

Row = tuple[str, str, str]  # time, host, what happened


def rows(host: str, found: Replacement, device: str) -> list[Row]:
    """What happened to a device and when, in Vietnamese, in the order in which it happened."""
    return [
        (moment(at), host, _words(host, step, found, device))
        for step, at in sorted(found.times.items(), key=lambda item: item[1])
    ]


def kept(host: str, now: datetime) -> list[Row]:
    """The row of a device that was not replaced."""
    return [(moment(now), host, "trả lời bằng đúng khóa của nó: không bị thay, giữ nguyên")]


def _words(host: str, step: str, found: Replacement, device: str) -> str:
    after = f", sau {remaining((found.times[step] - found.times[SINCE]).total_seconds())}"
    match step:
        case "since":
            room = naming.kind_of(host) == naming.ROOM
            return "thiết bị khác trả lời: tạo mật khẩu mới" if room else "coi như đã mất: tạo khóa và mật khẩu mới"
        case "stick":
            return "tập tin cho USB và phiếu lắp đặt đã ghi"
        case "answered":
            return f"{device} mới trả lời{after}"
        case "done":
            return f"{device} đã xong{after}"
        case _:
            return f"{step.removeprefix(REFUSED_BY)} từ chối khóa cũ từ lúc này"
