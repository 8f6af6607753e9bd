"""Getting in: which password the endpoint takes, found with few tries, and the two sessions of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from diemcau.endpoints.group import console
from diemcau.endpoints.group.console import Console
from diemcau.endpoints.group.rest import USER, Rest, Site, WrongPassword
from diemcau.errors import DiemcauError, Problem
from diemcau.intent import Endpoint
from diemcau.redaction import Secret
from diemcau.secrets.pins import Pins
from diemcau.transport import host_key
from diemcau.transport.ssh import Target

SERIAL, ROOM, ADMIN, PREVIOUS = "serial", "room_password", "admin_password", "previous_admin_password"
MOST_FAILED = 3  # in a row, as the device counts them: it locks the account after five


class NoPassword(DiemcauError):
    """The endpoint takes none of the passwords that may be tried."""


@dataclass(frozen=True)
class Line:
    """Where an endpoint listens, and how patient its line makes us; seconds."""

    https_port: int = 443
    ssh_port: int = 22
    timeout: float = 60.0
    connect_timeout: float = 20.0


DEFAULT_LINE = Line()


@dataclass(frozen=True)
class Entered:
    """An open REST session and the password that opened it."""

    rest: Rest
    by: str  # SERIAL, ROOM, ADMIN or PREVIOUS
    password: Secret


def secrets_of(endpoint: Endpoint) -> list[Secret]:
    """Everything that must not be quoted. The serial number is one: it is the factory password."""
    settings = [value for value in endpoint.settings.values() if isinstance(value, Secret)]
    serial = [Secret(endpoint.serial)] if endpoint.serial else []
    previous = [secret for secret in (endpoint.previous_admin, endpoint.previous_room) if secret is not None]
    return [endpoint.admin_password, endpoint.room_password, *previous, *serial, *settings]


def candidates(endpoint: Endpoint, pins: Pins) -> list[tuple[str, Secret]]:
    """Passwords in the order in which they are tried.

    An endpoint that was never met may be anybody: it is sent its factory password and none of ours. Where the inventory
    gives no serial number, it is an endpoint that people set up before, with the password that they wrote to its file.
    """
    serial = [(SERIAL, Secret(endpoint.serial))] if endpoint.serial else []
    return [*own(endpoint), *serial, (ROOM, endpoint.room_password)] if pins.met else serial or own(endpoint)


def own(endpoint: Endpoint) -> list[tuple[str, Secret]]:
    """The password of an endpoint that was set up; while it has not taken a new one, the previous one before that."""
    previous = [] if endpoint.previous_admin is None else [(PREVIOUS, endpoint.previous_admin)]
    return [*previous, (ADMIN, endpoint.admin_password)]


def site(endpoint: Endpoint, pins: Pins, line: Line) -> Site:
    """Where the endpoint's REST interface is."""
    return Site(endpoint.host, endpoint.address, pins.certificate, line.https_port, line.timeout, line.connect_timeout)


def look(endpoint: Endpoint, pins: Pins, line: Line = DEFAULT_LINE) -> Pins:
    """What the endpoint shows to anybody, whatever is pinned; nobody logs in. Raises Unreachable."""
    rest = Rest(site(endpoint, Pins(), line))
    try:
        certificate = rest.look()
    finally:
        rest.close()
    kind = pins.host_key.partition(" ")[0]
    key = host_key.host_key(endpoint.host, endpoint.address, line.ssh_port, line.connect_timeout, kind)
    return Pins(key, certificate)


def enter(endpoint: Endpoint, pins: Pins, line: Line, only_own: bool = False) -> Entered:
    """Log in by REST, which tells how many log-ins failed; stop before the account is locked.

    ``only_own``: try the admin_password (and what it was before, if need be) and no other. Raises NoPassword.
    """
    tried: list[str] = []
    rest = Rest(site(endpoint, pins, line), secrets_of(endpoint))
    try:
        for name, password in own(endpoint) if only_own else candidates(endpoint, pins):
            tried.append(name)
            try:
                rest.login(password)
            except WrongPassword as error:
                if error.result != "NOLOCKOUT" or error.failed >= MOST_FAILED:
                    raise _refused(endpoint, tried, error) from None
                last = error
            else:
                return Entered(rest, name, password)
    except BaseException:
        rest.close()
        raise
    rest.close()
    raise _refused(endpoint, tried, last)


@contextmanager
def shell(endpoint: Endpoint, pins: Pins, line: Line, password: Secret) -> Iterator[Console]:
    """The command line, closed at the end in any case."""
    opened = console.connect(target(endpoint, pins, line, password), secrets_of(endpoint))
    try:
        yield opened
    finally:
        opened.close()


def target(endpoint: Endpoint, pins: Pins, line: Line, password: Secret) -> Target:
    """Where the endpoint's command line is."""
    return Target(
        host=endpoint.host,
        address=endpoint.address,
        user=USER,
        private_key=None,
        host_key=pins.host_key,
        port=line.ssh_port,
        timeout=line.timeout,
        connect_timeout=line.connect_timeout,
        password=password,
    )


def learned(pins: Pins, *, host_key: str = "", certificate: str = "") -> Pins:
    """The pins with what was seen where nothing was pinned."""
    return replace(pins, host_key=pins.host_key or host_key, certificate=pins.certificate or certificate)


def _refused(endpoint: Endpoint, tried: list[str], error: WrongPassword) -> NoPassword:
    names = {SERIAL: "the serial number (factory password)"}
    listed = ", ".join(names.get(name, name) for name in tried)
    locked = error.result != "NOLOCKOUT"
    state = f"it counts {error.failed} failed log-ins in a row"
    if locked:
        result = "".join(c for c in error.result if c.isalnum())[:20]
        state = f"it has locked the account ({result or 'no reason given'})"
    elif error.failed >= MOST_FAILED:
        state += "; stopped before it locks the account: each further try counts one more"
    serial = "" if endpoint.serial else "no serial_number is given, so its factory password was not tried; "
    wait = "wait until the lock is over, then " if locked else ""
    return NoPassword(
        Problem(
            host=endpoint.host,
            found=f"{endpoint.address} refuses the user {USER}: tried {listed}",
            state=state,
            untouched=True,
            expected=f"the passwords of secrets/{endpoint.host}.yml, or a factory-new endpoint",
            remedy=(
                f"{serial}{wait}check secrets/{endpoint.host}.yml, or reset the endpoint to its factory "
                f"settings and write serial_number of {endpoint.host} as on its label; then run again "
                f"with -l {endpoint.host}"
            ),
        )
    )
