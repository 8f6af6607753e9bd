"""What changes on which device, and what follows from it."""

from __future__ import annotations

import copy
from dataclasses import asdict, replace
from typing import Any

import pytest

from diemcau import endpoints, naming, platforms
from diemcau.endpoints import Change
from diemcau.errors import DiemcauError
from diemcau.intent import SECTIONS
from diemcau.platforms import Statement
from diemcau.redaction import joined
from diemcau.reports import changes
from diemcau.reports.changes import Base, ChangeLine, DeviceChanges
from tests.unit.inventories import Hosts, district, site, small


def base(hosts: Hosts) -> Base:
    """intended/ as it stood when the inventory was ``hosts``."""
    found = district(hosts)
    files = {f"{host}.{room.family}": endpoints.load(room.family).intended(room) for host, room in found.rooms.items()}
    for host, router in found.routers.items():
        platform = platforms.load(router.platform)
        files[f"{host}.{platform.EXTENSION}"] = joined(platform.render(router, SECTIONS).values()).reveal()
    return Base("origin/main", files)


def since(before: Hosts, after: Hosts) -> dict[str, DeviceChanges]:
    """The devices that differ."""
    return {device.host: device for device in changes.since(base(before), district(after)) if device.differs}


def with_(hosts: Hosts, slug: str, **values: Any) -> Hosts:
    """The same district with other variables at one site."""
    other = copy.deepcopy(hosts)
    for kind in naming.KINDS:
        other[f"{slug}-{kind}"] |= copy.deepcopy(values)
    return other


def circuit(up: int) -> dict[str, Any]:
    return {"circuits": [{"name": "fibre", "up_kbps": up, "down_kbps": 4000}]}


def test_nothing_changes() -> None:
    devices = changes.since(base(small()), district(small()))
    assert [device.host for device in devices if device.differs] == []
    assert len(devices) == 8


def test_the_rate_of_one_circuit_changes_what_follows_from_it_and_nothing_else() -> None:
    """The call, its queues at both ends of both tunnels, and no other room or commune."""
    found = since(small(), with_(small(), "ga-ry", wan=circuit(1200)))
    assert set(found) == {"ga-ry-room", "ga-ry-router", "huyen-uy-router", "ubnd-router"}
    assert all(found[host].sections == ("qos",) for host in found if host != "ga-ry-room")
    assert all("ga-ry" in line.shown or " 18" in line.shown for line in found["ubnd-router"].lines)
    device = found["ga-ry-room"]
    assert [line.shown.rpartition(" ")[0] for line in device.lines[1:]] == [
        "systemsetting ipmaxincoming", "systemsetting maxtxbandwidth", "systemsetting maxrxbandwidth"
    ]  # fmt: skip
    assert (device.way, device.call, device.restart, device.sections) == ((), False, False, ("room",))


def test_order_and_quoting_in_the_base_are_no_change() -> None:
    before = base(small())
    files = dict(before.files)
    files["dang-router.vyos"] = "".join(sorted(files["dang-router.vyos"].splitlines(keepends=True)))
    files["ga-ry-room.group"] = "".join(reversed(files["ga-ry-room.group"].splitlines(keepends=True)))
    assert not any(device.differs for device in changes.since(replace(before, files=files), district(small())))


def test_a_new_site_and_one_that_is_gone() -> None:
    more = small()
    site(more, "za-hung", 21)
    more = {host: {**values, "district": more["dang-room"]["district"]} for host, values in more.items()}
    found = since(small(), more)
    assert {host: device.news for host, device in found.items()} == {
        "za-hung-router": "new", "za-hung-room": "new", "huyen-uy-router": "", "ubnd-router": ""
    }  # fmt: skip
    hub = found["huyen-uy-router"]
    assert set(hub.way) == {"vpn", "routing", "qos"} and not hub.call  # what is only added ends no call
    queues = [line.shown for line in hub.of("qos")]
    assert queues and all(" class 21" in shown for shown in queues)  # the new commune's own, and no line of another's
    found = since(more, small())
    assert {host for host, device in found.items() if device.news == "gone"} == {"za-hung-router", "za-hung-room"}
    assert found["huyen-uy-router"].call


def test_a_router_of_another_platform_is_another_device() -> None:
    other = small()
    site(other, "dang", 17, platform="routeros")
    other["dang-router"]["district"] = other["dang-room"]["district"] = other["ga-ry-room"]["district"]
    found = since(small(), other)
    assert {host: device.news for host, device in found.items()} == {"dang-router": "other"}


