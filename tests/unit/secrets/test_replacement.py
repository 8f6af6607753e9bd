"""How far a device's replacement is: keys made once, whatever happens in between, and a way back."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diemcau.errors import DiemcauError
from diemcau.reports import restoration
from diemcau.secrets import keys, replacement, store, vaultfiles

VAULT = VaultLib([("default", VaultSecret(b"right"))])
NAMES = store.wanted_of_router(["wg0", "wg1"])
START = datetime.fromisoformat("2022-01-10T14:05:11+07:00")


class Plain:
    """A vault that costs no time."""

    def encrypt(self, text: bytes) -> bytes:
        return b"$ANSIBLE_VAULT;" + text

    def decrypt(self, content: bytes) -> bytes:
        return content.removeprefix(b"$ANSIBLE_VAULT;")


def file(folder: Path, vault: replacement.Vault = VAULT) -> Path:
    """The secrets of a router that was set up in the ordinary way."""
    store.ensure({"ga-ry-router": NAMES}, folder, vault)
    return folder / "ga-ry-router.yml"


def values(path: Path, vault: replacement.Vault = VAULT) -> dict[str, str]:
    return vaultfiles.reader(vault)(path)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_keys_are_made_once_however_often_the_command_runs(tmp_path: Path) -> None:
    path = file(tmp_path)
    before = values(path)
    assert not replacement.read(path, VAULT).under_way
    assert replacement.begin(path, NAMES, (), VAULT, START).under_way
    made = values(path)
    for name in NAMES:
        assert made[name] != before[name] and made[f"former_{name}"] == before[name]
        assert not store._wrong(name, made[name])
    assert made["restore_since"] == "2022-01-10T14:05:11+07:00"
    again = replacement.begin(path, NAMES, (), VAULT, after(5))
    assert again.times == {"since": START} and values(path) == made


def test_the_end_forgets_the_lost_device_and_keeps_the_times(tmp_path: Path) -> None:
    path = file(tmp_path)
    replacement.begin(path, NAMES, (), VAULT, START)
    made = values(path)
    for minutes, step in enumerate(("refused_huyen-uy-router", "stick", "answered", "done"), 1):
        replacement.note(path, step, VAULT, after(minutes))
    found = replacement.read(path, VAULT)
    assert not found.under_way
    assert found.times["answered"] == after(3)
    left = values(path)
    assert [name for name in left if name.startswith("former_")] == []
    assert {name: left[name] for name in NAMES} == {name: made[name] for name in NAMES}
    replacement.begin(path, NAMES, (), VAULT, after(60))  # the next flood
    assert replacement.read(path, VAULT).times == {"since": after(60)}
    assert values(path)[NAMES[0]] != made[NAMES[0]]


def test_a_step_is_noted_once_and_only_while_a_replacement_is_under_way(tmp_path: Path) -> None:
    path = file(tmp_path)
    before = path.read_bytes()
    assert replacement.note(path, "stick", VAULT, START).times == {}
    assert path.read_bytes() == before
    replacement.begin(path, NAMES, (), VAULT, START)
    replacement.note(path, "stick", VAULT, after(1))
    assert replacement.note(path, "stick", VAULT, after(9)).times["stick"] == after(1)


def test_a_device_that_was_not_lost_gets_its_keys_back(tmp_path: Path) -> None:
    path = file(tmp_path)
    before = values(path)
    assert not replacement.undo(path, VAULT)
    replacement.begin(path, NAMES, (), VAULT, START)
    replacement.note(path, "stick", VAULT, after(1))
    assert replacement.undo(path, VAULT)
    assert values(path) == before


def test_it_is_too_late_when_the_new_router_has_answered(tmp_path: Path) -> None:
    path = file(tmp_path)
    replacement.begin(path, NAMES, (), VAULT, START)
    replacement.note(path, "answered", VAULT, after(1))
    made = path.read_bytes()
    with pytest.raises(DiemcauError, match=r"ga-ry-router: the new router answered at 10/01 14:06:11: its keys are"):
        replacement.undo(path, VAULT)
    assert path.read_bytes() == made


def test_an_endpoints_keys_are_forgotten_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "ga-ry-room.yml"
    pinned = {"pinned_host_key": "ssh-rsa A", "pinned_certificate": "SHA256:0"}
    vaultfiles.add(path, {"admin_password": "a" * 12, "sip_password": "b" * 12, **pinned}, VAULT)
    before = values(path)
    replacement.begin(path, ["admin_password"], list(pinned), VAULT, START)
    assert not set(pinned) & set(values(path)) and values(path)["sip_password"] == "b" * 12
    vaultfiles.add(path, pinned, VAULT)  # met, and changed for another one once more before it was done
    made = values(path)["admin_password"]
    replacement.begin(path, ["admin_password"], list(pinned), VAULT, after(5))
    assert not set(pinned) & set(values(path)) and values(path)["admin_password"] == made
    replacement.undo(path, VAULT)
    assert values(path) == before


def test_what_is_made_anew() -> None:
    assert replacement.names_of(NAMES, wireguard=True) == list(NAMES)
    assert replacement.names_of(NAMES, wireguard=False) == [store.HOST_KEY, store.PASSWORD]
    of_room = replacement.names_of(store.WANTED_OF_ROOM, wireguard=False)
    assert of_room == [store.PASSWORD, store.ROOM_PASSWORD]


def test_what_happened_is_told_in_its_order(tmp_path: Path) -> None:
    path = file(tmp_path)
    replacement.begin(path, NAMES, (), VAULT, START)
    replacement.note(path, "refused_ubnd-router", VAULT, after(0.5))
    replacement.note(path, "stick", VAULT, after(1))
    replacement.note(path, "answered", VAULT, after(185))
    replacement.note(path, "done", VAULT, after(187))
    rows = restoration.rows("ga-ry-router", replacement.read(path, VAULT), "bộ định tuyến (vyos 1.4)")
    assert rows == [
        ("10/01 14:05:11", "ga-ry-router", "coi như đã mất: tạo khóa và mật khẩu mới"),
        ("10/01 14:05:41", "ga-ry-router", "ubnd-router từ chối khóa cũ từ lúc này"),
        ("10/01 14:06:11", "ga-ry-router", "tập tin cho USB và phiếu lắp đặt đã ghi"),
        ("10/01 17:10:11", "ga-ry-router", "bộ định tuyến (vyos 1.4) mới trả lời, sau 3 giờ 5 phút"),
        ("10/01 17:12:11", "ga-ry-router", "bộ định tuyến (vyos 1.4) đã xong, sau 3 giờ 7 phút"),
    ]


STEPS = st.sampled_from(["begin", "refused_huyen-uy-router", "stick", "answered", "done", "undo", "killed"])


class Killed(BaseException):
    """The control machine loses its power."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=14))
