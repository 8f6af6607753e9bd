"""One endpoint, once: log in, look whether it may be touched, read, plan, write, read back, passwords, reboot.

The device has no commit and takes nothing back by itself: what a refusal leaves behind is put back here, value by
value, and what cannot be put back is named.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from diemcau.endpoints import InCall, Job, Outcome
from diemcau.endpoints.group import access, plan, replies
from diemcau.endpoints.group.access import DEFAULT_LINE, Entered, Line
from diemcau.endpoints.group.console import Console
from diemcau.endpoints.group.plan import Reading, Step
from diemcau.endpoints.group.replies import Command, Refusal, Reply
from diemcau.endpoints.group.rest import Rest, System
from diemcau.errors import DiemcauError, Problem, Unexpected, Unreachable
from diemcau.intent import Endpoint

CALLS = Command("callinfo all", "callinfo", block="callinfo")
STATUS = Command("status", "status", block="status")
PROVISIONED = Command("provisionserverenable get", "provisionserverenable")
REBOOT = 'POST /rest/system/reboot {"action": "reboot"}'
LOOK_EVERY = 5.0  # seconds between two looks at an endpoint that starts


class WrongModel(DiemcauError):
    """Another model than the inventory names: nothing was sent."""


class Provisioned(DiemcauError):
    """A provisioning service holds the endpoint's settings: nothing was sent."""


class NotTaken(DiemcauError):
    """The endpoint refused a setting; the message says what was put back."""


class NotBack(DiemcauError):
    """The endpoint does not answer after a reboot."""


@dataclass
class _Run:
    """The open ends of one run."""

    job: Job
    line: Line
    entered: Entered
    tell: Callable[[str], None]
    reboot_needed: bool = False  # the answer to what was written says so

    @property
    def rest(self) -> Rest:
        return self.entered.rest


def configure(job: Job, check: bool, tell: Callable[[str], None], line: Line = DEFAULT_LINE) -> Outcome:
    """Bring an endpoint to what is asked; with ``check`` only find out what that would take.

    ``tell`` is given words of progress. Raises only DiemcauError: InCall, WrongModel, Provisioned, NotTaken, NotBack,
    access.NoPassword, rest.SessionsTaken, HostKeyChanged, Unreachable, Unexpected.
    """
    run = _Run(job, line, access.enter(job.endpoint, job.pins, line), tell)
    try:
        return _configure(run, check)
    finally:
        _leave(run)


def _leave(run: _Run) -> None:
    if problem := run.rest.close():
        run.tell(f"the REST session was not given back: {problem}; the endpoint forgets it by itself")


def _configure(run: _Run, check: bool) -> Outcome:
    job, endpoint = run.job, run.job.endpoint
    system = run.rest.system()
    _check_model(endpoint, system)
    with access.shell(endpoint, job.pins, run.line, run.entered.password) as shell:
        check_no_call(endpoint.host, shell)
        if not check:
            seen = access.learned(job.pins, host_key=shell.host_key, certificate=run.rest.certificate)
            if seen != job.pins:
                job.keep(seen)
                run.job = job = replace(job, pins=seen)
        settings = plan.carriers(endpoint)
        found = plan.read(settings, shell, run.rest, (PROVISIONED, STATUS))
        if found.extra[PROVISIONED].strip().lower() == "true":
            raise _provisioned(endpoint.host)
        offline = replies.status(found.extra[STATUS]).get("sipserver") == "offline"
        passwords = plan.passwords(endpoint, run.entered.by, run.entered.password)
        steps = plan.plan(
            endpoint,
            found.settings,
            sip_offline=offline,
            takeover=bool(passwords) and run.entered.by != access.PREVIOUS,
        )
        changes = tuple(step.change for step in [*steps, *passwords])
        due = system.reboot_needed or any(_at_reboot(step) for step in steps)
        if check:
            return Outcome(changes, reboot_shown=REBOOT if due else "")
        if changes:
            run.tell(f"{len(changes)} setting{'s' if len(changes) != 1 else ''}, one after another")
        _write(run, shell, steps, found.settings)
        waiting = [step for step in steps if _at_reboot(step)]
        with _written_before():
            _take_over(run, shell, passwords, steps)
            told = run.rest.system().reboot_needed if changes else system.reboot_needed
            due = told or run.reboot_needed
            if due and in_call(endpoint.host, shell):
                raise InCall(
                    Problem(
                        host=endpoint.host,
                        found="a call has begun: the settings are written, the reboot they need is not done",
                        remedy=f"run again with -l {endpoint.host} after the call",
                    )
                )
            if not due and (problem := _read_back(run, shell, waiting)):
                raise _kept(endpoint.host, *problem, when="although it asks for no reboot")
    if due:
        with _written_before():
            _reboot(run, waiting)
    return Outcome(changes, reboot_shown=REBOOT if due else "")


