"""Platforms: what each brand of router needs, one folder for each, with the same files in each.

A platform is a package ``diemcau.platforms.<name>`` that offers what :class:`Platform` lists.
Adding one adds a folder here and one under ``templates/``, and changes no other file.
"""

from __future__ import annotations

import importlib
import ipaddress
import pkgutil
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from diemcau.errors import DiemcauError
from diemcau.intent import SECTIONS, Router
from diemcau.redaction import Secret

# WireGuard makes a new handshake every 120 s while there is traffic and drops a session after 180 s
# (WireGuard white paper, section 6.1); keepalives make sure that there is traffic.
HANDSHAKE_LIMIT = 180


@dataclass(frozen=True)
class Statement:
    """One statement in the device's own language."""

    text: str | Secret  # Secret when the statement carries one
    shown: str  # the same for people: secrets as ***
    section: str  # the role it came from: "firewall"


@dataclass(frozen=True)
class Plan:
    """What turns the running configuration into the desired one, in the order in which it is sent."""

    statements: tuple[Statement, ...]
    unmanaged: tuple[str, ...] = ()  # paths on the device that no section owns: left alone and reported

    def __bool__(self) -> bool:
        return bool(self.statements)

    def shown(self) -> str:
        """The statements for people, one a line, secrets masked."""
        return "".join(f"{statement.shown}\n" for statement in self.statements)


@dataclass(frozen=True)
class Running:
    """What one reading of a device brought."""

    release: str  # "7.18" (major.minor), as the device says
    text: Secret  # the configuration in the form that parse() reads
    pending: str | None = None  # words about a revert timer that an earlier run left, if any
    leftovers: bool = False  # whether files or entries of an interrupted run are there that revert nothing


@dataclass(frozen=True)
class Port:
    """A port as the router sees it."""

    link: bool  # somebody is at the other end of the cable
    address: bool  # it has an address, by hand or by a lease


@dataclass(frozen=True)
class Hop:
    """Where a route leads."""

    gateway: str  # "" = the network is at the interface itself
    interface: str


@dataclass(frozen=True)
class State:
    """What a router says about its tunnels, its LAN, its circuits, and its clock."""

    handshakes: dict[str, int]  # peer's public key -> seconds since the last handshake; absent = never
    leases: dict[str, str]  # MAC (lower case, colons) -> address, by DHCP or ARP
    neighbors: dict[str, bool]  # BGP neighbour's address -> established
    ports: dict[str, Port] = field(default_factory=dict)  # by interface
    routes: dict[str, Hop] = field(default_factory=dict)  # prefix ("0.0.0.0/0" the default) -> the one in use
    clock_ahead: float = 0.0  # seconds that the router's clock is ahead of ours; behind: negative


def ahead(clock: float, asked: float, answered: float) -> float:
    """How far a clock that shows whole seconds is ahead, when it was read at some moment between the two."""
    if asked - 1 <= clock <= answered:
        return 0.0
    return clock - answered if clock > answered else clock + 1 - asked


Facts = frozenset[tuple[object, ...]]  # in the platform's own words: compared, and never shown


@dataclass(frozen=True)
class End:
    """One tunnel at this end."""

    peer: str  # name of the other site
    interface: str
    public_key: str
    own: Facts  # what belongs to this tunnel alone
    shared: Facts  # what all tunnels of the interface hang on: key, port, address


@dataclass(frozen=True)
class Ends:
    """All tunnels of a router."""

    wan: Facts  # the addresses of its circuits, which every tunnel hangs on
    tunnels: frozenset[End]


@dataclass(frozen=True)
class Moment:
    """Steps of a commit, for whoever changes another device in the same moment."""

    # Everything is on the device but the last word. May wait; raises DiemcauError when it is not to be spoken.
    ready: Callable[[], object] = lambda: None
    # The device has the last word: it makes the change, whatever becomes of the session.
    under_way: Callable[[], object] = lambda: None
    # The session broke off; when that was before it was under way, nobody knows what became of the change.
    lost: Callable[[DiemcauError], object] = lambda error: None


AT_ONCE = Moment()


class Driver(Protocol):
    """One device over one SSH session. Every method raises only what ``diemcau.errors`` defines."""

    def read(self) -> Running: ...

    def commit(self, plan: Plan, minutes: int, moment: Moment = AT_ONCE) -> None:
        """Put the plan on the device so that it takes it back by itself after ``minutes`` unless confirmed.

        Raises Refused when the device refuses a statement, and what ``moment.ready`` raises; then the device is as
        before.
        """

    def confirm(self) -> None:
        """Make the change stay and save it. Called on a *new* session.

        When it cannot be saved it is not confirmed either: the device takes it back.
        """

    def tidy(self) -> None:
        """Remove what :attr:`Running.leftovers` tells of."""

    def state(self) -> State: ...

    def close(self) -> None: ...


class Platform(Protocol):
    """What ``diemcau.platforms.<name>`` offers."""

    EXTENSION: str  # of files in its language: "rsc", "vyos"
    RELEASES: tuple[str, ...]

    def render(self, router: Router, sections: Collection[str]) -> dict[str, Secret]:
        """Section -> text in the device's language, through ``templates/<platform>/<section>.j2``."""

    def bundle(self, router: Router, host_key: Secret) -> Secret:
        """The file that a technician imports into a factory-new unit: WAN, tunnels, routing, safe management."""

    def parse(self, text: str | Secret) -> Any:
        """Text to the platform's model. Never loses or invents a statement; secrets become ``Secret``."""

    def plan(self, running: Any, desired: Any, sections: Collection[str]) -> Plan:
        """The statements that turn ``running`` into ``desired`` within ``sections``."""

    def way_in(self, statement: Statement) -> bool:
        """Whether a statement of the sections system, firewall or qos bears on how the router itself is entered."""

    def takes_away(self, statement: Statement) -> bool:
        """Whether a statement takes away, changes or refuses something that a call may use."""

    def ends(self, model: Any) -> Ends:
        """What each tunnel of a model hangs on at this end."""

    def held(self, running: Any, desired: Any, interfaces: Collection[str]) -> Any:
        """``desired`` with these tunnel interfaces and their peers as they run."""

    def connect(self, target: Any) -> Driver:
        """Open a session to ``target`` (a ``diemcau.transport.ssh.Target``)."""


def bundle_sections(router: Router) -> tuple[str, ...]:
    """What a bundle holds: WAN, tunnels, routing and safe management.

    The room LAN comes later through the tunnels, except where the control machine itself stands on it: it has no
    other way in. So do the queues: a router takes back what it was sent through a tunnel when nobody comes through any
    more, but not what came from a stick.
    """
    later = {"qos"} if control_on_lan(router) else {"qos", "lan"}
    return tuple(section for section in SECTIONS if section not in later)


def control_on_lan(router: Router) -> bool:
    """Whether the control machine stands on this router's room LAN."""
    lan = ipaddress.ip_network(router.lan.prefix)
    return any(ipaddress.ip_network(prefix).network_address in lan for prefix in router.firewall.management)


def names() -> list[str]:
    """All platforms that exist, by name."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Platform:
    """The platform of that name; the inventory check has made sure that it exists."""
    return cast(Platform, importlib.import_module(f"diemcau.platforms.{name}"))
