"""What a run leaves behind for the next one and for the page."""

from __future__ import annotations

import json
from pathlib import Path

from diemcau.readiness import records
from diemcau.readiness.look import Look
from diemcau.readiness.verdict import judge
from tests.unit.readiness.samples import NAMES, district, look, measured, silent

AT = "2026-11-24T23:06:09+07:00"


def keep(folder: Path, *changed: Look, at: str = AT, only: str = "") -> records.Row:
    looks, shared = district(*changed)
    rows = [records.row(one, judge(one, shared), at) for one in looks if only in ("", one.site)]
    return records.keep(folder, at, 17.25, "Tây Giang", shared, rows, NAMES)


def test_the_latest_run_is_kept_whole_and_each_run_as_a_line(tmp_path: Path) -> None:
    keep(tmp_path)
    keep(tmp_path, look(line=measured(percent_lost=5.0)))
    latest = records.latest(tmp_path)
    assert [site["site"] for site in latest["sites"]] == ["huyen-uy", "ubnd", "ch-om", "ga-ry"]  # by number
    assert latest["sites"][3]["findings"][0]["code"] == "loss"
    first, second = records.history(tmp_path, records.HISTORY, 20)
    ga_ry = {run["at"]: one for run in (first, second) for one in run["sites"] if one["site"] == "ga-ry"}
    assert ga_ry[AT]["percent_lost"] == 5.0 and ga_ry[AT]["codes"] == ["loss"]


def test_a_run_with_l_leaves_the_other_sites_as_they_were_found(tmp_path: Path) -> None:
    keep(tmp_path)
    latest = keep(tmp_path, look(line=measured(one_way_ms=200.0)), at="2026-11-25T08:00:00+07:00", only="ga-ry")
    at = {site["site"]: site["at"] for site in latest["sites"]}
    assert at == {**dict.fromkeys(NAMES, AT), "ga-ry": "2026-11-25T08:00:00+07:00"}


def test_a_site_that_left_the_inventory_goes(tmp_path: Path) -> None:
    keep(tmp_path)
    path = tmp_path / records.LATEST
    text = path.read_text(encoding="utf-8")
    gone = {**json.loads(text)["sites"][3], "site": "old-commune", "number": 90}
    path.write_text(json.dumps({**json.loads(text), "sites": [gone]}), encoding="utf-8")
    assert "old-commune" not in [site["site"] for site in keep(tmp_path)["sites"]]


def test_nothing_measured_is_no_zero(tmp_path: Path) -> None:
    keep(tmp_path, look(router=silent("ga-ry"), line=measured(target="")))
    (run,) = records.history(tmp_path, records.HISTORY, 5)
    assert "one_way_ms" not in next(one for one in run["sites"] if one["site"] == "ga-ry")


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    keep(tmp_path)
    with (tmp_path / records.HISTORY).open("a", encoding="utf-8") as file:
        file.write('{"at": "2026-11-2')
    assert len(records.history(tmp_path, records.HISTORY, 5)) == 1


def test_no_factory_password_is_kept(tmp_path: Path) -> None:
    """An endpoint's serial number is one."""
    keep(tmp_path)
    assert all("82137790563346" not in path.read_text(encoding="utf-8") for path in tmp_path.iterdir())


def test_before_the_first_run_there_is_nothing(tmp_path: Path) -> None:
    assert (records.latest(tmp_path), records.history(tmp_path, records.MEETINGS, 5)) == ({}, [])
