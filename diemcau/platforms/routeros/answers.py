"""What a RouterOS console prints, as data."""

from __future__ import annotations

import re
from datetime import datetime

from diemcau.errors import Problem, Unexpected
from diemcau.platforms import Hop, Port
from diemcau.platforms.routeros.menus import ENTRIES, SETTINGS
from diemcau.platforms.routeros.parse import seconds
from diemcau.platforms.routeros.words import quote

REVERT = "diemcau-revert"  # what the schedulers of a revert are called, and its backup
PENDING = f"the scheduler {REVERT} is on the router"
_PAIR = re.compile(r"(?:^|\s)(\.?[a-z][a-z0-9.-]*)=(.*?)(?=\s+\.?[a-z][a-z0-9.-]*=|\s*$)")


def release(resource: str) -> str:
    """``7.18`` out of ``/system resource print``."""
    match = re.search(r"version: (\d+\.\d+)", resource)
    if not match:
        raise Unexpected(Problem(found="the router does not say which release it runs"))
    return match[1]


def entries(printed: str) -> list[tuple[str, dict[str, str]]]:
    """Flags and values of each entry of a ``print terse``, which quotes nothing: a value ends where a key begins.

    Routes that nobody configured have no number.
    """
    found = []
    for line in printed.splitlines():
        match = re.match(r"\s*(?:\d+\s+)?((?:[A-Za-z*]+\s+)*?)(?=[a-z][a-z0-9.-]*=)(.*)", line)
        if match:
            found.append((match[1].strip(), {key: value.strip('"') for key, value in _PAIR.findall(match[2])}))
    return found


def complete(export: str) -> None:
    """RouterOS leaves out what does not answer in time and says so in a comment. Raises Unexpected.

    A menu of hardware that is not there is never missed.
    """
    for line in export.splitlines():
        failed = re.match(r'# ?error exporting "?(/[^"(]*)', line)
        menu = " ".join(failed[1].strip().split("/")).replace(" ", "/", 1) if failed else ""
        ours = any(known == menu or known.startswith(f"{menu} ") for known in (*ENTRIES, *SETTINGS))
        if (failed and ours) or re.match(r"# ?interrupted", line):
            raise Unexpected(Problem(found=f"the export of the configuration is incomplete: {line[:80]}"))


def configuration(export: str, users: str, keys: str) -> str:
    """The export without its comments and revert timers, with the users and keys that an export leaves out."""
    lines = [
        line
        for line in export.splitlines()
        if not line.startswith("#") and not (line.startswith("/system scheduler") and REVERT in line)
    ]
    for _, user in entries(users):
        address = f" address={quote(user['address'])}" if user.get("address") else ""
        comment = f" comment={quote(user['comment'])}" if user.get("comment") else ""
        lines.append(f"/user add name={quote(user['name'])} group={quote(user['group'])}{address}{comment}")
    for _, key in entries(keys):
        owner = key.get("key-owner") or key.get("info", "")  # the key's comment: "info" from 7.20
        lines.append(f"/user ssh-keys add user={quote(key['user'])} key-owner={quote(owner)}")
    return "".join(f"{line}\n" for line in lines)


def timers(export: str) -> int:
    """How many entries of a revert timer there are."""
    return sum(line.startswith("/system scheduler") and REVERT in line for line in export.splitlines())


def handshakes(peers: str) -> dict[str, int]:
    """WireGuard peers: public key -> seconds since the last handshake."""
    return {
        peer["public-key"]: seconds(peer["last-handshake"])
        for _, peer in entries(peers)
        if peer.get("last-handshake") and peer["last-handshake"] != "never"
    }


def neighbors(sessions: str) -> dict[str, bool]:
    """BGP sessions: the other end's address -> established."""
    return {s["remote.address"]: "E" in flags for flags, s in entries(sessions) if "remote.address" in s}


def leases(leased: str, arp: str) -> dict[str, str]:
    """MAC -> address, of DHCP leases and ARP.

    A host that keeps its lease over a restart of the router is seen by ARP only, until it asks for the lease again.
    """
    return {
        host["mac-address"].lower(): host["address"]
        for _, host in entries(arp)
        if host.get("mac-address") and host.get("status") not in ("failed", "incomplete")
    } | {
        lease["active-mac-address"].lower(): lease["active-address"]
        for _, lease in entries(leased)
        if lease.get("active-address") and lease.get("active-mac-address")
    }


def ports(interfaces: str, addresses: str) -> dict[str, Port]:
    """Interfaces: ``R`` stands for running, which of a port means that it has a link."""
    addressed = {entry.get("interface", "") for flags, entry in entries(addresses) if "X" not in flags}
    return {
        entry["name"]: Port("R" in flags, entry["name"] in addressed)
        for flags, entry in entries(interfaces)
        if "name" in entry
    }


def routes(printed: str) -> dict[str, Hop]:
    """Active routes: ``immediate-gw`` is ``10.77.250.1%wg0``, or an interface alone."""
    found = {}
    for _, entry in entries(printed):
        first = entry.get("immediate-gw", "").partition(",")[0]
        gateway, percent, interface = first.partition("%")
        if first and entry.get("dst-address"):
            found[entry["dst-address"]] = Hop(gateway, interface) if percent else Hop("", first)
    return found


def clock(printed: str) -> float:
    """Seconds since 1970 out of ``/system clock print``."""
    words = dict(re.findall(r"^\s*([a-z-]+): (\S+)", printed, re.MULTILINE))
    try:
        text = f"{words['date']} {words['time']} {words['gmt-offset']}"
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp()
    except (KeyError, ValueError):
        raise Unexpected(
            Problem(found=f"the router's clock cannot be read: {' '.join(printed.split())[:120]!r}")
        ) from None
