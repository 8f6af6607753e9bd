"""What people are told: each sentence in Vietnamese and in English."""

from __future__ import annotations

from dataclasses import dataclass

# The meeting cannot start; nobody looked, so nobody knows; it can, with less to fall back on; good to know.
STOP, BLIND, RISK, NOTE = "stop", "blind", "risk", "note"
READY, CARE, UNKNOWN, NOT_READY = "ready", "care", "not known", "not ready"
ABLE = (READY, CARE)  # the meeting can start


@dataclass(frozen=True)
class Words:
    vi: str
    en: str


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be, and what to do about it."""

    code: str  # "fibre-down"
    severity: str  # STOP, BLIND, RISK or NOTE
    cause: Words
    todo: Words


VERDICTS = {
    READY: Words("sẵn sàng", "ready"),
    CARE: Words("sẵn sàng, cần chú ý", "ready, with care"),
    UNKNOWN: Words("CHƯA BIẾT", "not known"),
    NOT_READY: Words("CHƯA sẵn sàng", "NOT ready"),
}
NOTHING = Words("", "")

_CIRCUITS = {"fibre": Words("cáp quang", "fibre"), "lte": Words("LTE", "LTE")}


def circuit(name: str) -> Words:
    """A circuit for people; one of the district's own naming keeps its name."""
    return _CIRCUITS.get(name, Words(name, name))


def ago(seconds: int) -> Words:
    """``5 phút`` (5 minutes)."""
    for size, vi, en in ((86400, "ngày", "day"), (3600, "giờ", "hour"), (60, "phút", "minute")):
        if seconds >= size:
            count = seconds // size
            return Words(f"{count} {vi}", f"{count} {en}{'s' if count != 1 else ''}")
    return Words(f"{seconds} giây", f"{seconds} s")
