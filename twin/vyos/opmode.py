"""Operational commands: ``show …``, ``ping``, ``reboot`` and the few others that people and scripts use."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from twin.vyos import curly
from twin.vyos.candidate import Answer
from twin.vyos.factory import TRAINS, VERSIONS
from twin.vyos.schema import Node, locate
from twin.vyos.system import System
from twin.vyos.tree import Tree, below, commands, get, natural, value, values

WORDS = ("show", "ping", "traceroute", "reset", "restart", "clear", "monitor", "generate", "poweroff", "renew", "force")


async def run(system: System, words: Sequence[str]) -> Answer:
    """An operational command (``reboot``, ``configure`` and ``set terminal`` belong to the shell)."""
    for pattern, handler in _HANDLERS:
        arguments = _match(pattern, words)
        if arguments is not None:
            answer: Answer = await handler(system, arguments)
            return answer
    return invalid(words)


def _match(pattern: tuple[str, ...], words: Sequence[str]) -> list[str] | None:
    """The words that stand for "*" (one) and "**" (any number); None when it is another command."""
    found: list[str] = []
    for index, expected in enumerate(pattern):
        if expected == "**":
            return [*found, *words[index:]]
        if index >= len(words) or expected not in ("*", words[index]):
            return None
        if expected == "*":
            found.append(words[index])
    return found if len(words) == len(pattern) else None


def invalid(words: Sequence[str]) -> Answer:
    """How the device refuses words it does not know, and words that are not enough."""
    good = 0
    for pattern, _ in _HANDLERS:
        length = 0
        while length < min(len(pattern), len(words)) and pattern[length] in ("*", "**", words[length]):
            length += 1
        good = max(good, length)
    if good >= len(words):
        return Answer(f"\n  Incomplete command: {' '.join(words)}\n\n", 1)
    before = " ".join(words[:good])
    return Answer(f"\n  Invalid command: {before + ' ' if before else ''}[{words[good]}]\n\n", 1)


async def _version(system: System, arguments: list[str]) -> Answer:
    return Answer(
        f"Version:          {VERSIONS[system.release]}\n"
        f"Release train:    {TRAINS[system.release]}\n"
        "Release flavor:   generic\n\n"
        "Built by:         twin@localhost\n"
        "Built on:         Fri 15 Nov 2024 00:07 UTC\n"
        "Build UUID:       00000000-0000-4000-8000-000000000000\n"
        "Build commit ID:  0000000000000\n\n"
        "Architecture:     x86_64\n"
        "Boot via:         installed image\n"
        "System type:      bare metal\n\n"
        "Hardware vendor:  Twin\n"
        "Hardware model:   Virtual router\n"
        f"Hardware S/N:     {system.unit.name}\n"
        "Hardware UUID:    Unknown\n\n"
        "Copyright:        VyOS maintainers and contributors\n"
    )


async def _configuration(system: System, arguments: list[str]) -> Answer:
    place, _ = locate(system.schema, tuple(arguments))
    if place is None:
        return Answer(f"\n  Configuration path: [{' '.join(arguments)}] is not valid\n  Show failed\n\n", 1)
    found = get(system.running, *arguments)
    if found is None:
        return Answer("Configuration under specified path is empty\n", 1)
    return Answer(curly.render(found, place.node))


async def _commands(system: System, arguments: list[str]) -> Answer:
    return Answer(commands(system.running, system.schema))


async def _json(system: System, arguments: list[str]) -> Answer:
    return Answer(json.dumps(_plain(system.running, system.schema), indent=4 if arguments else None) + "\n")


def _plain(tree: Tree, node: Node, at_value: bool = False) -> Any:
    if node.kind == "leaf" and not at_value:
        found = list(tree)
        return {} if not node.valued else found if node.multi else found[0]
    if node.kind == "tag" and not at_value:
        return {name: _plain(child, node, True) for name, child in tree.items()}
    return {name: _plain(child, node.children[name]) for name, child in tree.items()}


async def _interfaces(system: System, arguments: list[str]) -> Answer:
    kind, name = [*arguments, "", ""][:2]
    configured = below(system.running, "interfaces")
    if kind and kind not in ("ethernet", "bridge", "dummy", "loopback", "wireguard"):
        return invalid(["show", "interfaces", kind])
    actual = await _links(system)
    rows = []
    for one_kind, named in configured.items():
        for one, node in named.items():
            if (kind and one_kind != kind) or (name and one != name):
                continue
            link = actual.get(one, {})
            addresses = [f"{item['local']}/{item['prefixlen']}" for item in link.get("addr_info", ())
                         if item.get("scope") == "global"]  # fmt: skip
            addresses = addresses or [text for text in values(node, "address") if text != "dhcp"] or ["-"]
            flags = link.get("flags", [])
            state = (
                "A/D" if "disable" in node else f"{'u' if 'UP' in flags else 'D'}/{'u' if 'LOWER_UP' in flags else 'D'}"
            )
            mac = link.get("address", value(node, "hw-id") or "n/a")
            mtu = str(link.get("mtu", value(node, "mtu") or 1500))
            rows.append([one, addresses[0], mac, "default", mtu, state, value(node, "description") or ""])
            rows += [["", address, "", "", "", "", ""] for address in addresses[1:]]
    head = ["Interface", "IP Address", "MAC", "VRF", "MTU", "S/L", "Description"]
    return Answer("Codes: S - State, L - Link, u - Up, D - Down, A - Admin Down\n" + table(head, rows))


async def _links(system: System) -> dict[str, Any]:
    try:
        found = json.loads(await system.host.run("ip", "-j", "address", "show", check=False) or "[]")
    except json.JSONDecodeError:
        return {}
    return {item["ifname"]: item for item in found if "ifname" in item}


def table(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


async def _leases(system: System, arguments: list[str]) -> Answer:
    try:
        lines = system.host.lease_file.read_text().splitlines()
    except OSError:
        lines = []
    rows = []
    pools = list(below(system.running, "service", "dhcp-server", "shared-network-name"))
    for line in sorted(lines, key=lambda line: natural(line.split()[2])):
        expiry, mac, address, name, *_ = line.split()
        end = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime(int(expiry)))
        left = max(0, int(expiry) - int(time.time()))
        remaining = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
        rows.append([address, mac, "active", end, remaining, pools[0] if pools else "", name.replace("*", "")])
    head = ["IP Address", "MAC address", "State", "Lease expiration", "Remaining", "Pool", "Hostname"]
    return Answer(table(head, rows))


async def _vtysh(system: System, arguments: list[str]) -> Answer:
    return Answer(await system.host.run("vtysh", "-c", " ".join(["show", *arguments]), check=False))


async def _bgp(system: System, arguments: list[str]) -> Answer:
    return await _vtysh(system, ["bgp", *arguments])


async def _ip_bgp(system: System, arguments: list[str]) -> Answer:
    return await _vtysh(system, ["ip", "bgp", *arguments])


async def _route(system: System, arguments: list[str]) -> Answer:
    return await _vtysh(system, ["ip", "route", *arguments])


async def _wireguard(system: System, arguments: list[str]) -> Answer:
    return Answer(await system.host.run("wg", "show", arguments[0], check=False))


async def _firewall(system: System, arguments: list[str]) -> Answer:
    return Answer(await system.host.run("nft", "list", "ruleset", check=False))


async def _arp(system: System, arguments: list[str]) -> Answer:
    return Answer(await system.host.run("ip", "-4", "neighbour", "show", check=False))


async def _ping(system: System, arguments: list[str]) -> Answer:
    target, *options = arguments
    count = options[options.index("count") + 1] if "count" in options[:-1] else "4"
    if not count.isdigit():
        return invalid(["ping", target, "count", count])
    output = await system.host.run("ping", "-c", count, "-W", "2", target, check=False)
    return Answer(output, 0 if " 0% packet loss" in output else 1)


_HANDLERS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("show", "version"), _version),
    (("show", "configuration"), _configuration),
    (("show", "configuration", "commands"), _commands),
    (("show", "configuration", "json"), _json),
    (("show", "configuration", "json", "*"), _json),
    (("show", "interfaces"), _interfaces),
    (("show", "interfaces", "wireguard", "*", "summary"), _wireguard),
    (("show", "interfaces", "*"), _interfaces),
    (("show", "interfaces", "*", "*"), _interfaces),
    (("show", "dhcp", "server", "leases"), _leases),
    (("show", "bgp", "**"), _bgp),
    (("show", "ip", "bgp", "**"), _ip_bgp),
    (("show", "ip", "route", "**"), _route),
    (("show", "firewall"), _firewall),
    (("show", "arp"), _arp),
    (("ping", "*", "**"), _ping),
)
