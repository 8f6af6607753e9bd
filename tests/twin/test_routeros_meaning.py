"""What configuration becomes in Linux, and what Linux says becomes on the console."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.twin.routeros_kit import Bench, blank, running, wait
from twin.meaning import DhcpClient, Link
from twin.routeros.errors import ScriptError
from twin.routeros.filter_language import FilterError, parse_rule
from twin.routeros.route_maps import PrefixLists, RouteMap

COMMUNE = (Path(__file__).parent / "routeros_commune.rsc").read_text("utf-8")
WG0_PUBLIC = "LZoLYLOGTqe2p+S3jcdNAKABYEEFRChELB1p34H2STY="  # of the private key in the file


async def commune(bench: Bench) -> None:
    (bench.device.router.files / "x.rsc").write_text(COMMUNE, "utf-8")
    await bench.say("/import x.rsc")


def link(bench: Bench, name: str) -> Link:
    return next(each for each in bench.meaning.links if each.name == name)


def test_links_and_clients(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await commune(bench)
            assert bench.meaning.hostname == "ga-ry-router"
            assert link(bench, "lo").addresses == ("10.77.255.18/32",)
            assert link(bench, "lan") == Link("lan", "bridge", ("10.77.18.1/24",), members=("ether3", "ether4"))
            assert link(bench, "wg0").mtu == 1400
            assert link(bench, "wg0").wireguard == (
                "[Interface]\n"
                "PrivateKey = YEvXxfzV5w8hiS4qZ4keoCe2gsYBJWuOxS3V38rpWH8=\n"
                "ListenPort = 13231\n"
                "[Peer]\n"
                "PublicKey = oeyOeBGeRb8UfvpqFT8XkaG1euGU0viW7Ep4fZEQKyM=\n"
                "AllowedIPs = 10.77.0.0/16\n"
                "Endpoint = 203.0.113.2:51820\n"
                "PersistentKeepalive = 25\n"
            )
            assert bench.meaning.dhcp_clients == (DhcpClient("ether2", 2),)
            assert bench.meaning.forwarding
            await bench.say(
                "/interface disable ether1; /interface wireguard disable wg1; /ip address disable [find interface=lo]"
            )
            assert not link(bench, "ether1").up
            assert not link(bench, "wg1").up
            assert link(bench, "lo").addresses == ()
            await bench.say('/ip settings set ip-forward=no; /interface bridge set lan name="a long name with blanks"')
            assert not bench.meaning.forwarding
            assert link(bench, bench.meaning.links[6].name).addresses == ("10.77.18.1/24",)
            assert all(len(each.name) <= 15 for each in bench.meaning.links)

    wait(work())


def test_dhcp_server(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await commune(bench)
            lines = bench.meaning.dnsmasq.splitlines()
            assert "interface=lan" in lines
            assert "dhcp-range=set:server1n0,10.77.18.100,10.77.18.199,255.255.255.0,3600" in lines
            assert "dhcp-option=tag:server1n0,3,10.77.18.1" in lines
            assert "dhcp-option=tag:server1n0,42,10.77.18.1" in lines
            assert "dhcp-option=tag:server1n0,6" in lines  # none asked for, none handed out
            assert "dhcp-host=64:16:7f:77:00:12,10.77.18.20,3600" in lines
            await bench.say("/ip dhcp-server disable lan")
            assert bench.meaning.dnsmasq == ""

    wait(work())


def test_firewall(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            nft = bench.meaning.nft
            assert 'iifname != { "bridge" } drop' in nft
            assert "policy accept" in nft
            await bench.say("/interface list member remove [find list=LAN]")
            # nothing is in the list, so everything comes from outside of it
            chain = bench.meaning.nft.split("chain forward")[0]
            assert chain.rstrip().endswith("ip daddr 127.0.0.1 accept\ndrop\n}")
            await bench.say(
                "/ip firewall filter remove [find comment~invalid]; /ip firewall filter disable [find chain=forward]"
            )
            assert "invalid" not in bench.meaning.nft.split("table ip6")[0]
            assert "chain forward" not in bench.meaning.nft.split("table ip6")[0]
            await bench.say("/ipv6 settings set disable-ipv6=yes")
            assert bench.meaning.nft.count("policy drop") == 3

    wait(work())


def test_static_routes(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say("/ip route add gateway=198.51.100.5 distance=10 check-gateway=ping")
            await bench.say(
                "/ip route add dst-address=10.1.0.0/16 gateway=ether3; /ip route add dst-address=10.2.0.0/16 blackhole"
            )
            lines = bench.meaning.frr.splitlines()
            assert "ip route 0.0.0.0/0 198.51.100.5 10" in lines
            assert "ip route 10.1.0.0/16 ether3 1" in lines
            assert "ip route 10.2.0.0/16 blackhole 1" in lines

    wait(work())


def test_a_silent_gateway_loses_its_route(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MINUTE", "0.6")

    async def work() -> None:
        import asyncio

        async with blank(tmp_path) as bench:
            bench.host.answers["ping"] = "64 bytes from 198.51.100.5: icmp_seq=1 ttl=64 time=0.1 ms"
            await bench.say("/ip route add gateway=198.51.100.5 check-gateway=ping")
            for answer, there in ((None, True), ("", False), ("64 bytes from x", True)):
                if answer is not None:
                    bench.host.answers["ping"] = answer
                await asyncio.sleep(0.6)
                assert ("ip route 0.0.0.0/0 198.51.100.5" in bench.meaning.frr) == there

    wait(work())


def test_a_silent_gateway_loses_the_route_that_dhcp_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 7.22; the lease stays. The pace is told, and the count: one answer of four is enough."""
    monkeypatch.setenv("TWIN_MINUTE", "6")

    async def work() -> None:
        import asyncio

        async with blank(tmp_path, "7.22") as bench:
            bench.host.named = {"ether1": "100.64.16.1"}
            bench.host.answers["ping"] = "64 bytes from 100.64.16.1: icmp_seq=1 ttl=64 time=0.1 ms"
            await bench.say("/routing settings set check-gateway-ping-count=4 check-gateway-ping-interval=1s")
            await bench.say("/ip dhcp-client add interface=ether1 check-gateway=ping default-route-distance=10")
            await asyncio.sleep(1.2)  # the pace that was before
            for answer, silent in (("", True), ("64 bytes from x", False)):
                bench.host.answers["ping"] = answer
                await asyncio.sleep(0.25)
                assert bench.meaning.dhcp_clients == (DhcpClient("ether1", 10, silent=False),) or not silent
                await asyncio.sleep(0.75)
                assert bench.meaning.dhcp_clients == (DhcpClient("ether1", 10, silent=silent),)

    wait(work())


