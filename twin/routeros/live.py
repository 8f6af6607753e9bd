"""What menus show beside their configuration: states of tunnels, leases, sessions, counters, files."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from twin.routeros import clock, keys, live_network
from twin.routeros.durations import spelled
from twin.routeros.files import file_rows
from twin.routeros.identity import BOARD, port_mac
from twin.routeros.menu import Menu
from twin.routeros.router import Router
from twin.routeros.store import Entry

Properties = dict[str, str]
Stored = list[tuple[Entry, Properties]]
Dynamic = list[tuple[str, Properties]]
_BITS = {"ed25519": "256"}


def derived(router: Router, menu: Menu, entry: Entry) -> Properties:
    """Properties that follow from the configuration alone."""
    make = _DERIVED.get(menu.path)
    found = make(router, entry) if make else {}
    references = [arg.name for arg in menu.args if arg.type.space]
    if menu.arg("invalid") and any(entry.get(name).lstrip("!").startswith("*") for name in references):
        found["invalid"] = "yes"
    return found


def _running(entry: Entry) -> str:
    return "no" if entry.get("disabled") == "yes" else "yes"


def _wireguard(router: Router, entry: Entry) -> Properties:
    return {"public-key": keys.wireguard_public(entry.get("private-key")), "running": _running(entry)}


def _ethernet(router: Router, entry: Entry) -> Properties:
    index = router.unit.ports.index(entry.get("default-name"))
    return {"mac-address": port_mac(router.label.mac, index), "running": _running(entry)}


def _address(router: Router, entry: Entry) -> Properties:
    ports = {port["interface"]: port["bridge"] for port in router.config.enabled("/interface/bridge/port")}
    interface = entry.get("interface")
    return {"actual-interface": ports.get(interface, interface)}


def _ssh_key(router: Router, entry: Entry) -> Properties:
    return {"bits": _BITS.get(entry.get("key-type"), "2048")}


def _scheduler(router: Router, entry: Entry) -> Properties:
    found = {"run-count": str(router.run_counts.get(entry.number, 0))}
    following = router.next_runs.get(entry.number)
    if following is not None:
        found["next-run"] = following.strftime("%Y-%m-%d %H:%M:%S")
    return found


_DERIVED: dict[str, Callable[[Router, Entry], Properties]] = {
    "/interface/wireguard": _wireguard,
    "/interface/ethernet": _ethernet,
    "/interface/bridge": lambda router, entry: {"running": _running(entry)},
    "/ip/address": _address,
    "/user/ssh-keys": _ssh_key,
    "/system/scheduler": _scheduler,
}


# -------------------------------------------------------------------- dynamic entries
async def _files(router: Router, stored: Stored) -> Dynamic:
    return file_rows(router.files)


async def _log(router: Router, stored: Stored) -> Dynamic:
    return [
        (
            f"*{line.number:X}",
            {"time": f"{line.when:%Y-%m-%d %H:%M:%S}", "topics": line.topics, "message": line.message},
        )
        for line in router.journal.lines
    ]


async def _sessions(router: Router, stored: Stored) -> Dynamic:
    return [(f"*{number:X}", dict(properties)) for number, properties in router.sessions.items()]


async def _history(router: Router, stored: Stored) -> Dynamic:
    return [
        (
            f"*{index + 1:X}",
            {
                "action": action.what,
                "by": action.user,
                "policy": "write",
                "time": f"{action.when:%Y-%m-%d %H:%M:%S}",
                "undoable": "yes",
            },
        )
        for index, action in enumerate(reversed(router.history.actions))
    ]


async def _packages(router: Router, stored: Stored) -> Dynamic:
    return [("*1", {"name": "routeros", "version": router.version})]


Provider = Callable[[Router, Stored], Awaitable[Dynamic]]
PROVIDERS: dict[str, Provider] = {
    "/file": _files,
    "/log": _log,
    "/user/active": _sessions,
    "/system/history": _history,
    "/system/package": _packages,
    "/interface/ethernet": live_network.ports,
    "/interface/wireguard/peers": live_network.peers,
    "/ip/dhcp-server/lease": live_network.leases,
    "/ip/dhcp-client": live_network.dhcp_clients,
    "/ip/arp": live_network.arp,
    "/ip/address": live_network.addresses,
    "/ip/route": live_network.routes,
    "/routing/bgp/session": live_network.bgp_sessions,
}


# -------------------------------------------------------------------- settings
async def settings(router: Router, menu: Menu) -> Properties:
    """A settings menu with what the device adds."""
    found = router.config.settings(menu.path)
    if menu.path == "/system/resource":
        found |= _resource(router)
    elif menu.path == "/system/clock":
        now = clock.now(router.config)
        offset = now.strftime("%z")
        found |= {"time": f"{now:%H:%M:%S}", "date": f"{now:%Y-%m-%d}", "gmt-offset": f"{offset[:3]}:{offset[3:]}"}
    elif menu.path == "/system/package/update":
        found["installed-version"] = router.version
    elif menu.path == "/system/ntp/client":
        servers = [entry["address"] for entry in router.config.enabled("/system/ntp/client/servers")]
        found["servers"] = ",".join(servers)
        found["status"] = "waiting" if found["enabled"] == "yes" and servers else "stopped"
    return found


def _resource(router: Router) -> Properties:
    return {
        "uptime": spelled(int(time.monotonic() - router.booted)),
        "version": f"{router.version} (stable)",
        "build-time": "2025-03-11 11:59:04",
        "free-memory": "403.3MiB",
        "total-memory": "512.0MiB",
        "cpu": "ARM",
        "cpu-count": "2",
        "cpu-load": "1%",
        "free-hdd-space": "101.9MiB",
        "total-hdd-space": "128.0MiB",
        "architecture-name": "arm",
        "board-name": BOARD,
        "platform": "MikroTik",
    }
