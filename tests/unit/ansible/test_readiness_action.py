"""The action that measures and judges: what it is given, what it leaves, and for whom the run fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diemcau import naming
from diemcau.errors import Problem
from diemcau.readiness import waves
from diemcau.readiness.line import Measured
from diemcau.readiness.waves import Probe
from tests.unit.ansible.test_router_actions import action
from tests.unit.readiness.samples import GOOD, room, router

HOSTS = [f"{site}-{kind}" for site in ("huyen-uy", "ubnd", "ga-ry") for kind in ("router", "room")]


def well(host: str) -> dict[str, Any]:
    site, _, kind = host.rpartition("-")
    if kind == "router":
        return {"router_look": {"site_state": router(site).as_dict()}, "router_drift": {"statements": []}}
    return {"room_look": {"room_state": room(site).as_dict()}, "room_drift": {"statements": []}}


def run(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    lines: dict[str, Measured],
    check: bool = False,
    hosts: list[str] = HOSTS,
    asked: list[str] | None = None,
) -> tuple[dict[str, Any], list[Probe]]:
    probed: list[Probe] = []

    def measure(probes: list[Probe], limit: float) -> dict[str, Measured]:
        assert limit == 500_000  # half of the narrowest hub's circuit
        probed.extend(probes)
        return {probe.site: lines.get(probe.site, GOOD) for probe in probes}

    monkeypatch.setattr(waves, "measure", measure)
    made = action("district_readiness", monkeypatch)
    monkeypatch.setitem(made.work.__globals__, "PROJECT", folder)
    variables = {
        "ansible_check_mode": check,
        "ansible_play_hosts_all": hosts,
        "hostvars": {},
    }
    told = {host: well(host) for host in (hosts if asked is None else asked)}
    results = {
        part: {host: values[f"{naming.kind_of(host)}_{part}"] for host, values in told.items()}
        for part in ("look", "drift")
    }
    arguments = {"directory": "build/readiness", "began": 0.0, "looks": results["look"], "drifts": results["drift"]}
    return made.work(arguments, variables), probed


def test_a_district_that_is_well_fails_for_nobody_and_leaves_its_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result, probed = run(monkeypatch, tmp_path, {})
    assert result["not_ready"] == {} and [row["level"] for row in result["readiness"]] == ["ready"] * 3
    assert {probe.site for probe in probed} == {"huyen-uy", "ubnd", "ga-ry"}  # of four in the inventory
    folder = tmp_path / "build" / "readiness"
    assert sorted(path.name for path in folder.iterdir()) == ["history.jsonl", "index.html", "latest.json"]
    assert result["page"] == "build/readiness/index.html"


def test_a_site_that_is_not_ready_fails_at_its_router_with_the_cause_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lossy = Measured("room", 5.0, 20.0, 3.0, 1472, True, 5.0)
    result, _ = run(monkeypatch, tmp_path, {"ga-ry": lossy})
    assert list(result["not_ready"]) == ["ga-ry-router"]
    (problem,) = result["not_ready"]["ga-ry-router"]
    told = str(Problem.from_dict(problem))
    assert told.startswith("ga-ry-router: the site is not ready: 5.0 % of packets are lost")
    assert "    to do: Report the loss to the provider" in told
    latest = json.loads((tmp_path / "build" / "readiness" / "latest.json").read_text(encoding="utf-8"))
    assert [site["site"] for site in latest["sites"] if site["level"] == "not ready"] == ["ga-ry"]


def test_in_check_mode_nothing_is_sent_and_nothing_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, probed = run(monkeypatch, tmp_path, {}, check=True)
    assert probed == [] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("hosts", "missing"),
    [
        (["ga-ry-router"], "the endpoint (Polycom) was not asked"),
        (["ga-ry-room"], "the router was not asked"),
    ],
)
def test_what_was_not_asked_is_not_known_and_never_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hosts: list[str], missing: str
) -> None:
    result, _ = run(monkeypatch, tmp_path, {}, hosts=hosts)
    ((host, (problem,)),) = result["not_ready"].items()
    assert host == hosts[0] and [row["level"] for row in result["readiness"]] == ["not known"]
    assert missing in problem["found"] and problem["found"].startswith("the site is not known to be ready")
    page = (tmp_path / "build" / "readiness" / "index.html").read_text(encoding="utf-8")
    assert "0/1" in page and "CHƯA BIẾT" in page and "chưa hỏi" in page


def test_a_host_whose_result_nobody_passed_on_was_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result, _ = run(monkeypatch, tmp_path, {}, asked=[host for host in HOSTS if host != "ubnd-room"])
    assert list(result["not_ready"]) == ["ubnd-router"]