def test_a_dhcp_client_checks_no_gateway_before_7_22(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path, "7.21") as bench:
            client, pace = "/ip dhcp-client add interface=ether1 check-gateway=ping", "/routing settings set"
            for line in (client, f"{pace} check-gateway-ping-count=4"):
                with pytest.raises(ScriptError, match="expected end of command"):
                    await bench.say(line)

    wait(work())


@pytest.mark.parametrize("release", ["7.18", "7.20"])
def test_bgp(tmp_path: Path, release: str) -> None:
    async def work() -> None:
        async with blank(tmp_path, release) as bench:
            who = "as=65018 router-id=10.77.255.18"
            if release == "7.20":
                await bench.say(f"/routing bgp instance add name=district {who}")
                who = "instance=district"
            await bench.say(
                f"/routing bgp connection add name=hub {who} remote.address=10.77.250.1 .as=65001 "
                "local.address=10.77.250.18 .role=ebgp hold-time=15s keepalive-time=5s input.filter=in "
                "nexthop-choice=force-self output.filter-chain=out .network=own"
            )
            await bench.say("/ip firewall address-list add list=own address=10.77.18.0/24")
            lines = [line.strip() for line in bench.meaning.frr.splitlines()]
            for expected in (
                "router bgp 65018",
                "bgp router-id 10.77.255.18",
                "neighbor 10.77.250.1 remote-as 65001",
                "neighbor 10.77.250.1 update-source 10.77.250.18",
                "neighbor 10.77.250.1 timers 5 15",
                "neighbor 10.77.250.1 route-map IN-1 in",
                "neighbor 10.77.250.1 route-map OUT-1 out",
                "neighbor 10.77.250.1 next-hop-self force",
                "network 10.77.18.0/24",
            ):
                assert expected in lines
            # a chain without a rule refuses everything
            assert bench.meaning.frr.count("route-map IN-1") == 2
            assert "route-map IN-1 deny 5" in bench.meaning.frr
            await bench.say("/routing bgp connection set hub remote.as=65018")  # says ebgp, is ibgp: never comes up
            assert "router bgp" not in bench.meaning.frr

    wait(work())