def test_whatever_comes_in_whatever_order(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, steps: list[str]
) -> None:
    """While a replacement is under way the new secrets stay; afterwards nothing former is left. Never a half."""
    vault, folder = Plain(), tmp_path_factory.mktemp("secrets")
    path = file(folder, vault)
    for number, step in enumerate(steps):
        before, was = values(path, vault), replacement.read(path, vault)
        if step == "killed":  # at the last moment before the file changes
            with monkeypatch.context() as world:
                world.setattr("diemcau.secrets.vaultfiles.os.replace", _kill)
                with contextlib.suppress(Killed):
                    replacement.begin(path, NAMES, (), vault, after(number))
            assert values(path, vault) == before
            continue
        try:
            if step == "begin":
                replacement.begin(path, NAMES, (), vault, after(number))
            elif step == "undo":
                replacement.undo(path, vault)
            else:
                replacement.note(path, step, vault, after(number))
        except DiemcauError:
            assert step == "undo" and values(path, vault) == before
        now, found = values(path, vault), replacement.read(path, vault)
        assert all(not store._wrong(name, now[name]) for name in NAMES)
        assert found.under_way == any(name.startswith("former_") for name in now)
        same = {name: now[name] for name in NAMES} == {name: before[name] for name in NAMES}
        assert same or (step == "begin" and not was.under_way) or (step == "undo" and was.under_way)
        if step == "undo" and not same:
            assert keys.wireguard_public(now[NAMES[0]]) == keys.wireguard_public(before[f"former_{NAMES[0]}"])


def _kill(*_: object) -> None:
    raise Killed
