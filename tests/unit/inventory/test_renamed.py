"""Keys that the inventory once had are named with their successor."""

from __future__ import annotations

from typing import Any

import pytest

from diemcau.inventory import renamed
from diemcau.inventory.hostvars import NAMES
from tests.unit.inventories import SPECS, problems, small


def found(host: str, **values: Any) -> list[tuple[str, str, str, str]]:
    hosts = small()
    hosts[host] |= values
    return [(problem.key, problem.found, problem.expected, problem.remedy) for problem in problems(hosts)]


def test_a_variable_has_another_name() -> None:
    words = ("serial", "this key has another name now", "serial_number", "Write serial_number, with the same value.")
    assert found("ga-ry-room", serial="82137790563346") == [words]


def test_a_key_inside_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(renamed.RENAMED, "wan.circuits.upstream", "up_kbps")
    circuits = [{"name": "fibre", "upstream": 2000, "down_kbps": 4000}]
    # Its successor is not called missing as well.
    assert [words[:3] for words in found("dang-router", wan={"circuits": circuits})] == [
        ("wan.circuits[0].upstream", "this key has another name now", "up_kbps")
    ]


def test_a_key_that_has_no_successor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(renamed.RENAMED, "vpn.cipher", "")
    ((key, what, expected, remedy),) = found("dang-router", vpn={"cipher": "x"})
    assert (key, what) == ("vpn.cipher", "this key is no more")
    assert expected.startswith("one of addresses, ") and remedy == "Take it out: nothing reads it any more."


@pytest.mark.parametrize(("old", "new"), renamed.RENAMED.items())
def test_every_successor_exists_and_no_old_name_does(old: str, new: str) -> None:
    *parents, name = old.split(".")
    options: Any = {**SPECS.router, **SPECS.room}
    for parent in parents:
        options = options[parent]["options"]
    assert name not in options and (new in options or not new)
    assert parents or name not in NAMES
