"""RouterOS 7.18 to 7.22. What a platform offers is listed by :class:`diemcau.platforms.Platform`."""

from __future__ import annotations

from diemcau.platforms.routeros.driver import connect
from diemcau.platforms.routeros.effects import takes_away, way_in
from diemcau.platforms.routeros.parse import parse
from diemcau.platforms.routeros.plan import plan
from diemcau.platforms.routeros.render import bundle, render
from diemcau.platforms.routeros.tunnels import ends, held

EXTENSION = "rsc"
RELEASES = ("7.18", "7.19", "7.20", "7.21", "7.22")

__all__ = [
    "EXTENSION", "RELEASES", "bundle", "connect", "ends", "held", "parse", "plan", "render", "takes_away", "way_in",
]  # fmt: skip