def verdict(
    bench: Bench, chain: str, prefix: str, outgoing: bool = False, local: bool = False
) -> tuple[bool, list[str]]:
    """Runs the route-map of a chain for a prefix, the way FRR does."""
    lists = PrefixLists()
    route_map = RouteMap(bench.device.router.config, "M", "65018", lists, outgoing, ("10.77.18.0/24",), ())
    route_map.chain(chain)
    prefixes: dict[str, list[str]] = {}
    for line in lists.lines():
        words = line.split(maxsplit=6)
        prefixes.setdefault(words[2], []).extend([words[6]] if words[5] == "permit" else [])
    sets: list[str] = []
    at = 0
    for entry in _entries(route_map.lines()):
        if entry["number"] < at or not _fits(entry.get("match"), prefix, prefixes, local):
            continue
        if not entry["permit"]:
            return False, sets
        sets += entry["sets"]
        if not entry["goto"]:
            return True, sets
        at = entry["goto"]
    return False, sets


def _entries(lines: list[str]) -> list[dict[str, Any]]:
    """A route-map as data."""
    entries: list[dict[str, Any]] = []
    for line in lines:
        words = line.split()
        if words[0] == "route-map":
            entries.append({"permit": words[2] == "permit", "number": int(words[3]), "sets": [], "goto": 0})
        elif words[0] == "match":
            entries[-1]["match"] = words[1:]
        elif words[0] == "set":
            entries[-1]["sets"].append(" ".join(words[1:]))
        elif words[0] == "on-match":
            entries[-1]["goto"] = int(words[2]) if words[1] == "goto" else entries[-1]["number"] + 1
    return entries


def _fits(match: list[str] | None, prefix: str, prefixes: dict[str, list[str]], local: bool) -> bool:
    import ipaddress

    if match is None:
        return True
    if match[0] == "as-path":
        return local
    network = ipaddress.IPv4Network(prefix)
    for entry in prefixes[match[-1]]:
        base, *limits = entry.split()
        within = ipaddress.IPv4Network(base)
        bounds = dict(zip(limits[::2], map(int, limits[1::2]), strict=True))
        low = bounds.get("ge", within.prefixlen)
        high = bounds.get("le", 32 if "ge" in bounds else within.prefixlen)
        if network.subnet_of(within) and low <= network.prefixlen <= high:
            return True
    return False


RULES = [
    (["accept"], "10.1.0.0/16", True),
    ([], "10.1.0.0/16", False),
    (["if (dst in 10.77.0.0/16) {accept}"], "10.77.18.0/24", True),
    (["if (dst in 10.77.0.0/16) {accept}"], "10.78.0.0/24", False),
    (["if (dst == 10.77.0.0/16) {accept}"], "10.77.18.0/24", False),
    (["if (dst != 10.77.0.0/16) {accept}"], "10.77.18.0/24", True),
    (["if (dst in 10.77.0.0/16 && dst-len <= 24) { accept }"], "10.77.18.0/24", True),
    (["if (dst in 10.77.0.0/16 && dst-len <= 24) { accept }"], "10.77.18.1/32", False),
    (["if (dst-len in 8-16 || dst-len == 32) { accept }"], "10.0.0.1/32", True),
    (["if (dst-len in 8-16 || dst-len == 32) { accept }"], "10.0.0.0/24", False),
    (["if (not dst in 10.0.0.0/8) {accept} else {reject}"], "11.0.0.0/8", True),
    (["if (not dst in 10.0.0.0/8) {accept} else {reject}"], "10.0.0.0/8", False),
    (["if (dst in 10.0.0.0/8) {reject}", "accept"], "10.0.0.0/8", False),
    (["if (dst in 10.0.0.0/8) {reject}", "accept"], "11.0.0.0/8", True),
    (["if (dst in 10.0.0.0/8) {return}", "accept"], "10.0.0.0/8", False),
    (["jump other", "accept"], "10.9.0.0/16", False),
    (["jump other", "accept"], "11.0.0.0/8", True),
    (["if (chain other) {accept}"], "10.8.0.0/16", True),
    (["if (chain other) {accept}"], "10.9.0.0/16", False),
    (["if (dst in listed) {accept}"], "10.5.1.0/24", True),
    (["if (dst == listed) {accept}"], "10.5.1.0/24", False),
    (["if (protocol bgp) {accept}"], "10.5.1.0/24", True),
    (["if (protocol static) {accept}"], "10.5.1.0/24", False),
    (["if ((dst-len > 24 && dst-len < 32) or dst in 10.5.0.0/16) {accept}"], "10.6.0.0/30", True),
    (["if ((dst-len > 24 && dst-len < 32) or dst in 10.5.0.0/16) {accept}"], "10.6.0.1/32", False),
]


