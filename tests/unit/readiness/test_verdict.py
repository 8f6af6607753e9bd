"""Each fault that keeps a meeting from starting, or may: the site is named, and the cause."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from diemcau.readiness import verdict
from diemcau.readiness.look import Look
from diemcau.readiness.site import NO_ADDRESS, NO_LINK, UP
from diemcau.readiness.words import CARE, NOT_READY, READY
from tests.unit.readiness.samples import district, look, measured, room, router, silent


@dataclass(frozen=True)
class Fault:
    """What is found, and what has to be said of Ga Ry."""

    looks: tuple[Look, ...]
    level: str
    code: str
    vi: str
    site: str = "ga-ry"


ON_LTE = router("ga-ry", path="lte", circuits={"fibre": NO_LINK, "lte": UP})
NO_LTE = router("ga-ry", circuits={"fibre": UP, "lte": NO_LINK})
WITHOUT_UBND = {"ages": {"huyen-uy": 30, "ubnd": 90}, "sessions": {"huyen-uy": True, "ubnd": False}}

FAULTS = {
    "fibre down": Fault((look(router=ON_LTE),), CARE, "fibre-down", "đứt cáp quang, đang chạy bằng LTE"),
    "LTE down": Fault((look(router=NO_LTE),), CARE, "lte-down", "đường dự phòng LTE hỏng"),
    "both down": Fault(
        (look(router=silent("ga-ry"), room=room("ga-ry", answered=False), line=measured(target=""), seen_ago=300),),
        NOT_READY,
        "site-down",
        "mất liên lạc từ khoảng 5 phút trước: đứt cáp quang và LTE, hoặc mất điện",
    ),
    "hub off": Fault(
        (
            look("ubnd", router=silent("ubnd"), room=room("ubnd", answered=False), line=measured(target="")),
            look(router=router("ga-ry", **WITHOUT_UBND)),
        ),
        CARE,
        "hub-off",
        "không còn đường hầm tới UBND huyện: router trung tâm đó không trả lời",
    ),
    "the hub itself": Fault(
        (look("ubnd", router=silent("ubnd"), line=measured(target="")),),
        NOT_READY,
        "hub-down",
        "router trung tâm không trả lời",
        site="ubnd",
    ),
    "5 % loss": Fault((look(line=measured(percent_lost=5.0, load_lost=4.8)),), NOT_READY, "loss", "mất 5.0 % gói tin"),
    "400 ms": Fault((look(line=measured(one_way_ms=201.0)),), NOT_READY, "delay", "trễ một chiều 201 ms"),
    "rate halved": Fault(
        (look(line=measured(load_lost=45.0, load_rise_ms=200.0, usable_kbps=970.0)),),
        NOT_READY,
        "rate",
        "đường truyền chỉ tải được 970 kbit/s, cuộc họp cần 1766 kbit/s",
    ),
    "registrar off": Fault(
        tuple(look(site, room=room(site, server_answers=False)) for site in ("huyen-uy", "ubnd", "ga-ry", "ch-om")),
        NOT_READY,
        "call-server",
        "máy chủ cuộc gọi 10.77.1.15 không phục vụ phòng nào",
    ),
    "endpoint off": Fault(
        (look(room=room("ga-ry", answered=False), line=measured(target="router")),),
        NOT_READY,
        "endpoint-off",
        "thiết bị họp (Polycom) không trả lời",
    ),
    "endpoint that takes no log-in": Fault(
        (look(room=room("ga-ry", answered=False, reason="sai mật khẩu"), line=measured(target="room")),),
        NOT_READY,
        "endpoint-unread",
        "không xem được thiết bị họp (Polycom): sai mật khẩu",
    ),
    "in a call": Fault(
        (look(room=room("ga-ry", in_call=True), line=measured(loaded=False)),),
        NOT_READY,
        "in-call",
        "phòng đang có cuộc gọi; không đo tải",
    ),
    "drift": Fault((look(drift={"ga-ry-router": 3}),), CARE, "drift", "cấu hình ga-ry-router sai lệch (3 chỗ)"),
    "wrong clock": Fault(
        (look(router=router("ga-ry", clock_ahead=-600.0)),), CARE, "clock", "đồng hồ router chậm 10 phút"
    ),
    "muted": Fault((look(room=room("ga-ry", muted=True)),), CARE, "muted", "micro đang tắt tiếng"),
    "one room": Fault((look(room=room("ga-ry", registered=False)),), NOT_READY, "not-registered", "máy lẻ 8018"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_names_the_site_and_the_cause_and_no_other_site(name: str) -> None:
    fault = FAULTS[name]
    looks, shared = district(*fault.looks)
    found = {one.site: verdict.judge(one, shared) for one in looks}
    named = found[fault.site]
    assert (named.level, named.main and named.main.code) == (fault.level, fault.code), named.findings
    assert named.main is not None and fault.vi in named.main.cause.vi
    assert named.main.todo.vi and named.main.todo.en and named.main.cause.en
    untouched = set(found) - {one.site for one in fault.looks}
    assert all(found[site].level == READY for site in untouched), {site: found[site] for site in untouched}


def test_a_site_where_all_is_well_is_ready_without_a_word() -> None:
    looks, shared = district()
    assert [verdict.judge(one, shared) for one in looks] == [verdict.Verdict(one.site, READY, ()) for one in looks]


def codes(one: Look, *others: Look) -> list[str]:
    _, shared = district(one, *others)
    return [finding.code for finding in verdict.judge(one, shared).findings]


def test_the_gravest_comes_first_and_all_are_told() -> None:
    broken = look(router=NO_LTE, room=room("ga-ry", registered=False), drift={"ga-ry-room": 1}, backup_days=None)
    assert codes(broken) == ["not-registered", "lte-down", "drift", "backup"]


def test_an_old_backup_alone_leaves_a_site_ready() -> None:
    looks, shared = district(look(backup_days=31))
    found = verdict.judge(looks[2], shared)
    assert (found.level, [finding.code for finding in found.findings]) == (READY, ["backup"])
    assert codes(look(backup_days=30)) == []


def test_a_backup_line_that_is_too_weak_for_the_meeting_is_the_cause() -> None:
    weak = look(router=ON_LTE, line=measured(load_lost=29.0, load_rise_ms=80.0, usable_kbps=1250.0))
    assert codes(weak) == ["fibre-down", "rate"]
    _, shared = district(weak)
    assert verdict.judge(weak, shared).level == NOT_READY
    assert "không quá 1024 kbit/s" in verdict.judge(weak, shared).findings[1].todo.vi
    hopeless = look(line=measured(load_lost=95.0, load_rise_ms=80.0, usable_kbps=90.0))
    assert verdict.judge(hopeless, shared).findings[0].todo.vi == "Gọi VNPT báo đường truyền yếu."


def test_the_other_hub_without_an_answer_is_no_reason_to_cancel_and_both_are() -> None:
    none = {"ages": {"huyen-uy": 200, "ubnd": None}, "sessions": {}, "hub": ""}
    looks, shared = district(look(router=router("ga-ry", **none)))
    found = verdict.judge(looks[2], shared)
    assert (found.level, [f.code for f in found.findings]) == (NOT_READY, ["tunnel-down", "tunnel-down"])


def test_behind_the_control_machines_own_silent_router_nothing_is_blamed_on_a_commune() -> None:
    down = look(router=silent("ga-ry"), line=measured(target=""))
    hub = look("huyen-uy", router=silent("huyen-uy"), line=measured(target=""))
    assert codes(down, hub) == ["behind-silent-hub"]
    assert codes(hub, down) == ["control-router-silent"]


def test_a_router_that_echoes_and_lets_nobody_in_has_a_line() -> None:
    assert codes(look(router=silent("ga-ry"))) == ["router-refuses"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (measured(percent_lost=1.0, load_lost=1.0), []),
        (measured(load_lost=5.0), ["loss"]),  # nothing was lost while it was quiet: chance, and no queue that fills
        (measured(load_lost=5.0, load_rise_ms=40.0), ["rate"]),
        (measured(load_lost=12.0), ["rate"]),
        (measured(percent_lost=10.7, load_lost=10.4, load_rise_ms=40.0), ["loss"]),  # the load loses no more
        (measured(percent_lost=5.0, load_lost=30.0, load_rise_ms=50.0), ["loss", "rate"]),
        (measured(one_way_ms=150.0, jitter_ms=30.0), []),
        (measured(jitter_ms=30.1), ["jitter"]),
        (measured(target=""), ["no-echo"]),
    ],
)
def test_loss_by_chance_is_told_from_a_line_that_is_full(line: object, expected: list[str]) -> None:
    assert codes(look(line=line)) == expected


def test_an_endpoint_that_lets_nobody_in_is_told_from_one_that_is_off() -> None:
    refuses = room("ga-ry", answered=False, reason="sai mật khẩu")
    looks, shared = district(look(room=refuses))
    main = verdict.judge(looks[2], shared).main
    assert main is not None and "không xem được thiết bị họp (Polycom): sai mật khẩu" in main.cause.vi


def test_a_call_server_that_one_room_does_not_reach_is_that_rooms_matter() -> None:
    looks, shared = district(look(room=room("ga-ry", server_answers=False)))
    main = verdict.judge(looks[2], shared).main
    assert main is not None and main.code == "not-registered"
    assert "máy chủ cuộc gọi 10.77.1.15 không trả lời phòng này" in main.cause.vi
    assert all(verdict.judge(one, shared).level == READY for one in looks if one.site != "ga-ry")


def test_the_tunnel_between_the_hubs_is_missed_by_both_and_not_when_one_is_off() -> None:
    ends = [look(hub, router=router(hub, sessions={"ga-ry": True, "ch-om": True})) for hub in ("huyen-uy", "ubnd")]
    looks, shared = district(*ends)
    found = {one.site: [f.code for f in verdict.judge(one, shared).findings] for one in looks}
    assert found == {"huyen-uy": ["hub-tunnel-down"], "ubnd": ["hub-tunnel-down"], "ga-ry": [], "ch-om": []}
    off = look("ubnd", router=silent("ubnd"), line=measured(target=""))
    assert codes(ends[0], off) == []


def test_a_hub_does_not_name_the_communes_that_are_off() -> None:
    assert codes(look("huyen-uy", router=router("huyen-uy", ages={"ubnd": 30}, sessions={"ubnd": True}))) == []


def test_a_room_that_is_muted_in_its_call_is_in_a_call() -> None:
    assert codes(look(room=room("ga-ry", in_call=True, muted=True), line=measured(loaded=False))) == ["in-call"]


def test_a_lease_that_is_missing_is_named() -> None:
    looks, shared = district(look(router=router("ga-ry", circuits={"fibre": UP, "lte": NO_ADDRESS})))
    main = verdict.judge(looks[2], shared).main
    assert main is not None and "không có địa chỉ" in main.cause.vi
