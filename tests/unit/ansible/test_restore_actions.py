"""The actions of a restore: who counts as lost, what is told before anything happens, and who is never taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from diemcau.endpoints.group import access
from diemcau.errors import DiemcauError, HostKeyChanged, Problem, Unreachable
from diemcau.paths import PROJECT
from diemcau.push import waiting
from diemcau.secrets import pins, store, vaultfiles
from diemcau.secrets.pins import Pins
from diemcau.transport import host_key as transport_host_key
from tests.unit.ansible.test_router_actions import action as router_action
from tests.unit.inventories import district, small

VAULT = VaultLib([("default", VaultSecret(b"right"))])
SILENT = Unreachable(Problem(host="ga-ry-router", found="10.77.255.18 cannot be reached by SSH: timed out"))
STRANGER = HostKeyChanged(
    Problem(host="ga-ry-router", found="ssh_host_key: 10.77.255.18 shows the host key x", untouched=True)
)
PINNED, OTHER = "ssh-ed25519 AAAA", "ssh-ed25519 BBBB"
KNOWN = Pins("ssh-rsa AAAA", "SHA256:00")


class Stage:
    """An action with secrets of its own, and what it showed."""

    def __init__(self, name: str, host: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.shown: list[str] = []
        self.host, self.path = host, folder / f"{host}.yml"
        wanted = district(small()).secrets_wanted
        store.ensure({host: wanted[host]}, folder, VAULT)
        self.made = router_action(name, monkeypatch, self.shown)
        monkeypatch.setattr(self.made, "vault", lambda: VAULT, raising=False)
        monkeypatch.setitem(self.made.work.__globals__, "SECRETS", folder)

    def work(self, check: bool = False, **arguments: Any) -> dict[str, Any]:
        variables = {"inventory_hostname": self.host, "ansible_check_mode": check}
        return self.made.work(arguments, variables)  # type: ignore[no-any-return]

    @property
    def values(self) -> dict[str, str]:
        return vaultfiles.reader(VAULT)(self.path)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    """The action about the router of Ga Ry, which does not answer."""
    made = Stage("router_lost", "ga-ry-router", monkeypatch, tmp_path)
    answers(monkeypatch, SILENT)
    return made


def answers(monkeypatch: pytest.MonkeyPatch, error: DiemcauError | None, shown: str = "") -> None:
    """How the router is found: the reason why no session opens, and the key that somebody shows there, if anybody."""

    def wait(once: Any, minutes: float, tell: Any, word: float = 0) -> DiemcauError | None:
        if error is not None:
            tell(45.0, error)
        return error

    def host_key(*_: Any) -> str:
        if not shown:
            raise SILENT
        return shown

    monkeypatch.setattr(waiting, "wait", wait)
    monkeypatch.setattr(waiting, "attempt", lambda platform, target: error)
    monkeypatch.setattr(transport_host_key, "host_key", host_key)


def test_a_router_that_answers_is_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, None)
    before = stage.path.read_bytes()
    result = stage.work(minutes=1, undo=False)
    assert result["answers"] and "changed" not in result and "giữ nguyên" in result["restoration"][0][2]
    assert stage.path.read_bytes() == before


def test_what_is_about_to_happen_is_told_first(stage: Stage) -> None:
    before = stage.values
    result = stage.work(minutes=1, undo=False)
    assert result["changed"] and not result["answers"]
    assert "trả lời trong 1 phút thì coi như đã mất: tạo khóa mới, các trung tâm từ chối khóa cũ" in stage.shown[0]
    assert "Ctrl-C: chưa có gì thay đổi" in stage.shown[1]
    assert "còn 45 giây để dừng lại: chưa trả lời" in stage.shown[2]
    assert stage.shown[3].endswith("ansible-playbook playbooks/restore.yml -l ga_ry --tags undo")
    assert all(stage.values[name] != before[name] for name in before)


def test_keys_are_made_once(stage: Stage) -> None:
    stage.work(minutes=1, undo=False)
    made = stage.values
    result = stage.work(minutes=1, undo=False)
    assert "đang khôi phục từ" in result["line"] and "changed" not in result
    assert stage.values == made


def test_check_mode_makes_nothing(stage: Stage) -> None:
    before = stage.path.read_bytes()
    assert stage.work(check=True, minutes=1, undo=False)["changed"]
    stage.work(check=True, minutes=1, undo=True)
    assert stage.path.read_bytes() == before


def test_a_hub_keeps_its_tunnels_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stage = Stage("router_lost", "ubnd-router", monkeypatch, tmp_path)
    answers(monkeypatch, SILENT)
    before = stage.values
    stage.work(minutes=1, undo=False)
    assert [name for name in before if stage.values[name] != before[name]] == ["ssh_host_key", "admin_password"]
    assert "từ chối" not in stage.shown[0]


def test_a_stranger_at_its_address_is_not_the_router(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, STRANGER, OTHER)
    result = stage.work(minutes=1, undo=False)
    assert not result["answers"] and "máy trả lời có khóa khác" in stage.shown[2]


def test_the_router_with_its_key_and_no_session_is_not_lost(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(
        monkeypatch,
        Unreachable(Problem(host="ga-ry-router", found="10.77.255.18 refuses the user diemcau and its SSH key")),
        PINNED,
    )
    before = stage.path.read_bytes()
    with pytest.raises(DiemcauError) as caught:
        stage.work(minutes=1, undo=False)
    expected = (PROJECT / "tests" / "errors" / "router-not-lost.txt").read_text(encoding="utf-8")
    assert f"{caught.value}\n" == expected
    assert stage.path.read_bytes() == before


def test_the_way_back(stage: Stage) -> None:
    before = stage.values
    assert "không có việc khôi phục" in stage.work(minutes=1, undo=True)["line"]
    stage.work(minutes=1, undo=False)
    assert stage.work(minutes=1, undo=True)["changed"]
    assert stage.values == before


def test_notes_are_silent_and_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    noting = Stage("restore_note", "ga-ry-router", monkeypatch, tmp_path)
    given: dict[str, Any] = {"step": "refused", "hub": "ubnd-router", "at": "2022-01-10T14:05:11+07:00"}
    assert noting.work(**given) == {"quiet": True}  # none is under way
    stage.work(minutes=1, undo=False)
    assert noting.work(check=True, **given) == {"quiet": True}
    rows = noting.work(**given)["restoration"]
    assert ("10/01 14:05:11", "ga-ry-router", "ubnd-router từ chối khóa cũ từ lúc này") in rows
    rows = noting.work(step="done", hub=None, at=None)["restoration"]
    assert rows[-1][2].startswith("bộ định tuyến (routeros 7.18) đã xong")


def room(monkeypatch: pytest.MonkeyPatch, folder: Path, seen: Pins | DiemcauError, known: Pins = KNOWN) -> Stage:
    """The action about an endpoint that was met with ``known`` and shows ``seen``."""
    stage = Stage("room_lost", "ga-ry-room", monkeypatch, folder)
    if known.met:
        pins.keep(stage.path, known, VAULT)

    def look(endpoint: Any, known: Pins) -> Pins:
        if isinstance(seen, DiemcauError):
            raise seen
        return seen

    def wait(once: Any, minutes: float, tell: Any) -> DiemcauError | None:
        error: DiemcauError | None = once(1.0)
        if error is not None:
            tell(90.0, error)
        return error

    monkeypatch.setattr(access, "look", look)
    monkeypatch.setattr(waiting, "wait", wait)
    return stage


@pytest.mark.parametrize("known", [KNOWN, Pins()], ids=["met", "never met"])
def test_an_endpoint_that_is_the_same_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known: Pins) -> None:
    stage = room(monkeypatch, tmp_path, KNOWN, known)
    before = stage.path.read_bytes()
    result = stage.work(minutes=1)
    assert "changed" not in result and ("restoration" in result) == known.met
    assert stage.path.read_bytes() == before


@pytest.mark.parametrize("seen", [Pins("ssh-rsa AAAA", "SHA256:11"), Pins("ssh-rsa BBBB", "SHA256:00")])
def test_an_endpoint_that_proves_one_of_its_keys_is_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seen: Pins
) -> None:
    stage = room(monkeypatch, tmp_path, seen)
    before = stage.values
    stage.work(check=True, minutes=1)
    assert stage.values == before
    assert stage.work(minutes=1)["changed"]
    assert pins.read(stage.path, VAULT) == seen
    assert stage.values["admin_password"] == before["admin_password"]


def test_another_endpoint_is_met_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stage = room(monkeypatch, tmp_path, Pins("ssh-rsa BBBB", "SHA256:11"))
    before = stage.values
    assert stage.work(check=True, minutes=1)["changed"] and stage.values == before
    result = stage.work(minutes=1)
    assert result["changed"] and "thiết bị mới" in result["line"]
    assert [row[2] for row in result["restoration"]] == ["thiết bị khác trả lời: tạo mật khẩu mới"]
    assert not pins.read(stage.path, VAULT).met  # what it shows is taken after it has proved itself, not here
    assert stage.values["sip_password"] == before["sip_password"]
    assert all(stage.values[name] != before[name] for name in ("admin_password", "room_password"))
    again = stage.values
    assert stage.work(minutes=1)["quiet"] and stage.values == again


def test_no_endpoint_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stage = room(
        monkeypatch,
        tmp_path,
        Unreachable(Problem(host="ga-ry-room", found="10.77.18.20 cannot be reached by HTTPS: timed out")),
    )
    before = stage.path.read_bytes()
    result = stage.work(minutes=30)
    expected = (PROJECT / "tests" / "errors" / "endpoint-silent.txt").read_text(encoding="utf-8")
    assert result["failed"] and f"{result['msg']}\n" == expected
    assert "còn 2 phút: tắt rồi bật lại" in stage.shown[0] and "64:16:7f:77:00:12" in stage.shown[0]
    assert stage.path.read_bytes() == before
