"""The report of what changes, for people: by site, in Vietnamese, as Markdown, as a page, and as a table.

The statements stand in it as the devices would be sent them, secrets masked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diemcau import naming
from diemcau.design.district import District
from diemcau.rendering import environment
from diemcau.reports.changes import DeviceChanges
from diemcau.reports.tables import table

LONGEST = 60  # statements of one device in Markdown: a comment on a pull request takes no more than 65536 characters
NOTHING = "–"

_SECTIONS = {
    "system": "hệ thống",
    "wan": "đường truyền",
    "lan": "mạng phòng họp",
    "vpn": "đường hầm",
    "routing": "định tuyến",
    "firewall": "tường lửa",
    "qos": "hàng đợi ưu tiên",
    "room": "cài đặt phòng họp",
}
_NEWS = {"new": "thiết bị mới", "gone": "không còn trong kho cấu hình", "other": "đổi sang loại thiết bị khác"}


@dataclass(frozen=True)
class SiteChanges:
    """One site and its devices that differ or could not be compared."""

    name: str  # "Ch'Ơm"; of a site that is gone, its slug
    hub: bool
    devices: tuple[DeviceChanges, ...]


@dataclass(frozen=True)
class ChangeReport:
    """Everything that stands in the report."""

    title: str
    asked: str  # what was compared, one sentence
    word: str  # for a difference: "thay đổi" (it changes), "sai lệch" (it drifted)
    sites: tuple[SiteChanges, ...]  # with something to tell, hubs first
    same: tuple[str, ...]  # names of the others
    total: int  # devices
    left_alone: tuple[DeviceChanges, ...]  # devices that hold something outside of all sections

    @property
    def differing(self) -> tuple[str, ...]:
        """Hosts that differ."""
        return tuple(device.host for site in self.sites for device in site.devices if device.differs)

    @property
    def unread(self) -> tuple[str, ...]:
        """Hosts that could not be compared."""
        return tuple(device.host for site in self.sites for device in site.devices if device.problem)

    def hosts(self, what: str) -> str:
        """The hosts of which something follows: ``way``, ``restart`` or ``call``."""
        hosts = [device.host for site in self.sites for device in site.devices if getattr(device, what)]
        return ", ".join(hosts) or NOTHING


def against(branch: str, district: District, devices: Sequence[DeviceChanges]) -> ChangeReport:
    """The report of a change against another branch."""
    asked = "Cấu hình sẽ gửi tới từng thiết bị, so với nhánh đích. Chưa thiết bị nào bị động tới."
    return _report(f"Thay đổi so với {branch}", asked, "thay đổi", district, devices)


def of_devices(moment: str, district: District, devices: Sequence[DeviceChanges]) -> ChangeReport:
    """The report of what the devices hold at a moment."""
    asked = "Cấu hình trên thiết bị, so với kho cấu hình. Câu lệnh bên dưới đưa thiết bị về đúng; chưa gửi câu nào."
    return _report(f"Sai lệch trên thiết bị, {moment}", asked, "sai lệch", district, devices)


def _report(title: str, asked: str, word: str, district: District, devices: Sequence[DeviceChanges]) -> ChangeReport:
    names = {router.site: router.display_name for router in district.routers.values()}
    order = {slug: place for place, slug in enumerate(names)}
    by_site: dict[str, list[DeviceChanges]] = {}
    for device in sorted(devices, key=lambda device: order.get(_slug(device), len(order))):  # stable
        by_site.setdefault(_slug(device), []).append(device)
    telling = {slug: [d for d in found if d.differs or d.problem] for slug, found in by_site.items()}
    return ChangeReport(
        title=title,
        asked=asked,
        word=word,
        sites=tuple(
            SiteChanges(names.get(slug, slug), slug in district.hubs, tuple(sorted(found, key=_router_first)))
            for slug, found in telling.items()
            if found
        ),
        same=tuple(names.get(slug, slug) for slug, found in telling.items() if not found),
        total=len(devices),
        left_alone=tuple(device for device in devices if device.left_alone),
    )


def _slug(device: DeviceChanges) -> str:
    return naming.site_of(device.host)


def _router_first(device: DeviceChanges) -> bool:
    return naming.kind_of(device.host) != naming.ROUTER


def section_name(section: str) -> str:
    """``tường lửa (firewall)``."""
    return f"{_SECTIONS[section]} ({section})" if section in _SECTIONS else section


def what(device: DeviceChanges) -> str:
    """What changes on a device, in a few words."""
    if device.problem:
        return "đang họp, chưa so sánh" if device.in_call else "KHÔNG ĐỌC ĐƯỢC"
    if device.news:
        return _NEWS[device.news]
    counted = [f"{_SECTIONS.get(section, section)} {len(device.of(section))}" for section in device.sections]
    return ", ".join(counted) or "khởi động lại"


def effects(device: DeviceChanges) -> str:
    """What follows from it, in a few words."""
    found = ["⚠ đường vào thiết bị"] * bool(device.way) + ["khởi động lại"] * device.restart
    return ", ".join(found + ["có thể ngắt cuộc gọi"] * device.call) or NOTHING


def summary(report: ChangeReport) -> list[str]:
    """Lines of a table for the terminal: one row for each device that differs or could not be compared."""
    rows = [(site.name, device.host, what(device), effects(device)) for site in report.sites for device in site.devices]
    return table(("Điểm cầu", "Thiết bị", report.word.capitalize(), "Hệ quả"), rows) if rows else []


def markdown(report: ChangeReport) -> str:
    """For a pull request's comment or a job's summary."""
    return _render("reports/changes.md.j2", report, longest=LONGEST, fence=_fence, plain=_plain)


def page(report: ChangeReport) -> str:
    """One HTML file that needs no other, for a phone too."""
    return _render("reports/changes.html.j2", report)


def _render(name: str, report: ChangeReport, **more: object) -> str:
    words = {"what": what, "effects": effects, "section_name": section_name}
    return environment(".", {}).get_template(name).render(report=report, **words, **more)


def _plain(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    return re.sub(r"([\\`*_{}\[\]<>|#~])", r"\\\1", " ".join(text.split()))


def _fence(text: str) -> str:
    """What a block of ``text`` is put between: more backticks than stand in it."""
    return "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
