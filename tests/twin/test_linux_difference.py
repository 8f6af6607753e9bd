"""What is changed and what is not, without any daemon."""

from __future__ import annotations

import pytest

from twin.device import MeaningError
from twin.linux import dhcp_client, dhcp_server, frr_delta, links
from twin.linux.links import Actual
from twin.meaning import Link

BGP = """
ip route 10.1.0.0/16 192.0.2.1 1
ip prefix-list P seq 5 permit 10.0.0.0/8 le 32
!
route-map M permit 10
 match ip address prefix-list P
exit
router bgp 65001
 neighbor 192.0.2.9 remote-as 65002
 neighbor 192.0.2.9 timers 5 15
 !
 address-family ipv4 unicast
  neighbor 192.0.2.9 route-map M in
 exit-address-family
exit
"""


def apart(old: str, new: str) -> tuple[list[str] | None, list[str] | None]:
    """Additions and removals, when FRR shows exactly what it was given."""
    before, wanted = frr_delta.parse(old), frr_delta.parse(new)
    after = {context: [*before.get(context, []), *wanted.get(context, [])] for context in {**before, **wanted}}
    return frr_delta.additions(before, wanted), frr_delta.removals(before, wanted, before, after)


def test_the_same_text_in_another_layout_is_no_difference() -> None:
    other = "hostname other\n" + BGP.replace("exit\n", "exit\n!\n").replace(" 192.0.2.1 1", "  192.0.2.1").replace(
        " !\n", ""
    )
    assert apart(BGP, other) == ([], [])


def test_a_line_in_a_nested_context() -> None:
    new = BGP.replace("route-map M in", "route-map M out")
    where = ["router bgp 65001", "address-family ipv4 unicast"]
    assert apart(BGP, new) == (
        [*where, "neighbor 192.0.2.9 route-map M out", "exit-address-family", "exit"],
        [*where, "no neighbor 192.0.2.9 route-map M in", "exit-address-family", "exit"],
    )


def test_a_neighbour_goes_with_one_line() -> None:
    new = "\n".join(line for line in BGP.splitlines() if "neighbor" not in line)
    assert apart(BGP, new) == ([], ["router bgp 65001", "no neighbor 192.0.2.9", "exit"])


def test_a_negation_is_taken_back_by_its_opposite() -> None:
    old = "router bgp 65001\n no bgp ebgp-requires-policy\nexit\n"
    assert apart(old, "router bgp 65001\nexit\n")[1] == ["router bgp 65001", "bgp ebgp-requires-policy", "exit"]


def test_a_filter_is_removed_after_its_last_user() -> None:
    new = "\n".join(
        line
        for line in BGP.splitlines()
        if "route-map" not in line and "match" not in line and "prefix-list" not in line
    ).replace("exit\nrouter", "router", 1)
    removed = apart(BGP, new)[1]
    assert removed is not None
    assert removed.index("no neighbor 192.0.2.9 route-map M in") < removed.index("no route-map M permit 10")


@pytest.mark.parametrize(
    "new",
    [
        BGP.replace("bgp 65001", "bgp 65009"),
        "ip route 10.1.0.0/16 192.0.2.1\n",
        "ip nht resolve-via-default\n" + BGP,
        BGP.replace("map M permit", "map M deny"),
    ],
    ids=["another AS", "no BGP", "a line that cannot be taken back", "an entry's other verdict"],
)
def test_what_needs_a_fresh_start(new: str) -> None:
    assert None in apart(BGP, new)


def test_a_line_that_frr_does_not_show_needs_a_fresh_start_to_go() -> None:
    old, new = frr_delta.parse(BGP), frr_delta.parse(BGP.replace(" neighbor 192.0.2.9 timers 5 15\n", ""))
    hidden = frr_delta.parse(BGP.replace(" neighbor 192.0.2.9 timers 5 15\n", ""))
    assert frr_delta.removals(old, new, hidden, hidden) is None


