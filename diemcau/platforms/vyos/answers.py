"""What VyOS answers, understood: lines of output to facts. Raises Unexpected for what is not known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from diemcau.errors import Problem, Unexpected
from diemcau.platforms import Hop, Plan, Port, Statement
from diemcau.platforms.vyos.parse import wrap
from diemcau.platforms.vyos.words import split
from diemcau.redaction import MASK, Secret, reveal

_ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}"
_MAC = r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"


def release(host: str, lines: Sequence[str]) -> str:
    """``Version:  VyOS 1.4.3`` -> ``1.4``."""
    found = re.search(r"^Version:\s+VyOS (\d+\.\d+)", "\n".join(lines), re.MULTILINE)
    if not found:
        raise Unexpected(
            Problem(host=host, found=f"no VyOS release in the answer to 'show version': {' '.join(lines)[:120]!r}")
        )
    return found[1]


def pending(host: str, lines: Sequence[str]) -> str | None:
    """What ``systemctl is-active`` says of the revert timer, as words for a person, or None when none runs."""
    word = " ".join(lines).strip()
    if word in ("inactive", "failed", "unknown"):
        return None
    if word in ("active", "activating"):
        return "commit-confirm waits for its confirmation"
    raise Unexpected(Problem(host=host, found=f"the state of the commit-confirm timer is not known: {word[:120]!r}"))


def refusal(lines: Sequence[str], secrets: Iterable[str]) -> str:
    """The router's words about a statement, on one line, secrets masked; empty when there is nothing to complain.

    VyOS says nothing about an accepted statement, and that a path "already exists" when it was set twice.
    """
    words = " ".join(line.strip() for line in lines if "already exists" not in line)
    for secret in secrets:
        words = words.replace(secret, MASK)
    return words.strip()


def secrets_of(plan: Plan) -> set[str]:
    """All secret words that a plan sends."""
    found = {s for st in plan.statements for s in wrap(split(reveal(st.text))[1:]) if isinstance(s, Secret)}
    return {secret.reveal() for secret in found if secret.reveal()}


def blamed(plan: Plan, words: str) -> Statement | None:
    """The first statement of the plan below the path that a failed commit names: ``[[interfaces wireguard wg0]]``."""
    for path in re.findall(r"\[\[?\s*([a-z][^\[\]]*?)\s*\]", words):
        for statement in plan.statements:
            if f"{statement.shown} ".split(" ", 1)[1].startswith(f"{path} "):
                return statement
    return None


def handshakes(lines: Sequence[str], now: int) -> dict[str, int]:
    """``wg show all latest-handshakes`` (interface, key, epoch seconds; 0 = never) -> key -> seconds ago."""
    ages = {}
    for line in lines:
        words = line.split()
        if len(words) == 3 and words[2].isdigit() and words[2] != "0":
            ages[words[1]] = max(now - int(words[2]), 0)
    return ages


def leases(lease_lines: Sequence[str], neighbor_lines: Sequence[str]) -> dict[str, str]:
    """MAC -> address, from ``show dhcp server leases`` and ``ip -4 neigh show``.

    The DHCP server of 1.4 keeps no lease for a reservation; its host shows among the neighbours of the bridge.
    """
    found = {}
    for line in neighbor_lines:
        if known := re.match(rf"({_ADDRESS}) dev br\d+ lladdr ({_MAC}) (?:router )?\w+$", line.strip()):
            found[known[2].lower()] = known[1]
    for line in lease_lines:
        if leased := re.match(rf"({_ADDRESS})\s+({_MAC})\s+active\b", line.strip()):
            found[leased[2].lower()] = leased[1]
    return found


def neighbors(host: str, lines: Sequence[str]) -> dict[str, bool]:
    """FRR's BGP summary as JSON -> neighbour's address -> established. No BGP at all is an empty answer."""
    text = "\n".join(lines).strip()
    try:
        summary = json.loads(text) if text.startswith("{") else {}
    except ValueError:
        raise Unexpected(Problem(host=host, found=f"the BGP summary cannot be read: {text[:120]!r}")) from None
    summary = summary.get("ipv4Unicast", summary)  # some releases of FRR name the address family first
    return {address: peer.get("state") == "Established" for address, peer in summary.get("peers", {}).items()}


def ports(host: str, lines: Sequence[str]) -> dict[str, Port]:
    """``ip -json address show``: LOWER_UP means that somebody is at the other end of the cable."""
    return {
        str(item["ifname"]): Port(
            link="LOWER_UP" in item.get("flags", ()),
            address=any(address.get("family") == "inet" for address in item.get("addr_info", ())),
        )
        for item in _listed(host, "interfaces", lines)
        if "ifname" in item
    }


def routes(host: str, lines: Sequence[str]) -> dict[str, Hop]:
    """``ip -json -4 route show``: of two routes to one prefix the kernel takes the one with the lower metric."""
    found: dict[str, tuple[int, Hop]] = {}
    for item in _listed(host, "routes", lines):
        if "dev" not in item or "linkdown" in item.get("flags", ()):
            continue
        prefix = "0.0.0.0/0" if item.get("dst") == "default" else str(item.get("dst", ""))
        prefix = prefix if "/" in prefix else f"{prefix}/32"
        metric, hop = int(item.get("metric", 0)), Hop(str(item.get("gateway", "")), str(item["dev"]))
        if prefix not in found or metric < found[prefix][0]:
            found[prefix] = (metric, hop)
    return {prefix: hop for prefix, (_, hop) in found.items()}


def _listed(host: str, what: str, lines: Sequence[str]) -> list[dict[str, Any]]:
    """A list of objects in JSON; what is no object is left out. Nothing at all is an empty answer."""
    text = "\n".join(lines).strip()
    try:
        found = json.loads(text) if text else []
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise Unexpected(Problem(host=host, found=f"the router's {what} cannot be read: {text[:120]!r}"))
    return [item for item in found if isinstance(item, dict)]
