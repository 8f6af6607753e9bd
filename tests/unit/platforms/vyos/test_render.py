from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from diemcau.intent import SECTIONS, Qos, Router, Wan
from diemcau.platforms import load
from diemcau.platforms.vyos import EXTENSION, RELEASES, bundle, parse, render
from diemcau.platforms.vyos.render import dscp, ssh_keys
from diemcau.platforms.vyos.sections import owner
from diemcau.platforms.vyos.words import Path
from diemcau.redaction import Secret, joined
from tests.unit.platforms.routers import commune, hub, key, ssh_key

HOST_KEY = Secret("-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n")
WATCHED = (*("interface eth0", "metric 1", "check target 198.51.100.9", "check type icmp", "check timeout 1"),)
Make = Callable[[str, str], Router]
every_router = pytest.mark.parametrize("make", [hub, commune])
every_release = pytest.mark.parametrize("release", RELEASES)


def lines(router: Router, section: str) -> list[str]:
    return render(router, [section])[section].reveal().splitlines()


def test_the_package_offers_what_a_platform_has() -> None:
    platform = load("vyos")
    assert (platform.EXTENSION, platform.RELEASES) == (EXTENSION, RELEASES) == ("vyos", ("1.4", "1.5"))


@every_router
@every_release
def test_every_section_gives_statements_that_it_owns(make: Make, release: str) -> None:
    rendered = render(make("vyos", release), SECTIONS)
    assert tuple(rendered) == SECTIONS
    for section, secret in rendered.items():
        text = secret.reveal()
        assert text.endswith("\n")
        assert all(line.startswith("set ") for line in text.splitlines())
        assert {owner(path) for path in parse(text)} == {section}


@every_router
@every_release
def test_no_statement_is_given_twice_and_none_contradicts_another(make: Make, release: str) -> None:
    text = joined(render(make("vyos", release), SECTIONS).values()).reveal()
    paths = parse(text)
    assert len(paths) == len(text.splitlines())
    assert not [p for p in paths for q in paths if p != q and q[: len(p)] == p]


@every_router
@every_release
def test_the_tunnels_parse_to_the_model_built_from_the_intent(make: Make, release: str) -> None:
    router = make("vyos", release)
    built: set[Path] = set()
    for tunnel in router.vpn.tunnels:
        wg: Path = ("interfaces", "wireguard", tunnel.interface)
        built |= {(*wg, "description", tunnel.description), (*wg, "address", tunnel.address)}
        built |= {(*wg, "mtu", str(tunnel.mtu)), (*wg, "ip", "adjust-mss", str(tunnel.mss))}
        built |= {(*wg, "private-key", tunnel.private_key)}
        if tunnel.listen_port:
            built.add((*wg, "port", str(tunnel.listen_port)))
        for peer in tunnel.peers:
            to: Path = (*wg, "peer", peer.name)
            built |= {(*to, "public-key", peer.public_key)}
            built |= {(*to, "allowed-ips", prefix) for prefix in peer.allowed_ips}
            if peer.endpoint:
                built |= {(*to, "address", peer.endpoint), (*to, "port", str(peer.endpoint_port))}
            if peer.persistent_keepalive:
                built.add((*to, "persistent-keepalive", str(peer.persistent_keepalive)))
    assert parse(render(router, ["vpn"])["vpn"]) == built


def test_names_of_places_are_folded_and_their_apostrophes_do_no_harm() -> None:
    assert "set interfaces bridge br0 description 'room LAN Ch Om'" in lines(commune("vyos", "1.4"), "lan")
    tunnel = dataclasses.replace(hub("vyos", "1.4").vpn.tunnels[0], description="các xã: Ch'Ơm, Tr'Hy")
    router = dataclasses.replace(hub("vyos", "1.4"), vpn=dataclasses.replace(hub("vyos", "1.4").vpn, tunnels=(tunnel,)))
    assert "set interfaces wireguard wg0 description 'cac xa: Ch Om, Tr Hy'" in lines(router, "vpn")


def test_the_system_has_one_user_with_keys_and_no_password() -> None:
    text = lines(commune("vyos", "1.4"), "system")
    user = "set system login user diemcau authentication"
    assert [line for line in text if "login" in line] == [
        f"{user} encrypted-password '*'",
        f"{user} public-keys control type ssh-ed25519",
        f"{user} public-keys control key {ssh_key('control').split()[1]}",
        f"{user} public-keys spare type ssh-ed25519",
        f"{user} public-keys spare key {ssh_key('spare').split()[1]}",
    ]
    assert "set service ssh disable-password-authentication" in text
    assert "set system syslog host 10.77.1.10 facility all level info" in text


def test_a_hub_serves_time_and_a_commune_does_not() -> None:
    allowed = "set service ntp allow-client address 10.77.0.0/16"
    assert allowed in lines(hub("vyos", "1.4"), "system")
    assert not [line for line in lines(commune("vyos", "1.4"), "system") if "allow-client" in line]


