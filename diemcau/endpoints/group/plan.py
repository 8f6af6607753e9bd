"""What turns an endpoint into what is asked of it: readings, the difference as data, and the lines that write it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from diemcau.endpoints import Change
from diemcau.endpoints.group.access import ADMIN, PREVIOUS, ROOM
from diemcau.endpoints.group.console import Console
from diemcau.endpoints.group.replies import Command, Refusal
from diemcau.endpoints.group.rest import Rest
from diemcau.endpoints.group.settings import ACCESS, EMPTY, REACH, SIP_ACCOUNT, Plain, Setting, carrier, unquoted
from diemcau.errors import DiemcauError, Problem
from diemcau.intent import Endpoint, Value
from diemcau.redaction import MASK, Secret


@dataclass(frozen=True)
class Reading:
    """What the device has: the value as data, and as it was spelled, to be put back so."""

    value: Value | None
    raw: tuple[str | Secret | None, ...]  # one for each carrier's name; None = empty


@dataclass(frozen=True)
class Step:
    """One change and how it is sent: a command, or variables of REST."""

    change: Change
    setting: Setting | None  # None: a password
    command: Command | None = None
    variables: tuple[tuple[str, Plain], ...] = ()


def carriers(endpoint: Endpoint) -> list[Setting]:
    """The carriers of all settings that are asked for, in the order in which they are sent."""
    ordered = sorted(endpoint.settings, key=lambda name: name in ACCESS)  # stable: the order of the rest stays
    return [carrier(endpoint.host, name) for name in ordered]


def intended(endpoint: Endpoint) -> str:
    """Everything that is asked of an endpoint as statements, one a line, secrets masked: for people, and to compare."""
    return "".join(f"{setting.shown(endpoint.settings[setting.name])}\n" for setting in carriers(endpoint))


def getter(setting: Setting) -> Command:
    """The command that reads a setting."""
    return Command(setting.get, setting.words)


def setter(setting: Setting, value: Value) -> Command:
    """The command that writes a setting, and how its reply is known."""
    return Command(setting.statement(value), setting.words, expect=lambda raw: setting.same(setting.parse(raw), value))


def read(settings: Sequence[Setting], shell: Console, rest: Rest, extra: Sequence[Command] = ()) -> Readings:
    """Read settings, and ``extra`` commands in the same go. Raises DiemcauError when the device refuses to tell one."""
    commands = {setting.name: getter(setting) for setting in settings if setting.get}
    answers = shell.read([*extra, *commands.values()]) if commands or extra else {}
    for command, answer in answers.items():
        if isinstance(answer, Refusal):
            raise DiemcauError(
                Problem(
                    host=shell.host,
                    found=f"the endpoint refuses {command.text}: {answer.words}",
                    untouched=True,
                    remedy="look whether its software is as new as that of the other rooms",
                )
            )
    raws = {command: answer.value for command, answer in answers.items() if not isinstance(answer, Refusal)}
    names = [name for setting in settings for name in setting.rest]
    variables = rest.read(names) if names else {}
    found: dict[str, Reading] = {}
    for setting in settings:
        if setting.rest:
            found[setting.name] = of_variables(setting, [variables[name] for name in setting.rest])
        elif setting.get:
            found[setting.name] = _of_reply(setting, raws[commands[setting.name]])
            if isinstance(secret := found[setting.name].value, Secret):
                shell.know(secret)
    return Readings(found, {command: raws[command] for command in extra})


@dataclass(frozen=True)
class Readings:
    settings: Mapping[str, Reading]
    extra: Mapping[Command, str]


def _of_reply(setting: Setting, raw: str) -> Reading:
    value, text = setting.parse(raw), unquoted(raw)
    return Reading(value, (value if isinstance(value, Secret) else text,))


def of_variables(setting: Setting, raws: Sequence[str | None]) -> Reading:
    """What REST tells about one setting, one text for each of its names."""
    values = [None if raw is None else setting.parse(raw) for raw in raws]
    # Names that carry one setting may differ: then what is shown says so, and is like nothing that is asked for.
    value = values[0] if all(v == values[0] for v in values) else " / ".join(map(str, values))
    return Reading(value, tuple(raws))


def plan(endpoint: Endpoint, readings: Mapping[str, Reading], *, sip_offline: bool, takeover: bool) -> list[Step]:
    """The steps for everything that differs, in the order in which they are sent: REST, commands, passwords apart.

    The SIP password cannot be read: it is sent with a changed account, to an endpoint that is taken over, and to one
    that says its SIP server is offline.
    """
    asked = {setting.name: endpoint.settings[setting.name] for setting in carriers(endpoint)}
    differing = {
        name
        for name, value in asked.items()
        if name in readings and not carrier(endpoint.host, name).same(readings[name].value, value)
    }
    reason = _password_due(asked, differing, sip_offline=sip_offline, takeover=takeover)
    steps = []
    for name, value in asked.items():
        setting = carrier(endpoint.host, name)
        note = f"  ({reason})" if not setting.get and not setting.rest else ""
        if name in differing or (note and reason):
            before = readings[name].value if name in readings else None
            change = Change(name, before, value, f"{setting.shown(value)}{note}", name in REACH, setting.at_reboot)
            steps.append(_step(setting, change))
    return sorted(steps, key=lambda step: step.command is not None)  # stable


def _step(setting: Setting, change: Change) -> Step:
    if setting.rest:
        return Step(change, setting, variables=setting.variables(change.after))
    return Step(change, setting, setter(setting, change.after))


def _password_due(asked: Mapping[str, Value], differing: Collection[str], *, sip_offline: bool, takeover: bool) -> str:
    """Why the SIP password is sent; "" when it is not."""
    if "sip_password" not in asked:
        return ""
    if takeover:
        return "the endpoint is taken over"
    if any(name in differing for name in SIP_ACCOUNT):
        return "its account changes"
    if sip_offline and asked.get("sip_enable", True) is True:
        return "the endpoint says that its SIP server is offline"
    return ""


def passwords(endpoint: Endpoint, by: str, used: Secret) -> list[Step]:
    """The steps that set both passwords, for an endpoint that took ``used``; none when it has ours already.

    Until there is a remote password, SSH and HTTPS take the room's: so the room's is set first and is the old one of
    the remote one. An endpoint that takes the room's password was left between the two. When both are to be changed,
    the remote one comes last too: as long as the previous one opens the endpoint, not all is done.
    """
    if by == PREVIOUS:
        old_room = endpoint.previous_room or endpoint.room_password
        return [
            _password("room", ROOM, old_room, endpoint.room_password),
            _password("remote", ADMIN, used, endpoint.admin_password),
        ]
    steps = []
    if by not in (ADMIN, ROOM):
        steps.append(_password("room", ROOM, used, endpoint.room_password))
    if by != ADMIN:
        steps.append(_password("remote", ADMIN, endpoint.room_password, endpoint.admin_password))
    return steps


def same_again(step: Step, endpoint: Endpoint) -> Command | None:
    """What an endpoint takes only if it has the new room password already: the new one in the place of itself.

    For a change that is refused because an interrupted run had made it; None where that cannot be.
    """
    if step.change.setting != ROOM or endpoint.previous_room is None:
        return None
    return _password("room", ROOM, endpoint.room_password, endpoint.room_password).command


def _password(place: str, name: str, old: Secret, new: Secret) -> Step:
    words = f"setpassword admin {place}"
    change = Change(name, None, new, f"{words} {MASK} {MASK}")
    return Step(change, None, Command(Secret(f"{words} {old.reveal()} {new.reveal()}"), words))


def back(step: Step, before: Reading) -> Step | None:
    """The step that puts back what was there; None when that is not known."""
    setting = step.setting
    if setting is None or not before.raw:
        return None
    if setting.rest:
        # In the types in which they were written, each name its own: names that carry one setting may have differed.
        plain = [found for raw in before.raw if isinstance(found := setting.parse(str(raw)), str | int)]
        if len(plain) < len(setting.rest) or None in before.raw:
            return None
        return Step(_reverse(step, before), setting, variables=tuple(zip(setting.rest, plain, strict=True)))
    raw = before.raw[0]
    value: Value = raw if isinstance(raw, Secret) else Secret("") if setting.kind == "secret" else raw or ""
    if before.value is not None and not isinstance(before.value, str):
        value = before.value
    return Step(_reverse(step, before), setting, setter(setting, value))


def _reverse(step: Step, before: Reading) -> Change:
    after: Value = EMPTY if before.value is None else before.value
    shown = step.setting.shown(after) if step.setting is not None and before.value is not None else step.change.setting
    return Change(step.change.setting, step.change.after, after, shown)
