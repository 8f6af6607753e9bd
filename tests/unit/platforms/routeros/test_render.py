"""What is rendered for RouterOS, and what its own command tree says of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from diemcau.intent import SECTIONS, Qos, Router, Wan
from diemcau.platforms.routeros import RELEASES
from diemcau.platforms.routeros.parse import parse
from diemcau.platforms.routeros.plan import plan
from diemcau.platforms.routeros.render import bundle, render, ssh_key
from diemcau.redaction import Secret, joined, reveal
from tests.unit.platforms.routers import commune, hub

CHECKER = Path(__file__).resolve().parents[5] / "shared" / "bin" / "check-config"
HOST_KEY = Secret(asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh").decode())
ROUTERS = [make("routeros", release) for make in (hub, commune) for release in ("7.18", "7.22")]


def lines(router: Router, section: str) -> list[str]:
    return render(router, [section])[section].reveal().splitlines()


@pytest.mark.skipif(not CHECKER.exists(), reason="the command trees of real devices are not beside the project")
@pytest.mark.parametrize("router", ROUTERS, ids=lambda r: f"{r.host}-{r.release}")
def test_a_real_router_knows_every_statement(router: Router, tmp_path: Path) -> None:
    other = next(r for r in ROUTERS if r.release == router.release and r.host != router.host)
    text, before = (joined(render(r, SECTIONS).values()).reveal() for r in (router, other))
    sent = "\n".join(reveal(s.text) for s in plan(parse(before), parse(text), SECTIONS).statements)
    for name, content in (("rendered", text), ("bundle", bundle(router, HOST_KEY).reveal()), ("sent", sent)):
        path = tmp_path / f"{name}.rsc"
        path.write_text(content, encoding="utf-8")
        argv = [sys.executable, str(CHECKER), f"routeros-{router.release}", str(path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert not done.stdout.startswith("0 checked")


@pytest.mark.parametrize("release", RELEASES)
def test_bgp_has_instances_from_7_20_on(release: str) -> None:
    text = "\n".join(lines(commune("routeros", release), "routing"))
    assert ("/routing bgp instance add" in text) == (release >= "7.20")
    assert ("connection add name=huyen-uy instance=district" in text) == (release >= "7.20")


def test_a_line_with_another_behind_it_is_watched() -> None:
    route = "/ip route add dst-address=0.0.0.0/0 gateway=198.51.100.9 distance=10 check-gateway=ping comment=fibre"
    for release in ("7.18", "7.22"):
        found = lines(commune("routeros", release), "wan")
        assert route in found
        assert not [line for line in found if "ether2" in line and "check-gateway" in line]  # nothing is behind it
        pace = "/routing settings set check-gateway-ping-count=4 check-gateway-ping-interval=1s"
        assert (pace in found) == (release == "7.22")
        assert "check" not in "".join(lines(hub("routeros", release), "wan"))


@pytest.mark.parametrize("gateway", ["198.51.100.9", None])
def test_what_dhcp_names_is_watched_from_7_22_on_and_before_when_it_is_known(gateway: str | None) -> None:
    def wan(release: str) -> list[str]:
        before = commune("routeros", release)
        fibre, lte = before.wan.circuits
        router = replace(before, wan=Wan((replace(fibre, address=None, gateway=gateway), lte)))
        return [line for line in lines(router, "wan") if "fibre" in line]

    rest = "use-peer-dns=no use-peer-ntp=no comment=fibre"
    asked = "/ip dhcp-client add interface=ether1 default-route-distance=10"
    assert wan("7.22") == [f"{asked} check-gateway=ping {rest}"]
    known = [
        f"/ip dhcp-client add interface=ether1 add-default-route=no {rest}",
        '/ip route add dst-address=0.0.0.0/0 gateway="198.51.100.9%ether1" distance=10 check-gateway=ping'
        " comment=fibre",
    ]
    assert wan("7.18") == (known if gateway else [f"{asked} {rest}"])


def test_a_commune_announces_its_own_and_a_hub_prepends_for_others() -> None:
    own = [line for line in lines(commune("routeros", "7.18"), "routing") if "rule add chain=out-" in line]
    assert own and all("dst ==" in line for line in own)
    passed_on = [line for line in lines(hub("routeros", "7.18"), "routing") if "bgp-path-prepend" in line]
    assert all("set bgp-path-prepend 2; accept" in line for line in passed_on)


def test_both_chains_end_in_a_drop_of_everything() -> None:
    rules = [line for line in lines(commune("routeros", "7.18"), "firewall") if "/ip firewall filter" in line]
    for chain in ("input", "forward"):
        last = [line for line in rules if f"chain={chain} " in line][-1]
        assert last == f'/ip firewall filter add chain={chain} action=drop comment="everything else"'


def test_only_ssh_from_management_is_left_of_the_services() -> None:
    services = [line for line in lines(commune("routeros", "7.18"), "system") if line.startswith("/ip service")]
    assert [line for line in services if "disabled=yes" not in line] == [
        "/ip service set ssh address=10.77.1.10/32,10.77.255.1/32,10.77.255.2/32"
    ]


def test_keys_carry_a_digest_by_which_a_change_is_seen() -> None:
    first, second = ssh_key("ssh-ed25519 AAAA control"), ssh_key("ssh-ed25519 BBBB control")
    assert first.split()[:2] == ["ssh-ed25519", "AAAA"]
    assert first.split()[2] != second.split()[2]


def test_the_bundle_warns_installs_the_host_key_and_removes_itself() -> None:
    text = bundle(commune("routeros", "7.18"), HOST_KEY).reveal()
    host = commune("routeros", "7.18").host
    assert "HOLDS SECRETS" in text
    assert "BEGIN PRIVATE KEY" in text  # PKCS#8
    assert text.rstrip().endswith(f'/file remove [find name~"{host}.rsc"]')
    assert "/user remove [find name=admin]" in text
    assert "/ip dhcp-server add" not in text  # the room LAN comes later


def test_every_packet_of_a_shaped_interface_gets_a_mark_that_a_queue_has() -> None:
    """What has no mark passes by all queues."""
    model = parse("\n".join(lines(hub("routeros", "7.18"), "qos")))
    leaves = {e["packet-mark"]: e for e in model.entries["/queue tree"] if "packet-mark" in e}
    rules = [e for e in model.entries["/ip firewall mangle"] if e["action"] == "mark-packet"]
    assert {rule["new-packet-mark"] for rule in rules} == leaves.keys()
    for parent in {str(leaf["parent"]) for leaf in leaves.values()}:
        (interface,) = [e["parent"] for e in model.entries["/queue tree"] if e["name"] == parent]
        own = [rule for rule in rules if rule["out-interface"] == interface]
        assert all(leaves[rule["new-packet-mark"]]["parent"] == parent for rule in own)
        conditions = [rule.keys() - {"chain", "action", "new-packet-mark", "passthrough", "comment"} for rule in own]
        assert all(len(found) > 1 for found in conditions[:-1]) and conditions[-1] == {"out-interface"}
    assert all(rule["passthrough"] == "no" for rule in rules)  # the first one that matches decides


def test_rules_of_marks_have_names_of_their_own() -> None:
    """So that a rule is found by its name and not by its place."""
    model = parse("\n".join(lines(hub("routeros", "7.18"), "qos")))
    names = [(rule["chain"], rule["comment"]) for rule in model.entries["/ip firewall mangle"]]
    assert len(names) == len(set(names)) > 5


def test_only_the_rooms_marks_pass() -> None:
    text = "\n".join(lines(commune("routeros", "7.18"), "qos"))
    assert "change-dscp new-dscp=0 passthrough=yes in-interface=lan src-address-list=!marking dscp=!0" in text
    assert "/ip firewall address-list add list=marking address=10.77.16.20" in text


def test_without_queues_nothing_is_rendered() -> None:
    assert render(replace(commune("routeros", "7.18"), qos=Qos()), ["qos"]) == {"qos": Secret("")}