def test_fibre_is_preferred_over_lte() -> None:
    assert lines(commune("vyos", "1.4"), "wan") == [
        "set interfaces ethernet eth0 description fibre",
        "set interfaces ethernet eth0 address 198.51.100.10/30",
        *(f"set protocols failover route 0.0.0.0/0 next-hop 198.51.100.9 {words}" for words in WATCHED),
        "set interfaces ethernet eth2 description lte",
        "set interfaces ethernet eth2 address dhcp",
        "set interfaces ethernet eth2 dhcp-options default-route-distance 20",
        "set protocols static route 10.77.0.0/16 blackhole distance 250",
    ]


def test_a_line_with_dhcp_is_watched_when_its_gateway_is_known() -> None:
    before = commune("vyos", "1.4")
    fibre, lte = (dataclasses.replace(circuit, address=None) for circuit in before.wan.circuits)
    router = dataclasses.replace(before, wan=Wan((fibre, lte)))
    assert lines(router, "wan")[:7] == [
        "set interfaces ethernet eth0 description fibre",
        "set interfaces ethernet eth0 address dhcp",
        "set interfaces ethernet eth0 dhcp-options no-default-route",
        *(f"set protocols failover route 0.0.0.0/0 next-hop 198.51.100.9 {words}" for words in WATCHED[:4]),
    ]
    unknown = dataclasses.replace(router, wan=Wan((dataclasses.replace(fibre, gateway=None), lte)))
    assert "set interfaces ethernet eth0 dhcp-options default-route-distance 10" in lines(unknown, "wan")
    assert not [line for line in lines(unknown, "wan") if "failover" in line]


def test_the_only_line_is_not_watched() -> None:
    assert "set protocols static route 0.0.0.0/0 next-hop 203.0.113.1 distance 10" in lines(hub("vyos", "1.4"), "wan")


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("1.4", ["default-router 10.77.16.1", "static-mapping room mac-address 64:16:7f:77:00:10"]),
        ("1.5", ["subnet-id 1", "option default-router 10.77.16.1", "static-mapping room mac 64:16:7f:77:00:10"]),
    ],
)
def test_the_dhcp_server_is_written_for_its_release(release: str, expected: list[str]) -> None:
    subnet = "set service dhcp-server shared-network-name LAN subnet 10.77.16.0/24"
    found = lines(commune("vyos", release), "lan")
    for words in (*expected, "static-mapping room ip-address 10.77.16.20"):
        assert f"{subnet} {words}" in found
    assert (f"{subnet} subnet-id 1" in found) == (release == "1.5")


def test_a_hub_takes_from_a_commune_exactly_its_prefixes_and_passes_on_the_districts() -> None:
    found = lines(hub("vyos", "1.4"), "routing")
    accepted = [
        line for line in found if "prefix-list FROM-ga-ry" in line and line.startswith("set policy prefix-list")
    ]
    assert accepted == [
        "set policy prefix-list FROM-ga-ry rule 10 action permit",
        "set policy prefix-list FROM-ga-ry rule 10 prefix 10.77.18.0/24",
        "set policy prefix-list FROM-ga-ry rule 20 action permit",
        "set policy prefix-list FROM-ga-ry rule 20 prefix 10.77.255.18/32",
    ]
    assert "set policy route-map OUT-ga-ry rule 20 set as-path prepend 65001" in found
    assert "set policy route-map OUT-a-nong rule 20 match ip address prefix-list DISTRICT" in found
    assert not [line for line in found if "OUT-a-nong" in line and "prepend" in line]
    assert "set protocols bgp neighbor 10.77.250.18 address-family ipv4-unicast nexthop-self" in found


def test_a_commune_announces_its_own_prefixes_and_nothing_else() -> None:
    found = lines(commune("vyos", "1.4"), "routing")
    assert [line for line in found if "OUT-ubnd" in line and "route-map OUT" in line] == [
        "set policy route-map OUT-ubnd rule 10 action permit",
        "set policy route-map OUT-ubnd rule 10 match ip address prefix-list OWN",
    ]
    assert not [line for line in found if "nexthop-self" in line or "rule 20 match" in line]


def test_every_neighbour_is_filtered_both_ways() -> None:
    for router in (hub("vyos", "1.4"), commune("vyos", "1.4")):
        found = lines(router, "routing")
        for neighbor in router.routing.neighbors:
            family = f"set protocols bgp neighbor {neighbor.address} address-family ipv4-unicast"
            assert f"{family} route-map import IN-{neighbor.name}" in found
            assert f"{family} route-map export OUT-{neighbor.name}" in found


@every_router
def test_every_chain_ends_in_a_drop(make: Make) -> None:
    found = lines(make("vyos", "1.4"), "firewall")
    for chain in ("ipv4 input", "ipv4 forward", "ipv6 input", "ipv6 forward"):
        assert f"set firewall {chain} filter default-action drop" in found


def test_a_rule_matches_everything_that_it_names() -> None:
    rule = "set firewall ipv4 input filter rule 30"
    assert [line.removeprefix(f"{rule} ") for line in lines(hub("vyos", "1.4"), "firewall") if f"{rule} " in line] == [
        "description tunnels",
        "action accept",
        "inbound-interface group WAN",
        "protocol udp",
        "destination port 51820,51821",
    ]


