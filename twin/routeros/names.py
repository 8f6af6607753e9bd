"""What RouterOS's interfaces are called in Linux."""

from __future__ import annotations

import hashlib
import re

from twin.routeros.store import LOOPBACK, Config

_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,15}")


def linux_names(config: Config) -> dict[str, str]:
    """RouterOS name -> Linux name. Ports keep the name on their case however they are renamed; other names that Linux
    cannot have are replaced."""
    found = {LOOPBACK: "lo"}
    for entry in config.entries("/interface/ethernet"):
        found[entry.get("name")] = entry.get("default-name")
    for path in ("/interface/bridge", "/interface/wireguard"):
        for entry in config.entries(path):
            name = entry.get("name")
            plain = _PLAIN.fullmatch(name) and name not in found.values()
            found[name] = name if plain else "x" + hashlib.sha256(name.encode()).hexdigest()[:12]
    return found


def list_members(config: Config, name: str, seen: frozenset[str] = frozenset()) -> set[str] | None:
    """The interfaces (RouterOS names) of an interface list; None means every interface."""
    interfaces = {key for key in config.names("interface") if not key.startswith("*")}
    if name == "all":
        return None
    if name == "static":
        return interfaces
    if name in ("none", "dynamic") or name in seen:
        return set()
    entry = next((e for e in config.enabled("/interface/list") if e["name"] == name), None)
    if entry is None:
        return set()
    members = {m["interface"] for m in config.enabled("/interface/list/member") if m["list"] == name}
    for other in filter(None, entry["include"].split(",")):
        included = list_members(config, other, seen | {name})
        members |= interfaces if included is None else included
    for other in filter(None, entry["exclude"].split(",")):
        excluded = list_members(config, other, seen | {name})
        members -= interfaces if excluded is None else excluded
    return members & interfaces