@contextmanager
def _written_before() -> Iterator[None]:
    """What goes wrong in here does so after all settings were written, and says so."""
    try:
        yield
    except (InCall, NotTaken, NotBack):
        raise  # they tell it themselves
    except DiemcauError as error:
        raise _from_the_middle(error, "all settings were written before") from None


def _from_the_middle(error: DiemcauError, done: str) -> DiemcauError:
    """The same error with what was done before, and without a claim that nothing was."""
    problem = error.problem
    state = "\n".join(filter(None, (done, problem.state)))
    return type(error)(replace(problem, state=state, untouched=False))


def check_no_call(host: str, shell: Console) -> None:
    """Raise InCall when the room is in a call."""
    if in_call(host, shell):
        raise InCall(
            Problem(
                host=host,
                found="the room is in a call: it was left alone, nothing was sent",
                remedy=f"run again with -l {host} after the call",
            )
        )


def in_call(host: str, shell: Console) -> bool:
    """Whether the room is in a call; an answer that cannot be read counts as one."""
    answer = shell.ask(CALLS)
    if isinstance(answer, Refusal):
        raise Unexpected(
            Problem(host=host, found=f"the endpoint refuses to tell whether it is in a call: {answer.words}")
        )
    return not replies.free(answer.value)


def _at_reboot(step: Step) -> bool:
    return step.setting is not None and step.setting.at_reboot


def _check_model(endpoint: Endpoint, system: System) -> None:
    found, asked = (" ".join(name.casefold().split()) for name in (system.model, endpoint.model))
    if found == asked or (not asked and "group" in found):
        return
    expected = endpoint.model or "a RealPresence Group"
    raise WrongModel(
        Problem(
            host=endpoint.host,
            found=f"model: the endpoint is a {system.model}",
            expected=expected,
            untouched=True,
            remedy=(
                f"write model: {system.model} for {endpoint.host}, or look whether the right endpoint stands there"
            ),
        )
    )


def _provisioned(host: str) -> Provisioned:
    return Provisioned(
        Problem(
            host=host,
            found="a provisioning service holds the endpoint's settings; nothing was sent",
            expected="provisionserverenable false",
            remedy=(
                "switch provisioning off at the endpoint (Admin Settings, Servers, Provisioning "
                f"Service), then run again with -l {host}"
            ),
        )
    )


def _write(run: _Run, shell: Console, steps: Sequence[Step], before: Mapping[str, Reading]) -> None:
    """Write the steps, read them back. On a refusal put back what was written, and raise NotTaken.

    Not when a call has begun meanwhile: then the room is left alone at once, and the next run sends what is missing.
    """
    written: list[Step] = []
    host = run.job.endpoint.host
    try:
        problem = _send(run, shell, steps, written)
        problem = problem or _read_back(run, shell, [step for step in written if not _at_reboot(step)])
        begun = problem is not None and in_call(host, shell)
    except DiemcauError as error:
        done = f"written before that: {_names(written)}; not, or not known: {_left(steps, written)}"
        told = _from_the_middle(error, done).problem
        raise type(error)(replace(told, remedy=f"run again with -l {host}: it sends what is missing")) from None
    if problem:
        words, step = problem
        if begun:
            raise InCall(
                Problem(
                    host=host,
                    found=f"a call has begun: the room is left alone, half of its settings written: {words}",
                    state=(
                        f"statement: {step.change.shown}\nwritten: {_names(written)}; not, or not known: "
                        f"{_left(steps, written)}"
                    ),
                    remedy=f"run again with -l {host} after the call: it sends what is missing",
                )
            )
        raise NotTaken(
            Problem(
                host=host,
                found=f"the endpoint refuses a setting: {words}",
                state=f"statement: {step.change.shown}\n{_put_back(run, shell, written, before)}",
                remedy=f"{_remedy(host, step, words)}",
            )
        )


