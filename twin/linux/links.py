"""Interfaces: reads what there is, compares with what is wanted, and changes the difference."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from twin.device import MeaningError
from twin.linux.commands import batch, run
from twin.meaning import Link

MTU = {"ethernet": 1500, "wireguard": 1420}  # when the configuration says nothing
SHOW = ("ip", "-j", "-d", "address", "show")
MADE = {"bridge": "bridge", "ifb": "dummy", "tun": "wireguard"}  # kernel's kind -> ours


@dataclass
class Actual:
    """An interface as it is now."""

    kind: str
    up: bool
    mtu: int
    master: str | None
    addresses: set[str] = field(default_factory=set)


async def read() -> dict[str, Actual]:
    """The interfaces of this namespace."""
    return parse(await run(SHOW))


def parse(shown: str) -> dict[str, Actual]:
    """The interfaces that SHOW printed; `ip` prints {} for what it skips."""
    return {item["ifname"]: _actual(item) for item in json.loads(shown or "[]") if item}


def _actual(item: dict[str, Any]) -> Actual:
    made = item.get("linkinfo", {}).get("info_kind")
    kind = "loopback" if item["ifname"] == "lo" else MADE.get(made, "ethernet")
    addresses = {
        f"{entry['local']}/{entry['prefixlen']}" for entry in item["addr_info"] if entry.get("scope") == "global"
    }
    return Actual(kind, "UP" in item["flags"], item["mtu"], item.get("master"), addresses)


def check(links: Sequence[Link], ports: Sequence[str]) -> None:
    """Refuse what Linux would refuse, before anything is changed; raises MeaningError."""
    names = [link.name for link in links]
    masters: dict[str, str] = {}
    for link in links:
        if names.count(link.name) > 1:
            raise MeaningError(f"interface {link.name} is described twice")
        _check_one(link, ports)
        for member in link.members:
            if member not in names:
                raise MeaningError(f"bridge {link.name} has a member {member} that is not described")
            if member in masters:
                raise MeaningError(f"{member} is a member of both {masters[member]} and {link.name}")
            masters[member] = link.name


def _check_one(link: Link, ports: Sequence[str]) -> None:
    if not 0 < len(link.name) <= 15:
        raise MeaningError(f"interface name {link.name!r} has more than 15 characters")
    if link.kind == "ethernet" and link.name not in ports:
        raise MeaningError(f"there is no ethernet port {link.name}")
    if link.kind != "ethernet" and link.name in ports:
        raise MeaningError(f"{link.name} is an ethernet port, not a {link.kind}")
    for address in link.addresses:
        try:
            ipaddress.ip_interface(address)
        except ValueError as error:
            raise MeaningError(f"{link.name}: {error}") from error


def difference(links: Sequence[Link], actual: Mapping[str, Actual], leased: Mapping[str, str]) -> list[str]:
    """The `ip` lines that turn what is there into what is wanted.

    ``leased`` holds the address that a DHCP client has put on an interface. wireguard interfaces must exist already:
    their process makes and removes them.
    """
    wanted = {link.name: link for link in links}
    masters = {member: link.name for link in links for member in link.members}
    # An address leaves its old interface before it comes to a new one, and interfaces before their addresses.
    remove: list[str] = []
    create: list[str] = []
    detach: list[str] = []
    release: list[str] = []
    add: list[str] = []
    up: list[str] = []
    for name, now in actual.items():
        link = wanted.get(name)
        if link is None and now.kind in ("bridge", "dummy"):
            remove.append(f"link delete {name}")
            continue
        if now.master is not None and masters.get(name) != now.master:
            detach.append(f"link set {name} nomaster")
        release += _released(name, now, link, leased)
        if link is None and now.kind == "ethernet" and now.up:
            up.append(f"link set {name} down")
    for link in links:
        present = actual.get(link.name)
        if present is None:
            create.append(_create(link))
        have = present.addresses if present else set()
        wished = map(_canonical, link.addresses)
        add += [f"address replace {address} dev {link.name}" for address in wished if address not in have]
        up += _settled(link, present, masters.get(link.name))
    return [*remove, *create, *detach, *release, *add, *up]


def _released(name: str, now: Actual, link: Link | None, leased: Mapping[str, str]) -> list[str]:
    """Takes the addresses off that are not wanted."""
    keep = {_canonical(address) for address in link.addresses} if link else set()
    keep |= {leased[name]} if name in leased else set()
    return [f"address delete {address} dev {name}" for address in sorted(now.addresses - keep)]


def _settled(link: Link, present: Actual | None, master: str | None) -> list[str]:
    """Gives an interface its MTU, its bridge and its state."""
    lines = []
    mtu = link.mtu or MTU.get(link.kind)
    if mtu is not None and (present is None or present.mtu != mtu):
        lines.append(f"link set {link.name} mtu {mtu}")
    if master is not None and (present is None or present.master != master):
        lines.append(f"link set {link.name} master {master}")
    if (present.up if present else False) != link.up:
        lines.append(f"link set {link.name} {'up' if link.up else 'down'}")
    return lines


def _canonical(address: str) -> str:
    return str(ipaddress.ip_interface(address))


def _create(link: Link) -> str:
    if link.kind == "bridge":
        return f"link add {link.name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0"
    if link.kind == "dummy":  # kernels without the dummy driver have ifb, which drops what it is given just as well
        return f"link add {link.name} type ifb"
    raise MeaningError(f"{link.name}: there is no {link.kind} interface of this name")


async def change(links: Sequence[Link], leased: Mapping[str, str]) -> None:
    """Make the interfaces match; raises MeaningError with the kernel's words."""
    await batch(["ip"], difference(links, await read(), leased))


def clearing(actual: Mapping[str, Actual]) -> list[str]:
    """The `ip` lines that take everything off that a configuration had put on: what a power cut does."""
    lines = []
    for name, now in actual.items():
        if now.kind in ("bridge", "dummy"):
            lines.append(f"link delete {name}")
        elif now.kind != "wireguard":  # that went with its process
            lines += [f"address flush dev {name} scope global"]
            lines += [f"link set {name} {'up' if now.kind == 'loopback' else 'down'}"]
    return [*lines, "route flush table main"]


async def clear() -> None:
    """Begin with bare ports."""
    await batch(["ip"], clearing(await read()))
