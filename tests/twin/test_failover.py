"""Routes that go while nobody answers behind them, and tunnels that follow the routes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.twin.conftest import Twin
from tests.twin.conftest import until as until_seconds
from tests.twin.test_linux import key
from twin.linux import following
from twin.meaning import DhcpClient, FailoverRoute, Link, Meaning

FIBRE, LTE = "100.64.18.2", "100.64.18.10"
SLOW = 60.0  # seconds that a busy machine may take for what is done in some
WATCHED = FailoverRoute("0.0.0.0/0", "100.64.18.1", "ether1", 1, ("100.64.18.1",), 1)


def until(true: Callable[[], bool]) -> None:
    until_seconds(true, SLOW)


@pytest.fixture(scope="module")
def far(twin: Twin) -> Iterator[Meaning]:
    """A router with both lines and a tunnel to the hub, and no default route by the fibre yet."""
    hub_key, hub_public = key()
    far_key, far_public = key()
    peer = f"PublicKey={far_public}\nAllowedIPs=10.88.250.18/32\n"
    tunnel = f"[Interface]\nPrivateKey={hub_key}\nListenPort=51820\n[Peer]\n{peer}"
    links = (
        Link("eth0", "ethernet", ("203.0.113.2/30",)),
        Link("wg0", "wireguard", ("10.88.250.1/24",), wireguard=tunnel),
    )
    twin.put("hub-router", Meaning("hub", links, frr="ip route 0.0.0.0/0 203.0.113.1\n"))
    peer = f"PublicKey = {hub_public}\nAllowedIPs = 10.88.0.0/16\nEndpoint = 203.0.113.2:51820\n"
    tunnel = f"[Interface]\nPrivateKey = {far_key}\nListenPort = 13231\n[Peer]\n{peer}PersistentKeepalive = 5\n"
    made = Meaning(
        "far-away",
        (
            Link("ether1", "ethernet"),
            Link("ether2", "ethernet"),
            Link("wg0", "wireguard", ("10.88.250.18/24",), wireguard=tunnel),
        ),
        dhcp_clients=(DhcpClient("ether1", 10, default_route=False), DhcpClient("ether2", 20)),
    )
    twin.put("far-away-router", made)
    until(lambda: {FIBRE, LTE} <= {*twin.nodes()["far-away-router"]["addresses"]})
    yield made
    twin.must("mend", "far-away/fibre")


def default(twin: Twin) -> str:
    """The port of the best default route."""
    return twin.on("far-away-router", "ip route show default | head -1 | grep -o 'dev [a-z0-9]*'").strip()


@pytest.mark.root
def test_a_failover_route_goes_with_its_targets_answers_and_comes_back(twin: Twin, far: Meaning) -> None:
    assert default(twin) == "dev ether2"
    twin.put("far-away-router", replace(far, failover=(WATCHED,)))
    until(lambda: default(twin) == "dev ether1")
    twin.must("cut", "far-away/fibre", "--silent")
    until(lambda: default(twin) == "dev ether2")
    assert twin.on("far-away-router", "cat /sys/class/net/ether1/carrier").strip() == "1"
    twin.must("mend", "far-away/fibre")
    until(lambda: default(twin) == "dev ether1")
    twin.put("far-away-router", far)
    assert default(twin) == "dev ether2"


@pytest.mark.root
def test_a_silent_gateway_costs_the_route_and_not_the_lease(twin: Twin, far: Meaning) -> None:
    lte = far.dhcp_clients[1]
    for silent in (False, True, False):
        fibre = DhcpClient("ether1", 10, silent=silent)
        twin.put("far-away-router", replace(far, dhcp_clients=(fibre, lte)))
        until(lambda silent=silent: default(twin) == ("dev ether2" if silent else "dev ether1"))  # type: ignore[misc]
        until(lambda: FIBRE in twin.nodes()["far-away-router"]["addresses"])
    # As long as it is silent a renewed lease brings no route either.
    twin.put("far-away-router", replace(far, dhcp_clients=(DhcpClient("ether1", 10, silent=True), lte)))
    renewed = "interface=ether1 ip=100.64.18.2 mask=29 router=100.64.18.1 METRIC=1 ROUTE=yes"
    twin.on("far-away-router", f"env {renewed} sh /run/twin-dhcp/script renew")
    assert default(twin) == "dev ether2"
    twin.put("far-away-router", far)
    twin.on("far-away-router", f"env {renewed} sh /run/twin-dhcp/script renew")
    assert default(twin) == "dev ether1"
    twin.on("far-away-router", "ip route delete default dev ether1")


@pytest.mark.root
@pytest.mark.parametrize("way", ["frr", "failover"])
def test_a_tunnel_that_is_talked_into_follows_the_default_route_back(twin: Twin, far: Meaning, way: str) -> None:
    """The hub speaks all the time, so each of its packets tells the tunnel of the old line."""

    def at_hub() -> str:
        return twin.on("hub-router", "wg show wg0 endpoints | cut -f 2 | cut -d : -f 1").strip()

    by_fibre = {
        "frr": replace(far, frr="ip route 0.0.0.0/0 100.64.18.1\n"),
        "failover": replace(far, failover=(WATCHED,)),
    }
    twin.put("far-away-router", far)
    until(lambda: at_hub() == LTE)
    talk = twin.start("exec", "hub-router", "--", "ping", "-q", "-i", "0.05", "10.88.250.18")
    try:
        for _ in range(2):
            twin.put("far-away-router", by_fibre[way])
            until(lambda: at_hub() == FIBRE)
            twin.put("far-away-router", far)
            until(lambda: at_hub() == LTE)
    finally:
        talk.terminate()
        talk.communicate(timeout=30)


def test_only_peers_with_an_address_are_told() -> None:
    one, two = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    text = f"[Interface]\nPrivateKey = {one}\n[Peer]\nPublicKey = {two}\nAllowedIPs = 10.0.0.0/8\n\n"
    changes = following.Following()
    changes.change([Link("wg0", "wireguard", wireguard=text), Link("eth0", "ethernet")])
    assert changes.requests == {}
    changes.change([Link("wg0", "wireguard", wireguard=f"{text}[Peer]\nPublicKey = {one}\nEndpoint = 192.0.2.1:5\n")])
    peer = f"public_key={'01' * 32}\nupdate_only=true\npersistent_keepalive_interval="
    told = [f"{peer}0\nendpoint=192.0.2.1:5\n", f"{peer}1\n", f"{peer}0\n"]
    assert changes.requests == {"wg0": "".join(["set=1\n", *told, "\n"]).encode()}
