"""A meaning becomes tunnels, routes, filters and leases that work; what did not change is not touched."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest

from tests.twin.conftest import Twin, until
from twin.meaning import DhcpClient, Link, Meaning

pytestmark = pytest.mark.root

LAN_DHCP = """
interface={lan}
bind-dynamic
dhcp-range={net}.100,{net}.199,255.255.255.0,10m
dhcp-option=option:router,{net}.1
dhcp-host={mac},{net}.20
"""

BGP = """
ip prefix-list OWN seq 5 permit {own}
route-map OUT permit 10
 match ip address prefix-list OWN
exit
router bgp {asn}
 bgp router-id {router_id}
 no bgp ebgp-requires-policy
 timers bgp 5 15
 neighbor {peer} remote-as {peer_asn}
 neighbor {peer} timers connect 5
 address-family ipv4 unicast
  network {own}
  neighbor {peer} route-map OUT out
 exit-address-family
exit
"""

NFT = """
table ip filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    iifname { "wg0", "br0" } accept
    ct state established,related accept
    udp dport 51820 accept
    ICMP
  }
}
"""


def key() -> tuple[str, str]:
    private = subprocess.run(["wg", "genkey"], capture_output=True, text=True, check=True).stdout
    public = subprocess.run(["wg", "pubkey"], input=private, capture_output=True, text=True, check=True).stdout
    return private.strip(), public.strip()


@pytest.fixture(scope="module")
def meanings(twin: Twin) -> dict[str, Meaning]:
    """The two routers' meanings, applied, with their session up."""
    hub_key, hub_public = key()
    far_key, far_public = key()
    hub = Meaning(
        hostname="hub",
        links=(
            Link("lo", "loopback", ("10.88.255.1/32",)),
            Link("eth0", "ethernet", ("203.0.113.2/30",)),
            Link("eth1", "ethernet"),
            Link("br0", "bridge", ("10.88.1.1/24",), members=("eth1",)),
            Link(
                "wg0",
                "wireguard",
                ("10.88.250.1/24",),
                wireguard=f"[Interface]\nPrivateKey={hub_key}\nListenPort=51820\n"
                f"[Peer]\nPublicKey={far_public}\nAllowedIPs=10.88.250.18/32,10.88.18.0/24,10.88.255.18/32\n",
            ),
        ),
        frr="ip route 0.0.0.0/0 203.0.113.1\n"
        + BGP.format(own="10.88.1.0/24", asn=65001, router_id="10.88.255.1", peer="10.88.250.18", peer_asn=65018),
        nft=NFT.replace("ICMP", ""),
        dnsmasq=LAN_DHCP.format(lan="br0", net="10.88.1", mac="64:16:7f:88:00:01"),
    )
    far = Meaning(
        hostname="far-away",
        links=(
            Link("lo", "loopback", ("10.88.255.18/32",)),
            Link("ether1", "ethernet"),
            Link("ether2", "ethernet"),
            *(Link(f"ether{number}", "ethernet") for number in (3, 4, 5)),
            Link("lan", "bridge", ("10.88.18.1/24",), members=("ether3", "ether4", "ether5")),
            Link(
                "wg0",
                "wireguard",
                ("10.88.250.18/24",),
                mtu=1400,
                wireguard=f"[Interface]\nPrivateKey={far_key}\n[Peer]\nPublicKey={hub_public}\n"
                "AllowedIPs=10.88.0.0/16\nEndpoint=203.0.113.2:51820\nPersistentKeepalive=5\n",
            ),
        ),
        dhcp_clients=(DhcpClient("ether1", 1), DhcpClient("ether2", 10)),
        frr=BGP.format(own="10.88.18.0/24", asn=65018, router_id="10.88.255.18", peer="10.88.250.1", peer_asn=65001),
        dnsmasq=LAN_DHCP.format(lan="lan", net="10.88.18", mac="64:16:7f:88:00:12"),
    )
    twin.put("hub-router", hub)
    twin.put("far-away-router", far)
    until(lambda: established(twin))
    return {"hub": hub, "far": far}


def session(twin: Twin) -> dict[str, object]:
    told = json.loads(twin.on("far-away-router", "vtysh -c 'show bgp neighbors json'"))
    return dict(told["10.88.250.1"])


def established(twin: Twin) -> bool:
    return session(twin).get("bgpState") == "Established"


def flaps(twin: Twin) -> object:
    """How often the session came up and went down: the same as before means that it stayed."""
    told = session(twin)
    assert told["bgpState"] == "Established"
    return told["connectionsEstablished"], told["connectionsDropped"]


def test_the_tunnel_has_a_handshake_and_its_mtu(twin: Twin, meanings: dict[str, Meaning]) -> None:
    assert not twin.on("hub-router", "wg show wg0 latest-handshakes").strip().endswith("\t0")
    assert " mtu 1400 " in twin.on("far-away-router", "ip link show wg0")


