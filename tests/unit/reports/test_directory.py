"""Lists of all rooms, for the call server and for the wall."""

from __future__ import annotations

import csv

from diemcau.reports import directory
from tests.unit.inventories import district, small


def test_an_account_for_each_room_that_registers() -> None:
    hosts = small()
    hosts["dang-room"]["room"] = {"sip": {"enabled": False}}
    found = list(csv.DictReader(directory.accounts(district(hosts)).splitlines()))
    assert [row["user"] for row in found] == ["8001", "8002", "8018"]
    assert found[-1]["password"] == "sip-secret-of-ga-ry-room"


def test_the_directory_names_every_room_as_people_write_it() -> None:
    hosts = small()
    for host in ("ga-ry-router", "ga-ry-room"):
        hosts[host]["site"]["name"] = "Ch'Ơm <xã>"
    page = directory.printable(district(hosts))
    assert "Ch&#39;Ơm &lt;xã&gt;" in page and "8018" in page and "10.77.18.20" in page
    assert page.index("8001") < page.index("8017")
    assert "sip-secret" not in page
