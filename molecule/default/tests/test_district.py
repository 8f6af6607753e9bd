"""A part of the district after site.yml: what takes several roles together."""

from __future__ import annotations

import re
from typing import Any


def test_a_communes_room_reaches_each_hubs_and_not_the_internet(
    on: Any, eventually: Any, commune: Any, hub: Any
) -> None:
    assert eventually(lambda: on.answers(commune.room, f"10.77.{hub.number}.20"))
    assert not on.answers(commune.room, "192.0.2.10")


def test_communes_reach_each_other_through_the_first_hub(on: Any, eventually: Any, commune: Any) -> None:
    other = f"10.77.{35 - commune.number}.20"
    assert eventually(lambda: on.answers(commune.room, other))
    trace = on.run(commune.router, f"nmap -n -sn -PE --traceroute -S 10.77.255.{commune.number} -e wg0 {other}")
    assert "10.77.250.1" in trace, trace


def test_every_room_is_registered(on: Any, eventually: Any, site: Any) -> None:
    def known() -> bool:
        return re.search(rf"AoR: {8000 + site.number}\n", on.run("call-server", "kamcmd ul.dump")) is not None

    assert eventually(known)


def test_the_room_takes_the_time_from_the_hubs(on: Any, hub: Any, commune: Any) -> None:
    assert abs(float(on.probe(commune.room, "time", f"10.77.255.{hub.number}"))) < 1
