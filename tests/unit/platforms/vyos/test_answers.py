from __future__ import annotations

import pytest

from diemcau.errors import Unexpected
from diemcau.platforms import Hop, Plan, Port, Statement
from diemcau.platforms.vyos import answers
from diemcau.redaction import Secret


@pytest.mark.parametrize(
    ("word", "waits"), [("active", True), ("activating", True), ("inactive", False), ("failed", False)]
)
def test_the_timer_is_pending_or_not(word: str, waits: bool) -> None:
    assert bool(answers.pending("r", [word])) == waits


def test_an_unknown_word_about_the_timer_is_an_error() -> None:
    with pytest.raises(Unexpected, match=r"r: .*command not found"):
        answers.pending("r", ["systemctl: command not found"])


def test_secrets_of_a_plan_are_found_and_masked_in_the_routers_words() -> None:
    text = "set interfaces wireguard wg0 private-key hidden="
    plan = Plan((Statement(Secret(text), "set interfaces wireguard wg0 private-key ***", "vpn"),))
    assert answers.secrets_of(plan) == {"hidden="}
    said = ["  Invalid value 'hidden='", "  Set failed"]
    assert answers.refusal(said, {"hidden="}) == "Invalid value '***' Set failed"


def test_an_existing_path_is_no_refusal() -> None:
    assert answers.refusal(["  Configuration path: [system host-name a] already exists"], ()) == ""


def test_the_statement_that_a_failed_commit_names_is_found() -> None:
    one = Statement("set system host-name a", "set system host-name a", "system")
    two = Statement("set interfaces wireguard wg0 mtu 1", "set interfaces wireguard wg0 mtu 1", "vpn")
    ten = Statement("set interfaces wireguard wg01 mtu 1", "set interfaces wireguard wg01 mtu 1", "vpn")
    plan = Plan((one, ten, two))
    assert answers.blamed(plan, "[ interfaces wireguard wg0 ] bad [[interfaces wireguard wg0]] failed") is two
    assert answers.blamed(plan, "[[nat]] failed") is None


def test_leases_of_1_4_and_1_5_and_neighbours_of_the_bridge() -> None:
    sagitta = "10.77.16.100  00:53:00:aa:bb:01  active   2022/01/03 08:00:00  2022/01/04 08:00:00  23:59:00  LAN  tv"
    old = "10.77.16.102  00:53:00:aa:bb:02  expired  2022/01/03 08:00:00  2022/01/04 08:00:00  -  LAN  tv"
    near = [
        "10.77.16.20 dev br0 lladdr 64:16:7f:77:00:10 STALE",
        "203.0.113.1 dev eth0 lladdr 00:53:00:00:00:01 REACHABLE",
        "10.77.16.30 dev br0 FAILED",
    ]
    assert answers.leases([sagitta, old], near) == {
        "00:53:00:aa:bb:01": "10.77.16.100",
        "64:16:7f:77:00:10": "10.77.16.20",
    }


def test_handshakes_that_never_were_are_absent() -> None:
    assert answers.handshakes(["wg0\tKEY=\t90", "wg0\tNEVER=\t0", "noise"], 100) == {"KEY=": 10}
    assert answers.handshakes(["wg0\tKEY=\t101"], 100) == {"KEY=": 0}


def test_bgp_summaries_of_either_form_and_of_a_router_without_bgp() -> None:
    peers = '{"peers": {"10.0.0.1": {"state": "Established"}}}'
    assert answers.neighbors("r", [peers]) == {"10.0.0.1": True}
    assert answers.neighbors("r", [f'{{"ipv4Unicast": {peers}}}']) == {"10.0.0.1": True}
    assert answers.neighbors("r", ["% BGP instance not found"]) == {}
    with pytest.raises(Unexpected, match="r: the BGP summary"):
        answers.neighbors("r", ["{", "half"])


def test_a_port_is_linked_when_somebody_is_at_the_other_end() -> None:
    text = (
        '[{},{"ifname":"eth0","flags":["BROADCAST","UP","LOWER_UP"],"addr_info":[{"family":"inet"}]},'
        '{"ifname":"eth2","flags":["NO-CARRIER","UP"],"addr_info":[]}]'
    )
    assert answers.ports("x", [text]) == {"eth0": Port(True, True), "eth2": Port(False, False)}
    assert answers.ports("x", []) == {}
    with pytest.raises(Unexpected, match="x: the router's interfaces cannot be read"):
        answers.ports("x", ["ip: unknown option"])


def test_of_two_routes_the_one_with_the_lower_metric_is_in_use() -> None:
    text = (
        '[{"dst":"default","gateway":"100.64.0.1","dev":"eth2","metric":210},'
        '{"dst":"default","gateway":"198.51.100.1","dev":"eth0","metric":20},'
        '{"dst":"10.77.16.0/24","dev":"br0"},{"dst":"10.77.255.1","gateway":"10.77.250.1","dev":"wg0"},'
        '{"dst":"10.77.17.0/24","dev":"eth1","flags":["linkdown"]},{"type":"blackhole","dst":"10.77.0.0/16"}]'
    )
    assert answers.routes("x", [text]) == {
        "0.0.0.0/0": Hop("198.51.100.1", "eth0"),
        "10.77.16.0/24": Hop("", "br0"),
        "10.77.255.1/32": Hop("10.77.250.1", "wg0"),
    }