def test_masquerading_is_there_when_it_is_wanted() -> None:
    assert not [line for line in lines(hub("vyos", "1.4"), "firewall") if line.startswith("set nat")]
    assert "set nat source rule 100 translation address masquerade" in lines(commune("vyos", "1.4"), "firewall")


def test_ssh_keys_without_a_comment_or_with_the_same_get_names_of_their_own() -> None:
    keys = ["ssh-ed25519 AAAA", "ssh-ed25519 BBBB máy chủ", "ssh-rsa CCCC máy chủ"]
    assert ssh_keys(keys) == [
        ("key-1", "ssh-ed25519", "AAAA"),
        ("may-chu", "ssh-ed25519", "BBBB"),
        ("may-chu-3", "ssh-rsa", "CCCC"),
    ]


@every_release
def test_a_bundle_warns_stops_at_errors_installs_the_host_key_and_removes_itself(release: str) -> None:
    text = bundle(commune("vyos", release), HOST_KEY).reveal()
    assert text.startswith("#!/bin/vbash\n# ch-om-router (Ch Om)")
    steps = [
        "HOLDS SECRETS",
        "source /opt/vyatta/etc/functions/script-template",
        "sudo tee /etc/ssh/ssh_host_ed25519_key >/dev/null <<'EOF'\n" + HOST_KEY.reveal() + "EOF\n",
        "\nconfigure\nbuiltin set -e\nload /opt/vyatta/etc/config.boot.default\nset ",
        "\nset system login user vyos authentication encrypted-password '*'\ncommit\nsave /config/config.boot\nexit\n",
        'sudo systemctl restart ssh\nsudo rm -f -- "$0"\n',
    ]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)
    assert text.endswith(steps[-1])


def test_a_bundle_holds_what_reaches_the_hubs_and_no_room_lan() -> None:
    text = bundle(commune("vyos", "1.4"), HOST_KEY).reveal()
    rendered = render(commune("vyos", "1.4"), SECTIONS)
    for section in ("system", "wan", "vpn", "routing", "firewall"):
        assert rendered[section].reveal() in text
    assert "dhcp-server" not in text
    assert key("private ch-om 0") in text


def test_the_bundle_of_the_control_machines_own_router_has_its_lan() -> None:
    assert render(hub("vyos", "1.4"), ["lan"])["lan"].reveal() in bundle(hub("vyos", "1.4"), HOST_KEY).reveal()


@pytest.mark.parametrize(
    ("mark", "name"), [(46, "EF"), (34, "AF41"), (24, "CS3"), (48, "CS6"), (0, "default"), (38, "AF43"), (11, "11")]
)
def test_a_mark_has_a_name_where_it_can(mark: int, name: str) -> None:
    assert dscp(mark) == name


@every_router
def test_a_policy_has_a_name_that_nothing_else_below_qos_has(make: Make) -> None:
    """VyOS takes the first thing of that name, whatever it is."""
    paths = [path for path in parse("\n".join(lines(make("vyos", "1.4"), "qos"))) if path[0] == "qos"]
    policies = {path[3] for path in paths if path[1] == "policy"}
    names = [path[-1] for path in paths if path[1] == "interface"]
    assert sorted(map(str, names)) == sorted(map(str, policies))
    others = {word for path in paths for word in (*path[:3], *path[4:-1])}
    assert policies and not policies & others


@every_router
def test_each_match_is_a_filter_of_its_class(make: Make) -> None:
    router = make("vyos", "1.4")
    paths = parse("\n".join(lines(router, "qos")))
    for shaper in router.qos.shapers:
        policy = ("qos", "policy", "shaper", f"OUT-{shaper.interface}")
        assert {path[5] for path in paths if path[:5] == (*policy, "class")} == {str(c.number) for c in shaper.classes}
        for each in shaper.classes:
            matches = {path[7] for path in paths if path[:7] == (*policy, "class", str(each.number), "match")}
            assert len(matches) == len(each.matches)
            assert (*policy, "class", str(each.number), "priority", str(each.priority)) in paths
        assert (*policy, "default", "ceiling", f"{shaper.rest.ceiling_kbps}kbit") in paths


def test_only_the_rooms_marks_pass() -> None:
    paths = parse("\n".join(lines(hub("vyos", "1.4"), "qos")))
    marks = ("policy", "route", "MARKS")
    assert (*marks, "interface", "br0") in paths
    assert {p for p in paths if p[:5] == (*marks, "rule", "20")} > {
        (*marks, "rule", "20", "source", "address", "10.77.1.15"), (*marks, "rule", "20", "action", "return")
    }  # fmt: skip
    assert (*marks, "rule", "1000", "set", "dscp", "0") in paths


def test_without_queues_nothing_is_rendered() -> None:
    assert render(dataclasses.replace(commune("vyos", "1.4"), qos=Qos()), ["qos"]) == {"qos": Secret("")}
