"""One RouterOS router over one SSH session: read, commit with a revert timer, confirm, look.

The revert timer is a backup and two scheduler entries that load it: one at the deadline, one at the next start, for
a power cut. Safe mode is not used: it forgets everything beyond 100 actions without a word, and notices a session
that died silently only after minutes. The backup is saved before the entries exist, so that a router that went back
to it has none of them. Its password is made for the one change and stands in the entries only: what is left of a
backup that was loaded cannot be read by anybody.

Round trips from TCP connect to close: about 9 when there is nothing to change (1 TCP, 4 key exchange and
authentication, 3 channel, terminal and shell, 1 block). A change of any length adds 8 (1 timer, 6 upload, 1 import)
and a second session of 9 to confirm it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

from netmiko.mikrotik.mikrotik_ssh import MikrotikRouterOsSSH

from diemcau.errors import DiemcauError, Problem, Refused, Unexpected, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms import AT_ONCE, Moment, Plan, Running, State, Statement, ahead
from diemcau.platforms.routeros import answers
from diemcau.platforms.routeros.console import Console
from diemcau.platforms.routeros.parse import Model, parse
from diemcau.platforms.routeros.plan import managed
from diemcau.platforms.routeros.plan import plan as make_plan
from diemcau.platforms.routeros.script import result, script
from diemcau.platforms.routeros.upload import upload
from diemcau.platforms.routeros.words import quote
from diemcau.redaction import MASK, Secret
from diemcau.transport.ssh import Target, open_session

CHANGE = "diemcau-change.rsc"
# Units with little flash keep their files in memory, but for those in this folder: a backup has to outlive a power cut.
FLASH = "flash/"
_READ = (
    "/system resource print",
    "/export terse show-sensitive",
    "/user print terse",
    "/user ssh-keys print terse",
    '/file print count-only where name="flash"',
    f'/file print count-only where name~"{answers.REVERT}.backup"',
    f'/file print count-only where name="{CHANGE}"',
)
_LOOK = (
    "/interface wireguard peers print terse proplist=public-key,last-handshake",
    "/routing bgp session print terse",
    "/ip dhcp-server lease print terse",
    "/ip arp print terse",
    "/interface print terse",
    "/ip address print terse proplist=address,interface",
    "/ip route print terse proplist=dst-address,immediate-gw where active",
    "/system clock print",
)
_ENTRIES = 2  # deadline and startup
_UNREADABLE = ("/user add ", "/user set ", "/user ssh-keys add ")
_OURS = (f"{answers.REVERT}.backup", f"{FLASH}{answers.REVERT}.backup", CHANGE)
# Both entries in one statement: after a power cut there are both or none, never one that loads an old backup later.
_CLEAR = (
    f'/system scheduler remove [find name~"^{answers.REVERT}"]',
    *(f'/file remove [find name="{name}"]' for name in _OURS),
)
_TIMERS = f'/system scheduler print count-only where name~"^{answers.REVERT}"'
_FILES = tuple(f'/file print count-only where name="{name}"' for name in _OURS)


class RouterosSession(MikrotikRouterOsSSH):
    """netmiko's class without its preparations and good-byes: :class:`Console` needs none."""

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing: commands are typed ahead, each answer is found by its mark."""

    def cleanup(self, command: str = "") -> None:
        """Nothing: closing the transport ends the session."""


def connect(target: Target) -> RouterosDriver:
    """Open a session. Raises Unreachable and HostKeyChanged."""
    session = open_session(target, RouterosSession, device_type="mikrotik_routeros")
    console = Console(session.remote_conn, target.host, target.timeout)
    return RouterosDriver(console, target.host, session, target.timeout)


class RouterosDriver:
    """See :class:`diemcau.platforms.Driver`. ``session`` is what :meth:`close` disconnects."""

    def __init__(self, console: Console, host: str, session: Any, timeout: float) -> None:
        self._console, self._host, self._session, self._timeout = console, host, session, timeout
        self._before: Model | None = None  # what the router had when it was last read
        self._folder = ""  # where a backup outlives a power cut

    def close(self) -> None:
        """End the session without a word. May be called twice."""
        self._session.disconnect()

    def read(self) -> Running:
        """Release, configuration, users and revert timer. One round trip."""
        resource, export, users, keys, flash, backups, changes = self._console.ask(_READ)
        text = Secret(answers.configuration(export, users, keys))
        try:
            answers.complete(export)
            self._before = parse(text)
        except Unexpected as error:
            raise Unexpected(error.problem.at(self._host)) from None
        self._folder = FLASH if flash.strip() == "1" else ""
        timers, backup, change = answers.timers(export), backups.strip() != "0", changes.strip() != "0"
        pending = answers.PENDING if timers == _ENTRIES and backup else None
        return Running(answers.release(resource), text, pending, not pending and bool(timers or backup or change))

    def commit(self, plan: Plan, minutes: int, moment: Moment = AT_ONCE) -> None:
        """Set the revert timer, then run the plan as one script. See :class:`diemcau.platforms.Driver`."""
        if not plan:
            return
        if self._before is None:
            self.read()
        before = managed(self._before or Model())
        self._arm(minutes)
        done, words = self._run(plan.statements, moment)
        if done == len(plan.statements):
            return
        refused = plan.statements[done]
        self._undo(before, minutes, f"{words}: {refused.shown}")
        raise Refused(words, refused.shown, refused.section)

    def confirm(self) -> None:
        """Remove the revert timer and the files; RouterOS keeps what it runs. One round trip."""
        timers, *rest = self._console.ask((_TIMERS, *_CLEAR, _TIMERS, *_FILES))
        if timers.strip() == "0":
            raise Unexpected(
                Problem(
                    host=self._host,
                    found=(
                        "the router has taken the change back before it was confirmed. It is as it was "
                        f"before; run again with -l {self._host}"
                    ),
                )
            )
        self._gone(rest[len(_CLEAR) :])

    def tidy(self) -> None:
        """Remove entries and files that revert nothing. One round trip."""
        self._gone(self._console.ask((*_CLEAR, _TIMERS, *_FILES))[len(_CLEAR) :])

    def _gone(self, counts: Sequence[str]) -> None:
        left = [answer.strip() for answer in counts]
        if any(count != "0" for count in left):
            raise Unexpected(
                Problem(
                    host=self._host, found=f"the revert timer or its files could not be removed: {' '.join(left)[:200]}"
                )
            )

    def state(self) -> State:
        """Tunnels, BGP sessions, leases, ports, routes and the clock. One round trip."""
        asked = time.time()
        peers, sessions, leases, arp, interfaces, addresses, routes, clock = self._console.ask(_LOOK)
        told = answers.clock(clock)
        return State(
            handshakes=answers.handshakes(peers),
            leases=answers.leases(leases, arp),
            neighbors=answers.neighbors(sessions),
            ports=answers.ports(interfaces, addresses),
            routes=answers.routes(routes),
            clock_ahead=ahead(told, asked, time.time()),
        )

    def _arm(self, minutes: int) -> None:
        """Backup first, so that it does not hold the timers; then the timers. Nothing changes unless all is there."""
        backup, password = f"{self._folder}{answers.REVERT}", secrets.token_hex(16)
        load = quote(f'/file remove [find name="{CHANGE}"]\n/system backup load name={backup} password={password}')
        add = f"/system scheduler add name={answers.REVERT}"
        *_, saved, deadline, startup, timers, files = self._console.ask(
            (
                *_CLEAR,
                f"/system backup save name={backup} password={password} encryption=aes-sha256",
                f"{add}-deadline interval={minutes}m on-event={load}",
                f"{add}-startup start-time=startup interval=0s on-event={load}",
                _TIMERS,
                f'/file print count-only where name="{backup}.backup"',
            )
        )
        if [timers.strip(), files.strip()] != [str(_ENTRIES), "1"]:
            self._console.ask(_CLEAR)
            words = " ".join(line for output in (saved, deadline, startup) for line in output.splitlines())
            raise Refused(f"the revert timer could not be set: {words.replace(password, MASK)}")

    def _run(self, statements: Sequence[Statement], moment: Moment = AT_ONCE) -> tuple[int, str]:
        """Run statements as one script; how many were done, and the router's words about the next one."""
        try:
            upload(self._session.remote_conn_pre, CHANGE, script(statements), self._timeout)
        except Unreachable as error:
            raise Unreachable(error.problem.at(self._host)) from None
        try:
            moment.ready()
        except DiemcauError:
            self._console.ask(_CLEAR)
            raise
        output, _ = self._console.ask(
            (f"/import file-name={CHANGE}", f'/file remove [find name="{CHANGE}"]'), heard=moment.under_way
        )
        return result(output, statements)

    def _undo(self, before: Model, minutes: int, words: str) -> None:
        """Put back what was there before a script that stopped half way; the timer stays when that fails."""
        try:
            back = make_plan(parse(self.read().text), before, SECTIONS)
            if any(s.shown.startswith(_UNREADABLE) for s in back.statements):
                raise Unexpected(
                    Problem(found="the passwords and keys of users cannot be read, so they cannot be written again")
                )
            if back:
                done, told = self._run(back.statements)
                told = f"{told}: {back.statements[done].shown}" if done < len(back.statements) else "some of it stayed"
                back = make_plan(parse(self.read().text), before, SECTIONS)
            if back:
                raise Unexpected(Problem(found=told))
        except Unreachable:
            raise
        except DiemcauError as error:
            raise Unexpected(
                Problem(
                    host=self._host,
                    found=(
                        f"a statement was refused half way ({words}), and what came before it could not be "
                        f"put back ({error.problem.reason}). The router takes it back by itself within {minutes} "
                        "minutes, by a restart"
                    ),
                )
            ) from None
        self._console.ask(_CLEAR)
