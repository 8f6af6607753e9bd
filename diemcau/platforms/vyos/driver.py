"""One VyOS router over one SSH session: read, commit with the router's own revert timer, confirm, look.

What the router says is known from its source: ``config_mgmt.py`` and ``commit-confirm-notify.py`` of vyos-1x,
``vyatta-cfg-run`` of vyatta-cfg. ``commit-confirm`` starts a systemd timer before it commits: the timer survives
the session, any later session can stop it, and 1.4 answers its end with a reboot into the *saved* configuration.

Round trips from TCP connect to close: a run with nothing to change takes about 11 (1 TCP, 4 key exchange and
authentication, 3 channel, terminal and shell, 1 block that asks for everything, 1 or 2 until TCP has let a long
configuration through). A change of any length adds 7 exchanges here (and 1 or 2 for TCP), and a second session of
14 to confirm it.
"""

from __future__ import annotations

import time
from typing import Any

from netmiko.vyos.vyos_ssh import VyOSSSH

from diemcau.errors import DiemcauError, Problem, Refused, Unexpected, Unreachable
from diemcau.intent import SECTIONS
from diemcau.platforms import AT_ONCE, Moment, Plan, Running, State, ahead
from diemcau.platforms.vyos import answers
from diemcau.platforms.vyos.dialogue import Dialogue
from diemcau.platforms.vyos.parse import parse
from diemcau.platforms.vyos.plan import plan as make_plan
from diemcau.platforms.vyos.sections import owner
from diemcau.platforms.vyos.words import Model
from diemcau.redaction import Secret, reveal
from diemcau.transport.ssh import Target, open_session

# Without echo there is nothing to confuse with output; without a pager everything comes at once.
_QUIET = ("stty -echo", "set terminal length 0")
_STARTED = "Initialized commit-confirm"
_TIMER = "systemctl is-active commit-confirm.timer"
_READ = ("show version", "show configuration commands", _TIMER)
_LOOK = (
    "date +%s",
    "ip -4 neigh show",
    "vtysh -c 'show bgp ipv4 unicast summary json'",
    "ip -json address show",
    "ip -json -4 route show",
)
_NOTHING_TO_CONFIRM = (
    "there was no change to confirm: the router has taken it back already, or somebody else has confirmed it"
)


