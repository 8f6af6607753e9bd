"""What the district's staff reads."""

from __future__ import annotations

from diemcau import report

READY = {
    "number": 18, "name": "Ga Ry", "platform": "routeros 7.18", "tunnels": 2, "tunnels_up": 2,
    "neighbors": 2, "neighbors_up": 2, "room_address": "10.77.18.20", "ready": True, "reason": "",
}  # fmt: skip
NOT_READY = {
    **READY,
    "number": 1,
    "name": "Huyện ủy",
    "room_address": "",
    "ready": False,
    "reason": "[x] chưa có địa chỉ",
}


def test_one_row_for_each_site_in_the_order_of_their_numbers() -> None:
    text = "\n".join(report.district_table([READY, NOT_READY]))
    assert text.index("Huyện ủy") < text.index("Ga Ry")
    assert "CHƯA: [x] chưa có địa chỉ" in text  # brackets are text, not markup
    assert "1/2 điểm cầu sẵn sàng" in text


def test_columns_line_up_under_vietnamese_headings() -> None:
    lines = report.table(("Điểm cầu", "Kết quả"), [("Bha Lêê", "x"), ("A Xan", "x")])
    assert len({line.rindex("x") for line in lines if line.endswith("x")}) == 1


def test_the_command_that_resumes_names_the_hosts_that_are_left() -> None:
    assert "playbooks/site.yml -l ga-ry-router,lang-router" in report.resume_command(
        "playbooks/site.yml", ["ga-ry-router", "lang-router"]
    )
