"""Families behind their protocol: one that the suite never saw goes through everything, with no change elsewhere."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diemcau import endpoints
from diemcau.design.district import District, build
from diemcau.endpoints import InCall
from diemcau.errors import InventoryError
from diemcau.inventory.validation import Specs
from diemcau.paths import PROJECT
from diemcau.readiness import gather
from diemcau.reports import changes, install_sheet
from diemcau.reports.changes import Base
from diemcau.secrets import pins
from diemcau.secrets.pins import Pins
from diemcau.secrets.placeholders import PlaceholderSecrets
from tests.unit.inventories import PLATFORMS, SPECS, Hosts, small

FAMILIES = Path(__file__).with_name("families")
HOST = "ga-ry-room"


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The invented family, beside the suite's own, with a factory-new endpoint in each room."""
    monkeypatch.setattr(endpoints, "__path__", [*endpoints.__path__, str(FAMILIES)])
    module = importlib.import_module("diemcau.endpoints.invented")
    module.DEVICES.update({host: module.Device() for host in small() if host.endswith("-room")})
    yield module
    del sys.modules["diemcau.endpoints.invented"], endpoints.invented  # type: ignore[attr-defined]


def specs() -> Specs:
    """The inventory's schema with one more family; which there are is data of it."""
    found = copy.deepcopy(SPECS)
    found.room["family"]["choices"] = endpoints.names()
    return found


def district(**room: Any) -> District:
    """Ga Ry has an invented endpoint, the others have those that the suite knows."""
    hosts: Hosts = small()
    hosts[HOST] |= {"family": "invented", **room}
    return build(hosts, PlaceholderSecrets(), specs(), list(PLATFORMS), PLATFORMS.__getitem__)


def action(name: str, monkeypatch: pytest.MonkeyPatch, found: District) -> Any:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "plugins" / "action" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.ActionModule.__new__(module.ActionModule)
    monkeypatch.setattr(made, "district", lambda task_vars, **_: found, raising=False)
    monkeypatch.setattr(made, "vault", lambda: None, raising=False)
    monkeypatch.setattr(made, "tell", lambda host: lambda words: None, raising=False)
    monkeypatch.setattr(pins, "read", lambda path, vault: Pins("invented-key AAAA", "SHA256:invented"))
    monkeypatch.setattr(pins, "keep", lambda path, seen, vault: None)
    return made


def settings(monkeypatch: pytest.MonkeyPatch, found: District, *, check: bool) -> dict[str, Any]:
    made = action("polycom_settings", monkeypatch, found)
    arguments = {"reboot_timeout": 300, "plan_directory": None}
    return made.work(arguments, {"inventory_hostname": HOST, "ansible_check_mode": check})  # type: ignore[no-any-return]


def state(monkeypatch: pytest.MonkeyPatch, found: District) -> dict[str, Any]:
    made = action("polycom_info", monkeypatch, found)
    arguments = {"wait": 0, "problems": [], "in_call": False, "equipment": True, "patience": 5}
    return made.work(arguments, {"inventory_hostname": HOST})  # type: ignore[no-any-return]


def test_the_folders_are_the_families(invented: Any) -> None:
    assert endpoints.names() == ["group", "invented"]
    assert endpoints.load("invented") is invented.FAMILY


def test_what_offers_no_family_is_none(invented: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invented, "FAMILY", object())
    with pytest.raises(TypeError, match="FAMILY is no Family"):
        endpoints.load("invented")


def test_the_inventory_check_knows_it(invented: Any) -> None:
    assert {room.family for room in district().rooms.values()} == {"group", "invented"}
    with pytest.raises(InventoryError, match=r"one of .*group.*invented"):
        district(family="unheard-of")


def test_its_intended_state_is_a_file_of_its_own(
    invented: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = action("district_intended", monkeypatch, district())
    arguments = {"directory": str(tmp_path), "gate": False}
    assert made.work(arguments, {})["changed"] and not made.work(arguments, {})["changed"]
    text = (tmp_path / f"{HOST}.invented").read_text(encoding="utf-8")
    assert 'system_name = "Ga-Ry"' in text and 'sip_password = "***"' in text
    base = Base("main", {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()})
    (device,) = [d for d in changes.since(base, district(room={"hostname": "other"})) if d.differs]
    assert (device.host, device.restart, [line.shown for line in device.lines]) == (HOST, True, ['hostname = "other"'])


def test_plan_push_and_drift(invented: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found, device = district(), invented.DEVICES[HOST]
    planned = settings(monkeypatch, found, check=True)
    assert planned["changed"] and 'system_name = "Ga-Ry"' in planned["statements"] and device.settings == {}
    pushed = settings(monkeypatch, found, check=False)
    assert pushed["statements"] == planned["statements"] and pushed["rebooted"] and device.restarts == 1
    assert device.settings == found.rooms[HOST].settings
    assert not settings(monkeypatch, found, check=False)["changed"]
    device.settings["volume"] = 99
    drift = settings(monkeypatch, found, check=True)
    assert drift["changes"] == [f"volume: 99 -> {found.rooms[HOST].settings['volume']}"]


def test_readiness_looks_at_it(invented: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = district()
    before = state(monkeypatch, found)
    assert before["failed"] and before["room_state"]["reason"] == "chưa đăng ký"
    settings(monkeypatch, found, check=False)
    returned = gather.Found(looks={HOST: state(monkeypatch, found)}, drifts={HOST: {"statements": []}})
    (look,) = gather.looks(found, ["ga-ry"], returned, {}, {})
    assert look.room is not None and (look.room.registered, look.room.cameras, look.drift) == (True, 1, {})


def test_calls_are_placed_from_it_and_never_into_another(invented: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found, device = district(), invented.DEVICES[HOST]
    variables = {"inventory_hostname": HOST}
    arguments = {"to": "dang", "seconds": 5, "rate_kbps": None, "on_backup": False}
    result = action("polycom_call", monkeypatch, found).work(arguments, variables)
    assert result["call_report"]["connected"] and result["rate_kbps"] == found.rooms[HOST].call_rate_kbps
    assert device.dialled == [f"8017@{found.call_server}"]
    assert action("room_free", monkeypatch, found).work({}, variables)["quiet"]
    device.talking = True
    with pytest.raises(InCall, match="nobody was called"):
        action("room_free", monkeypatch, found).work({}, variables)
    assert settings(monkeypatch, found, check=False)["skipped_in_call"]


def test_who_stands_there_after_a_flood(invented: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    result = action("room_lost", monkeypatch, district()).work({"minutes": 0}, {"inventory_hostname": HOST})
    assert "không bị thay" in result["line"]


def test_the_sheet_names_it(invented: Any) -> None:
    found = district()
    assert install_sheet.make(found, found.routers["ga-ry-router"], "rsc").endpoint == "Invented"
    expected = "Polycom RealPresence Group (310, 500 hoặc 700)"
    assert install_sheet.make(found, found.routers["dang-router"], "vyos").endpoint == expected


def test_no_plugin_knows_a_family() -> None:
    known = re.compile(r"diemcau\.endpoints(\.| import .*\b)(" + "|".join(endpoints.names()) + r")\b")
    files = [path for folder in ("plugins", "diemcau", "tools") for path in (PROJECT / folder).rglob("*.py")]
    families = [PROJECT / "diemcau" / "endpoints" / name for name in endpoints.names()]
    outside = [path for path in files if not any(path.is_relative_to(family) for family in families)]
    assert len(outside) > 100
    assert [path for path in outside if known.search(path.read_text(encoding="utf-8"))] == []
