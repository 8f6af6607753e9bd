"""What changes on which device, and what follows for people: the way to the device itself, a call, a restart.

Made from ``intended/`` of another branch (:func:`since`) or from what the devices themselves said in this run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from diemcau import endpoints, naming, platforms
from diemcau.design.district import District
from diemcau.endpoints import Change
from diemcau.errors import DiemcauError, Problem, Unexpected
from diemcau.intent import SECTIONS, Endpoint, Router
from diemcau.platforms import Platform, Statement
from diemcau.redaction import joined

WAY = frozenset(("wan", "vpn", "routing"))  # every statement of these bears on how the router itself is reached
CARRIES = WAY | {"lan", "firewall", "qos"}  # what a call goes through

News = Literal["", "new", "gone", "other"]  # other: another platform or family than before


@dataclass(frozen=True)
class ChangeLine:
    """One statement and what may follow from it."""

    section: str  # "firewall"; of an endpoint "room"
    shown: str  # secrets as ***
    way: bool = False  # bears on how the device itself is reached
    call: bool = False  # may end a call that goes through it
    restart: bool = False  # takes effect with the device's next start


@dataclass(frozen=True)
class DeviceChanges:
    """One device and everything that a run would send to it."""

    host: str
    lines: tuple[ChangeLine, ...] = ()
    news: News = ""
    restart: bool = False
    left_alone: tuple[str, ...] = ()  # on the device and not the suite's business, or no longer asked for
    problem: str = ""  # why nothing is known of it; "" = it was compared
    in_call: bool = False  # the problem is a call: endpoints that are in one are not even read

    @property
    def differs(self) -> bool:
        """Whether anything has to be sent."""
        return bool(self.lines or self.news or self.restart)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of its statements, each once, in order."""
        return tuple(dict.fromkeys(line.section for line in self.lines))

    def of(self, section: str) -> list[ChangeLine]:
        """The statements of one section."""
        return [line for line in self.lines if line.section == section]

    @property
    def way(self) -> tuple[str, ...]:
        """The sections of which a statement bears on how the device itself is reached."""
        return tuple(dict.fromkeys(line.section for line in self.lines if line.way))

    @property
    def call(self) -> bool:
        """Whether a call through it may be lost."""
        return any(line.call for line in self.lines)


@dataclass(frozen=True)
class Base:
    """Another state of ``intended/``."""

    name: str  # "origin/main"
    files: Mapping[str, str] = field(default_factory=dict)  # file name -> text


def of_router(router: Router, platform: Platform, statements: Sequence[Statement]) -> tuple[ChangeLine, ...]:
    """A router's statements with what may follow from each.

    The room LAN is a part of the way where the control machine stands on it.
    """
    way = WAY | {"lan"} if platforms.control_on_lan(router) else WAY
    return tuple(
        ChangeLine(
            section=statement.section,
            shown=statement.shown,
            way=statement.section in way or platform.way_in(statement),
            call=statement.section in CARRIES and platform.takes_away(statement),
        )
        for statement in statements
    )


def of_room(changes: Sequence[Change]) -> tuple[ChangeLine, ...]:
    """An endpoint's settings with what may follow from each. No call is lost: a room in a call is left alone."""
    return tuple(
        ChangeLine(
            section="room",
            shown=change.shown,
            way=change.reach,
            restart=change.restart,
        )
        for change in changes
    )


def as_data(lines: Sequence[ChangeLine]) -> list[dict[str, Any]]:
    """For the result of a task."""
    return [asdict(line) for line in lines]


def told(host: str, outcome: Mapping[str, Any] | None, problem: str, in_call: bool) -> DeviceChanges | None:
    """A device by the result of the task that compared it; None when it was not asked."""
    if problem:
        return DeviceChanges(host, problem=problem, in_call=in_call)
    if not outcome or "lines" not in outcome:
        return None
    lines = tuple(ChangeLine(**line) for line in outcome["lines"])
    left_alone = tuple(outcome.get("unmanaged", ()))
    return DeviceChanges(host, lines, restart=bool(outcome.get("reboot")), left_alone=left_alone)


def since(base: Base, district: District) -> list[DeviceChanges]:
    """Every device of the district, and those that it no longer has, against ``base``. Compared as data."""
    found = [*_routers(base, district), *_rooms(base, district)]
    hosts = {device.host for device in found}
    gone = {name.rpartition(".")[0] for name in base.files} - hosts
    return found + [DeviceChanges(host, news="gone") for host in sorted(gone) if naming.kind_of(host) in naming.KINDS]


def _routers(base: Base, district: District) -> Iterator[DeviceChanges]:
    for host, router in district.routers.items():
        platform = platforms.load(router.platform)
        name = f"{host}.{platform.EXTENSION}"
        if name not in base.files:
            yield DeviceChanges(host, news=_news(base, host))
            continue
        try:
            before = platform.parse(base.files[name])
        except Unexpected as error:
            raise _unreadable(base, name, error) from None
        today = platform.parse(joined(platform.render(router, SECTIONS).values()))
        plan = platform.plan(before, today, SECTIONS)
        yield DeviceChanges(host, of_router(router, platform, plan.statements), left_alone=plan.unmanaged)


def _rooms(base: Base, district: District) -> Iterator[DeviceChanges]:
    for host, room in district.rooms.items():
        name = f"{host}.{room.family}"
        if name not in base.files:
            yield DeviceChanges(host, news=_news(base, host))
            continue
        try:
            yield _room(room, base.files[name])
        except Unexpected as error:
            raise _unreadable(base, name, error) from None


def _room(room: Endpoint, text: str) -> DeviceChanges:
    found = endpoints.load(room.family).since(room, text)
    lines = of_room(found.changes)
    restart = any(line.restart for line in lines)
    return DeviceChanges(room.host, lines, restart=restart, left_alone=found.dropped)


def _news(base: Base, host: str) -> News:
    return "other" if any(name.rpartition(".")[0] == host for name in base.files) else "new"


def _unreadable(base: Base, name: str, error: Unexpected) -> DiemcauError:
    return DiemcauError(
        Problem(
            found=f"intended/{name} of {base.name}: {error}",
            expected="what playbooks/plan.yml writes",
            remedy=(f"on {base.name}, run ansible-playbook playbooks/plan.yml --tags intended and commit intended/"),
        )
    )
