"""From readings to steps: what differs, in which order, and how it is put back."""

from __future__ import annotations

from typing import Any

import pytest

from diemcau.endpoints.group import plan
from diemcau.endpoints.group.access import ADMIN as BY_ADMIN
from diemcau.endpoints.group.access import ROOM as BY_ROOM
from diemcau.endpoints.group.access import SERIAL as BY_SERIAL
from diemcau.endpoints.group.plan import Reading, Step
from diemcau.endpoints.group.settings import TABLE
from diemcau.intent import Value
from diemcau.redaction import Secret
from tests.unit.endpoints.endpoints import ADMIN, ROOM, SECRETS, SERIAL, SETTINGS, endpoint
from tests.unit.inventories import district, small


def readings(**other: Reading) -> dict[str, Reading]:
    """A device that has everything that is asked for, but for ``other``."""
    found = {name: Reading(value, (str(value),)) for name, value in SETTINGS.items() if name != "sip_password"}
    return {**found, **other}


def steps(sip_offline: bool = False, takeover: bool = False, **other: Reading) -> list[Step]:
    return plan.plan(endpoint(), readings(**other), sip_offline=sip_offline, takeover=takeover)


def names(found: list[Step]) -> list[str]:
    return [step.change.setting for step in found]


def test_what_is_as_asked_takes_no_step() -> None:
    assert steps() == []


def test_rest_comes_first_and_access_last() -> None:
    other = {name: Reading("x", ("x",)) for name in ("dhcp", "system_name", "timezone", "sip_enable")}
    found = steps(**other)
    assert names(found) == ["timezone", "system_name", "sip_enable", "dhcp"]
    assert [bool(step.variables) for step in found] == [True, False, False, False]


@pytest.mark.parametrize("name", ["sip_registrar", "sip_user"])
def test_a_changed_account_brings_its_password(name: str) -> None:
    assert names(steps(**{name: Reading(None, (None,))})) == [name, "sip_password"]


def test_an_offline_server_brings_the_password_only_where_sip_is_asked_for() -> None:
    assert names(steps(sip_offline=True)) == ["sip_password"]
    off = endpoint(settings={**SETTINGS, "sip_enable": False})
    found = plan.plan(off, readings(sip_enable=Reading(False, ("False",))), sip_offline=True, takeover=False)
    assert found == []


@pytest.mark.parametrize(
    ("by", "used", "typed"),
    [
        (BY_SERIAL, SERIAL, [f"setpassword admin room {SERIAL} {ROOM}", f"setpassword admin remote {ROOM} {ADMIN}"]),
        (BY_ROOM, ROOM, [f"setpassword admin remote {ROOM} {ADMIN}"]),
        (BY_ADMIN, ADMIN, []),
    ],
)
def test_passwords_follow_from_the_one_that_was_taken(by: str, used: str, typed: list[str]) -> None:
    found = plan.passwords(endpoint(), by, Secret(used))
    assert [
        step.command.text.reveal() for step in found if step.command and isinstance(step.command.text, Secret)
    ] == typed
    assert not any(secret in f"{found!r}" for secret in SECRETS)


def test_two_names_that_differ_are_no_value_and_are_put_back_as_they_were() -> None:
    reading = plan.of_variables(TABLE["dscp_control"], ["24", "7"])
    assert reading == Reading("24 / 7", ("24", "7"))
    (step,) = steps(dscp_control=reading)
    back = plan.back(step, reading)
    assert back is not None
    assert [value for _, value in back.variables] == [24, 7]  # numbers, as they were written


def test_what_rest_told_as_nothing_cannot_be_put_back() -> None:
    reading = plan.of_variables(TABLE["dscp_control"], ["24", None])
    (step,) = steps(dscp_control=reading)
    assert plan.back(step, reading) is None


@pytest.mark.parametrize(
    ("name", "before", "typed"),
    [
        ("system_name", Reading("Polycom 1", ("Polycom 1",)), 'systemname set "Polycom 1"'),
        ("system_name", Reading(None, (None,)), 'systemname set ""'),
        ("sip_enable", Reading(False, ("False",)), "systemsetting sipenable False"),
        ("volume", Reading(3, ("3",)), "volume set 3"),
        ("snmp_community", Reading(Secret("old-1"), (Secret("old-1"),)), Secret("snmpcommunity set old-1")),
    ],
)
def test_what_was_there_is_put_back_as_it_was(name: str, before: Reading, typed: Any) -> None:
    (step,) = [step for step in steps(**{name: before}) if step.change.setting == name]
    back = plan.back(step, before)
    assert back is not None and back.command is not None
    assert back.command.text == typed


def test_what_was_never_read_cannot_be_put_back() -> None:
    (step,) = steps(sip_offline=True)
    assert plan.back(step, Reading(None, ())) is None


def test_changes_show_no_secret() -> None:
    value: Value = Secret("of-the-device-1")
    (step,) = steps(snmp_community=Reading(value, (value,)))
    shown = f"{step!r} {step.change.line()} {step.change.shown}"
    assert "of-the-device-1" not in shown and not any(secret in shown for secret in SECRETS)


def test_what_is_intended_names_every_setting_and_no_secret() -> None:
    room = district(small()).rooms["ga-ry-room"]
    lines = plan.intended(room).splitlines()
    assert len(lines) == len(room.settings)
    assert 'systemname set "Ga-Ry"' in lines and "systemsetting sippassword ***" in lines
    assert lines[-1] == "systemsetting webenabled True"  # how it is reached comes last


def test_what_may_shut_us_out_and_what_waits_for_a_start_is_said_with_the_change() -> None:
    found = steps(dhcp=Reading("off", ("off",)), hostname=Reading("old", ("old",)), volume=Reading(3, ("3",)))
    marks = {step.change.setting: (step.change.reach, step.change.restart) for step in found}
    assert marks == {"dhcp": (True, False), "hostname": (False, True), "volume": (False, False)}
