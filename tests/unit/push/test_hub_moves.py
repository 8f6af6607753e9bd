"""Which change of a hub moves whose tunnels, on both platforms, and who would be cut off by it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest

from diemcau.errors import DiemcauError, Problem
from diemcau.intent import SECTIONS
from diemcau.platforms import Ends, State, load
from diemcau.push import hub_moves
from diemcau.redaction import joined
from diemcau.secrets.placeholders import PlaceholderSecrets
from diemcau.secrets.store import SecretSource
from tests.unit.inventories import Hosts, district, set_district, site, small

COMMUNES = ("dang", "ga-ry")
PLATFORMS = ("vyos", "routeros")
PORTS = {"routeros": {"fibre": "ether1", "lte": "ether2", "lan": ["ether3"], "bridge": "lan"}}


class OtherKey(PlaceholderSecrets):
    """Another key for one tunnel."""

    def __init__(self, host: str, interface: str) -> None:
        self._of = (host, interface)

    def wireguard_private_key(self, host: str, interface: str) -> Any:
        return super().wireguard_private_key("other" if (host, interface) == self._of else host, interface)

    def wireguard_public_key(self, host: str, interface: str) -> str:
        return super().wireguard_public_key("other" if (host, interface) == self._of else host, interface)


def ends(platform: str, hosts: Hosts, source: SecretSource | None = None) -> Ends:
    router = district(hosts, source).routers["ubnd-router"]
    brand = load(platform)
    return brand.ends(brand.parse(joined(brand.render(router, SECTIONS).values()).reveal()))


def hosts(platform: str) -> Hosts:
    found = small()
    if platform == "routeros":
        found["ubnd-router"] |= {"platform": "routeros", "release": "7.18", "ports": PORTS["routeros"]}
    return found


def port(found: Hosts) -> None:
    found["ubnd-router"]["vpn"] = {"listen_port": 51830}


def address(found: Hosts) -> None:
    circuit = {"name": "fibre", "up_kbps": 1_000_000, "down_kbps": 1_000_000, "address": "203.0.113.42/30"}
    found["ubnd-router"]["wan"] = {"circuits": [{**circuit, "gateway": "203.0.113.41"}]}


def renumbered(found: Hosts) -> None:
    found["dang-router"]["site"] = found["dang-room"]["site"] = {"number": 33, "name": "Dang"}


def removed(found: Hosts) -> None:
    del found["dang-router"], found["dang-room"]


def added(found: Hosts) -> None:
    site(found, "lang", 19)
    set_district(found)


def mtu(found: Hosts) -> None:
    found["ubnd-router"]["vpn"] = {"mtu": 1400}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    ("change", "together", "single"),
    [
        (port, {"dang", "ga-ry"}, set()),
        (address, {"dang", "ga-ry", "huyen-uy"}, set()),
        (renumbered, set(), {"dang"}),
        (removed, set(), {"dang"}),
        (added, set(), set()),
        (mtu, set(), set()),
    ],
)
def test_what_a_change_of_the_inventory_moves(
    platform: str, change: Callable[[Hosts], None], together: set[str], single: set[str]
) -> None:
    changed = hosts(platform)
    change(changed)
    found = hub_moves.moved(ends(platform, hosts(platform)), ends(platform, changed))
    assert (found[0].keys(), found[1].keys()) == (together, single)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_another_key_moves(platform: str) -> None:
    before = ends(platform, hosts(platform))
    own = hub_moves.moved(before, ends(platform, hosts(platform), OtherKey("ubnd-router", "wg0")))
    assert (own[0].keys(), own[1].keys()) == ({"dang", "ga-ry"}, set())
    theirs = hub_moves.moved(before, ends(platform, hosts(platform), OtherKey("dang-router", "wg1")))
    assert (theirs[0].keys(), theirs[1].keys()) == (set(), {"dang"})


@pytest.mark.parametrize("platform", PLATFORMS)
def test_sections_that_are_left_out_move_nothing(platform: str) -> None:
    changed = hosts(platform)
    port(changed)
    address(changed)
    before, after = ends(platform, hosts(platform)), ends(platform, changed)
    assert hub_moves.chosen(before, after, ["firewall"]) == before
    assert hub_moves.chosen(before, after, ["wan"]) == Ends(after.wan, before.tunnels)
    assert hub_moves.chosen(before, after, ["vpn"]) == Ends(before.wan, after.tunnels)


def test_a_move_of_all_waits_for_everybody_of_the_inventory() -> None:
    changed = hosts("vyos")
    port(changed)
    before, after = ends("vyos", hosts("vyos")), ends("vyos", changed)
    assert hub_moves.held_up(before, after, COMMUNES, {}, COMMUNES) == []
    assert hub_moves.held_up(before, after, COMMUNES, {}, ["dang", "huyen-uy"]) == ["ga-ry"]
    assert hub_moves.held_up(before, after, ["dang"], {}, ["dang"]) == []  # Ga Ry was taken out of the inventory


def test_a_move_of_one_waits_for_that_one_as_long_as_it_lives() -> None:
    before = ends("vyos", hosts("vyos"))
    after = ends("vyos", hosts("vyos"), OtherKey("dang-router", "wg1"))
    (key,) = [end.public_key for end in before.tunnels if end.peer == "dang"]
    assert hub_moves.held_up(before, after, COMMUNES, {key: 20}, ["ga-ry"]) == ["dang"]
    assert hub_moves.held_up(before, after, COMMUNES, {key: 20}, ["dang"]) == []
    assert hub_moves.held_up(before, after, COMMUNES, {key: 400}, []) == []
    assert hub_moves.held_up(before, after, COMMUNES, {}, []) == []


def admit(carried: Any, change: Callable[[Hosts], None] = port, asked: list[Any] | None = None) -> None:
    changed = hosts("vyos")
    change(changed)

    def state() -> State:
        raise AssertionError("this hub is asked only when single tunnels move")

    def carries(sites: Collection[str]) -> list[str]:
        if asked is not None:
            asked.append(sites)
        if isinstance(carried, Exception):
            raise carried
        return list(carried)

    before, after = ends("vyos", hosts("vyos")), ends("vyos", changed)
    hub_moves.admit(("ubnd-router", "huyen-uy-router"), before, after, COMMUNES, state, carries)


def test_the_other_hub_is_asked_for_those_who_move_and_for_nothing_else() -> None:
    asked: list[Any] = []
    admit(COMMUNES, asked=asked)
    assert asked == [["dang", "ga-ry"]]
    admit(AssertionError("asked"), mtu)
    admit(AssertionError("asked"), added)


def test_the_message_names_who_holds_it_up() -> None:
    with pytest.raises(hub_moves.MustWait) as caught:
        admit(["dang"])
    message = str(caught.value)
    assert message.startswith(
        "ubnd-router: the change moves tunnels of communes that huyen-uy-router does not carry meanwhile: ga-ry\n"
        "    nothing was sent\n"
    )


def test_a_hub_that_cannot_be_asked_carries_nobody() -> None:
    with pytest.raises(hub_moves.MustWait, match=r"dang, ga-ry\n.*\n.*up: no way") as caught:
        admit(DiemcauError(Problem(host="huyen-uy-router", found="no way", state="more")))
    assert "more" not in str(caught.value)


@pytest.mark.parametrize("host", ["dang-router", "ga-ry-router"])
def test_a_tunnel_that_is_held_stays_as_it_runs_and_the_others_change(host: str) -> None:
    """Both hubs listen on another port; the commune follows the first one only."""
    changed = hosts("vyos")
    for hub in ("huyen-uy-router", "ubnd-router"):
        changed[hub]["vpn"] = {"listen_port": 51830}
    brand = load(district(changed).routers[host].platform)
    running, desired = (
        brand.parse(joined(brand.render(district(found).routers[host], SECTIONS).values()).reveal())
        for found in (hosts("vyos"), changed)
    )
    others = [s for s in SECTIONS if s != "qos"]  # the queues of the lines know the new port at once, and pass the old
    everything = [s.shown for s in brand.plan(running, desired, others).statements]
    first = [s.shown for s in brand.plan(running, brand.held(running, desired, ["wg1"]), others).statements]
    assert first and all("wg0" in shown for shown in first)
    assert sorted(shown for shown in everything if "wg0" in shown) == sorted(first) != sorted(everything)
    assert not brand.plan(running, brand.held(running, desired, ["wg0", "wg1"]), others)


@pytest.mark.parametrize(
    ("waiting", "failed", "moved", "held", "follow"),
    [
        ([], [], ["huyen-uy-router", "ubnd-router"], [], False),
        (["ubnd-router"], [], ["huyen-uy-router"], ["ubnd"], True),
        (["ubnd-router"], [], ["huyen-uy-router", "ubnd-router"], [], True),  # it moved in its second turn
        (["ubnd-router"], ["ubnd-router"], ["huyen-uy-router"], ["ubnd"], True),  # it failed in its second turn
        ([], ["huyen-uy-router"], ["ubnd-router"], ["huyen-uy"], False),
        (["ubnd-router"], ["huyen-uy-router"], [], ["huyen-uy", "ubnd"], True),
        ([], [], [], [], False),  # -l names communes only: the hubs are where they are
    ],
)
def test_communes_follow_a_hub_that_has_moved_and_not_before(
    waiting: list[str], failed: list[str], moved: list[str], held: list[str], follow: bool
) -> None:
    assert hub_moves.following(waiting, failed, moved) == hub_moves.Following(held, follow)
