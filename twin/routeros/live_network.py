"""States that Linux knows: asked from the host, told in RouterOS's terms."""

from __future__ import annotations

import ipaddress
import json
import time
from typing import Any

from twin.device import MeaningError
from twin.routeros.durations import seconds, spelled
from twin.routeros.frr import connections
from twin.routeros.names import linux_names
from twin.routeros.router import Router
from twin.routeros.store import Entry

Properties = dict[str, str]
Stored = list[tuple[Entry, Properties]]
Dynamic = list[tuple[str, Properties]]


async def _ask(router: Router, *argv: str) -> str:
    try:
        return await router.host.run(*argv, check=False)
    except MeaningError as error:
        router.journal.defect(f"{argv[0]}: {error}")
        return ""


async def _ask_json(router: Router, *argv: str) -> Any:
    text = await _ask(router, *argv)
    try:
        return json.loads(text) if text.strip() else None
    except ValueError:
        router.journal.defect(f"{' '.join(argv)} printed no JSON")
        return None


def _size(count: int) -> str:
    """``5.3KiB``."""
    for power, unit in ((3, "GiB"), (2, "MiB"), (1, "KiB")):
        if count >= 1024**power:
            return f"{count / 1024**power:.1f}{unit}"
    return str(count)


async def peers(router: Router, stored: Stored) -> Dynamic:
    """Handshakes and counters of WireGuard peers."""
    names = linux_names(router.config)
    known: dict[tuple[str, str], list[str]] = {}
    for line in (await _ask(router, "wg", "show", "all", "dump")).splitlines():
        fields = line.split("\t")
        if len(fields) == 9:
            known[fields[0], fields[1]] = fields
    now = time.time()
    for entry, properties in stored:
        properties.setdefault("private-key", "")
        properties.setdefault("preshared-key", "")
        fields = known.get((names.get(entry.get("interface"), ""), entry.get("public-key")), [""] * 9)
        endpoint, handshake = fields[3], fields[5]
        address, _, port = endpoint.rpartition(":") if endpoint not in ("", "(none)") else ("", "", "0")
        properties |= {"current-endpoint-address": address, "current-endpoint-port": port}
        properties |= {"rx": _size(int(fields[6] or 0)), "tx": _size(int(fields[7] or 0))}
        if handshake not in ("", "0"):
            properties["last-handshake"] = spelled(max(0, int(now - int(handshake))))
    return []


async def leases(router: Router, stored: Stored) -> Dynamic:
    """dnsmasq's lease file: "expiry mac address name client-id"."""
    try:
        lines = router.host.lease_file.read_text("utf-8").splitlines()
    except OSError:
        lines = []
    servers = {entry["name"]: entry for entry in router.config.enabled("/ip/dhcp-server")}
    dynamic: Dynamic = []
    known = {entry.get("mac-address"): properties for entry, properties in stored}
    for properties in known.values():
        properties["status"] = "waiting"
        properties["last-seen"] = "never"
    for line in lines:
        fields = line.split()
        if len(fields) < 4 or not fields[0].isdigit():
            continue
        expiry, mac, address, name = int(fields[0]), fields[1].upper(), fields[2], fields[3]
        server = _server_of(router, address)
        found = known.get(mac)
        if found is None:
            found = {"address": address, "mac-address": mac, "server": server, "dynamic": "yes"}
            dynamic.append((f"*{int(ipaddress.IPv4Address(address)):X}", found))
        left = max(0, expiry - int(time.time()))
        length = servers.get(server, {}).get("lease-time", "30m")
        found |= {
            "status": "bound",
            "expires-after": spelled(left),
            "last-seen": spelled(max(0, int(seconds(length) or 0) - left)),
            "active-address": address,
            "active-mac-address": mac,
            "active-server": server,
        }
        if name != "*":
            found["host-name"] = name
    return dynamic


def _server_of(router: Router, address: str) -> str:
    own = ipaddress.IPv4Address(address)
    for server in router.config.enabled("/ip/dhcp-server"):
        for entry in router.config.enabled("/ip/address"):
            interface = ipaddress.IPv4Interface(entry["address"])
            if entry["interface"] == server["interface"] and own in interface.network:
                return server["name"]
    return ""


