"""The actions around a router: whose router is meant, files that come and go, a site that is waited for."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from diemcau import platforms
from diemcau.ansible.action import PlainAction, RouterAtWork
from diemcau.errors import DiemcauError, Problem, Unreachable
from diemcau.intent import SECTIONS
from diemcau.paths import PROJECT
from diemcau.platforms import Plan, Statement
from diemcau.push import backups, transaction, waiting
from diemcau.push.transaction import Job, Outcome
from diemcau.redaction import Secret
from diemcau.secrets.placeholders import PlaceholderSecrets
from diemcau.transport.ssh import Target
from tests.unit.inventories import district, small

SILENT = Unreachable(Problem(host="ga-ry-router", found="10.77.255.18 cannot be reached by SSH: timed out"))


def action(name: str, monkeypatch: pytest.MonkeyPatch, shown: list[str] | None = None) -> Any:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "plugins" / "action" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.ActionModule.__new__(module.ActionModule)
    found = district(small())

    def device(task_vars: dict[str, Any], host: str) -> RouterAtWork:
        router = found.routers[host]
        target = Target(host, router.management_address, "diemcau", None, "ssh-ed25519 AAAA")
        return RouterAtWork(router, found.numbers[router.site], "", platforms.load(router.platform), target)

    monkeypatch.setattr(made, "district", lambda task_vars, placeholders=False: found, raising=False)
    monkeypatch.setattr(made, "device", device, raising=False)
    monkeypatch.setattr(made, "secrets", PlaceholderSecrets, raising=False)
    monkeypatch.setattr(made, "vault", lambda: None, raising=False)
    monkeypatch.setattr(
        made, "_display", SimpleNamespace(display=([] if shown is None else shown).append), raising=False
    )
    return made


def variables(check: bool = False, host: str = "ga-ry-router") -> dict[str, Any]:
    return {"inventory_hostname": host, "ansible_check_mode": check}


@pytest.mark.parametrize(("router", "worked_on"), [(None, "ga-ry-router"), ("huyen-uy-router", "huyen-uy-router")])
def test_router_config_works_on_the_router_that_is_named(
    monkeypatch: pytest.MonkeyPatch, router: str | None, worked_on: str
) -> None:
    jobs: list[Job] = []
    kept: list[str] = []
    shown: list[str] = []

    def push(job: Job, check: bool, backup: Any, tell: Any, admit: Any) -> Outcome:
        jobs.append(job)
        backup(Secret("running"))
        tell("a word")
        return Outcome(Plan((Statement("set x", "set x", "vpn"),)), committed=True)

    monkeypatch.setattr(transaction, "push", push)
    monkeypatch.setattr(
        backups, "Store", lambda *_: SimpleNamespace(keep=lambda host, extension, text, most: kept.append(host))
    )
    arguments = {
        "router": router, "sections": list(SECTIONS), "confirm_minutes": 5, "backup_directory": "x",
        "backup_keep": 30, "from_backup": None, "plan_directory": None,
        "drained": [], "held": [], "second_path": None, "second_path_wait": 0, "leave_behind": [],
    }  # fmt: skip
    result = action("router_config", monkeypatch, shown).work(arguments, variables())
    assert result["router"] == worked_on and result["changed"]
    assert (jobs[0].target.host, kept) == (worked_on, [worked_on])
    assert shown == [f"{worked_on:<18} … a word"]
    assert district(small()).routers[worked_on].system.hostname in jobs[0].desired.reveal()


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (Outcome(Plan((Statement("set x", "set x", "vpn"),)), committed=False), "vpn: differs"),
        (Outcome(Plan(()), committed=False, pending=True), "vpn: an earlier change is not confirmed yet"),
        (Outcome(Plan(()), committed=False), "vpn: as the inventory asks"),
    ],
)
def test_a_role_compares_its_section_and_no_other(monkeypatch: pytest.MonkeyPatch, found: Outcome, line: str) -> None:
    jobs: list[Job] = []

    def push(job: Job, check: bool, backup: Any, tell: Any) -> Outcome:
        assert check
        jobs.append(job)
        return found

    monkeypatch.setattr(transaction, "push", push)
    before = {**variables(), "router_differs": ["firewall", "wan"]}
    result = action("router_section", monkeypatch).work({"name": "vpn", "compare": True}, before)
    assert (result["line"], result["changed"]) == (line, line != "vpn: as the inventory asks")
    assert result.get("ansible_facts") == (
        {"router_differs": ["wan", "vpn", "firewall"]} if result["changed"] else None
    )
    text = jobs[0].desired.reveal()
    assert jobs[0].sections == ["vpn"] and "wg0" in text and "host-name" not in text


def test_a_section_of_a_play_that_commits_itself_is_only_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(transaction, "push")
    made = action("router_section", monkeypatch)
    noted = {**variables(), "router_sections": ["vpn"], "router_differs": ["qos"]}
    result = made.work({"name": "wan", "compare": False}, noted)
    assert result == {"ansible_facts": {"router_sections": ["wan", "vpn"]}, "quiet": True}


def test_a_router_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    made = action("router_config", monkeypatch)
    monkeypatch.setattr(made, "device", lambda *given: PlainAction.device(made, *given))
    arguments = {"router": "nowhere-router", "sections": ["vpn"]}
    with pytest.raises(
        DiemcauError, match=r"nowhere-router: is no router of the inventory\n +expected: one of huyen-uy"
    ):
        made.work(arguments, variables())


def test_the_bundle_comes_and_goes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = action("router_bundle", monkeypatch)
    there = {"directory": str(tmp_path), "state": "present"}
    path = tmp_path / "dang" / "dang-router.vyos"
    assert made.work(there, variables(host="dang-router"))["changed"] and path.exists()
    assert "changed" not in made.work(there, variables(host="dang-router"))
    other = path.with_suffix(".rsc")  # the platform that the inventory named before
    other.write_text("secret")
    made.work(there, variables(host="dang-router"))
    assert path.exists() and not other.exists()
    gone = {**there, "state": "absent"}
    assert made.work(gone, variables(check=True, host="dang-router"))["changed"] and path.exists()
    assert made.work(gone, variables(host="dang-router"))["changed"] and not path.exists()
    assert made.work(gone, variables(host="dang-router")) == {"path": str(path), "quiet": True}


def test_the_sheet_is_written_once_and_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown: list[str] = []
    made = action("room_sheet", monkeypatch, shown)
    path = tmp_path / "ga-ry" / "phieu-lap-dat.html"
    assert made.work({"directory": str(tmp_path)}, variables(check=True))["changed"] and not path.exists()
    result = made.work({"directory": str(tmp_path)}, variables())
    assert result["changed"] and "playbooks/accounts.yml" in result["line"] and "8018" in result["line"]
    assert "Phiếu lắp đặt" in path.read_text(encoding="utf-8")
    assert any(line.startswith("PHIẾU LẮP ĐẶT") for line in shown)
    assert not made.work({"directory": str(tmp_path)}, variables())["changed"]


@pytest.mark.parametrize(("check", "minutes"), [(False, 3), (True, 0)])
def test_router_wait_tells_what_goes_on(monkeypatch: pytest.MonkeyPatch, check: bool, minutes: int) -> None:
    waited: list[float] = []

    def wait(once: Any, minutes: float, tell: Any) -> DiemcauError | None:
        waited.append(minutes)
        tell(90.0, SILENT)
        return SILENT if len(waited) < 3 else None

    monkeypatch.setattr(waiting, "wait", wait)
    shown: list[str] = []
    made = action("router_wait", monkeypatch, shown)
    arguments = {"minutes": 3, "required": True, "directory": "build/bundles", "playbook": "playbooks/new_room.yml"}
    result = made.work(arguments, variables(check))
    assert result["failed"] and result["plain"] and result["answers"] is False
    assert result["msg"].endswith("ansible-playbook playbooks/new_room.yml -l ga_ry")
    found = made.work({**arguments, "required": False}, variables(check))
    assert found == {
        "answers": False, "line": "chưa trả lời (10.77.255.18 cannot be reached by SSH: timed out)"
    }  # fmt: skip
    assert made.work(arguments, variables(check))["answers"] is True
    assert waited == [minutes] * 3
    assert shown[0] == (
        f"{'ga-ry-router':<18} … đang chờ bộ định tuyến, còn 2 phút: "
        "chưa trả lời (10.77.255.18 cannot be reached by SSH: timed out)"
    )


def test_exactly_one_site(monkeypatch: pytest.MonkeyPatch) -> None:
    made = action("site_chosen", monkeypatch)

    def choose(*hosts: str) -> dict[str, Any]:
        given = {"playbook": "playbooks/new_room.yml"}
        return made.work(given, {**variables(), "ansible_play_hosts_all": list(hosts)})  # type: ignore[no-any-return]

    assert choose("ga-ry-room", "ga-ry-router") == {"site": "ga-ry", "line": "điểm cầu Ga-Ry, số máy 8018"}
    assert choose("ga-ry-room")["site"] == "ga-ry"
    with pytest.raises(DiemcauError) as caught:
        choose("dang-router", "ga-ry-router", "ga-ry-room")
    expected = (PROJECT / "tests" / "errors" / "no-single-site.txt").read_text(encoding="utf-8")
    assert f"{caught.value}\n" == expected
    with pytest.raises(DiemcauError, match="names 12 sites\n"):
        choose(*(f"xa-{index}-room" for index in range(12)))


def test_what_a_router_needs_is_told_with_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan((Statement("delete interfaces wireguard wg0", "delete interfaces wireguard wg0", "vpn"),), ("disk",))
    monkeypatch.setattr(transaction, "push", lambda job, **_: Outcome(plan, committed=False))
    monkeypatch.setattr(backups, "Store", lambda *_: None)
    arguments = {
        "router": None, "sections": ["vpn"], "confirm_minutes": 5, "backup_directory": "x", "plan_directory": None,
        "backup_keep": 10, "from_backup": None,
        "drained": [], "held": [], "second_path": None, "second_path_wait": 0, "leave_behind": [],
    }  # fmt: skip
    result = action("router_config", monkeypatch).work(arguments, variables(check=True, host="dang-router"))
    shown = plan.statements[0].shown
    assert result["lines"] == [{"section": "vpn", "shown": shown, "way": True, "call": True, "restart": False}]


class Hostvars(dict[str, dict[str, Any]]):
    raw_get = dict.__getitem__


def told(monkeypatch: pytest.MonkeyPatch, path: Path, hosts: dict[str, dict[str, Any]], check: bool = False) -> Any:
    task_vars = {"ansible_play_hosts_all": list(hosts), "hostvars": Hostvars(hosts), "ansible_check_mode": check}
    return action("district_report", monkeypatch).work({"base": None, "path": str(path)}, task_vars)


def test_the_report_tells_what_each_host_was_found_to_need(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = {"section": "vpn", "shown": "delete interfaces wireguard wg0", "way": True, "call": True, "restart": False}
    outcome = {"lines": [line], "unmanaged": ["disk"]}
    hosts: dict[str, dict[str, Any]] = {
        "dang-router": {"router_outcome": outcome},
        "dang-room": {"room_outcome": {"lines": [], "reboot": True}},
        "ga-ry-router": {"router_outcome": {"failed": True, "msg": "x"}, "site_problems": [SILENT.problem.as_dict()]},
        "ga-ry-room": {
            "room_outcome": {"failed": True},
            "site_problems": [Problem(found="in a call").as_dict()],
            "room_in_call": True,
        },
        "ubnd-router": {"router_outcome": {"lines": []}},
        "ubnd-room": {},
    }
    result = told(monkeypatch, tmp_path / "there" / "devices", hosts)
    assert result["differing"] == ["dang-router", "dang-room"] and result["unread"] == ["ga-ry-router", "ga-ry-room"]
    assert result["line"].startswith("2 of 5 devices differ, 2 not compared: ")
    for suffix in (".md", ".html"):
        text = (tmp_path / "there" / f"devices{suffix}").read_text(encoding="utf-8")
        for part in ("delete interfaces wireguard wg0", str(SILENT), "đang họp, chưa so sánh", "dang-router: disk"):
            assert part in text, part
        assert "ubnd-room" not in text


def test_with_check_no_report_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert told(monkeypatch, tmp_path / "devices", {"dang-router": {"router_outcome": {"lines": []}}}, True)["changed"]
    assert list(tmp_path.iterdir()) == []
