"""The actions around the driver: results for the run's table, words for a person."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from diemcau.endpoints import CallReport, Change, InCall, Outcome, RoomState, unknown
from diemcau.endpoints.group import calls, info, transaction
from diemcau.errors import DiemcauError, Problem, Unreachable
from diemcau.paths import PROJECT
from diemcau.secrets import pins
from diemcau.secrets.pins import Pins
from tests.unit.endpoints.endpoints import endpoint

FAR = endpoint(host="huyen-uy-room", site="huyen-uy", display_name="Huyện ủy", extension="8001")
NEAR = endpoint(host="dang-room", site="dang", extension="8017", backup_rate_kbps=768)
KNOWN = Pins("ssh-rsa AAAA", "SHA256:00")
OUTCOME = Outcome((Change("volume", 3, 25, "volume set 25"),), reboot_shown=transaction.REBOOT)


def action(name: str, monkeypatch: pytest.MonkeyPatch, known: Pins = KNOWN) -> Any:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "plugins" / "action" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.ActionModule.__new__(module.ActionModule)
    rooms = {room.host: room for room in (endpoint(), FAR, NEAR)}
    monkeypatch.setattr(
        made, "district", lambda task_vars: SimpleNamespace(rooms=rooms, numbers={"ga-ry": 18}), raising=False
    )
    monkeypatch.setattr(made, "vault", lambda: None, raising=False)
    monkeypatch.setattr(made, "tell", lambda host: lambda words: None, raising=False)
    monkeypatch.setattr(pins, "read", lambda path, vault: known)
    return made


def settings(monkeypatch: pytest.MonkeyPatch, found: Any, check: bool = False, **given: Any) -> dict[str, Any]:
    def configure(job: Any, check: bool, tell: Any) -> Outcome:
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]

    monkeypatch.setattr(transaction, "configure", configure)
    arguments = {"reboot_timeout": 300, "plan_directory": None, **given}
    variables = {"inventory_hostname": "ga-ry-room", "ansible_check_mode": check}
    return action("polycom_settings", monkeypatch).work(arguments, variables)  # type: ignore[no-any-return]


def test_settings_tell_what_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    result = settings(monkeypatch, OUTCOME)
    assert result == {
        "changed": True,
        "line": "sent and read back 1 setting, rebooted",
        "changes": ["volume: 3 -> 25"],
        "statements": ["volume set 25", transaction.REBOOT],
        "lines": [{"section": "room", "shown": "volume set 25", "way": False, "call": False, "restart": False}],
        "reboot": True,
        "rebooted": True,
        "diff": {"prepared": f"volume set 25\n{transaction.REBOOT}\n"},
    }
    assert settings(monkeypatch, Outcome(()))["changed"] is False


def test_check_mode_tells_what_would_be_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = settings(monkeypatch, OUTCOME, check=True, plan_directory=str(tmp_path))
    assert (result["line"], result["rebooted"]) == ("would send 1 setting, would reboot", False)
    assert (tmp_path / "ga-ry-room.txt").read_text() == result["diff"]["prepared"]


def test_an_old_plan_does_not_pass_for_one_of_a_room_that_could_not_be_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ga-ry-room.txt").write_text("volume set 3\n")
    with pytest.raises(Unreachable):
        settings(
            monkeypatch, Unreachable(Problem(host="ga-ry-room", found="no")), check=True, plan_directory=str(tmp_path)
        )
    assert list(tmp_path.iterdir()) == []


def test_a_room_in_a_call_is_named_and_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    error = InCall(
        Problem(host="ga-ry-room", found="the room is in a call", remedy="run again with -l ga-ry-room after the call")
    )
    result = settings(monkeypatch, error)
    assert (result["failed"], result["plain"], result["skipped_in_call"]) == (True, True, True)
    assert "-l ga-ry-room" in result["msg"]


def state(
    monkeypatch: pytest.MonkeyPatch, found: Any, problems: list[dict[str, Any]] | None = None, in_call: bool = False
) -> dict[str, Any]:
    def room_state(*_: Any, equipment: bool) -> RoomState:
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]

    monkeypatch.setattr(info, "room_state", room_state)
    made = action("polycom_info", monkeypatch)
    arguments = {"wait": 0, "problems": problems or [], "in_call": in_call, "equipment": False, "patience": None}
    return made.work(arguments, {"inventory_hostname": "ga-ry-room"})  # type: ignore[no-any-return]


def test_info_is_quiet_when_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    result = state(monkeypatch, RoomState("ga-ry", "ga-ry-room", "Ga Ry", "8018", registered=True))
    assert result["quiet"] and "failed" not in result
    assert result["room_state"]["number"] == 18
    assert {"site", "host", "extension", "registered", "in_call", "model", "reason"} <= set(result["room_state"])


def test_info_fails_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    result = state(monkeypatch, unknown(endpoint(), "chưa đăng ký"))
    assert (result["failed"], result["msg"]) == (True, "ga-ry-room: chưa đăng ký")
    result = state(monkeypatch, Unreachable(Problem(host="ga-ry-room", found="cannot be reached", state="more")))
    assert result["room_state"]["reason"] == "cannot be reached"
    result = state(monkeypatch, None, problems=[Problem(host="ga-ry-room", found="earlier", state="more").as_dict()])
    assert (result["msg"], result["room_state"]["reason"]) == ("ga-ry-room: earlier\n    more", "earlier")
    calls = [Problem(host="ga-ry-room", found="the room is in a call").as_dict()]
    result = state(monkeypatch, None, problems=calls, in_call=True)
    assert result["room_state"]["in_call"] and "đang họp" in result["room_state"]["reason"]


def call(
    monkeypatch: pytest.MonkeyPatch,
    to: str,
    *,
    connected: bool = True,
    busy: bool = False,
    gap: float = 0.0,
    check: bool = False,
    **more: Any,
) -> Any:
    seen: list[Any] = []

    def place(room: Any, known: Any, number: str, rate: int, seconds: float, tell: Any) -> CallReport:
        seen.extend([number, rate, seconds])
        if busy:
            raise InCall(Problem(host="ga-ry-room", found="the room is in a call: no other was placed"))
        return CallReport(connected, 10.0, 1400.0, 1300.0, 0.5, 4.0, gap)

    monkeypatch.setattr(calls, "place", place)
    arguments = {"to": to, "seconds": 10, "rate_kbps": None, "on_backup": False, **more}
    variables = {"inventory_hostname": "ga-ry-room", "ansible_check_mode": check}
    return action("polycom_call", monkeypatch).work(arguments, variables), seen


@pytest.mark.parametrize("to", ["huyen-uy", "huyen-uy-room"])
def test_a_call_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    result, seen = call(monkeypatch, to)
    assert seen == ["8001@10.77.1.15", 1472, 10]
    assert result["line"].startswith("gọi 8001 Huyện ủy: gửi 1400 kbit/s, nhận 1300 kbit/s, mất gói 0.5 %")
    assert (result["call_report"]["rx_kbps"], result["rate_kbps"]) == (1300.0, 1472)
    assert "gián đoạn" not in result["line"]
    assert call(monkeypatch, to, gap=7.2)[0]["line"].endswith("trong 10 s, gián đoạn 7 s")


def test_a_room_in_a_call_is_left_alone_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = call(monkeypatch, "huyen-uy", busy=True)
    assert result["failed"] and result["in_call"] and "the room is in a call" in result["msg"]


def test_a_call_without_the_fibre_has_the_rate_of_the_other_circuit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ga Ry has one circuit here, Dang a second one."""
    assert call(monkeypatch, "dang", on_backup=True)[1][1] == 768
    assert call(monkeypatch, "dang")[1][1] == 1472
    assert call(monkeypatch, "dang", on_backup=True, rate_kbps=256)[1][1] == 256
    with pytest.raises(DiemcauError, match="on_backup: neither this site nor huyen-uy has a second circuit"):
        call(monkeypatch, "huyen-uy", on_backup=True)


def test_a_call_that_does_not_connect_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = call(monkeypatch, "huyen-uy", connected=False)
    assert result["failed"] and "did not connect" in result["msg"] and not result["call_report"]["connected"]


def test_check_mode_places_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    result, seen = call(monkeypatch, "huyen-uy", check=True)
    assert seen == [] and not result["changed"]


@pytest.mark.parametrize("to", ["ga-ry", "nowhere"])
def test_a_call_needs_another_room(monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    with pytest.raises(Exception, match=f"{to} is no other room\n    expected: one of huyen-uy"):
        call(monkeypatch, to)
