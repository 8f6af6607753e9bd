"""A tunnel that traffic leaves, and whom a hub carries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from diemcau.errors import DiemcauError
from diemcau.intent import SECTIONS
from diemcau.platforms import State, load
from diemcau.push import draining
from diemcau.redaction import joined
from tests.unit.inventories import district, small

ROUTERS = district(small()).routers


@pytest.mark.parametrize(("host", "address"), [("ga-ry-router", "10.77.250.1"), ("dang-router", "10.77.250.1")])
def test_one_statement_leaves_a_hub_and_one_comes_back(host: str, address: str) -> None:
    router = ROUTERS[host]
    platform = load(router.platform)
    models = [
        platform.parse(joined(platform.render(each, SECTIONS).values()))
        for each in (router, draining.drained(router, ["huyen-uy"]))
    ]
    (leave,) = platform.plan(*models, SECTIONS).statements
    (back,) = platform.plan(*reversed(models), SECTIONS).statements
    expected = {
        "routeros": (
            '/routing bgp connection set [find name="huyen-uy"] disabled=yes',
            '/routing bgp connection set [find name="huyen-uy"] disabled=no',
        ),
        "vyos": (
            f"set protocols bgp neighbor {address} shutdown",
            f"delete protocols bgp neighbor {address} shutdown",
        ),
    }
    assert (leave.shown, back.shown) == expected[router.platform]


def test_one_way_stays_open() -> None:
    with pytest.raises(DiemcauError, match="no tunnel would be left for traffic"):
        draining.drained(ROUTERS["ga-ry-router"], ["huyen-uy", "ubnd"])


def test_an_end_that_is_none_is_named() -> None:
    with pytest.raises(DiemcauError, match=r"has no tunnel to dang\n +expected: some of huyen-uy, ubnd"):
        draining.drained(ROUTERS["ga-ry-router"], ["dang"])


def state(handshake: int = 5, established: bool = True) -> State:
    hub = ROUTERS["ubnd-router"]
    keys = {peer.name: peer.public_key for tunnel in hub.vpn.tunnels for peer in tunnel.peers}
    return State({keys["ga-ry"]: handshake}, {}, {"10.77.251.18": established})


@pytest.mark.parametrize(
    ("shown", "found"),
    [(state(), ["ga-ry"]), (state(180), []), (state(established=False), []), (State({}, {}, {}), [])],
)
def test_a_hub_carries_whom_it_hears_by_both(shown: State, found: list[str]) -> None:
    assert draining.carries(ROUTERS["ubnd-router"], shown) == found


class Hub:
    """A hub that carries Ga Ry from the third look on."""

    def __init__(self) -> None:
        self.looks, self.closed, self.now = 0, 0, 0.0
        self.up = range(2, 1000)  # at which looks, counted from 0

    def connect(self, target: Any) -> Any:
        return SimpleNamespace(state=self._state, close=self._close)

    def _state(self) -> State:
        self.looks += 1
        return state() if self.looks - 1 in self.up else State({}, {}, {})

    def _close(self) -> None:
        self.closed += 1

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def ask(hub: Hub, wait: float, settle: float = 0) -> list[str]:
    router = ROUTERS["ubnd-router"]
    return draining.carried(
        cast(Any, hub), cast(Any, None), router, ["ga-ry"], wait, settle, lambda: hub.now, hub.sleep
    )


@pytest.mark.parametrize(("wait", "found", "looks"), [(60, ["ga-ry"], 3), (2, [], 2), (0, [], 1)])
def test_a_hub_is_asked_until_it_carries_them_or_time_is_over(wait: float, found: list[str], looks: int) -> None:
    hub = Hub()
    assert (ask(hub, wait), hub.looks, hub.closed) == (found, looks, 1)


def test_a_tunnel_that_was_just_cut_looks_alive_and_is_not_believed() -> None:
    """The state holds until BGP's hold time is over: looked at once, it would be taken for one that carries."""
    hub = Hub()
    hub.up = range(8)  # looks; 2 s apart
    assert ask(hub, 0, settle=17) == []
    assert hub.now == 16
    again = Hub()
    again.up = range(1000)
    assert ask(again, 0, settle=17) == ["ga-ry"]
    assert again.now == 18
