"""All menus of a release, and how a path is found among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from twin.routeros import (
    schema_firewall,
    schema_interface,
    schema_ip,
    schema_queue,
    schema_routing,
    schema_system,
)
from twin.routeros.menu import FIRST, LAST, Menu, Release

#: In the order of an export, which is the order in which an import needs them.
_ORDER = [
    "/interface/bridge",
    "/interface/ethernet",
    "/interface/wireguard",
    "/interface/list",
    "/snmp/community",
    "/system/logging/action",
    "/ip/pool",
    "/ip/dhcp-server",
    "/queue/type",
    "/queue/tree",
    "/routing/bgp/instance",
    "/routing/bgp/template",
    "/routing/id",
    "/routing/table",
    "/user/group",
    "/interface/bridge/port",
    "/ip/firewall/connection/tracking",
    "/ip/neighbor/discovery-settings",
    "/ip/settings",
    "/ipv6/settings",
    "/interface/list/member",
    "/interface/wireguard/peers",
    "/ip/address",
    "/ip/cloud",
    "/ip/dhcp-client",
    "/ip/dhcp-server/lease",
    "/ip/dhcp-server/network",
    "/ip/dns",
    "/ip/dns/static",
    "/ip/firewall/address-list",
    "/ip/firewall/filter",
    "/ip/firewall/mangle",
    "/ip/firewall/nat",
    "/ip/firewall/service-port",
    "/ipv6/firewall/address-list",
    "/ipv6/firewall/filter",
    "/ip/proxy",
    "/ip/route",
    "/ip/service",
    "/ip/smb",
    "/ip/socks",
    "/ip/ssh",
    "/ip/upnp",
    "/routing/bgp/connection",
    "/routing/filter/rule",
    "/routing/settings",
    "/snmp",
    "/system/clock",
    "/system/identity",
    "/system/logging",
    "/system/note",
    "/system/ntp/client",
    "/system/ntp/server",
    "/system/ntp/client/servers",
    "/system/scheduler",
    "/system/script",
    "/system/watchdog",
    "/tool/bandwidth-server",
    "/tool/mac-server",
    "/tool/mac-server/mac-winbox",
    "/tool/mac-server/ping",
    "/tool/romon",
]

_ALL = (
    *schema_interface.MENUS,
    *schema_ip.MENUS,
    *schema_firewall.MENUS,
    *schema_queue.MENUS,
    *schema_routing.MENUS,
    *schema_system.MENUS,
)


@dataclass(frozen=True)
class Schema:
    """The menus of one release."""

    release: Release
    menus: dict[str, Menu]
    paths: frozenset[str]  # every menu and everything above one; "" is the root

    def menu(self, path: str) -> Menu:
        return self.menus[path]

    def owners(self, space: str) -> list[Menu]:
        """The menus whose entries' names make up a namespace."""
        return self._owners().get(space, [])

    def _owners(self) -> dict[str, list[Menu]]:
        cached: dict[str, list[Menu]] | None = self.__dict__.get("_cache")
        if cached is None:
            cached = {}
            for menu in self.menus.values():
                if menu.space and menu.path != "/interface":
                    cached.setdefault(menu.space, []).append(menu)
            object.__setattr__(self, "_cache", cached)
        return cached


@lru_cache
def schema(release: Release) -> Schema:
    """The menus of ``release``. Raises ValueError for a release that the twin does not know."""
    if not FIRST <= release <= LAST:
        raise ValueError(f"RouterOS {release.major}.{release.minor} is not one of 7.18 to 7.22")
    rank = {path: index for index, path in enumerate(_ORDER)}
    chosen = [menu.for_release(release) for menu in _ALL if menu.since <= release <= menu.until]
    chosen.sort(key=lambda menu: rank.get(menu.path, len(rank)))
    menus = {menu.path: menu for menu in chosen}
    paths = {""}
    for path in menus:
        parts = path.split("/")
        paths.update("/".join(parts[:length]) for length in range(1, len(parts) + 1))
    return Schema(release, menus, frozenset(paths))
