"""What the district's staff reads."""

from __future__ import annotations

import re

from diemcau.readiness.records import row
from diemcau.readiness.verdict import judge
from diemcau.reports import tables
from tests.unit.readiness.samples import district, look, measured, silent

READY = {
    "number": 18, "name": "Ga Ry", "platform": "routeros 7.18", "tunnels": 2, "tunnels_up": 2,
    "neighbors": 2, "neighbors_up": 2, "room_address": "10.77.18.20", "ready": True, "reason": "", "answered": True,
}  # fmt: skip
NOT_READY = {
    **READY,
    "number": 1,
    "name": "Huyện ủy",
    "room_address": "",
    "ready": False,
    "reason": "[x] chưa có địa chỉ",
}


ROOM = {
    "name": "Ga Ry", "number": 18, "extension": "8018", "registered": True, "in_call": False, "reason": "",
    "answered": True,
}  # fmt: skip


def test_one_row_for_each_site_in_the_order_of_their_numbers() -> None:
    text = "\n".join(tables.district_table({"ga-ry": READY, "huyen-uy": NOT_READY}, {"ga-ry": ROOM, "huyen-uy": ROOM}))
    assert text.index("Huyện ủy") < text.index("Ga Ry")
    assert "CHƯA: [x] chưa có địa chỉ" in text  # brackets are text, not markup
    assert "1/2 điểm cầu sẵn sàng" in text


def test_a_site_is_ready_when_router_and_endpoint_are() -> None:
    text = "\n".join(tables.district_table({"ga-ry": READY}, {"ga-ry": ROOM}))
    assert "8018 đã đăng ký" in text and "1/1 điểm cầu sẵn sàng" in text
    refused = {**ROOM, "registered": False, "reason": "sai mật khẩu"}
    text = "\n".join(tables.district_table({"ga-ry": READY}, {"ga-ry": refused}))
    assert "8018 chưa đăng ký" in text and "CHƯA: sai mật khẩu" in text and "0/1 điểm cầu sẵn sàng" in text


def test_a_room_alone_has_a_row_as_well() -> None:
    text = "\n".join(tables.district_table({}, {"ga-ry": {**ROOM, "in_call": True}}))
    assert "Ga Ry" in text and "8018 đang họp" in text
    assert "chưa biết: chưa hỏi bộ định tuyến" in text and "0/1 điểm cầu sẵn sàng" in text


def test_a_router_alone_is_no_ready_site() -> None:
    text = "\n".join(tables.district_table({"ga-ry": READY}, {}))
    assert "chưa biết: chưa hỏi phòng họp" in text and "0/1 điểm cầu sẵn sàng" in text


def test_what_a_device_did_not_say_is_not_shown() -> None:
    silent_router = {**NOT_READY, "answered": False, "tunnels_up": 0, "tunnels": 12, "reason": "không trả lời"}
    silent_room = {**ROOM, "answered": False, "registered": False, "reason": "không trả lời"}
    text = "\n".join(tables.district_table({"huyen-uy": silent_router}, {"huyen-uy": silent_room}))
    assert "0/12" not in text and "routeros" not in text and "chưa đăng ký" not in text


def test_columns_line_up_under_vietnamese_headings() -> None:
    lines = tables.table(("Điểm cầu", "Kết quả"), [("Bha Lêê", "x"), ("A Xan", "x")])
    assert len({line.rindex("x") for line in lines if line.endswith("x")}) == 1


def test_the_command_that_resumes_names_the_hosts_that_are_left() -> None:
    assert "playbooks/site.yml -l ga-ry-router,lang-router" in tables.resume_command(
        "playbooks/site.yml", ["ga-ry-router", "lang-router"]
    )


def test_what_was_lost_and_what_came_back_stands_below_each_other() -> None:
    rows = [("10/01 14:05:11", "ga-ry-router", "coi như đã mất"), ("10/01 14:05:41", "ga-ry-router", "[x] xong")]
    lines = tables.restore_table({"ga-ry-router": rows, "ga-ry-room": [("10/01 14:07:00", "ga-ry-room", "giữ nguyên")]})
    assert [line.split()[2:4] for line in lines[-4:-1]] == [
        ["ga-ry-router", "coi"],
        ["ga-ry-router", "[x]"],
        ["ga-ry-room", "giữ"],
    ]


def test_readiness_is_a_row_for_each_site_and_below_it_what_to_do() -> None:
    lost = look(line=measured(percent_lost=4.0))
    gone = look("ch-om", router=silent("ch-om"), room=None, line=measured(target=""))
    looks, shared = district(lost, gone)
    rows = [row(one, judge(one, shared), "") for one in looks]
    lines = tables.readiness_table(rows, "build/readiness/index.html")
    table = {line.split("  ")[0].strip(): line for line in lines if "sẵn sàng" in line}
    assert "✕ CHƯA sẵn sàng" in table["Ga Ry"] and "cáp quang → Huyện ủy" in table["Ga Ry"]
    assert "22 ms" in table["Ga Ry"] and "4.0 %" in table["Ga Ry"] and "8018 đã đăng ký" in table["Ga Ry"]
    assert "2/2, 30 s" in table["Ga Ry"] and re.search(r" đúng +2 ngày$", table["Ga Ry"])
    assert "✓ sẵn sàng" in table["UBND huyện"]
    assert "Ga Ry: mất 4.0 % gói tin, đi và về (cho phép 1 %)" in lines
    assert lines[lines.index("Ga Ry: mất 4.0 % gói tin, đi và về (cho phép 1 %)") + 1].startswith(
        "    → Gọi VNPT báo mất gói"
    )
    assert table["Ch'Ơm"].count("–") >= 5  # nothing is said that was not seen
    assert lines[-1] == "2/4 điểm cầu họp được. Trang đầy đủ: build/readiness/index.html"
