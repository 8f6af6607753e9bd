"""A RouterOS 7 router: its console over SSH, its configuration on flash, its packets moved by Linux.

Supports the releases 7.18 to 7.22. The menus that exist are data in ``schema_*.py``; what is not there is refused in
the words of the real console. Sources: the vendor's documentation and command trees published by real routers.
"""

from twin.routeros.device import RouterosDevice

__all__ = ["RouterosDevice"]