def test_a_room_gets_its_reserved_address_and_reaches_the_other_room(twin: Twin, meanings: dict[str, Meaning]) -> None:
    until(lambda: twin.nodes()["far-away-room"]["addresses"] == ["10.88.18.20"])
    until(lambda: twin.nodes()["hub-room"]["addresses"] == ["10.88.1.20"])
    until(lambda: "10.88.1.0/24" in twin.on("far-away-router", "ip route"))
    twin.on("far-away-room", "ping -c 2 -W 3 10.88.1.20")
    assert "proto bgp" in twin.on("hub-router", "ip route show 10.88.18.0/24")


def test_the_same_meaning_again_touches_nothing(twin: Twin, meanings: dict[str, Meaning]) -> None:
    before, since = twin.pids("far-away-router"), flaps(twin)
    counters = twin.on("far-away-router", "cat /proc/net/dev | wc -l; ip -j address; nft -a list ruleset")
    twin.put("far-away-router", meanings["far"])
    assert twin.pids("far-away-router") == before
    assert flaps(twin) == since
    after = twin.on("far-away-router", "cat /proc/net/dev | wc -l; ip -j address; nft -a list ruleset")
    assert after == counters


def test_the_preferred_circuit_has_the_lower_metric(twin: Twin, meanings: dict[str, Meaning]) -> None:
    until(lambda: twin.on("far-away-router", "ip route show default").count("dhcp") == 2)
    first = twin.on("far-away-router", "ip route show default").splitlines()[0]
    assert "via 100.64.18.1 dev ether1" in first
    # A configured route of a better distance than LTE's wins over it, in the kernel too.
    changed = replace(
        meanings["far"],
        dhcp_clients=(DhcpClient("ether2", 10),),
        frr="ip route 0.0.0.0/0 10.88.18.99 5\n" + meanings["far"].frr,
    )
    since = flaps(twin)
    twin.put("far-away-router", changed)
    until(lambda: "10.88.18.99 dev lan" in twin.on("far-away-router", "ip route get 192.0.2.10"))
    assert "100.64.18.2" not in twin.on("far-away-router", "ip address")
    assert flaps(twin) == since
    twin.put("far-away-router", meanings["far"])
    until(lambda: "dev ether1" in twin.on("far-away-router", "ip route get 192.0.2.10"))
    assert "10.88.18.99" not in twin.on("far-away-router", "ip route")


def test_a_changed_filter_takes_effect_and_the_session_stays(twin: Twin, meanings: dict[str, Meaning]) -> None:
    since, daemons = flaps(twin), twin.pids("far-away-router")
    text = meanings["far"].frr
    changed = text.replace("ip prefix-list OWN seq 5 permit 10.88.18.0/24", "ip prefix-list OWN seq 5 deny any")
    twin.put("far-away-router", replace(meanings["far"], frr=changed))
    until(lambda: "10.88.18.0/24" not in twin.on("hub-router", "ip route"))
    assert "permit 10.88.18.0/24" not in twin.on("far-away-router", "vtysh -c 'show running-config'")
    twin.put("far-away-router", meanings["far"])
    until(lambda: "10.88.18.0/24" in twin.on("hub-router", "ip route"))
    assert flaps(twin) == since
    assert twin.pids("far-away-router") == daemons


def test_another_neighbour_comes_and_goes(twin: Twin, meanings: dict[str, Meaning]) -> None:
    since = flaps(twin)
    text = meanings["far"].frr.replace(
        " address-family", " neighbor 10.88.251.1 remote-as 65002\n neighbor 10.88.251.1 timers 3 9\n address-family"
    )
    text = text.replace("  network", "  neighbor 10.88.251.1 route-map OUT out\n  network")
    twin.put("far-away-router", replace(meanings["far"], frr=text))
    assert "10.88.251.1" in twin.on("far-away-router", "vtysh -c 'show bgp summary'")
    twin.put("far-away-router", meanings["far"])
    assert "10.88.251.1" not in twin.on("far-away-router", "vtysh -c 'show running-config'")
    assert flaps(twin) == since


def test_another_as_number_replaces_everything(twin: Twin, meanings: dict[str, Meaning]) -> None:
    twin.put("far-away-router", replace(meanings["far"], frr=meanings["far"].frr.replace("65018", "65019")))
    shown = twin.on("far-away-router", "vtysh -c 'show running-config'")
    assert "router bgp 65019" in shown
    assert "65018" not in shown
    twin.put("far-away-router", meanings["far"])
    until(lambda: established(twin))


