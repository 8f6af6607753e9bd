"""What each node is and has, for people and for programs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from twin import lifecycle, state
from twin.errors import TwinError
from twin.fabric import PROVIDER, WIRES
from twin.state import State

# What a machine of each kind tells about itself.
TOLD = {
    "router": ("factory_new", "hostname"),
    "room": ("factory_new", "registered", "extension", "system_name", "model", "serial", "failure", "calls"),
    "call-server": ("registrations",),
}
HEADINGS = ("NODE", "KIND", "PLATFORM", "POWER", "STATE", "ADDRESSES")


Node = dict[str, Any]


def read(kept: State) -> list[Node]:
    """Every node; none when the twin is not up.

    A node has name, kind, power ("on", "off"), ready, addresses (["10.77.18.1", …], IPv4 without 127.0.0.0/8) and
    interfaces ({"lan": ["10.77.18.1/24"], …}); routers also site, platform, release, cut (["fibre"], the circuits that
    are cut), circuits ({"fibre": {"state": "up", "dark" or "silent", "up_kbps", "down_kbps", "delay_ms", "jitter_ms",
    "loss_pct"}, …}), factory_new and hostname; rooms site, mac, factory_new, registered, extension, system_name, model
    and serial; both unit (how many units stood there before); the call server registrations
    ({"8018": "10.77.18.20", …}). What only the machine knows is None while it is off.
    """
    try:
        machines = lifecycle.nodes(kept)
    except TwinError:
        return []
    every = kept.record().get("nodes")
    known = {str(item["name"]): item for item in machines}
    nodes: list[Node] = []
    for name in every if isinstance(every, list) else []:
        if name in (WIRES, PROVIDER):
            continue
        node = known.get(name) or {"name": name, "kind": name, "power": "on", "ready": True}
        node.pop("pid", None)
        if node["kind"] in TOLD:
            node |= _machine(kept, name, TOLD[node["kind"]])
        interfaces = _interfaces(kept.namespace(name))
        addresses = [address.partition("/")[0] for listed in interfaces.values() for address in listed]
        nodes.append({**node, "addresses": addresses, "interfaces": interfaces})
    return nodes


def _machine(kept: State, name: str, keys: Sequence[str]) -> Node:
    try:
        answer = state.ask(kept.node(name) / "console", {"verb": "status"}, timeout=30)
    except (ConnectionError, TimeoutError):  # off, or booting
        return dict.fromkeys(keys)
    told = answer.get("status")
    if not isinstance(told, dict):
        raise TwinError(f"{name}: {answer.get('error')}")
    return {key: told.get(key) for key in keys}


def _interfaces(namespace: str) -> dict[str, list[str]]:
    argv = ["ip", "-n", namespace, "-j", "-4", "address", "show"]
    shown = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    found: dict[str, list[str]] = {}
    for item in json.loads(shown or "[]"):
        for entry in item.get("addr_info", ()):
            if not entry["local"].startswith("127."):
                found.setdefault(item["ifname"], []).append(f"{entry['local']}/{entry['prefixlen']}")
    return found


def table(nodes: list[Node]) -> str:
    """The same for a person."""
    if not nodes:
        return "the twin is not up"
    rows: list[Sequence[str]] = [HEADINGS]
    for node in nodes:
        platform = f"{node['platform']} {node['release']}" if "platform" in node else node.get("model") or ""
        addresses = " ".join(node["addresses"])
        rows.append((node["name"], node["kind"], platform, node["power"], _condition(node), addresses))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def _condition(node: Node) -> str:
    circuits = [_circuit_condition(name, told) for name, told in node.get("circuits", {}).items()]
    return ", ".join(filter(None, [_machine_condition(node), *circuits]))


def _circuit_condition(name: str, told: dict[str, Any]) -> str:
    """What is bad about a circuit; "" when nothing is."""
    bad = ["cut"] if told["state"] != "up" else []
    bad += [f"{told['delay_ms']:g} ms late"] if told["delay_ms"] else []
    bad += [f"{told['loss_pct']:g} % lost"] if told["loss_pct"] else []
    return " ".join([name, *bad]) if bad else ""


def _machine_condition(node: Node) -> str:
    if node["power"] == "off":
        return "-"
    if not node["ready"]:
        return "booting"
    if node["kind"] == "call-server":
        return f"{len(node['registrations'] or ())} registered"
    if node["kind"] not in TOLD:
        return "up"
    if node.get("factory_new"):
        return "factory-new"
    return "registered" if node.get("registered") else "provisioned"
