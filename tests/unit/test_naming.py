"""Names of hosts, built and taken apart."""

from __future__ import annotations

from diemcau import naming


def test_a_site_and_its_hosts() -> None:
    assert (naming.router_host("ga-ry"), naming.room_host("ga-ry")) == ("ga-ry-router", "ga-ry-room")
    assert {naming.site_of(host) for host in ("ga-ry-router", "ga-ry-room")} == {"ga-ry"}
    assert (naming.kind_of("ga-ry-router"), naming.kind_of("ga-ry-room")) == naming.KINDS
    assert naming.sites_of(["lang-room", "ga-ry-router", "ga-ry-room"]) == ["ga-ry", "lang"]
    assert naming.group_of("ga-ry") == "ga_ry"


def test_other_hosts_belong_to_no_site() -> None:
    assert (naming.site_of("localhost"), naming.kind_of("localhost")) == ("", "localhost")
