"""The page: everything that was found stands in it, in both languages, and nothing else is needed to read it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from diemcau.readiness import page, records
from diemcau.readiness.site import NO_LINK, UP
from diemcau.rendering import TEMPLATES
from tests.unit.readiness.samples import look, measured, room, router, silent
from tests.unit.readiness.test_records import keep

BROKEN = (
    look("ubnd", router=silent("ubnd"), room=room("ubnd", answered=False), line=measured(target=""), seen_ago=200),
    look(router=router("ga-ry", path="lte", circuits={"fibre": NO_LINK, "lte": UP}), line=measured(percent_lost=4.0)),
    look("ch-om", room=room("ch-om", muted=True), drift={"ch-om-router": 2}),
)
MEETING = {
    "at": "2026-11-24T22:00:00+07:00",
    "seconds": 60,
    "event": "cut ga-ry/fibre",
    "sites": [
        {"site": "ga-ry", "name": "Ga Ry", "rate_kbps": 1024, "connected": True, "percent_lost": 0.4,
         "jitter_ms": 4.0, "longest_gap_s": 2.7, "reason": ""},
        {"site": "ch-om", "name": "Ch'Ơm", "rate_kbps": 1024, "connected": False, "percent_lost": 100.0,
         "jitter_ms": 0.0, "longest_gap_s": 60.0, "reason": "không bắt máy <sau 30 s>"},
    ],
}  # fmt: skip


class Elements(HTMLParser):
    """What elements there are, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def written(folder: Path) -> str:
    path = page.write(folder)
    assert path == folder / "index.html"
    return path.read_text(encoding="utf-8")


def test_each_site_has_its_verdict_its_causes_and_what_to_do(tmp_path: Path) -> None:
    keep(tmp_path, *BROKEN)
    text = written(tmp_path)
    for words in (
        "2/4", "CHƯA sẵn sàng", "Ga Ry", "Ch&#x27;Ơm", "Huyện ủy", "mất 4.0 % gói tin",
        "đứt cáp quang, đang chạy bằng LTE",
        "micro đang tắt tiếng", "cấu hình ch-om-router sai lệch", "router trung tâm không trả lời",
        "Gọi VNPT báo mất gói", "the microphone is muted", "NOT ready", "23:06 24/11/2026",
    ):  # fmt: skip
        assert words in text or words.replace("&#x27;", "&#39;") in text, words


def test_it_needs_no_other_file_and_no_network(tmp_path: Path) -> None:
    keep(tmp_path, *BROKEN)
    (tmp_path / "meetings.jsonl").write_text(json.dumps(MEETING) + "\n", encoding="utf-8")
    text = written(tmp_path)
    assert len(text.encode()) < 300_000
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<script|<link(?! rel=\"icon\" href=\"data:,\")", text)


def test_pictures_and_controls_have_names_and_headers_have_scopes(tmp_path: Path) -> None:
    keep(tmp_path, *BROKEN)
    elements = Elements(written(tmp_path)).found
    assert elements[0] == ("html", {"lang": "vi"})
    for tag, attributes in elements:
        if tag == "svg":
            named = attributes.get("aria-label") or attributes.get("aria-labelledby")
            assert attributes.get("aria-hidden") == "true" or (attributes["role"], bool(named)) == ("img", True)
        if tag == "th":
            assert attributes["scope"] in ("col", "row")
        if tag == "input":
            assert attributes["aria-label"] == "English"
    identities = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(identities) == len(set(identities))


def test_every_vietnamese_text_has_its_english_one(tmp_path: Path) -> None:
    keep(tmp_path, *BROKEN)
    text = written(tmp_path)
    assert text.count('class="vi"') == text.count('class="en" lang="en"') + text.count('class="en" lang="vi"')
    assert len(re.findall(r'class="vi"', text)) > 50


def test_a_rehearsed_meeting_is_told_with_its_gaps(tmp_path: Path) -> None:
    keep(tmp_path)
    (tmp_path / "meetings.jsonl").write_text(f"{json.dumps(MEETING)}\n\n", encoding="utf-8")
    text = written(tmp_path)
    assert "Họp thử" in text and "cut ga-ry/fibre" in text and "2.7 s" in text and "60.0 s" in text
    assert "không bắt máy &lt;sau 30 s&gt;" in text  # text, not markup


def test_a_meeting_before_the_first_look_makes_a_page(tmp_path: Path) -> None:
    (tmp_path / records.MEETINGS).write_text(json.dumps({**MEETING, "event": None}) + "\n", encoding="utf-8")
    text = written(tmp_path)
    assert "Chưa xem lần nào" in text and "Họp thử" in text


def test_an_old_look_at_a_site_says_when_it_was(tmp_path: Path) -> None:
    keep(tmp_path)
    keep(tmp_path, at="2026-11-25T08:30:00+07:00", only="ga-ry")
    text = written(tmp_path)
    assert text.count("23:06 24/11/2026") == 3 and "08:30 25/11/2026" in text


def test_the_template_is_ours() -> None:
    """Placeholders are escaped by hand: everything that comes from outside passes a filter or a helper."""
    template = (TEMPLATES / "reports" / "readiness.html.j2").read_text(encoding="utf-8")
    for name in re.findall(
        r"{{ (?:site|meeting|room|router|hub)\.(?:name|reason|event|extension|model)[^}]*}}", template
    ):
        assert "| e" in name, name