def test_what_was_silently_ignored_is_noticed() -> None:
    old = frr_delta.parse("ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 permit 10.1.0.0/16\n")
    new = frr_delta.parse("ip prefix-list P seq 5 permit 10.1.0.0/16\nip prefix-list P seq 10 permit 10.2.0.0/16\n")
    running = frr_delta.parse("ip prefix-list P seq 10 permit 10.2.0.0/16\n")
    assert frr_delta.differs(old, new, running) == ["ip prefix-list P seq 5 permit 10.1.0.0/16"]
    assert frr_delta.differs(old, new, old) != []
    assert frr_delta.differs(old, new, new) == []


PORT = Actual("ethernet", up=True, mtu=1500, master=None, addresses={"10.0.0.1/24"})


def test_an_address_leaves_before_it_comes() -> None:
    actual = {"eth0": PORT, "eth1": Actual("ethernet", True, 1500, None)}
    wanted = [Link("eth0", "ethernet"), Link("eth1", "ethernet", ("10.0.0.1/24",))]
    assert links.difference(wanted, actual, {}) == [
        "address delete 10.0.0.1/24 dev eth0",
        "address replace 10.0.0.1/24 dev eth1",
    ]


def test_a_leased_address_stays() -> None:
    assert links.difference([Link("eth0", "ethernet")], {"eth0": PORT}, {"eth0": "10.0.0.1/24"}) == []


def test_a_bridge_comes_with_its_members_and_goes() -> None:
    wanted = [Link("eth0", "ethernet"), Link("lan", "bridge", ("10.0.0.1/24",), members=("eth0",))]
    assert links.difference(wanted, {"eth0": PORT}, {}) == [
        "link add lan type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
        "address delete 10.0.0.1/24 dev eth0",
        "address replace 10.0.0.1/24 dev lan",
        "link set eth0 master lan",
        "link set lan up",
    ]
    there = {"eth0": Actual("ethernet", True, 1500, "lan"), "lan": Actual("bridge", True, 1500, None)}
    assert links.difference([Link("eth0", "ethernet")], there, {}) == ["link delete lan", "link set eth0 nomaster"]


def test_a_port_that_is_not_described_goes_down() -> None:
    assert links.difference([], {"eth0": PORT}, {}) == ["address delete 10.0.0.1/24 dev eth0", "link set eth0 down"]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ([Link("eth0", "ethernet"), Link("eth0", "ethernet")], "described twice"),
        ([Link("a" * 16, "bridge")], "more than 15 characters"),
        ([Link("eth0", "bridge")], "is an ethernet port"),
        ([Link("lan", "bridge", members=("eth0",))], "not described"),
        (
            [Link("eth0", "ethernet"), *(Link(name, "bridge", members=("eth0",)) for name in ("a", "b"))],
            "member of both",
        ),
    ],
)
def test_what_is_refused_beforehand(wanted: list[Link], words: str) -> None:
    with pytest.raises(MeaningError, match=words):
        links.check(wanted, ["eth0"])


def test_a_distance_counts_for_zebra_and_for_the_kernel() -> None:
    assert dhcp_client.metric(210) == 210 << 24
    assert dhcp_client.metric(1) > 20  # what zebra gives to its own routes


def test_the_dhcp_servers_places_are_the_machines() -> None:
    text = dhcp_server.complete("interface=lan\nport=53\npid-file=/etc/passwd\n")
    assert "port=53" not in text
    assert "/etc/passwd" not in text
    assert "interface=lan\nport=0\n" in text


def test_an_address_that_is_reserved_for_another_is_free_again() -> None:
    """An endpoint was replaced: the reserved address waits for the new one, whatever the old one's lease says."""
    old = "1795507121 64:16:7f:77:00:12 10.77.18.20 * 01:64:16:7f:77:00:12\n"
    other = "1795507469 64:16:7f:77:aa:13 10.77.18.122 laptop *\n"
    for reserved in ("64:16:7F:77:AA:12,10.77.18.20,86400", "64:16:7f:77:aa:12,10.77.18.20,ga-ry-room,86400"):
        assert dhcp_server.released(old + other, f"interface=lan\ndhcp-host={reserved}\n") == other
    same = "dhcp-host=64:16:7f:77:00:12,10.77.18.20\ndhcp-host=64:16:7f:77:aa:13,ignore\n"
    assert dhcp_server.released(old + other, same) == old + other
