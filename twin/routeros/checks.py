"""What a menu demands of an entry as a whole: uniqueness, values that depend on others or fill themselves in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import datetime

from twin.routeros import clock, keys
from twin.routeros.errors import Refusal
from twin.routeros.filter_language import FilterError, parse_rule
from twin.routeros.firewall_checks import check_rule
from twin.routeros.menu import Menu
from twin.routeros.queue_checks import queue, queue_type
from twin.routeros.store import LOOPBACK, Config, Entry

Values = dict[str, str]
Check = Callable[[Config, Values, "Entry | None"], Values]

_UNSET = "\0unset"


def check(config: Config, menu: Menu, values: Values, old: Entry | None) -> Values:
    """The values as they will be stored. ``old`` is the entry that is being changed. Raises Refusal."""
    given = {name: value for name, value in values.items() if value != _UNSET}
    found = _CHECKS.get(menu.path)
    if found is None:
        return given
    return found(config, given, old)


def _others(config: Config, path: str, old: Entry | None) -> list[Entry]:
    return [entry for entry in config.entries(path) if old is None or entry.number != old.number]


def _next_name(config: Config, path: str, stem: str) -> str:
    taken = {entry.get("name") for entry in config.entries(path)}
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _unique(path: str, words: str, *names: str) -> Check:
    """No two entries with the same values of ``names``."""

    def found(config: Config, values: Values, old: Entry | None) -> Values:
        mine = tuple(values.get(name, "") for name in names)
        for entry in _others(config, path, old):
            if tuple(entry.get(name) for name in names) == mine:
                raise Refusal(f"failure: {words}")
        return values

    return found


def _interface(path: str, stem: str) -> Check:
    def found(config: Config, values: Values, old: Entry | None) -> Values:
        name = values.setdefault("name", _next_name(config, path, stem))
        taken = set(config.names("interface")) - ({old.get("name")} if old else set())
        if name in taken or name == LOOPBACK:
            raise Refusal("failure: already have interface with such name")
        return values

    return found


def _wireguard(config: Config, values: Values, old: Entry | None) -> Values:
    values = _interface("/interface/wireguard", "wireguard")(config, values, old)
    ports = {entry.get("listen-port") for entry in _others(config, "/interface/wireguard", old)}
    if values.get("listen-port", "0") == "0":
        values["listen-port"] = next(str(port) for port in range(13231, 65536) if str(port) not in ports)
    elif values["listen-port"] in ports:
        raise Refusal("failure: listen port already in use")
    if not values.get("private-key"):
        values["private-key"] = keys.wireguard_private()
    return values


def _peer(config: Config, values: Values, old: Entry | None) -> Values:
    path = "/interface/wireguard/peers"
    values.setdefault("name", _next_name(config, path, "peer"))
    if not values.get("public-key"):
        raise Refusal("failure: public key must be set")
    return _unique(path, "entry already exists", "interface", "public-key")(config, values, old)


def _bridge_port(config: Config, values: Values, old: Entry | None) -> Values:
    if values["interface"] == values["bridge"] or values["interface"] in config.names("bridge"):
        raise Refusal("failure: can not add bridge to bridge")
    if values["interface"] in config.names("wireguard") or values["interface"] == LOOPBACK:
        raise Refusal("failure: interface can not be added to bridge")
    return _unique("/interface/bridge/port", "device already added as bridge port", "interface")(config, values, old)


def _address(config: Config, values: Values, old: Entry | None) -> Values:
    if old is None or old.get("address") != values["address"] or "network" not in values:
        given = values.get("network") if old is None or values.get("network") != old.get("network") else None
        values["network"] = given or str(ipaddress.IPv4Interface(values["address"]).network.network_address)
    return _unique("/ip/address", "already have such address", "address", "interface")(config, values, old)


def _dhcp_server(config: Config, values: Values, old: Entry | None) -> Values:
    path = "/ip/dhcp-server"
    values.setdefault("name", _next_name(config, path, "dhcp"))
    return _unique(path, "dhcp server with such name already exists", "name")(config, values, old)


def _lease(config: Config, values: Values, old: Entry | None) -> Values:
    for entry in _others(config, "/ip/dhcp-server/lease", old):
        if entry.get("server", "all") != values.get("server", "all"):
            continue
        if values.get("address", "") and entry.get("address") == values.get("address"):
            raise Refusal("failure: already have static lease with this IP address")
        if values.get("mac-address", "") and entry.get("mac-address") == values.get("mac-address"):
            raise Refusal("failure: already have static lease for this client")
    return values


def _route(config: Config, values: Values, old: Entry | None) -> Values:
    if "gateway" not in values and values.get("blackhole") != "yes":
        raise Refusal("failure: gateway not specified")
    return values


def _filter_rule(config: Config, values: Values, old: Entry | None) -> Values:
    try:
        parse_rule(values["rule"])
    except FilterError as error:
        raise Refusal(f"failure: {error}") from None
    return values


def _user(config: Config, values: Values, old: Entry | None) -> Values:
    if any(entry.get("name") == values["name"] for entry in _others(config, "/user", old)):
        raise Refusal("failure: user with the same name already exists")
    kept = old.get("password") if old else ""
    if values.get("password", "") != kept:
        least = int(config.settings("/user/settings")["minimum-password-length"])
        if len(values["password"]) < least:
            raise Refusal("failure: password too short")
        values["password"] = keys.digest(values["password"]) if values["password"] else ""
    if old is not None and (values.get("disabled") == "yes" or values.get("group") != "full"):
        others = _others(config, "/user", old)
        if not any(entry.get("group") == "full" and entry.get("disabled") != "yes" for entry in others):
            raise Refusal("failure: last user with full access cannot be changed")
    return values


def _ssh_key(config: Config, values: Values, old: Entry | None) -> Values:
    key, kind, owner = keys.user_key(values["key"])
    comment = "info" if config.schema.menu("/user/ssh-keys").arg("info") else "key-owner"
    values.update({"key": key, "key-type": kind, comment: owner})
    return _unique("/user/ssh-keys", "key already exists", "user", "key")(config, values, old)


_DATES = ("%Y-%m-%d", "%b/%d/%Y")


def _scheduler(config: Config, values: Values, old: Entry | None) -> Values:
    path = "/system/scheduler"
    values.setdefault("name", _next_name(config, path, "schedule"))
    now = clock.now(config)
    values.setdefault("start-time", now.strftime("%H:%M:%S"))
    if values["start-time"] != "startup":
        if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?", values["start-time"]):
            raise Refusal("invalid value for argument start-time")
        hours, minutes, seconds = (values["start-time"] + ":00").split(":")[:3]
        values["start-time"] = f"{int(hours):02d}:{minutes}:{seconds}"
        values["start-date"] = _date(values.get("start-date", now.strftime("%Y-%m-%d")))
    else:
        values.pop("start-date", None)
    return _unique(path, "item with this name already exists", "name")(config, values, old)


def _date(text: str) -> str:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).strftime("%Y-%m-%d")
        except ValueError:
            continue
    raise Refusal("invalid value for argument start-date")


def _script(config: Config, values: Values, old: Entry | None) -> Values:
    values.setdefault("name", _next_name(config, "/system/script", "script"))
    return _unique("/system/script", "item with this name already exists", "name")(config, values, old)


def _logging_action(config: Config, values: Values, old: Entry | None) -> Values:
    if not re.fullmatch("[A-Za-z0-9]+", values["name"]):
        raise Refusal("failure: action name can contain only letters and numbers")
    return _unique("/system/logging/action", "action with such name already exists", "name")(config, values, old)


def _named(path: str) -> Check:
    return _unique(path, "entry already exists", "name")


_CHECKS: dict[str, Check] = {
    "/interface/bridge": _interface("/interface/bridge", "bridge"),
    "/interface/ethernet": _interface("/interface/ethernet", "ether"),
    "/interface/wireguard": _wireguard,
    "/interface/wireguard/peers": _peer,
    "/interface/list": _unique("/interface/list", "already have interface list with such name", "name"),
    "/interface/list/member": _unique("/interface/list/member", "entry already exists", "list", "interface"),
    "/interface/bridge/port": _bridge_port,
    "/ip/address": _address,
    "/ip/pool": _unique("/ip/pool", "pool with such name exists", "name"),
    "/ip/dhcp-server": _dhcp_server,
    "/ip/dhcp-server/lease": _lease,
    "/ip/dhcp-server/network": _unique("/ip/dhcp-server/network", "entry already exists", "address"),
    "/ip/dhcp-client": _unique("/ip/dhcp-client", "dhcp-client on that interface already exists", "interface"),
    "/ip/route": _route,
    "/ip/firewall/filter": lambda config, values, old: check_rule("filter", values),
    "/ip/firewall/nat": lambda config, values, old: check_rule("nat", values),
    "/ip/firewall/mangle": lambda config, values, old: check_rule("mangle", values),
    "/ipv6/firewall/filter": lambda config, values, old: check_rule("filter", values),
    "/ipv6/firewall/address-list": _unique("/ipv6/firewall/address-list", "already have such entry", "list", "address"),
    "/ip/firewall/address-list": _unique("/ip/firewall/address-list", "already have such entry", "list", "address"),
    "/queue/tree": queue,
    "/queue/type": queue_type,
    "/routing/bgp/instance": _named("/routing/bgp/instance"),
    "/routing/bgp/template": _named("/routing/bgp/template"),
    "/routing/bgp/connection": _named("/routing/bgp/connection"),
    "/routing/filter/rule": _filter_rule,
    "/routing/id": _named("/routing/id"),
    "/snmp/community": _named("/snmp/community"),
    "/system/logging/action": _logging_action,
    "/system/ntp/client/servers": _unique("/system/ntp/client/servers", "entry already exists", "address"),
    "/system/scheduler": _scheduler,
    "/system/script": _script,
    "/user": _user,
    "/user/group": _named("/user/group"),
    "/user/ssh-keys": _ssh_key,
}