@pytest.mark.parametrize(("rules", "prefix", "accepted"), RULES)
def test_routing_filters(tmp_path: Path, rules: list[str], prefix: str, accepted: bool) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            for chain, rule in [*(("main", rule) for rule in rules), ("other", "if (dst in 10.8.0.0/16) {accept}")]:
                await bench.say(f'/routing filter rule add chain={chain} rule="{rule}"', settle=False)
            await bench.say(
                '/routing filter rule add chain=other rule="if (dst in 10.9.0.0/16) {reject}"', settle=False
            )
            await bench.say("/ip firewall address-list add list=listed address=10.5.0.0/16", settle=False)
            assert verdict(bench, "main", prefix)[0] == accepted

    wait(work())


def test_what_filters_set(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            rule = "/routing filter rule add chain=out rule"
            await bench.say(
                f'{rule}="set bgp-path-prepend 3"; {rule}="if (dst-len == 24) {{ set bgp-med 7; accept; }}"'
            )
            # the number is how often the AS number is in the path: BGP itself puts the first one there
            assert verdict(bench, "out", "10.1.1.0/24", outgoing=True) == (
                True,
                ["as-path prepend 65018 65018", "metric 7"],
            )
            await bench.say(f'/routing filter rule remove [find]; {rule}="if (protocol connected) {{ accept }}"')
            assert verdict(bench, "out", "10.77.18.0/24", outgoing=True, local=True)[0]
            assert not verdict(bench, "out", "10.77.18.0/24", outgoing=True, local=False)[0]

    wait(work())


@pytest.mark.parametrize(
    "rule", ["", "if dst in 10.0.0.0/8 {accept}", "if (dst in 10/8) {accept}", "fly", "accept reject", "if (x) {}"]
)
def test_rules_that_are_none(rule: str) -> None:
    with pytest.raises(FilterError):
        parse_rule(rule)


async def checked(bench: Bench) -> None:
    nft, frr, dnsmasq = bench.meaning.nft, bench.meaning.frr, bench.meaning.dnsmasq
    for argv, text in (
        (["unshare", "-n", "nft", "-f", "-"], nft),
        (["vtysh", "-C", "-f", "/dev/stdin"], frr),
        (["dnsmasq", "--test", "--conf-file=/dev/stdin"], dnsmasq),
    ):
        done = subprocess.run(argv, input=text, text=True, capture_output=True)
        assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}\n{text}"


@pytest.mark.root
@pytest.mark.skipif(not all(map(shutil.which, ("nft", "vtysh", "dnsmasq"))), reason="the daemons are not installed")
def test_linux_takes_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await commune(bench)
            await checked(bench)
        async with running(tmp_path / "factory") as bench:
            await checked(bench)

    wait(work())


