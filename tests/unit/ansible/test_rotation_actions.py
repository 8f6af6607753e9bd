"""The actions of a rotation: what may begin, and what a hub says of whom it carries."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.errors import DiemcauError, Problem, Unreachable
from diemcau.push import hub_moves, transaction
from diemcau.secrets import replacement, rotation, store
from tests.unit.ansible.test_router_actions import action, variables
from tests.unit.inventories import district, one_hub, small

WHOLE = district(small())


@pytest.fixture
def vault() -> VaultLib:
    return VaultLib([("default", VaultSecret(b"right"))])


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, vault: VaultLib) -> Any:
    made = action("rotation_begin", monkeypatch)
    monkeypatch.setattr(made, "vault", lambda: vault)
    monkeypatch.setitem(type(made).work.__globals__, "SECRETS", tmp_path)
    store.ensure(WHOLE.secrets_wanted, tmp_path, vault)
    return lambda *hosts, check=False: made.work({}, {**variables(check), "ansible_play_hosts_all": list(hosts)})


def test_a_rotation_begins_once_and_goes_on(begin: Any) -> None:
    assert begin("ga-ry-router", "ga-ry-room", check=True)["line"] == "5 keys and passwords of 2 devices to be changed"
    first = begin("ga-ry-router", "ga-ry-room")
    assert first["changed"] and sorted(first["due"]) == ["ga-ry-room", "ga-ry-router"]
    second = begin("ga-ry-router")
    assert not second["changed"] and "it goes on" in second["line"]
    assert second["due"] == {"ga-ry-router": list(first["due"]["ga-ry-router"])}


def test_a_router_whose_stick_is_on_the_road_keeps_its_keys(begin: Any, tmp_path: Path, vault: VaultLib) -> None:
    replacement.begin(tmp_path / "ga-ry-router.yml", ["admin_password"], [], vault, datetime.now().astimezone())
    found = begin("ga-ry-router", "dang-router")
    assert list(found["due"]) == ["dang-router"]
    assert found["line"].endswith("left out until restore.yml is through with them: ga-ry-router")


def test_a_hub_is_not_chosen_alone(begin: Any) -> None:
    with pytest.raises(DiemcauError, match=r"-l: the keys of ubnd-router concern all communes\n +nothing was changed"):
        begin("ubnd-router", "ubnd-room")
    assert begin("ubnd-room")["due"] == {"ubnd-room": ["admin_password", "room_password"]}


def test_a_district_with_one_hub_has_no_other_way_meanwhile(begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = action("rotation_begin", monkeypatch)
    monkeypatch.setattr(made, "district", lambda task_vars: district(one_hub(2)))
    with pytest.raises(DiemcauError, match=r"district\.hubs: keys cannot be changed while traffic runs with one hub"):
        made.work({}, {**variables(), "ansible_play_hosts_all": ["xa-0-router"]})


def test_nothing_is_made_or_struck_in_check_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    made = action("rotation_secrets", monkeypatch)
    for name in ("renew", "done"):
        monkeypatch.setattr(rotation, name, lambda *given: pytest.fail("touched"))
    assert made.work({"hosts": [], "names": [], "state": "new"}, variables(check=True)) == {
        "secrets": [],
        "quiet": True,
    }


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (["dang", "ga-ry"], "carries dang, ga-ry"),
        (["dang"], "carries dang; not ga-ry"),
        ([], "carries nobody; not ga-ry"),
        (
            Unreachable(Problem(host="ubnd-router", found="10.77.255.2 is silent", state="more")),
            "cannot be asked: 10.77.255.2 is silent",
        ),
    ],
)
def test_a_hub_says_whom_it_carries(monkeypatch: pytest.MonkeyPatch, found: Any, line: str) -> None:
    made = action("hub_state", monkeypatch)

    def carried(*given: Any) -> list[str]:
        if isinstance(found, Exception):
            raise found
        return list(found)

    monkeypatch.setitem(type(made).work.__globals__, "carried", carried)
    result = made.work({"hub": "ubnd-router", "routers": ["ga-ry-router"], "wait": 60}, variables())
    assert result["line"] == line and result["router"] == "ubnd-router"
    assert result["carried"] == ([] if isinstance(found, Exception) else [f"{site}-router" for site in found])


def test_a_hub_is_not_asked_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    made = action("hub_state", monkeypatch)
    monkeypatch.setitem(type(made).work.__globals__, "carried", lambda *given: pytest.fail("asked"))
    result = made.work({"hub": "ubnd-router", "routers": [], "wait": 60}, variables())
    assert result["carried"] == [] and result["quiet"]


def test_a_turn_goes_through_its_steps_as_data(begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rotation_begin and each step give back is what the next one takes."""
    turn = begin(*WHOLE.routers, *WHOLE.rooms)["turns"][0]
    assert turn["concerned"] == turn["communes"] == ["dang-router", "ga-ry-router"] and turn["whole"]
    made = action("rotation_turn", monkeypatch)

    def step(name: str, **given: Any) -> dict[str, Any]:
        arguments = {"carried": [], "reason": "", "left_out": [], "left": [], "back": [], "hub_failed": False}
        return dict(made.work({**arguments, "step": name, "turn": turn, **given}, variables()))

    leaving = step("leave", carried=turn["communes"], left_out=["dang-router"])
    assert (leaving["leave"], leaving["problems"]) == (["ga-ry-router"], {})
    keys = {"hosts": ["ga-ry-router"], "names": ["wireguard_private_key_wg0", "admin_password"]}
    assert step("renew", left=leaving["leave"])["make"] == [keys]
    settled = step("settle", left=["ga-ry-router"], back=["ga-ry-router"], carried=["ga-ry-router"])
    assert settled["strike"] == [keys]
    assert settled["left_out"] == ["dang-router"] and list(settled["problems"]) == ["huyen-uy-router"]
    failed = step("settle", left=["ga-ry-router"], carried=["ga-ry-router"], hub_failed=True)
    assert failed["strike"] == [] and failed["left_out"] == turn["communes"]


@pytest.mark.parametrize(("wait", "waits"), [(0, True), (60, False)])
def test_a_hub_waits_once_and_is_left_the_second_time(monkeypatch: pytest.MonkeyPatch, wait: int, waits: bool) -> None:

    made = action("router_config", monkeypatch)

    def push(*given: Any, **more: Any) -> Any:
        moves = Problem(host="ubnd-router", found="the change moves tunnels: dang", untouched=True)
        raise hub_moves.MustWait(moves)

    monkeypatch.setattr(transaction, "push", push)
    arguments = {
        "router": "ubnd-router", "sections": ["vpn"], "confirm_minutes": 5, "backup_directory": "x",
        "plan_directory": None, "drained": [], "held": [], "second_path": "huyen-uy-router",
        "second_path_wait": wait, "leave_behind": [],
        "backup_keep": 30, "from_backup": None,
    }  # fmt: skip
    if waits:
        result = made.work(arguments, variables())
        assert result["must_wait"] and result["line"] == "waits for the communes: the change moves tunnels: dang"
    else:
        with pytest.raises(hub_moves.MustWait):
            made.work(arguments, variables())
