"""One RouterOS router over one SSH session: read, commit with a revert timer, confirm, look.

The revert timer is a backup and two scheduler entries that load it: one at the deadline, one at the next start, for
a power cut. Safe mode is not used: it forgets everything beyond 100 actions without a word, and notices a session
that died silently only after minutes. The backup is saved before the entries exist, so that a router that went back
to it has none of them.

Round trips from TCP connect to close: about 9 when there is nothing to change (1 TCP, 4 key exchange and
authentication, 3 channel, terminal and shell, 1 block). A change of any length adds 8 (1 timer, 6 upload, 1 import)
and a second session of 9 to confirm it.
"""

from __future__ import annotations

import re
from typing import Any

import paramiko
from netmiko.mikrotik.mikrotik_ssh import MikrotikRouterOsSSH

from diemcau.errors import DiemcauError, Refused, Unexpected, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms import Plan, Running, State
from diemcau.platforms.routeros import answers
from diemcau.platforms.routeros.console import Console
from diemcau.platforms.routeros.parse import Model, parse
from diemcau.platforms.routeros.plan import managed
from diemcau.platforms.routeros.plan import plan as make_plan
from diemcau.platforms.routeros.words import quote
from diemcau.redaction import reveal
from diemcau.session import Target, open_session

BACKUP = f"{answers.REVERT}.backup"
CHANGE = "diemcau-change.rsc"
_READ = ("/system resource print", "/export terse show-sensitive", "/user print terse", "/user ssh-keys print terse")
_LOOK = (
    "/interface wireguard peers print terse",
    "/routing bgp session print terse",
    "/ip dhcp-server lease print terse",
    "/ip arp print terse",
)
_CLEAR = (
    f"/system scheduler remove [find name={answers.REVERT}-deadline]",
    f"/system scheduler remove [find name={answers.REVERT}-startup]",
    f"/file remove [find name={BACKUP}]",
    f"/file remove [find name={CHANGE}]",
)
_TIMERS = f'/system scheduler print count-only where name~"{answers.REVERT}"'
_FILES = '/file print count-only where name~"diemcau-"'


class RouterosSession(MikrotikRouterOsSSH):
    """netmiko's class without its preparations and good-byes: :class:`Console` needs none."""

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing: commands are typed ahead, each answer is found by its mark."""

    def cleanup(self, command: str = "") -> None:
        """Nothing: closing the transport ends the session."""


def connect(target: Target) -> RouterosDriver:
    """Open a session. Raises Unreachable and HostKeyChanged."""
    session = open_session(target, RouterosSession, device_type="mikrotik_routeros")
    return RouterosDriver(Console(session.remote_conn, target.host, target.timeout), target.host, session)


class RouterosDriver:
    """See :class:`diemcau.platforms.Driver`."""

    def __init__(self, console: Console, host: str, session: Any) -> None:
        self._console, self._host, self._session = console, host, session
        self._before: Model | None = None  # what the router had when it was last read

    def close(self) -> None:
        """End the session without a word. May be called twice."""
        self._session.disconnect()

    def read(self) -> Running:
        """Release, configuration, users and revert timer. One round trip."""
        resource, export, users, keys = self._console.ask(_READ)
        text = answers.configuration(export, users, keys)
        self._before = parse(text)
        return Running(answers.release(resource), text, answers.pending(export))

    def commit(self, plan: Plan, minutes: int) -> None:
        """Set the revert timer, then run the plan as one script. See :class:`diemcau.platforms.Driver`."""
        before = self._before if self._before is not None else parse(self.read().text)
        self._arm(minutes)
        done, words = self._run([reveal(s.text) for s in plan.statements])
        if done == len(plan.statements):
            return
        refused = plan.statements[done]
        self._undo(managed(before), minutes, f"{words}: {refused.shown}")
        raise Refused(words, refused.shown, refused.section)

    def confirm(self) -> None:
        """Remove the revert timer and every file that holds secrets. One round trip."""
        timers, *_, left, files = self._console.ask((_TIMERS, *_CLEAR, _TIMERS, _FILES))
        if timers.strip() == "0":
            raise Unexpected(
                f"{self._host}: the router has taken the change back before it was confirmed. "
                f"It is as it was before; run again with -l {self._host}"
            )
        if left.strip() != "0" or files.strip() != "0":
            raise Unexpected(f"{self._host}: the revert timer or its files could not be removed: {left} {files}")

    def state(self) -> State:
        """Tunnels, BGP sessions and leases. One round trip."""
        return answers.state(*self._console.ask(_LOOK))

    def _arm(self, minutes: int) -> None:
        """Backup first, so that it does not hold the timers; then the timers. Nothing changes unless all is there."""
        load = quote(f'/system backup load name={answers.REVERT} password=""')
        add = f"/system scheduler add name={answers.REVERT}"
        outputs = self._console.ask(
            (
                f"/system backup save name={answers.REVERT} dont-encrypt=yes",
                f"{add}-deadline interval={minutes}m on-event={load}",
                f"{add}-startup start-time=startup interval=0s on-event={load}",
                _TIMERS,
                f"/file print count-only where name={BACKUP}",
            )
        )
        if [outputs[3].strip(), outputs[4].strip()] != ["2", "1"]:
            self._console.ask(_CLEAR)
            words = " ".join(line for output in outputs[:3] for line in output.splitlines())
            raise Refused(f"the revert timer could not be set: {words}")

    def _run(self, statements: list[str]) -> tuple[int, str]:
        """Run statements as one script; how many were done, and the router's words about the next one."""
        script = "".join(f"{text}\n:put dc{number}\n" for number, text in enumerate(statements, 1))
        try:
            with self._session.remote_conn_pre.open_sftp() as files, files.open(CHANGE, "w") as file:
                file.set_pipelined(True)
                file.write(script.encode())
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise Unreachable(f"{self._host}: the change could not be uploaded: {type(error).__name__}") from None
        (output,) = self._console.ask((f"/import file-name={CHANGE}",))
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        done = max((int(line[2:]) for line in lines if line.startswith("dc") and line[2:].isdigit()), default=0)
        words = " ".join(lines[lines.index(f"dc{done}") + 1 :] if done else lines) or "no words"
        place = re.search(r"\bline (\d+)", words)
        if done == 0 and place:  # the whole script is looked at before anything runs; a statement takes two lines
            return min((int(place[1]) - 1) // 2, len(statements) - 1), words
        return done, words

    def _undo(self, before: Model, minutes: int, words: str) -> None:
        """Put back what was there before a script that stopped half way; the timer stays when that fails."""
        try:
            back = make_plan(parse(self.read().text), before, SECTIONS)
            if back:
                self._run([reveal(s.text) for s in back.statements])
                back = make_plan(parse(self.read().text), before, SECTIONS)
            if back:
                raise Unexpected("some of it stayed")
        except DiemcauError as error:
            raise Unexpected(
                f"{self._host}: a statement was refused half way ({words}), and what came before it could not be put "
                f"back ({error}). The router takes it back by itself within {minutes} minutes, by a restart"
            ) from None
        self._console.ask(_CLEAR)