def test_tunnels_as_the_console_shows_them(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await commune(bench)
            shaken = int(time.time()) - 65
            peer = "oeyOeBGeRb8UfvpqFT8XkaG1euGU0viW7Ep4fZEQKyM="
            bench.host.answers["wg show all dump"] = (
                "wg0\tprivate\tpublic\t13231\toff\n"
                f"wg0\t{peer}\t(none)\t203.0.113.2:51820\t10.77.0.0/16\t{shaken}\t5427\t92\t25\n"
                "wg1\tprivate\tpublic\t13232\toff\n"
                "wg1\tother\t(none)\t(none)\t10.77.0.0/16\t0\t0\t0\t25\n"
            )
            first, second = (await bench.say("/interface wireguard peers print terse")).splitlines()
            assert "current-endpoint-address=203.0.113.2 current-endpoint-port=51820" in first
            assert "rx=5.3KiB tx=92 last-handshake=1m5s" in first
            assert "last-handshake" not in second
            assert WG0_PUBLIC in await bench.say("/interface wireguard print terse where name=wg0")

    wait(work())


def test_sessions_leases_and_neighbours(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await commune(bench)
            state = {
                "remoteAs": 65001,
                "remoteRouterId": "10.77.255.1",
                "hostLocal": "10.77.250.18",
                "bgpTimerUpMsec": 61000,
            }
            bench.host.answers["vtysh -c show bgp neighbors json"] = json.dumps(
                {"10.77.250.1": {**state, "bgpState": "Established"}, "10.77.251.2": {"bgpState": "Connect"}}
            )
            up, down = (await bench.say("/routing bgp session print terse")).splitlines()
            assert up.startswith(" 0 E   name=huyen-uy-1 remote.address=10.77.250.1 .as=65001 .id=10.77.255.1")
            assert "uptime=1m1s" in up
            assert down.startswith(" 1     name=ubnd-1 remote.address=10.77.251.2")
            lease = "/ip dhcp-server lease print terse"
            assert "status=waiting" in await bench.say(lease)
            expiry = int(time.time()) + 3000
            bench.host.lease_file.write_text(
                f"{expiry} 64:16:7f:77:00:12 10.77.18.20 ga-ry-room *\n{expiry} 02:00:00:00:00:01 10.77.18.100 * *\n"
            )
            reserved, dynamic = (await bench.say(lease)).splitlines()
            assert "status=bound" in reserved
            assert "active-address=10.77.18.20 active-mac-address=64:16:7F:77:00:12" in reserved
            assert "host-name=ga-ry-room" in reserved
            assert dynamic.startswith(" 1 D   address=10.77.18.100 mac-address=02:00:00:00:00:01")
            await bench.say("/ip dhcp-server lease make-static 1")
            assert "dhcp-host=02:00:00:00:00:01,10.77.18.100,3600" in bench.meaning.dnsmasq
            bench.host.answers["ip -j -4 neigh"] = json.dumps(
                [{"dst": "10.77.18.20", "dev": "lan", "lladdr": "64:16:7f:77:00:12", "state": ["REACHABLE"]}]
            )
            assert "address=10.77.18.20 interface=lan mac-address=64:16:7F:77:00:12" in await bench.say(
                "/ip arp print terse"
            )

    wait(work())


def test_which_routes_are_active(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say(
                "/ip route add gateway=198.51.100.5; /ip dhcp-client add interface=ether2 default-route-distance=2"
            )
            fibre = {"dst": "default", "gateway": "198.51.100.5", "dev": "ether1", "protocol": "static", "metric": 20}
            lte = {"dst": "default", "gateway": "100.64.18.9", "dev": "ether2", "protocol": "dhcp", "metric": 2 << 24}
            learned = {"dst": "10.77.255.1", "gateway": "10.77.250.1", "dev": "ether3", "protocol": "bgp", "metric": 20}
            for kernel, flags in (([fibre, lte, learned], ["As", "Dd", "DAb"]), ([lte], ["s", "DAd"])):
                bench.host.answers["ip -j -4 route show table main"] = json.dumps(kernel)
                lines = (await bench.say("/ip route print terse")).splitlines()
                assert [line.partition("dst-address")[0].split()[-1] for line in lines] == flags
                # Only what somebody configured has a number.
                assert [line[:2].strip() for line in lines] == ["0", *[""] * (len(lines) - 1)]
            assert "dst-address=0.0.0.0/0 gateway=100.64.18.9 distance=2" in lines[1]
            bench.host.answers["ip -j -4 route show table main"] = json.dumps([fibre, lte, learned])
            asked = "/ip route print terse proplist=dst-address,immediate-gw where active"
            assert [line.split()[1:] for line in (await bench.say(asked)).splitlines()] == [
                ["As", "dst-address=0.0.0.0/0", "immediate-gw=198.51.100.5%ether1"],
                ["dst-address=10.77.255.1/32", "immediate-gw=10.77.250.1%ether3"],
            ]

    wait(work())


def test_a_port_without_a_link_does_not_run(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            up, down = ["BROADCAST", "UP", "LOWER_UP"], ["NO-CARRIER", "BROADCAST", "UP"]
            links = [{"ifname": "ether1", "flags": up}, {"ifname": "ether2", "flags": down}]
            bench.host.answers["ip -j link show"] = json.dumps(links)
            for menu in ("/interface", "/interface ethernet"):
                lines = (await bench.say(f'{menu} print terse where name~"ether[12]"')).splitlines()
                assert [line.split()[1] == "R" for line in lines] == [True, False], menu

    wait(work())
