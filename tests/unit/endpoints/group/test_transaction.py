"""The driver against an endpoint on loopback that misbehaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
import paramiko
import pytest

from diemcau.endpoints import CallReport, InCall, Job, Outcome
from diemcau.endpoints.group import access, calls, console, info, plan, rest, transaction
from diemcau.endpoints.group.access import Line, NoPassword
from diemcau.endpoints.group.transaction import NotTaken, Provisioned, WrongModel
from diemcau.errors import DiemcauError, HostKeyChanged, Problem, Unexpected, Unreachable
from diemcau.redaction import Secret
from diemcau.secrets.pins import Pins
from tests.unit.endpoints.endpoints import ADMIN, COMMUNITY, ROOM, SECRETS, SERIAL, SETTINGS, SIP, endpoint
from tests.unit.endpoints.fake_endpoint import HOST_KEY, Unit, certificate, listening


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without the pauses that a real device needs; and everything that a test opened is closed when it ends."""
    monkeypatch.setattr(console, "GAP", 0.002)
    monkeypatch.setattr(transaction, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(calls, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(info, "PAUSE", 0.01)
    yield
    for thread in threading.enumerate():
        if isinstance(thread, paramiko.Transport):
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture
def unit(pem: Path) -> Iterator[Unit]:
    with listening(Unit(), pem) as unit:
        yield unit
        assert unit.sessions == set()  # always logged out


class Store:
    """What was pinned."""

    def __init__(self, pins: Pins | None = None) -> None:
        self.pins = pins or Pins()

    def keep(self, seen: Pins) -> None:
        self.pins = seen


def line(unit: Unit) -> Line:
    return Line(unit.https_port, unit.ssh_port, timeout=20, connect_timeout=20)


def run(unit: Unit, store: Store | None = None, *, check: bool = False, **asked: Any) -> Outcome:
    store = store or Store()
    job = Job(endpoint(**asked), store.pins, store.keep, reboot_timeout=20)
    return transaction.configure(job, check, lambda words: None, line(unit))


def own(unit: Unit) -> Store:
    """An endpoint that was set up before: nothing differs."""
    store = Store()
    run(unit, store)
    unit.online = True
    unit.commands.clear()
    unit.requests.clear()
    unit.logins.clear()
    unit.shells = 0
    return store


def names(outcome: Outcome) -> list[str]:
    return [change.setting for change in outcome.changes]


def spoken(error: BaseException) -> str:
    """An error with all that hangs on it."""
    return f"{error} {error.__cause__} {error.args}"


def written_requests(unit: Unit) -> list[Any]:
    return [body for method, path, body in unit.requests if path == "/rest/config" and "vars" in body]


def test_a_factory_new_endpoint_is_taken_over(unit: Unit) -> None:
    store = Store()
    outcome = run(unit, store)
    assert sorted(names(outcome)) == sorted({*SETTINGS, "room_password", "admin_password"} - {"location"})
    assert (unit.room, unit.remote) == (ROOM, ADMIN)
    assert unit.system["sippassword"] == SIP
    assert unit.values["snmpcommunity"] == COMMUNITY
    assert (
        unit.variables["comm.qos.diffservqos.diffservfecc"] == unit.variables["comm.qos.diffservqos.diffservoam"] == 24
    )
    assert store.pins.host_key == " ".join(HOST_KEY.export_public_key().decode().split()[:2])
    assert store.pins.certificate.startswith("SHA256:")
    assert (outcome.reboot, unit.reboots) == (True, 1)
    # Its password first, passwords last; then one new log-in to see that it holds, one after the reboot, and one
    # command line to look at the host name.
    assert unit.logins == [SERIAL, SERIAL, ADMIN, ADMIN, ADMIN]
    assert [c.split()[:3] for c in unit.setters[-2:]] == [["setpassword", "admin", p] for p in ("room", "remote")]


def test_a_second_run_changes_nothing(unit: Unit) -> None:
    store = own(unit)
    outcome = run(unit, store)
    assert (outcome.changes, outcome.reboot, unit.setters, written_requests(unit)) == ((), False, [], [])
    assert (unit.logins, unit.shells, unit.reboots) == ([ADMIN, ADMIN], 1, 1)


def test_check_mode_sends_nothing_and_says_what_a_run_sends(unit: Unit) -> None:
    store = Store()
    planned = run(unit, store, check=True)
    assert (unit.setters, written_requests(unit), unit.reboots, store.pins) == ([], [], 0, Pins())
    assert (unit.room, unit.remote) == (SERIAL, "")
    done = run(unit, store)
    assert planned.shown() == done.shown()
    assert planned.changes == done.changes


def test_what_is_shown_are_the_devices_own_statements_without_secrets(unit: Unit) -> None:
    shown = run(unit, check=True).shown()
    assert 'systemname set "Ga Ry"\n' in shown
    assert 'POST /rest/config {"vars": [{"name": "time.timezone", "value": "Asia_Bangkok"}]}\n' in shown
    assert "systemsetting sippassword ***  (the endpoint is taken over)\n" in shown
    assert "snmpcommunity set ***\n" in shown
    assert "setpassword admin remote *** ***\n" in shown
    assert shown.endswith('POST /rest/system/reboot {"action": "reboot"}\n')
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize(
    "bad", [{"late_banner": 1}, {"late_banner": 4}, {"late_banner": 9}, {"lag": True}, {"echo": False}, {"drop": True},
            {"forget": True}, {"lag": True, "late_banner": 3}],
    ids=str,
)  # fmt: skip
def test_an_endpoint_on_a_bad_day_is_set_up_as_on_a_good_one(
    unit: Unit, bad: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "PATIENCE", 0.3)
    for name, value in bad.items():
        setattr(unit, name, value)
    store = Store()
    run(unit, store)
    assert (unit.room, unit.remote, unit.values["systemname"], unit.system["sippassword"]) == (
        ROOM,
        ADMIN,
        "Ga Ry",
        SIP,
    )
    unit.online = True
    unit.commands.clear()
    outcome = run(unit, store)
    assert (outcome.changes, unit.setters) == ((), [])


def test_only_what_differs_is_sent(unit: Unit) -> None:
    store = own(unit)
    unit.values["systemname"] = "Polycom 1"
    unit.variables["time.timezone"] = "Asia_Tokyo"
    outcome = run(unit, store)
    assert unit.setters == ['systemname set "Ga Ry"']
    assert written_requests(unit) == [{"vars": [{"name": "time.timezone", "value": "Asia_Bangkok"}]}]
    assert [change.line() for change in outcome.changes] == [
        "timezone: Asia_Tokyo -> Asia_Bangkok",
        "system_name: Polycom 1 -> Ga Ry",
    ]
    assert not outcome.reboot


def test_the_sip_password_goes_with_a_changed_account_or_an_offline_server(unit: Unit) -> None:
    store = own(unit)
    unit.system["sipusername"] = "8017"
    assert names(run(unit, store)) == ["sip_user", "sip_password"]
    unit.online = False
    (change,) = run(unit, store).changes
    assert change.shown == "systemsetting sippassword ***  (the endpoint says that its SIP server is offline)"
    unit.online = True
    assert names(run(unit, store)) == []


def test_a_changed_community_is_replaced_and_neither_is_told(unit: Unit) -> None:
    store = own(unit)
    unit.values["snmpcommunity"] = "public-of-old"
    (change,) = run(unit, store).changes
    assert (change.line(), change.shown) == ("snmp_community: *** -> ***", "snmpcommunity set ***")
    assert unit.values["snmpcommunity"] == COMMUNITY


def test_a_room_in_a_call_is_left_alone(unit: Unit) -> None:
    store = own(unit)
    unit.values["systemname"] = "x"
    unit.calls = ["callinfo:1:A Nong:8011:1472:connected:notmuted:outgoing:videocall"]
    with pytest.raises(InCall, match=r"ga-ry-room: the room is in a call(.|\n)*-l ga-ry-room"):
        run(unit, store)
    assert unit.commands == ["callinfo all"]


def test_a_provisioned_endpoint_is_left_alone(unit: Unit) -> None:
    unit.values["provisionserverenable"] = "true"
    with pytest.raises(Provisioned, match="provisioning service"):
        run(unit)
    assert (unit.setters, unit.remote) == ([], "")


def test_provisioning_that_begins_in_the_middle_is_a_refusal(unit: Unit) -> None:
    store = own(unit)
    unit.values["systemname"] = "x"
    unit.refuse["systemname set"] = "info: this setting is controlled by a provisioning service and cannot be changed"
    with pytest.raises(NotTaken, match=r"provisioning service(.|\n)*switch provisioning off"):
        run(unit, store)


def test_another_model_is_sent_nothing(unit: Unit) -> None:
    unit.model = "RealPresence Group 310"
    store = Store()
    with pytest.raises(WrongModel, match=r"Group 310\n    nothing was sent\n    expected: RealPresence Group 500"):
        run(unit, store)
    assert (unit.commands, store.pins) == ([], Pins())
    assert names(run(unit, check=True, model=""))  # any of the family


def test_without_a_model_another_family_is_refused(unit: Unit) -> None:
    unit.model = "Studio X30"
    with pytest.raises(WrongModel, match="expected: a RealPresence Group"):
        run(unit, model="")


def test_wrong_passwords_are_few(unit: Unit) -> None:
    store = own(unit)
    unit.room = unit.remote = "someone-elses-0005"
    with pytest.raises(NoPassword) as caught:
        run(unit, store)
    assert unit.logins == [ADMIN, SERIAL, ROOM]
    assert "tried admin_password, the serial number (factory password), room_password" in str(caught.value)
    assert not any(secret in spoken(caught.value) for secret in SECRETS)
    with pytest.raises(NoPassword):  # the device counts on: the next run stops after one
        run(unit, store)
    assert len(unit.logins) == 4


def test_who_was_never_met_is_sent_the_factory_password_and_none_of_ours(unit: Unit) -> None:
    unit.room = "someone-elses-0005"
    with pytest.raises(NoPassword, match=r"tried the serial number \(factory password\)\n"):
        run(unit)
    assert unit.logins == [SERIAL]


def test_an_endpoint_that_people_set_up_before_is_taken_with_the_password_of_its_file(unit: Unit) -> None:
    unit.room = unit.remote = ADMIN
    run(unit, serial="")
    assert unit.logins[0] == ADMIN


def test_a_connection_that_ends_with_a_refused_log_in_keeps_no_other_password_from_being_tried(unit: Unit) -> None:
    store = own(unit)
    unit.room, unit.remote, unit.drop_silently = SERIAL, "", True
    run(unit, store)
    assert unit.logins[:2] == [ADMIN, SERIAL]


def test_a_locked_account_is_not_tried_again(unit: Unit) -> None:
    unit.lockout = "LOCKOUT"
    with pytest.raises(NoPassword, match=r"has locked the account \(LOCKOUT\)"):
        run(unit)
    assert unit.logins == [SERIAL]


def test_without_a_serial_the_message_asks_for_it(unit: Unit) -> None:
    with pytest.raises(NoPassword, match="no serial_number is given"):
        run(unit, serial="")
    assert unit.logins == [ADMIN]


def test_an_endpoint_that_was_met_is_asked_with_its_own_password_first(unit: Unit) -> None:
    store = own(unit)
    unit.room, unit.remote = SERIAL, ""  # a factory reset that kept its keys
    outcome = run(unit, store)
    assert unit.logins[:2] == [ADMIN, SERIAL]
    assert names(outcome) == ["sip_password", "room_password", "admin_password"]


def test_a_take_over_that_was_cut_between_the_passwords_goes_on(unit: Unit) -> None:
    unit.refuse["setpassword admin remote"] = "error: Permission Denied"
    store = Store()
    with pytest.raises(NotTaken, match=r"refuses a password: error: Permission Denied(.|\n)*set before: room_password"):
        run(unit, store)
    assert (unit.room, unit.remote) == (ROOM, "")
    unit.refuse.clear()
    assert "admin_password" in names(run(unit, store))
    assert (unit.room, unit.remote) == (ROOM, ADMIN)


OLD = {"previous_admin": Secret("admin-before-0006"), "previous_room": Secret("room-before-0007")}


def before_rotation(unit: Unit) -> Store:
    """An endpoint with the passwords that are to be changed."""
    store = own(unit)
    unit.room, unit.remote = "room-before-0007", "admin-before-0006"
    return store


def test_new_passwords_are_set_with_the_previous_ones_and_nothing_else(unit: Unit) -> None:
    store = before_rotation(unit)
    outcome = run(unit, store, **OLD)
    assert names(outcome) == ["room_password", "admin_password"]  # the SIP password stays: the account is the same
    assert (unit.room, unit.remote, unit.reboots) == (ROOM, ADMIN, 1)  # the one reboot was before
    assert unit.logins[0] == "admin-before-0006" and unit.logins[-1] == ADMIN
    shown = outcome.shown()
    assert not any(secret in shown for secret in (*SECRETS, "admin-before-0006", "room-before-0007"))


def test_a_rotation_that_was_cut_after_the_room_password_goes_on(unit: Unit) -> None:
    store = before_rotation(unit)
    unit.room = ROOM  # it took this one, and nobody heard it
    assert names(run(unit, store, **OLD)) == ["room_password", "admin_password"]
    assert (unit.room, unit.remote) == (ROOM, ADMIN)


def test_a_room_password_that_somebody_changed_is_told(unit: Unit) -> None:
    store = before_rotation(unit)
    unit.room = "someone-elses-0005"
    with pytest.raises(NotTaken, match=r"refuses a password(.|\n)*setpassword admin room \*\*\* \*\*\*") as caught:
        run(unit, store, **OLD)
    assert unit.remote == "admin-before-0006"
    assert not any(secret in spoken(caught.value) for secret in (*SECRETS, "admin-before-0006", "room-before-0007"))


def test_a_rotation_that_the_endpoint_has_taken_costs_one_wrong_password(unit: Unit) -> None:
    store = own(unit)
    assert names(run(unit, store, **OLD)) == []
    assert unit.logins == ["admin-before-0006", ADMIN, ADMIN]
    assert unit.failed == 0


def test_while_passwords_are_changed_a_factory_reset_is_still_found_before_the_lock_out(unit: Unit) -> None:
    store = own(unit)
    unit.room, unit.remote = SERIAL, ""
    run(unit, store, **OLD)
    assert unit.logins[:3] == ["admin-before-0006", ADMIN, SERIAL]
    assert (unit.room, unit.remote) == (ROOM, ADMIN)


def test_during_a_call_the_passwords_stay(unit: Unit) -> None:
    store = before_rotation(unit)
    unit.calls.append("callinfo:7:A Nong:8011:1472:connected:notmuted:incoming:videocall")
    with pytest.raises(InCall, match="nothing was sent"):
        run(unit, store, **OLD)
    assert (unit.room, unit.remote) == ("room-before-0007", "admin-before-0006")


def test_a_refusal_in_the_middle_puts_back_what_was_written(unit: Unit) -> None:
    store = own(unit)
    unit.values |= {"systemname": "Polycom 1", "snmplocation": "xa", "volume": "3", "snmpcommunity": "old-one-0009"}
    unit.variables["time.timezone"] = "Asia_Tokyo"
    unit.system["sipregistrarserver"] = ""
    unit.system["sipusername"] = "8017"
    unit.refuse["systemsetting sipusername"] = "error: command has illegal parameters"
    with pytest.raises(NotTaken) as caught:
        run(unit, store)
    assert unit.values | {"systemname": "Polycom 1", "snmplocation": "xa", "volume": "3"} == unit.values
    assert (unit.values["snmpcommunity"], unit.variables["time.timezone"]) == ("old-one-0009", "Asia_Tokyo")
    assert unit.system["sipregistrarserver"] == ""
    message = str(caught.value)
    assert "error: command has illegal parameters" in message
    assert "statement: systemsetting sipusername 8018" in message
    put_back = "put back as it was: sip_registrar, snmp_community, volume, location, system_name, timezone"
    assert put_back in message and "NOT put back" not in message


def test_what_cannot_be_put_back_is_named(unit: Unit) -> None:
    store = own(unit)
    unit.system |= {"sipusername": "8017", "sipenable": "False"}
    unit.refuse["systemsetting sipenable"] = "error: this command is not supported"
    with pytest.raises(NotTaken) as caught:
        run(unit, store)
    assert "put back as it was: sip_user\n    NOT put back: sip_password (cannot be read" in str(caught.value)
    assert unit.system["sipusername"] == "8017"


def test_a_refused_secret_is_told_without_it(unit: Unit) -> None:
    unit.refuse["systemsetting sippassword"] = f"error: cannot take systemsetting sippassword {SIP} from {SERIAL}"
    with pytest.raises(NotTaken) as caught:
        run(unit)
    assert "statement: systemsetting sippassword ***" in str(caught.value)
    assert not any(secret in spoken(caught.value) for secret in SECRETS)


def test_a_refused_variable_of_rest_is_a_refusal(unit: Unit) -> None:
    store = own(unit)
    unit.variables |= {"time.timezone": "Asia_Tokyo", "comm.qos.diffservqos.diffservoam": 7}
    unit.refuse_variable["comm.qos.diffservqos.diffservoam"] = "PROVISIONED"
    with pytest.raises(NotTaken, match=r"PROVISIONED(.|\n)*put back as it was: (dscp_control, )?timezone"):
        run(unit, store)
    assert unit.variables["time.timezone"] == "Asia_Tokyo"
    assert unit.setters == []


def test_a_setting_that_is_answered_and_not_taken_is_found(unit: Unit) -> None:
    store = own(unit)
    unit.values["volume"] = "3"
    unit.ignore.add("volume set 25")
    with pytest.raises(NotTaken, match="reads 3 afterwards"):
        run(unit, store)


def test_a_call_that_begins_in_the_middle_leaves_the_room_alone(unit: Unit) -> None:
    store = own(unit)
    unit.values |= {"systemname": "x", "volume": "3"}
    unit.system["sipusername"] = "8017"
    unit.call_at = "systemsetting sipusername"
    unit.refuse["systemsetting sipusername"] = "error: systemsetting cannot be performed while in a call"
    with pytest.raises(InCall) as caught:
        run(unit, store)
    message = str(caught.value)
    assert "a call has begun" in message and "written: system_name, volume; not, or not known: sip_user" in message
    assert "-l ga-ry-room after the call" in message
    assert unit.setters[-1] == "systemsetting sipusername 8018"  # nothing was put back while people talk
    unit.call_at, unit.calls = "", []
    unit.refuse.clear()
    assert names(run(unit, store)) == ["sip_user", "sip_password"]


def test_a_value_that_cannot_be_read_back_is_no_reason_to_say_that_nothing_was_sent(unit: Unit) -> None:
    store = own(unit)
    unit.values["volume"] = "3"
    real = plan.read
    reads: list[Any] = []

    def read(*given: Any) -> Any:
        reads.append(given)
        if len(reads) == 2:
            unit.refuse["volume get"] = "error: this command is not supported"
        return real(*given)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(DiemcauError) as caught:
        patch.setattr(plan, "read", read)
        run(unit, store)
    assert "refuses volume get" in str(caught.value) and "written before that: volume" in str(caught.value)
    assert "nothing was sent" not in str(caught.value)


def test_a_new_password_that_opens_nothing_is_told_with_what_was_done(unit: Unit) -> None:
    unit.ignore.add("passwords")
    with pytest.raises(NoPassword) as caught:
        run(unit)
    message = str(caught.value)
    assert "all settings were written before" in message and "nothing was sent" not in message
    assert not any(secret in spoken(caught.value) for secret in SECRETS)


def test_a_reboot_that_only_the_answer_to_a_write_tells_of_is_done(unit: Unit) -> None:
    store = own(unit)
    unit.tells_reboot = ("write",)
    unit.variables["comm.firewall.fixedportsudplow"] = 5000
    outcome = run(unit, store)
    assert (names(outcome), outcome.reboot, unit.reboots) == (["udp_port_low"], True, 2)


def test_what_needs_a_reboot_is_read_back_also_when_the_endpoint_asks_for_none(unit: Unit) -> None:
    store = own(unit)
    unit.tells_reboot = ()
    unit.values["hostname"] = "x"
    unit.ignore.add("hostname set ga-ry-room")
    with pytest.raises(NotTaken, match=r"hostname: the endpoint has not taken it(.|\n)*reads x(.|\n)*were written"):
        run(unit, store)
    unit.ignore.clear()
    assert (names(run(unit, store)), unit.reboots) == (["hostname"], 1)


def test_a_getter_that_is_refused_stops_before_anything_is_sent(unit: Unit) -> None:
    unit.refuse["firewall"] = unit.refuse["enablefirewalltraversal get"] = "error: command not found"
    with pytest.raises(DiemcauError, match=r"refuses enablefirewalltraversal get: error: command not found\n.*nothing"):
        run(unit)
    assert unit.setters == []


def test_a_session_that_is_cut_in_the_middle_says_how_far_it_came(unit: Unit) -> None:
    unit.cut_at = "volume set"
    with pytest.raises(Unreachable) as caught:
        run(unit)
    message = str(caught.value)
    assert message.startswith(
        "ga-ry-room: the session was cut in the middle\n    written before that: timezone, call_rate"
    )
    assert "not, or not known: volume, snmp_community" in message
    assert not any(secret in spoken(caught.value) for secret in SECRETS)
    unit.cut_at = ""
    run(unit)
    assert (unit.room, unit.remote, unit.values["volume"]) == (ROOM, ADMIN, "25")


def test_a_cut_while_passwords_are_set_is_healed_by_the_next_run(unit: Unit) -> None:
    unit.cut_at = "setpassword admin remote"
    store = Store()
    with pytest.raises(Unreachable, match="while admin_password was set: whether it is, is not known") as caught:
        run(unit, store)
    assert not any(secret in spoken(caught.value) for secret in SECRETS)
    unit.cut_at = ""
    run(unit, store)
    assert (unit.room, unit.remote) == (ROOM, ADMIN)


def test_a_reboot_is_asked_for_once_and_not_during_a_call(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    store = own(unit)
    unit.values["hostname"] = "x"
    asked = transaction.in_call
    states = [False, True]
    monkeypatch.setattr(transaction, "in_call", lambda host, shell: asked(host, shell) or states.pop(0))
    with pytest.raises(InCall, match="a call has begun"):
        run(unit, store)
    assert (unit.values["hostname"], unit.reboots) == ("ga-ry-room", 1)  # the one of the first run
    monkeypatch.setattr(transaction, "in_call", asked)
    outcome = run(unit, store)
    assert (outcome.changes, outcome.reboot, unit.reboots) == ((), True, 2)


def test_a_command_line_that_comes_up_later_than_rest_is_waited_for(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = own(unit)
    unit.values["hostname"] = "x"
    real, opened = access.shell, [False, True, True]

    def shell(*given: Any) -> Any:
        if opened and opened.pop(0):
            raise Unreachable(Problem(host="ga-ry-room", found="not yet"))
        return real(*given)

    monkeypatch.setattr(access, "shell", shell)
    assert names(run(unit, store)) == ["hostname"]
    assert (unit.reboots, opened) == (2, [])


def test_an_endpoint_that_does_not_come_back_is_named(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    store = own(unit)
    unit.reboot_needed = True
    real = rest.Rest.reboot

    def gone(self: rest.Rest) -> None:
        real(self)
        unit.no_json = True

    monkeypatch.setattr(rest.Rest, "reboot", gone)
    job = Job(endpoint(), store.pins, store.keep, reboot_timeout=0.5)
    with pytest.raises(transaction.NotBack, match=r"did not come back within .* HTTP 503") as caught:
        transaction.configure(job, False, lambda words: None, line(unit))
    assert ADMIN not in spoken(caught.value)  # the page held it


def test_another_host_key_is_sent_nothing(unit: Unit) -> None:
    store = own(unit)
    other = asyncssh.generate_private_key("ssh-rsa", key_size=2048).export_public_key().decode()
    store.pins = Pins(" ".join(other.split()[:2]), store.pins.certificate)
    with pytest.raises(HostKeyChanged, match=r"SHA256:.*SHA256:(.|\n)*pinned_host_key") as caught:
        run(unit, store)
    assert unit.logins == [ADMIN] and unit.commands == []
    assert "bundle" not in str(caught.value)


def test_another_certificate_is_sent_nothing(unit: Unit) -> None:
    store = own(unit)
    known = store.pins.certificate
    store.pins = Pins(store.pins.host_key, "SHA256:" + 64 * "0")
    with pytest.raises(HostKeyChanged) as caught:
        run(unit, store)
    assert known in str(caught.value) and 64 * "0" in str(caught.value) and "nothing was sent" in str(caught.value)
    assert (unit.requests, unit.logins) == ([], [])


def test_a_full_table_of_sessions_is_told(unit: Unit) -> None:
    unit.full = True
    with pytest.raises(rest.SessionsTaken, match="opens no further REST session"):
        run(unit)
    assert unit.logins == []


def test_ssh_sessions_that_are_all_taken_are_told(unit: Unit) -> None:
    unit.ssh_full = True
    with pytest.raises(Unreachable, match="closed the SSH session right after log-in"):
        run(unit)


def test_an_answer_that_is_no_json_is_told(unit: Unit) -> None:
    unit.no_json = True
    with pytest.raises(Unexpected, match=r"POST /rest/session answers HTTP 503 and no JSON: <html>") as caught:
        run(unit)
    assert ADMIN not in spoken(caught.value)


def test_nobody_listening_is_unreachable(unit: Unit) -> None:
    unit.https_port = 1
    with pytest.raises(Unreachable, match="cannot be reached by HTTPS"):
        run(unit)


def test_every_session_ends_after_every_error(unit: Unit) -> None:
    for wrong in ({"model": "x"}, {"refuse": {"volume set": "error: no"}}, {"cut_at": "snmplocation get"}):
        for name, value in wrong.items():
            setattr(unit, name, value)
        with suppress(DiemcauError):
            run(unit)
            pytest.fail("nothing went wrong")
        unit.model, unit.refuse, unit.cut_at = "RealPresence Group 500", {}, ""
        assert unit.sessions == set()


def test_info_waits_until_the_room_is_registered(unit: Unit) -> None:
    store = own(unit)
    state = info.room_state(endpoint(), store.pins, 20, line(unit))
    assert (state.registered, state.in_call, state.reason) == (True, False, "")
    assert (state.model, state.serial, state.system_name) == ("RealPresence Group 500", SERIAL, "Ga Ry")
    assert unit.setters == []


def test_info_tells_why_a_room_is_not_registered(unit: Unit) -> None:
    store = own(unit)
    unit.online = False
    unit.calls = ["callinfo:1:A Nong:8011:1472:connected:notmuted:outgoing:videocall"]
    state = info.room_state(endpoint(), store.pins, 0.1, line(unit))
    assert (state.registered, state.in_call) == (False, True)
    assert state.reason == "chưa đăng ký với máy chủ SIP (10.77.1.15 DOWN; sipserver offline)"
    unit.system["sipregistrarserver"] = "10.9.9.9"
    assert "đúng ra là 10.77.1.15" in info.room_state(endpoint(), store.pins, 0, line(unit)).reason


def test_info_tells_the_equipment_when_asked_for_it(unit: Unit) -> None:
    store = own(unit)
    unit.online, unit.system["sipregistrarserver"] = True, "10.77.1.15"
    unit.equipment = {
        "/rest/audio": {"muteLocked": False, "muted": True, "numOfMicsConnected": 0, "volume": 25},
        "/rest/cameras/near/all": [{"cameraIndex": 1, "connected": True}, {"cameraIndex": 2, "connected": False}],
        "/rest/system/network/ping": {"icmpReachable": True, "sipReachable": False, "responseTime": 3},
    }
    found = info.room_state(endpoint(), store.pins, 0, line(unit), equipment=True)
    assert (found.muted, found.microphones, found.cameras, found.server_answers) == (True, 0, 1, False)
    assert ("POST", "/rest/system/network/ping", {"destination": "10.77.1.15"}) in unit.requests
    unit.equipment = {}
    found = info.room_state(endpoint(), store.pins, 0, line(unit), equipment=True)
    assert (found.registered, found.muted, found.microphones, found.cameras) == (True, None, None, None)
    assert found.server_answers is None
    assert unit.sessions == set()


def test_info_sends_no_password_to_an_endpoint_that_was_never_met(unit: Unit) -> None:
    state = info.room_state(endpoint(), Pins(), 0, line(unit))
    assert (state.reason, unit.logins) == (info.FORGOTTEN, [])


def place(unit: Unit, store: Store) -> CallReport:
    return calls.place(endpoint(), store.pins, "8001@10.77.1.15", 1472, 0.05, lambda words: None, line(unit))


def test_a_call_is_measured_and_ended(unit: Unit) -> None:
    store = own(unit)
    report = place(unit, store)
    assert (report.connected, report.tx_kbps, report.rx_kbps) == (True, 1000.0, 1000.0)
    assert (report.percent_lost, report.jitter_ms) == (0.5, 4.0)
    assert (
        "POST",
        "/rest/conferences",
        {"address": "8001@10.77.1.15", "rate": 1472, "dialType": "SIP"},
    ) in unit.requests
    assert unit.requests[-2][:2] == ("DELETE", "/rest/conferences/1")
    assert (unit.calls, unit.shells_now) == ([], 0)


def late(real: Any) -> Any:
    """A look for calls that takes longer than the endpoint keeps an idle connection."""

    def look(host: str, shell: Any) -> bool:
        time.sleep(0.8)
        return bool(real(host, shell))

    return look


def test_a_connection_that_died_meanwhile_keeps_no_call_from_being_placed(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = own(unit)
    unit.keeps = 0.3
    monkeypatch.setattr(calls, "in_call", late(calls.in_call))
    assert place(unit, store).connected


def test_a_connection_that_died_meanwhile_keeps_no_endpoint_from_its_reboot(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = own(unit)
    unit.keeps, unit.reboot_needed = 0.3, True
    monkeypatch.setattr(transaction, "in_call", late(transaction.in_call))
    job = Job(endpoint(), store.pins, store.keep, reboot_timeout=3)
    assert (transaction.configure(job, False, lambda words: None, line(unit)).reboot, unit.reboots) == (True, 2)


def test_a_call_without_media_is_ended_as_well(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "CONNECT_SECONDS", 0.05)
    store = own(unit)
    unit.mute_media = True
    assert not place(unit, store).connected
    assert unit.calls == []


def test_a_call_that_rest_cannot_end_is_ended_at_the_command_line(unit: Unit) -> None:
    store = own(unit)
    unit.broken = "DELETE"
    with pytest.raises(Unexpected, match=r"HTTP 500(.|\n)*the call was ended\n    to do: run again"):
        place(unit, store)
    assert (unit.calls, unit.setters) == ([], ["hangup all"])


def test_a_call_whose_beginning_was_not_understood_is_ended(unit: Unit) -> None:
    store = own(unit)
    unit.odd_dial = True
    with pytest.raises(Unexpected, match="the call was ended"):
        place(unit, store)
    assert unit.calls == []


def test_somebody_elses_call_is_never_ended(unit: Unit) -> None:
    store = own(unit)
    unit.broken = "POST /rest/conferences"  # it refuses: meanwhile somebody has called
    asked: list[bool] = []
    real = transaction.in_call

    def before_it_rings(host: str, shell: Any) -> bool:
        asked.append(real(host, shell))
        unit.calls = ["callinfo:1:A Nong:8011:1472:connected:notmuted:incoming:videocall"]
        return asked[-1]

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Unexpected, match="end the call by hand"):
        patch.setattr(calls, "in_call", before_it_rings)
        place(unit, store)
    assert (asked, len(unit.calls), unit.setters) == ([False], 1, [])


@pytest.mark.parametrize("shown", ["callinfo:1:odd", "callinfo:1:system is not in a call:8011:1472:connected:x:y:z"])
def test_an_answer_about_calls_that_cannot_be_read_counts_as_a_call(unit: Unit, shown: str) -> None:
    store = own(unit)
    unit.calls = [shown]
    with pytest.raises(InCall):
        place(unit, store)
    with pytest.raises(InCall):
        run(unit, store)
    assert unit.setters == []


def test_no_call_is_placed_from_a_room_in_a_call(unit: Unit) -> None:
    store = own(unit)
    unit.calls = ["callinfo:1:A Nong:8011:1472:connected:notmuted:outgoing:videocall"]
    with pytest.raises(InCall, match="no other was placed"):
        place(unit, store)
    assert len(unit.calls) == 1


def test_only_its_own_password_is_tried_where_one_is_named(unit: Unit) -> None:
    with pytest.raises(NoPassword, match="tried admin_password"):
        access.enter(endpoint(admin_password=Secret("another-0007")), Pins(), line(unit), only_own=True)
    assert unit.logins == ["another-0007"]
