"""Short forms in which a table or a line of progress tells times and reasons."""

from __future__ import annotations

from datetime import datetime

from diemcau.errors import DiemcauError, HostKeyChanged, Unreachable


def remaining(seconds: float) -> str:
    """For a person: ``3 giờ 59 phút``, ``40 giây``."""
    if seconds < 60:
        return f"{seconds:.0f} giây"
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join([f"{hours} giờ"] * bool(hours) + [f"{minutes} phút"] * bool(minutes))


def in_short(error: DiemcauError) -> str:
    """The reason in a few words."""
    first = error.problem.reason
    match error:
        case HostKeyChanged():
            return f"máy trả lời có khóa khác ({first})"
        case Unreachable():
            return f"chưa trả lời ({first})"
        case _:
            return first


def moment(at: datetime) -> str:
    """A time for a person; the date stands beside it because a technician may be on the road for days."""
    return f"{at:%d/%m %H:%M:%S}"
