"""The report for people: by site, complete as a page, small as Markdown, and nothing of it read as markup."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest

from diemcau.reports import change_report
from diemcau.reports.change_report import ChangeReport
from diemcau.reports.changes import ChangeLine, DeviceChanges
from tests.unit.inventories import district, set_district, site, small

WAY = ChangeLine("vpn", "delete interfaces wireguard wg0 mtu", way=True, call=True)
RULE = ChangeLine("firewall", "set firewall ipv4 forward filter rule 10 action accept")
RESTART = ChangeLine("room", "hostname set other", restart=True)
SILENT = "dang-room: 10.77.17.20 cannot be reached by SSH: timed out\n    to do: look | whether `it` is <on>"


def against(*devices: DeviceChanges) -> ChangeReport:
    hosts = [host for host in district(small()).routers] + [host for host in district(small()).rooms]
    others = [DeviceChanges(host) for host in hosts if host not in {device.host for device in devices}]
    return change_report.against("origin/main (0123456789)", district(small()), [*devices, *others])


def words(page: str) -> str:
    """A page's text as people see it."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.partition("<body>")[2])).split())


class Balanced(HTMLParser):
    """Fails for a tag that is not closed, or closed by another."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


REPORTS = {
    "nothing": against(),
    "one router": against(DeviceChanges("dang-router", (WAY, RULE))),
    "everything": against(
        DeviceChanges("ga-ry-room", (RESTART,), restart=True),
        DeviceChanges("huyen-uy-router", (WAY,)),
        DeviceChanges("ga-ry-router", (RULE,), left_alone=("protocols ospf",)),
        DeviceChanges("dang-room", problem=SILENT),
        DeviceChanges("ubnd-room", problem="ubnd-room: the room is in a call", in_call=True),
        DeviceChanges("za-hung-router", news="gone"),
        DeviceChanges("ubnd-router", news="other"),
        DeviceChanges(
            "dang-router", tuple(ChangeLine("routing", f"set policy route-map M rule {n}") for n in range(400))
        ),
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_is_one_file_that_a_phone_shows(name: str) -> None:
    page = change_report.page(REPORTS[name])
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert '<meta name="viewport" content="width=device-width' in page
    assert not re.search(r"src=|href=|url\(|<script", page)
    assert len(page) < 100_000


@pytest.mark.parametrize("name", REPORTS)
def test_markdown_has_a_table_and_closed_blocks(name: str) -> None:
    text = change_report.markdown(REPORTS[name])
    assert text.startswith("# Thay đổi so với origin/main (0123456789)\n")
    assert len(re.findall("^```", text, re.MULTILINE)) % 2 == 0
    assert "\n\n\n" not in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.count(" |") == 4 for line in table)
    assert len(text) < 20_000


def test_one_router_is_told_with_its_sections_and_what_follows() -> None:
    report = REPORTS["one router"]
    assert (report.differing, report.unread, report.total) == (("dang-router",), (), 8)
    text, page = change_report.markdown(report), words(change_report.page(report))
    assert "| Dang | dang-router | đường hầm 1, tường lửa 1 | ⚠ đường vào thiết bị, có thể ngắt cuộc gọi |" in text
    assert "Giữ nguyên: Huyen-Uy, Ubnd, Ga-Ry" in text and "Giữ nguyên Huyen-Uy, Ubnd, Ga-Ry" in page
    for found in (text, page):
        assert "Chạm đường vào chính thiết bị: đường hầm (vpn)." in found
        assert "thiết bị tự trở về cấu hình cũ" in found and "trung tâm" not in found
        assert "⚠ delete interfaces wireguard wg0 mtu" in found and RULE.shown in found
    assert f"\n  {RULE.shown}\n" in text
    assert "**1** trong 8 thiết bị thay đổi" in text and "- Khởi động lại: –" in text


def test_everything_else_is_told() -> None:
    report = REPORTS["everything"]
    assert report.unread == ("ubnd-room", "dang-room")
    assert [site.name for site in report.sites] == ["Huyen-Uy", "Ubnd", "Dang", "Ga-Ry", "za-hung"]
    assert [device.host for device in report.sites[3].devices] == ["ga-ry-router", "ga-ry-room"]
    text, page = change_report.markdown(report), words(change_report.page(report))
    for found in (text, page):
        for told in (
            "Đây là trung tâm: các xã đi qua thiết bị này.",
            "ga-ry-room: cài đặt phòng họp 1",
            "Khởi động lại một lần",
            "dang-room: KHÔNG ĐỌC ĐƯỢC",
            "ubnd-room: đang họp, chưa so sánh",
            "za-hung-router: không còn trong kho cấu hình",
            "ubnd-router: đổi sang loại thiết bị khác",
            "ga-ry-router: protocols ospf",
            SILENT.splitlines()[0],
        ):
            assert told in found, told
    assert "set policy route-map M rule 399" in page
    assert "set policy route-map M rule 59\n" in text and "rule 60\n" not in text
    assert "… và 340 câu lệnh nữa: xem bản HTML." in text


def test_nothing_is_told_as_nothing() -> None:
    for found in (change_report.markdown(REPORTS["nothing"]), change_report.page(REPORTS["nothing"])):
        assert "Không thiết bị nào thay đổi" in found and "dang" not in found
    assert change_report.summary(REPORTS["nothing"]) == []


def test_a_device_that_could_not_be_read_is_not_nothing() -> None:
    report = against(DeviceChanges("dang-room", problem=SILENT))
    text = change_report.markdown(report)
    assert report.differing == () and report.unread == ("dang-room",)
    assert "**0** trong 8 thiết bị thay đổi" in text and "**Không so sánh được: dang-room**" in text
    assert "Không thiết bị nào thay đổi" not in text


def test_the_way_into_an_endpoint_is_not_taken_back() -> None:
    report = against(DeviceChanges("dang-room", (ChangeLine("room", "systemsetting webenabled False", way=True),)))
    for found in (change_report.markdown(report), words(change_report.page(report))):
        assert "Thiết bị phòng họp không tự trở về cấu hình cũ." in found


def test_no_text_becomes_markup() -> None:
    hosts = set_district(small())
    site(hosts, "dang", 17, site={"number": 17, "name": "<b>|Dang|</b> & *co*"})
    hosts = set_district(hosts)
    line = ChangeLine("room", 'systemname set "```<script>&amp;"')
    report = change_report.of_devices("06:00", district(hosts), [DeviceChanges("dang-room", (line,))])
    page, text = change_report.page(report), change_report.markdown(report)
    assert "<b>|" not in page and "<script>" not in page and "&lt;b&gt;|Dang|&lt;/b&gt; &amp; *co*" in page
    assert "````\n  systemname" in text and r"\<b\>\|Dang\|\</b\>" in text
    assert text.startswith("# Sai lệch trên thiết bị, 06:00\n")
    assert "**1** trong 1 thiết bị sai lệch" in text and "| Sai lệch | Hệ quả |" in text and "thay đổi" not in text


def test_the_summary_for_the_terminal() -> None:
    lines = change_report.summary(REPORTS["everything"])
    assert any(re.search(r"Huyen-Uy +huyen-uy-router +đường hầm 1 +⚠ đường vào thiết bị", line) for line in lines)
    assert sum("-ro" in line for line in lines) == 8
