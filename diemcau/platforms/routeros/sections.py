"""Which section owns which entry or setting of RouterOS's configuration."""

from __future__ import annotations

from collections.abc import Collection

from diemcau.platforms.routeros.parse import Entry

# Menus that belong to one section as a whole.
OWNERS: dict[str, str] = {
    "/system identity": "system",
    "/system clock": "system",
    "/system ntp client": "system",
    "/system ntp client servers": "system",
    "/system ntp server": "system",
    "/system logging": "system",
    "/system logging action": "system",
    "/user": "system",
    "/user ssh-keys": "system",
    "/ip ssh": "system",
    "/ip service": "system",
    "/ip neighbor discovery-settings": "system",
    "/tool mac-server": "system",
    "/tool mac-server mac-winbox": "system",
    "/tool mac-server ping": "system",
    "/tool bandwidth-server": "system",
    "/ip dns": "system",
    "/ip dns static": "system",
    "/ip cloud": "system",
    "/ip proxy": "system",
    "/ip socks": "system",
    "/ip upnp": "system",
    "/snmp": "system",
    "/ip dhcp-client": "wan",
    "/ip route": "wan",
    "/routing settings": "wan",
    "/interface bridge": "lan",
    "/interface bridge port": "lan",
    "/ip pool": "lan",
    "/ip dhcp-server": "lan",
    "/ip dhcp-server network": "lan",
    "/ip dhcp-server lease": "lan",
    "/interface wireguard": "vpn",
    "/interface wireguard peers": "vpn",
    "/routing bgp instance": "routing",
    "/routing bgp template": "routing",
    "/routing bgp connection": "routing",
    "/routing filter rule": "routing",
    "/interface list": "firewall",
    "/interface list member": "firewall",
    "/ip firewall filter": "firewall",
    "/ip firewall nat": "firewall",
    "/ipv6 settings": "firewall",
    "/queue type": "qos",
    "/queue tree": "qos",
}
ANNOUNCED = "announced"  # the address list of prefixes that BGP announces
MARKING = "marking"  # the one of those on the room LAN whose marks count
_OF_LISTS = {ANNOUNCED: "routing", MARKING: "qos"}


def owner(menu: str, entry: Entry, bridges: Collection[str] = ()) -> str | None:
    """The section that owns an entry (or, with an empty entry, a setting); None: it is left alone.

    ``bridges`` are the names of the router's bridges: an address on one of them belongs to the room LAN.
    """
    if menu == "/ip address":
        interface = str(entry.get("interface", ""))
        if interface == "lo":
            return "routing"
        if interface.startswith("wg"):
            return "vpn"
        return "lan" if interface in bridges or interface.startswith(("bridge", "lan")) else "wan"
    if menu == "/ip firewall address-list":
        return _OF_LISTS.get(str(entry.get("list")), "firewall")
    if menu == "/ip firewall mangle":
        return "vpn" if entry.get("action") == "change-mss" else "qos"
    return OWNERS.get(menu)