async def _leased(router: Router) -> dict[str, tuple[str, str]]:
    """RouterOS name of an interface with a DHCP client -> its address and gateway."""
    names = {linux: name for name, linux in linux_names(router.config).items()}
    clients = {entry["interface"] for entry in router.config.enabled("/ip/dhcp-client")}
    configured = {(e["interface"], e["address"]) for e in router.config.enabled("/ip/address")}
    found: dict[str, tuple[str, str]] = {}
    for item in await _ask_json(router, "ip", "-j", "-4", "address", "show") or []:
        name = names.get(item.get("ifname", ""), "")
        for each in item.get("addr_info", []):
            address = f"{each['local']}/{each['prefixlen']}"
            if name in clients and (name, address) not in configured:
                found[name] = (address, "")
    for route in await _ask_json(router, "ip", "-j", "-4", "route", "show", "default") or []:
        name = names.get(route.get("dev", ""), "")
        if name in found and "gateway" in route:
            found[name] = (found[name][0], route["gateway"])
    return found


async def dhcp_clients(router: Router, stored: Stored) -> Dynamic:
    leased = await _leased(router)
    for entry, properties in stored:
        if entry.get("disabled") == "yes":
            continue
        address, gateway = leased.get(entry.get("interface"), ("", ""))
        properties["status"] = "bound" if address else "searching..."
        if address:
            properties["address"] = address
        if gateway:
            properties["gateway"] = gateway
    return []


async def addresses(router: Router, stored: Stored) -> Dynamic:
    """Addresses that DHCP clients were given."""
    found = []
    for index, (name, (address, _)) in enumerate(sorted((await _leased(router)).items())):
        network = str(ipaddress.IPv4Interface(address).network.network_address)
        properties = {"address": address, "network": network, "interface": name, "actual-interface": name}
        found.append((f"*F{index:X}", properties | {"dynamic": "yes"}))
    return found


async def linked(router: Router) -> set[str]:
    """Interfaces that have a link: somebody is at the other end of the cable."""
    names = {linux: name for name, linux in linux_names(router.config).items()}
    found = await _ask_json(router, "ip", "-j", "link", "show") or []
    return {names[item["ifname"]] for item in found if "LOWER_UP" in item["flags"] and item["ifname"] in names}


async def ports(router: Router, stored: Stored) -> Dynamic:
    """Which ports have a link."""
    running = await linked(router)
    for entry, properties in stored:
        if entry.get("name") not in running:
            properties["running"] = "no"
    return []


async def arp(router: Router, stored: Stored) -> Dynamic:
    names = {linux: name for name, linux in linux_names(router.config).items()}
    found: Dynamic = []
    for item in await _ask_json(router, "ip", "-j", "-4", "neigh", "show") or []:
        if "lladdr" not in item:
            continue
        states = [state.lower() for state in item.get("state", [])]
        properties = {"address": item["dst"], "mac-address": item["lladdr"].upper(), "dynamic": "yes"}
        properties |= {"interface": names.get(item["dev"], item["dev"]), "status": states[0] if states else ""}
        found.append((f"*{len(found) + 1:X}", properties))
    return found


_ORIGIN = {"kernel": "connect", "dhcp": "dhcp", "bgp": "bgp"}


async def routes(router: Router, stored: Stored) -> Dynamic:
    """The kernel's table: which configured routes are active, and those that nobody configured."""
    names = {linux: name for name, linux in linux_names(router.config).items()}
    table = await _ask_json(router, "ip", "-j", "-4", "route", "show", "table", "main") or []
    best: dict[str, int] = {}  # the kernel takes the lowest metric
    for route in table:
        best[route.get("dst", "")] = min(route.get("metric", 0), best.get(route.get("dst", ""), route.get("metric", 0)))
    active: dict[tuple[str, str], str] = {}  # destination and gateway of a configured route -> where it leads
    dynamic: Dynamic = []
    distances = {
        entry["interface"]: entry["default-route-distance"] for entry in router.config.enabled("/ip/dhcp-client")
    }
    for route in table:
        if route.get("dst") is None:
            continue
        device = names.get(route.get("dev", ""), route.get("dev", ""))
        chosen = route.get("metric", 0) == best[route["dst"]]
        if route.get("protocol") in ("static", "196"):
            if chosen:
                active |= _leading(route, device)
            continue
        properties = _unconfigured(route, device, distances)
        if properties is None:
            continue
        if chosen:
            properties["active"] = "yes"
        dynamic.append((f"*8{len(dynamic):07X}", properties))
    _mark(stored, active)
    return dynamic


