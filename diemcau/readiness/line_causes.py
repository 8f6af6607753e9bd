"""Causes on the line, out of the test traffic that crossed it."""

from __future__ import annotations

from collections.abc import Iterator

from diemcau.readiness.line import HEADROOM
from diemcau.readiness.look import Around, Look
from diemcau.readiness.words import STOP, Finding, Words

# A good call: loss up to 1 %, 150 ms one way (ITU-T G.114), 30 ms of jitter.
MOST_LOST, MOST_DELAY, MOST_JITTER = 1.0, 150.0, 30.0
FULL_RISE = 15.0  # ms one way: a queue that fills delays what passes it, chance does not
FULL_LOSS = 10.0  # percent more than without load


def line(look: Look, around: Around) -> Iterator[Finding]:
    """What the test traffic says."""
    found = look.line
    if found is None:
        return
    if not found.target:
        yield Finding(
            "no-echo",
            STOP,
            Words(
                "gói thử không quay lại: không đo được đường truyền", "no test packet came back: nothing was measured"
            ),
            Words("Báo cán bộ kỹ thuật.", "Tell the technician."),
        )
        return
    more = found.load_lost - found.percent_lost
    # What a lossy line loses in any case differs from one moment to the next, and says nothing about its width.
    risen = found.load_rise_ms >= FULL_RISE and more >= MOST_LOST + found.percent_lost / 2
    narrow = found.loaded and (risen or more >= FULL_LOSS)
    lost = max(found.percent_lost, 0.0 if narrow else found.load_lost)
    if found.one_way_ms > MOST_DELAY:
        yield Finding(
            "delay",
            STOP,
            Words(
                f"trễ một chiều {found.one_way_ms:.0f} ms (cho phép {MOST_DELAY:.0f} ms)",
                f"{found.one_way_ms:.0f} ms one way (at most {MOST_DELAY:.0f} ms)",
            ),
            Words("Gọi VNPT báo đường truyền chậm.", "Report the slow line to the provider."),
        )
    if lost > MOST_LOST:
        yield Finding(
            "loss",
            STOP,
            Words(
                f"mất {lost:.1f} % gói tin, đi và về (cho phép {MOST_LOST:.0f} %)",
                f"{lost:.1f} % of packets are lost, there and back (at most {MOST_LOST:.0f} %)",
            ),
            Words(
                "Gọi VNPT báo mất gói; thử lại sau khi tắt bật modem.",
                "Report the loss to the provider; try again after a restart of the modem.",
            ),
        )
    if found.jitter_ms > MOST_JITTER:
        yield Finding(
            "jitter",
            STOP,
            Words(f"độ trễ dao động {found.jitter_ms:.0f} ms", f"jitter of {found.jitter_ms:.0f} ms"),
            Words(
                "Dừng việc tải nặng trong mạng của điểm cầu, rồi đo lại; còn thì gọi VNPT.",
                "Stop heavy traffic at the site, measure again; if it stays, call the provider.",
            ),
        )
    if narrow:
        fits = max((rate for rate in around.offered if rate * HEADROOM <= found.usable_kbps), default=None)
        yield Finding(
            "rate",
            STOP,
            Words(
                f"đường truyền chỉ tải được {found.usable_kbps:.0f} kbit/s, cuộc họp cần "
                f"{found.wanted_kbps * HEADROOM:.0f} kbit/s",
                f"the line carries {found.usable_kbps:.0f} kbit/s, the call needs {found.wanted_kbps * HEADROOM:.0f}",
            ),
            Words(
                "Gọi VNPT báo đường truyền yếu" + (f", hoặc gọi với tốc độ không quá {fits} kbit/s." if fits else "."),
                "Report the weak line to the provider" + (f", or call at {fits} kbit/s or less." if fits else "."),
            ),
        )