class VyosSession(VyOSSSH):
    """netmiko's class without its preparations and good-byes, which cost seconds: :class:`Dialogue` needs none."""

    def _connect_params_dict(self) -> dict[str, Any]:
        """Compressed where the router's OpenSSH offers it, which it does unless told not to (sshd_config(5))."""
        return {**super()._connect_params_dict(), "compress": True}

    def establish_connection(self, width: int = 4000, height: int = 1000) -> None:
        super().establish_connection(width, height)  # so wide that no line is folded

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing: the driver waits for the prompt itself."""

    def cleanup(self, command: str = "") -> None:
        """Nothing: when the channel closes, the shell ends, and a change that was not committed is dropped."""


def connect(target: Target) -> VyosDriver:
    """Open a session. Raises Unreachable and HostKeyChanged."""
    session = open_session(target, VyosSession, device_type="vyos")
    dialogue = Dialogue(session.remote_conn, target.host, target.user, target.timeout)
    driver = VyosDriver(dialogue, target.host, target.timeout, session)
    try:
        dialogue.await_prompt()
    except DiemcauError:
        driver.close()
        raise
    return driver


class VyosDriver:
    """See :class:`diemcau.platforms.Driver`. ``session`` is what :meth:`close` disconnects."""

    def __init__(self, dialogue: Dialogue, host: str, timeout: float, session: Any) -> None:
        self._dialogue, self._host, self._timeout, self._session = dialogue, host, timeout, session
        self._quiet = False
        self._before: Model | None = None  # what the router had when it was last read

    def close(self) -> None:
        """End the session without a word. No round trip; may be called twice."""
        self._session.disconnect()

    def read(self) -> Running:
        """Release, configuration and revert timer. One exchange.

        A message to all terminals may fall into the middle of a line; then everything is asked once more.
        """
        try:
            return self._read()
        except Unexpected:
            return self._read()

    def _read(self) -> Running:
        version, configuration, timer = self._block(_READ)
        text = Secret("".join(f"{line}\n" for line in configuration))
        try:
            self._before = parse(text)
        except Unexpected as error:
            raise Unexpected(error.problem.at(self._host)) from None
        if not self._before:
            raise Unexpected(Problem(host=self._host, found="the router shows no configuration at all"))
        return Running(answers.release(self._host, version), text, answers.pending(self._host, timer))

    def state(self) -> State:
        """Handshakes, leases, BGP neighbours, ports, routes and the clock. Three exchanges."""
        asked = time.time()
        now, near, summary, ports, routes = self._block(_LOOK)
        answered = time.time()
        clock = " ".join(now)
        if not clock.isdigit():
            raise Unexpected(Problem(host=self._host, found=f"the router's clock cannot be read: {clock[:60]!r}"))
        shaken = self._dialogue.command("sudo wg show all latest-handshakes")
        leased = self._dialogue.command("show dhcp server leases")
        return State(
            handshakes=answers.handshakes(shaken, int(clock)),
            leases=answers.leases(leased, near),
            neighbors=answers.neighbors(self._host, summary),
            ports=answers.ports(self._host, ports),
            routes=answers.routes(self._host, routes),
            clock_ahead=ahead(int(clock), asked, answered),
        )

    def commit(self, plan: Plan, minutes: int, moment: Moment = AT_ONCE) -> None:
        """Type the plan and commit it with a revert timer of ``minutes``; it stays unconfirmed.

        Raises Refused with the router's words when it refuses a statement or the commit: then its configuration is
        as before and no timer runs. Raises Unexpected when the router committed a part and could not be brought
        back at once, and Unreachable when the session died: then the timer takes everything back.

        Changes that somebody committed and never saved are saved first: the reboot that takes this change back
        would lose them too, although the router runs with them now and this plan was made from them.
        Seven exchanges (eight with that save), whatever the plan's length.
        """
        if not plan:
            return
        if self._before is None:
            self.read()
        before = self._before or frozenset()
        self._hush()
        self._dialogue.command("configure")
        unsaved = not _no_difference(self._dialogue.command("compare saved"))
        self._type(plan)
        if unsaved:
            self._save()
        asked = self._dialogue.command(f"commit-confirm {minutes}", until=r"\[Y/n\]")
        if not any("[Y/n]" in line for line in asked):
            self._leave()
            raise Refused(answers.refusal(asked, answers.secrets_of(plan)) or "commit-confirm did not start")
        try:
            moment.ready()
        except DiemcauError:
            self._leave("n")
            raise
        # The timer's line is printed before the commit, which may be the end of this session.
        said = self._dialogue.command("y", until=rf"{_STARTED}.*\n", patience=_patience(minutes))
        started = any(_STARTED in line for line in said)
        if started:
            moment.under_way()
            said += self._dialogue.rest(_patience(minutes))
        if started and _no_difference(self._dialogue.command("compare")):
            self._dialogue.command("exit")
            return
        self._leave()
        words = [line for line in said if _STARTED not in line]
        told = answers.refusal(words, answers.secrets_of(plan)) or "the commit failed without a word"
        if started:
            self._undo(before, told, minutes)
        culprit = answers.blamed(plan, told)
        raise Refused(told, culprit.shown if culprit else "", culprit.section if culprit else "")

    def confirm(self) -> None:
        """Save, then stop the revert timer. Six exchanges, on a new session.

        In this order every end is a whole one: what cannot be saved is not confirmed and goes, and after a power cut
        in between the router starts with the change, which has just been shown to be reachable.
        """
        (timer,) = self._block((_TIMER,))
        if not answers.pending(self._host, timer):
            raise Unexpected(Problem(host=self._host, found=f"{_NOTHING_TO_CONFIRM}"))
        self._dialogue.command("configure")
        self._save()
        if not _no_difference(self._dialogue.command("compare saved")):
            raise Unexpected(
                Problem(
                    host=self._host,
                    found=(
                        "the change runs, but it could not be saved and is not confirmed: the router takes "
                        "it back by itself. Look for a full disk on the router, then run again"
                    ),
                )
            )
        self._stop_timer()
        self._dialogue.command("exit")

    def tidy(self) -> None:
        """Nothing: a change leaves no file of ours on the router."""

    def _type(self, plan: Plan) -> None:
        """All statements in one block; the first that is refused drops them all and raises Refused."""
        outputs = self._dialogue.block([reveal(statement.text) for statement in plan.statements])
        secrets = answers.secrets_of(plan)
        for statement, output in zip(plan.statements, outputs, strict=True):
            if words := answers.refusal(output, secrets):
                self._leave()
                raise Refused(words, statement.shown, statement.section)

    def _undo(self, before: Model, words: str, minutes: int) -> None:
        """After a failed commit: make sure that the router has what it had, then stop the timer.

        VyOS commits node by node; what was put on before the failing node stays. It is taken back by the same
        means as every change. When that fails, the timer is left to do it.
        """
        half_way = Unexpected(
            Problem(
                host=self._host,
                found=(
                    f"the router refused the change half-way: {words}. It takes it back by itself, with a "
                    f"restart, within {minutes} minutes"
                ),
            )
        )
        try:
            self.read()
            if self._before != before:
                back = make_plan(self._before or frozenset(), frozenset(filter(owner, before)), SECTIONS)
                self._dialogue.command("configure")
                self._type(back)
                self._dialogue.command("commit", patience=_patience(minutes))
                self._leave()
                self.read()
            if self._before != before:
                raise half_way
            self._dialogue.command("configure")
            self._stop_timer()
            self._dialogue.command("exit")
        except (Refused, Unexpected):
            raise half_way from None

    def _stop_timer(self) -> None:
        said = self._dialogue.command("confirm")
        if not any("timer stopped" in line for line in said):  # "Reboot timer stopped", "Reload timer stopped"
            raise Unexpected(
                Problem(host=self._host, found=f"{_NOTHING_TO_CONFIRM}. It said: {answers.refusal(said, ())[:200]!r}")
            )

    def _save(self) -> None:
        said = answers.refusal(self._dialogue.command("save"), ())
        if any(word in said.lower() for word in ("fail", "error", "denied", "no space", "traceback", "invalid")):
            raise Unexpected(
                Problem(host=self._host, found=f"the router could not save its configuration: {said[:200]}")
            )

    def _leave(self, *answers: str) -> None:
        """Leave configuration mode and drop what was typed; a dead session has dropped it already.

        ``answers`` come first: to what the router still asks.
        """
        try:
            for command in (*answers, "exit discard"):
                self._dialogue.command(command)
        except Unreachable:
            return

    def _block(self, commands: tuple[str, ...]) -> list[list[str]]:
        """A block of commands, with those in front that make the terminal quiet, the first time."""
        first = () if self._quiet else _QUIET
        outputs = self._dialogue.block((*first, *commands))
        self._quiet = True
        return outputs[len(first) :]

    def _hush(self) -> None:
        if not self._quiet:
            self._block(())


def _patience(minutes: int) -> float:
    """Seconds without a word after which a commit's session counts as dead: a third of the time to confirm.

    So much is left for a new session when the change itself cut the one that it came through.
    """
    return minutes * 20.0


def _no_difference(lines: list[str]) -> bool:
    """What ``compare`` and ``compare saved`` say when there is nothing to say."""
    return any(line.strip().startswith("No changes between working and") for line in lines)
