"""The picture: each state is told by a sign and a form, too, for printers and for those who see no colours."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from diemcau.readiness import picture
from diemcau.readiness.picture import DOWN, NOT_KNOWN, STANDBY, USED
from diemcau.readiness.records import Row, row
from diemcau.readiness.verdict import judge
from tests.unit.readiness.samples import HUBS, district, look, router, silent


def rows(*changed: Any) -> list[Row]:
    looks, shared = district(*changed)
    return sorted((row(one, judge(one, shared), "") for one in looks), key=lambda found: found["number"])


def tunnels(*changed: Any) -> tuple[str, str]:
    """Ga Ry's tunnels."""
    sites = {site["site"]: site for site in rows(*changed)}
    first, second = (picture.tunnel(sites["ga-ry"], sites.get(hub), hub) for hub in HUBS)
    return first, second


def test_a_tunnel_is_used_standing_by_down_or_not_known() -> None:
    assert tunnels() == (USED, STANDBY)
    lost = router("ga-ry", ages={"huyen-uy": 30, "ubnd": 200}, sessions={"huyen-uy": True, "ubnd": True})
    assert tunnels(look(router=lost)) == (USED, DOWN)
    assert tunnels(look(router=router("ga-ry", hub="ubnd", sessions={"ubnd": True}))) == (DOWN, USED)


def test_of_a_silent_router_the_hub_tells_what_is_down_and_nothing_else() -> None:
    gone = look(router=silent("ga-ry"))
    assert tunnels(gone) == (NOT_KNOWN, NOT_KNOWN)  # the hub may not have noticed yet
    hub = router("huyen-uy", sessions={"ga-ry": False, "ubnd": True, "ch-om": True})
    assert tunnels(gone, look("huyen-uy", router=hub)) == (DOWN, NOT_KNOWN)


def test_it_is_xml_with_a_box_for_each_site_and_a_name() -> None:
    drawn = ElementTree.fromstring(picture.svg(rows(look(router=silent("ga-ry"))), HUBS))
    texts = ["".join(element.itertext()) for element in drawn.iter("text")]
    assert {"Huyện ủy", "UBND huyện", "Ga Ry", "Ch'Ơm"} <= set(texts)
    signs = [text for text in texts if text in "✓✕!?○"]
    assert signs.count("?") == 2  # both tunnels of Ga Ry
    assert "Ga Ry: CHƯA sẵn sàng" in (drawn.findtext("title") or "")


def test_a_district_with_one_hub_and_no_site_at_all() -> None:
    sites = [site for site in rows() if site["site"] != "ubnd"]
    assert ElementTree.fromstring(picture.svg(sites, HUBS[:1])) is not None
    assert picture.svg([], HUBS) == ""
