"""RealPresence Group 310, 500 and 700: a command line over SSH, and REST over HTTPS for what the command line lacks."""

from __future__ import annotations

from diemcau.endpoints.group.family import FAMILY

__all__ = ["FAMILY"]
