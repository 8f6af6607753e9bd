"""VyOS 1.4 and 1.5. What a platform offers is listed by :class:`diemcau.platforms.Platform`."""

from __future__ import annotations

from diemcau.platforms.vyos.driver import connect
from diemcau.platforms.vyos.effects import takes_away, way_in
from diemcau.platforms.vyos.parse import parse
from diemcau.platforms.vyos.plan import plan
from diemcau.platforms.vyos.render import bundle, render
from diemcau.platforms.vyos.tunnels import ends, held

EXTENSION = "vyos"
RELEASES = ("1.4", "1.5")

__all__ = [
    "EXTENSION", "RELEASES", "bundle", "connect", "ends", "held", "parse", "plan", "render", "takes_away", "way_in",
]  # fmt: skip
