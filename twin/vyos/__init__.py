"""A VyOS 1.4 or 1.5 router: its command line, its configuration sessions, and what its configuration means."""

from twin.vyos.device import VyosDevice

__all__ = ["VyosDevice"]