def _send(run: _Run, shell: Console, steps: Sequence[Step], written: list[Step]) -> tuple[str, Step] | None:
    """Send the steps; what was taken goes to ``written``. The device's words and the step that it refuses, if any."""
    ours = [step for step in steps if step.variables]
    if ours:
        result = run.rest.write([variable for step in ours for variable in step.variables])
        run.reboot_needed = run.reboot_needed or result.reboot_needed
        refused = None
        for step in ours:
            wrong = {result.results[name] for name, _ in step.variables} - {"NOERROR"}
            taken = any(result.results[name] == "NOERROR" for name, _ in step.variables)
            if taken:
                written.append(step)
            if wrong and refused is None:
                refused = (", ".join(sorted(wrong)), step)
        if refused:
            return refused
    for step in steps:
        if step.command is None:
            continue
        answer = shell.ask(step.command)
        if isinstance(answer, Refusal):
            return answer.words, step
        written.append(step)
        if not _as_asked(step, answer):
            return f"it answers with another value than the one that was sent{_told(step, answer)}", step
    return None


def _as_asked(step: Step, answer: Reply) -> bool:
    return step.command is None or step.command.expect is None or step.command.expect(answer.value)


def _told(step: Step, answer: Reply) -> str:
    secret = step.setting is None or step.setting.kind == "secret"
    return "" if secret else f": {answer.value[:80]}"


def _read_back(run: _Run, shell: Console, written: Sequence[Step]) -> tuple[str, Step] | None:
    """What was written and reads otherwise, if anything."""
    settings = [step.setting for step in written if step.setting]
    if problem := _differing(written, plan.read(settings, shell, run.rest).settings):
        value, step = problem
        return f"it has taken it, and reads {value} afterwards", step
    return None


def _differing(steps: Sequence[Step], found: Mapping[str, Reading]) -> tuple[str, Step] | None:
    """The first step whose setting reads otherwise than it was written, and what it reads."""
    for step in steps:
        reading = found.get(step.change.setting)
        if step.setting and reading is not None and not step.setting.same(reading.value, step.change.after):
            return str(reading.value), step
    return None


def _put_back(run: _Run, shell: Console, written: Sequence[Step], before: Mapping[str, Reading]) -> str:
    """Put back what was written, last first, each looked at; words about what was and what was not."""
    done, failed = [], []
    for step in reversed(written):
        name = step.change.setting
        undo = plan.back(step, before.get(name, Reading(None, ())))
        if undo is None:
            failed.append(f"{name} (cannot be read, so what it was is not known)")
            continue
        try:
            refused = _send(run, shell, [undo], [])
            again = plan.read([undo.setting], shell, run.rest).settings if undo.setting and not refused else {}
            right = not refused and again[name].value == before[name].value
        except DiemcauError as error:
            failed.append(f"{name} ({error.problem.reason})")
            continue
        if right:
            done.append(name)
        else:
            failed.append(f"{name} ({refused[0] if refused else 'reads otherwise'})")
    if not written:
        return "nothing had been written before; the endpoint is as it was"
    words = f"put back as it was: {', '.join(done) or 'nothing'}"
    return words + (f"\nNOT put back: {', '.join(failed)}" if failed else "")