@pytest.mark.parametrize("slug", ["dang", "ga-ry"])
def test_a_tunnel_is_a_part_of_the_way_and_carries_calls(slug: str) -> None:
    device = since(small(), with_(small(), slug, vpn={"mtu": 1400}))[f"{slug}-router"]
    assert device.sections == device.way == ("vpn",)
    assert device.call and not device.restart


@pytest.mark.parametrize("slug", ["dang", "ga-ry"])
def test_another_name_of_a_router_concerns_neither_its_way_nor_calls(slug: str) -> None:
    device = since(small(), with_(small(), slug, system={"hostname": "other"}))[f"{slug}-router"]
    assert device.sections == ("system",) and not device.way and not device.call


@pytest.mark.parametrize("slug", ["dang", "ga-ry"])
def test_an_opening_is_no_part_of_the_way(slug: str) -> None:
    allow = {"allow": [{"name": "printer", "destination": "198.51.100.9/32"}]}
    device = since(small(), with_(small(), slug, firewall=allow))[f"{slug}-router"]
    assert device.sections == ("firewall",) and not device.way


def test_the_lan_is_a_part_of_the_way_where_the_control_machine_stands() -> None:
    for slug, way in (("huyen-uy", ("lan",)), ("dang", ())):
        device = since(small(), with_(small(), slug, lan={"lease_time": 7200}))[f"{slug}-router"]
        assert (device.sections, device.way) == (("lan",), way)


def test_settings_of_an_endpoint_that_need_a_restart_or_lock_us_out() -> None:
    found = since(small(), with_(small(), "dang", room={"hostname": "other"}))
    assert list(found) == ["dang-room"] and found["dang-room"].restart
    lines = changes.of_room(
        [
            Change("web_enable", False, True, "systemsetting webenabled True", reach=True),
            Change("remote password", None, True, "x"),
        ]
    )
    assert [(line.way, line.restart) for line in lines] == [(True, False), (False, False)]


def test_what_is_no_longer_asked_for_stays() -> None:
    gatekeeper = {"h323": {"enabled": True, "gatekeeper": "198.51.100.7"}}
    devices = changes.since(base(with_(small(), "dang", room=gatekeeper)), district(small()))
    (device,) = [device for device in devices if device.host == "dang-room"]
    assert device.left_alone == ("gatekeeper",)


def test_a_file_of_the_base_that_cannot_be_read_is_named() -> None:
    for name in ("dang-router.vyos", "ga-ry-router.rsc", "dang-room.group"):
        before = base(small())
        broken = replace(before, files={**before.files, name: "<<<<<<< HEAD\n"})
        with pytest.raises(DiemcauError, match=f"intended/{name} of origin/main: .*\n +expected: .*\n +to do: "):
            changes.since(broken, district(small()))


def test_no_placeholder_of_a_secret_is_shown() -> None:
    for device in changes.since(Base("x", {"dang-router.vyos": "", "ga-ry-router.rsc": ""}), district(small())):
        assert not any("secret" in line.shown for line in device.lines)
        if device.host in ("dang-router", "ga-ry-router"):
            assert any("***" in line.shown for line in device.lines)


def test_what_a_task_told_becomes_the_same_device() -> None:
    router = district(small()).routers["dang-router"]
    statement = Statement("delete protocols bgp", "delete protocols bgp", "routing")
    lines = changes.of_router(router, platforms.load("vyos"), [statement])
    outcome = {"lines": changes.as_data(lines), "unmanaged": ["protocols ospf"], "changed": True}
    assert changes.told("dang-router", outcome, "", False) == DeviceChanges(
        "dang-router",
        (ChangeLine("routing", "delete protocols bgp", way=True, call=True),),
        left_alone=("protocols ospf",),
    )
    assert asdict(lines[0]) == outcome["lines"][0]


@pytest.mark.parametrize("outcome", [None, {}, {"skipped": True}])
def test_what_was_not_asked_is_not_told(outcome: dict[str, Any] | None) -> None:
    assert changes.told("dang-router", outcome, "", False) is None


def test_a_problem_counts_more_than_what_was_found_before_it() -> None:
    device = changes.told("dang-room", {"lines": []}, "dang-room: cannot be reached", True)
    assert device == DeviceChanges("dang-room", problem="dang-room: cannot be reached", in_call=True)


def test_a_restart_alone_is_a_difference() -> None:
    device = changes.told("dang-room", {"lines": [], "reboot": True}, "", False)
    assert device is not None and device.differs