def _mark(stored: Stored, active: dict[tuple[str, str], str]) -> None:
    """Tell of each configured route whether it is active, and where it leads."""
    for entry, properties in stored:
        properties["static"] = "yes"
        own = (entry.get("dst-address", "0.0.0.0/0"), entry.get("gateway"))
        if entry.get("disabled") != "yes" and own in active:
            properties["active"] = "yes"
            if active[own]:
                properties["immediate-gw"] = active[own]


def _destination(route: dict[str, Any]) -> str:
    dst: str = "0.0.0.0/0" if route["dst"] == "default" else route["dst"]
    return dst if "/" in dst else f"{dst}/32"


def _immediate(route: dict[str, Any], device: str) -> str:
    return f"{route['gateway']}%{device}" if "gateway" in route else device


def _leading(route: dict[str, Any], device: str) -> dict[tuple[str, str], str]:
    """An active route of the configuration, by each way in which it may be written there."""
    dst, gateway, immediate = _destination(route), route.get("gateway", device), _immediate(route, device)
    return {(dst, gateway): immediate, (dst, f"{gateway}%{device}"): immediate, (dst, ""): ""}


def _unconfigured(route: dict[str, Any], device: str, distances: dict[str, str]) -> Properties | None:
    """A route that nobody configured; None for one that RouterOS does not show."""
    origin = _ORIGIN.get(route.get("protocol", ""), "")
    if not origin or "linkdown" in route.get("flags", []):
        return None
    return {
        "dst-address": _destination(route),
        "gateway": route.get("gateway", device),
        "distance": {"connect": "0", "bgp": "20"}.get(origin) or distances.get(device, "1"),
        "immediate-gw": _immediate(route, device),
        "dynamic": "yes",
        origin: "yes",
    }


async def bgp_sessions(router: Router, stored: Stored) -> Dynamic:
    configured = connections(router.config)
    if not configured:
        return []
    known = await _ask_json(router, "vtysh", "-c", "show bgp neighbors json") or {}
    found: Dynamic = []
    for connection in configured:
        state = known.get(connection["remote.address"])
        if not isinstance(state, dict):
            continue
        established = state.get("bgpState") == "Established"
        messages = state.get("messageStats", {})
        prefixes = state.get("addressFamilyInfo", {}).get("ipv4Unicast", {}).get("acceptedPrefixCounter", 0)
        properties = {
            "name": f"{connection['name']}-1",
            "remote.address": connection["remote.address"],
            "remote.as": str(state.get("remoteAs", "")),
            "remote.id": str(state.get("remoteRouterId", "")),
            "remote.messages": str(messages.get("totalRecv", 0)),
            "local.role": connection.get("local.role", ""),
            "local.address": str(state.get("hostLocal", connection.get("local.address", ""))),
            "local.as": connection["as"],
            "local.id": str(state.get("localRouterId", "")),
            "local.messages": str(messages.get("totalSent", 0)),
            "hold-time": spelled(state.get("bgpTimerHoldTimeMsecs", 0) / 1000),
            "keepalive-time": spelled(state.get("bgpTimerKeepAliveIntervalMsecs", 0) / 1000),
            "prefix-count": str(prefixes),
            "established": "yes" if established else "no",
        }
        if established:
            properties["uptime"] = spelled(state.get("bgpTimerUpMsec", 0) / 1000)
        found.append((f"*{len(found) + 1:X}", properties))
    return found