def test_the_filter_blocks_and_changes_in_one_step(twin: Twin, meanings: dict[str, Meaning]) -> None:
    assert twin.run("exec", "internet", "--", "ping", "-c", "1", "-W", "1", "203.0.113.2").returncode != 0
    twin.put("hub-router", replace(meanings["hub"], nft=NFT.replace("ICMP", "icmp type echo-request accept")))
    twin.on("internet", "ping -c 1 -W 2 203.0.113.2")
    twin.put("hub-router", meanings["hub"])
    assert twin.run("exec", "internet", "--", "ping", "-c", "1", "-W", "1", "203.0.113.2").returncode != 0


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("nft", "table ip filter { chain input { type filter hok input priority 0; } }", "syntax error"),
        ("nft", "table ip t {\n chain c {\n jump nowhere\n }\n}", "No such file or directory"),
        ("frr", "router bgp 65001\n neighbor 10.88.250.18 remotely-as 1\n", "% Unknown command"),
        ("dnsmasq", "dhcp-range=10.88.1.100,10.88\n", "bad dhcp-range at line 1"),
        ("links", (Link("eth7", "ethernet"),), "there is no ethernet port eth7"),
        ("links", (Link("eth0", "ethernet", ("10.88.1.300/24",)),), "10.88.1.300"),
    ],
)
def test_what_linux_refuses_changes_nothing(
    twin: Twin, meanings: dict[str, Meaning], field: str, text: object, words: str
) -> None:
    commands = "nft -s list ruleset; ip -br address; ip route; vtysh -c 'show running-config'"
    before, pids = twin.on("hub-router", commands), twin.pids("hub-router")
    done = twin.give("hub-router", replace(meanings["hub"], hostname="broken", **{field: text}))  # type: ignore[arg-type]
    assert done.returncode == 1
    assert words in done.stderr
    assert twin.on("hub-router", commands) == before
    assert twin.pids("hub-router") == pids
    assert twin.on("hub-router", "hostname").strip() == "hub"


def test_what_only_the_running_daemon_refuses_is_taken_back(twin: Twin, meanings: dict[str, Meaning]) -> None:
    bad = meanings["hub"].frr + "ip prefix-list WRONG seq 5 permit 10.0.0.0/24 le 20\n"
    done = twin.give("hub-router", replace(meanings["hub"], frr=bad))
    assert done.returncode == 1
    assert "Invalid prefix range" in done.stderr
    assert "WRONG" not in twin.on("hub-router", "vtysh -c 'show running-config'")
    until(lambda: established(twin))


def test_a_refused_key_is_not_repeated(twin: Twin, meanings: dict[str, Meaning]) -> None:
    secret = "MySecretThatIsNoKey0123456789abcdefghijklmno"
    links = tuple(
        replace(link, wireguard=f"[Interface]\nPrivateKey={secret}\n") if link.kind == "wireguard" else link
        for link in meanings["far"].links
    )
    done = twin.give("far-away-router", replace(meanings["far"], links=links))
    assert done.returncode == 1
    assert "wg: wg0: " in done.stderr
    assert secret not in done.stderr
    assert secret not in (twin.state.node("far-away-router") / "log").read_text()
    twin.put("far-away-router", meanings["far"])


def test_an_interface_goes_with_its_process_and_its_routes(twin: Twin, meanings: dict[str, Meaning]) -> None:
    without = replace(meanings["far"], links=tuple(link for link in meanings["far"].links if link.name != "wg0"))
    twin.put("far-away-router", without)
    assert twin.run("exec", "far-away-router", "--", "ip", "link", "show", "wg0").returncode != 0
    assert "wg0" not in twin.pids("far-away-router")
    twin.put("far-away-router", meanings["far"])
    until(lambda: established(twin))


def test_a_dead_daemon_is_started_again_with_the_next_change(twin: Twin, meanings: dict[str, Meaning]) -> None:
    pid = twin.pids("far-away-router")["bgpd"]
    twin.on("far-away-router", f"kill -9 {pid}")
    until(lambda: "ended by itself" in (twin.state.node("far-away-router") / "log").read_text())
    twin.put("far-away-router", meanings["far"])
    assert twin.pids("far-away-router")["bgpd"] != pid
    until(lambda: established(twin))


def test_a_power_cut_takes_everything_volatile(twin: Twin, meanings: dict[str, Meaning]) -> None:
    twin.must("power", "far-away-router", "off")
    assert twin.nodes()["far-away-router"]["addresses"] == []
    assert twin.on("far-away-router", "ip -br link show type bridge") == ""
    twin.must("power", "far-away-router", "on")
    until(lambda: established(twin))
    until(lambda: twin.run("exec", "far-away-room", "--", "ping", "-c1", "-W1", "10.88.1.20").returncode == 0)


ASK = (
    "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); "
    "s.connect(('{address}', 123)); s.send(bytes([0x23]) + bytes(47)); print(len(s.recv(512)))"
)


def test_those_who_may_ask_are_told_the_time_from_the_address_they_asked(
    twin: Twin, meanings: dict[str, Meaning]
) -> None:
    def ask(address: str) -> str:
        return twin.on("far-away-router", f'python3 -c "{ASK.format(address=address)}" 2>&1 || true').splitlines()[-1]

    assert "Connection refused" in ask("10.88.250.1")  # nobody listens
    serving = replace(meanings["hub"], nft="", time_clients=("10.88.250.0/24",))
    twin.put("hub-router", serving)
    assert ask("10.88.250.1") == "48"
    until(lambda: ask("10.88.1.1") == "48")  # not the address that it would send from by itself
    assert "timed out" in ask("203.0.113.2")  # asked from an address that is not among them
    twin.put("hub-router", replace(serving, time_clients=("10.88.1.0/24",)))
    assert "timed out" in ask("10.88.250.1")
    twin.put("hub-router", replace(serving, time_clients=()))
    assert "Connection refused" in ask("10.88.250.1")
    twin.put("hub-router", meanings["hub"])