def _take_over(run: _Run, shell: Console, passwords: Sequence[Step], steps: Sequence[Step]) -> None:
    """Set the passwords, room first, and see that REST takes the new one. Settings stay as they were written."""
    endpoint = run.job.endpoint
    done: list[str] = []
    for step in passwords:
        assert step.command is not None
        try:
            answer = shell.ask(step.command)
            if isinstance(answer, Refusal) and (again := plan.same_again(step, endpoint)):
                retried = shell.ask(again)
                answer = answer if isinstance(retried, Refusal) else retried
        except (Unreachable, Unexpected) as error:
            unknown = f"while {step.change.setting} was set: whether it is, is not known"
            remedy = f"run again with -l {endpoint.host}: every password that it may have is tried"
            raise type(error)(error.problem.also(unknown, remedy=remedy)) from None
        if isinstance(answer, Refusal):
            raise NotTaken(
                Problem(
                    host=endpoint.host,
                    found=f"the endpoint refuses a password: {answer.words}",
                    state=(
                        f"statement: {step.change.shown}\nset before: {', '.join(done) or 'no password'}; "
                        f"all other settings are written ({len(steps)} changed)"
                    ),
                    remedy=(
                        f"run again with -l {endpoint.host}; if it refuses again, reset the endpoint to its "
                        "factory settings first"
                    ),
                )
            )
        done.append(step.change.setting)
    if not passwords:
        return
    run.tell("passwords are set; trying the new one")
    _leave(run)
    run.job = replace(run.job, endpoint=replace(endpoint, previous_admin=None, previous_room=None))
    run.entered = access.enter(run.job.endpoint, run.job.pins, run.line, only_own=True)


def _reboot(run: _Run, waiting: Sequence[Step]) -> None:
    """Start the endpoint anew, wait until it answers, look at what waited for that."""
    job, endpoint = run.job, run.job.endpoint
    run.tell("reboots: some settings need it")
    run.rest.reboot()
    deadline = time.monotonic() + job.reboot_timeout
    reason = "it has not gone down"
    while True:
        if time.monotonic() + LOOK_EVERY > deadline:
            raise NotBack(
                Problem(
                    host=endpoint.host,
                    found=(f"the endpoint did not come back within {job.reboot_timeout:.0f} s of its reboot: {reason}"),
                    state="all settings were written before",
                    remedy=f"look whether it has power and network, then run again with -l {endpoint.host}",
                )
            )
        time.sleep(LOOK_EVERY)
        try:
            if _answers(run):
                problem = _look(run, waiting)
                break
        except (Unreachable, Unexpected) as error:  # one face may answer before the other does
            reason = error.problem.reason
        _leave(run)
    run.tell("answers again")
    if problem:
        value, step = problem
        raise _kept(endpoint.host, f"it reads {value}", step, when="after the reboot")


def _kept(host: str, words: str, step: Step, *, when: str) -> NotTaken:
    return NotTaken(
        Problem(
            host=host,
            found=f"{step.change.setting}: the endpoint has not taken it, {when}: {words}",
            state=f"statement: {step.change.shown}\nall settings were written before",
            remedy=f"look at the endpoint's web page, then run again with -l {host}",
        )
    )


def _answers(run: _Run) -> bool:
    """Whether the endpoint is up again: before it goes down, it still says that it has to."""
    run.entered = access.enter(run.job.endpoint, run.job.pins, run.line, only_own=True)
    return not run.rest.system().reboot_needed


def _look(run: _Run, waiting: Sequence[Step]) -> tuple[str, Step] | None:
    """One look at what waited for the reboot; a command line only when something is told nowhere else."""
    job, found = run.job, {}
    settings = [step.setting for step in waiting if step.setting]
    if any(not setting.rest for setting in settings):
        with access.shell(job.endpoint, job.pins, run.line, run.entered.password) as shell:
            found = dict(plan.read(settings, shell, run.rest).settings)
    elif settings:
        values = run.rest.read([name for setting in settings for name in setting.rest])
        found = {s.name: plan.of_variables(s, [values[name] for name in s.rest]) for s in settings}
    return _differing(waiting, found)


def _names(steps: Sequence[Step]) -> str:
    return ", ".join(step.change.setting for step in steps) or "nothing"


def _left(steps: Sequence[Step], written: Sequence[Step]) -> str:
    return _names([step for step in steps if step not in written])


def _remedy(host: str, step: Step, words: str) -> str:
    if replies.provisioned(words) or "PROVISION" in words:
        return f"switch provisioning off at the endpoint, then run again with -l {host}"
    if "in a call" in words:
        return f"run again with -l {host} after the call"
    return f"correct {step.change.setting} in the inventory, then run again with -l {host}"
