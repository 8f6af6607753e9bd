"""The device accepts only what real VyOS has: its schema against the command trees that VyOS publishes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from twin.vyos.schema import RELEASES, Node, locate, schema_for, value_problem

TREES = Path(__file__).resolve().parents[3] / "shared" / "ground-truth"


def all_paths(node: Node, prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every path of the tree without values."""
    for name, child in node.children.items():
        yield (*prefix, name), child
        yield from all_paths(child, (*prefix, name))


def ground_truth(release: str) -> dict[str, Any]:
    path = TREES / f"vyos-{release}.json"
    if not path.exists():
        pytest.skip(f"the published command tree {path} is not on this machine")
    tree: dict[str, Any] = json.loads(path.read_text())
    return tree


@pytest.mark.parametrize("release", RELEASES)
def test_every_path_exists_on_the_real_device(release: str) -> None:
    tree = ground_truth(release)
    wrong = []
    for path, node in all_paths(schema_for(release)):
        real = tree
        for word in path:
            real = real.get("s", {}).get(word, {})
        kind = {"n": "node", "t": "tag", "l": "leaf"}.get(real.get("k", ""))
        same = (kind, "m" in real, kind == "leaf" and "v" in real) == (
            node.kind,
            node.multi,
            node.kind == "leaf" and not node.valued,
        )
        if not same:
            wrong.append((" ".join(path), real.get("k"), node.kind))
    assert not wrong
    assert sum(1 for _ in all_paths(schema_for(release))) > 400


_SAMPLES = """
eth0 br0 wg0 dum0 lo 10.0.0.1 10.0.0.1/24 10.0.0.0/24 10.0.0.1-10.0.0.9 !10.0.0.0/8 2001:db8::1 2001:db8::/64 dhcp
accept drop reject return continue jump permit deny enable disable info debug warning all local7 auth established new
1 22 255 256 1500 65535 65536 99999 4294967295 5/minute tcp udp icmp tcp_udp 80,443 1000-2000 masquerade internal
external strict loose auto full throughput latency 24-hour reload reboot ssh-ed25519 ssh-rsa ! * vyos.net time1.vyos.net
00:11:22:33:44:55 Asia/Ho_Chi_Minh UTC a-b_c 115200 ttyS0 echo-request clamp-mss-to-pmtu unchanged 65000:1 bgp static
"""
SAMPLES = _SAMPLES.split()


@pytest.mark.parametrize("release", RELEASES)
def test_values_accepted_here_match_the_real_patterns(release: str) -> None:
    """Where the real tree gives only patterns (no program), each sample that is accepted must match one."""
    tree = ground_truth(release)
    wrong, compared = [], 0
    for path, node in all_paths(schema_for(release)):
        real = tree
        for word in path:
            real = real.get("s", {}).get(word, {})
        if node.check is None or not real.get("r") or real.get("c"):
            continue
        for sample in SAMPLES:
            if node.check(sample) == "":
                compared += 1
                if not any(re.fullmatch(pattern, sample) for pattern in real["r"]):
                    wrong.append((" ".join(path), sample))
    assert not wrong
    assert compared > 500


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("interfaces ethernet eth0 address 10.77.18.1/24", ""),
        ("interfaces ethernet eth0 address 10.77.18.0/24", "Error: 10.77.18.0/24 is not a valid IPv4 host"),
        ("interfaces ethernet eth0 address dhcp", ""),
        (
            "interfaces ethernet eth0 description Ch'Ơm",
            'Cannot use the "\'" (single quote) character in a value string',
        ),
        (
            "interfaces wireguard wg0 peer hub allowed-ips 10.77.0.1/16",
            "Error: 10.77.0.1/16 is not a valid IPv4 prefix",
        ),
        ("interfaces wireguard wg0 port 70000", "Error: 70000 is not a valid number between 1 and 65535"),
        ("system time-zone Asia/Ho_Chi_Minh", ""),
        ("system time-zone Asia/Hanoi", "Error: Asia/Hanoi is not a valid timezone"),
        ("firewall ipv4 input filter rule 10 protocol tpc", "Error: tpc is not a valid IP protocol"),
        ("system login user vyos authentication encrypted-password !", ""),
    ],
)
def test_values_are_checked(path: str, problem: str) -> None:
    assert value_problem(schema_for("1.4"), tuple(path.split())) == problem


def test_first_wrong_word_is_found() -> None:
    root: Node = schema_for("1.4")
    assert locate(root, ("interfaces", "ethernet", "eth0", "adress")) == (None, 3)
    assert locate(root, ("system", "host-name", "a", "b")) == (None, 3)
    place, _ = locate(root, ("system", "host-name", "a"))
    assert place is not None and place.is_leaf_value


def test_dhcp_server_differs_between_releases() -> None:
    path = ("service", "dhcp-server", "shared-network-name", "LAN", "subnet", "10.0.0.0/24", "subnet-id")
    assert locate(schema_for("1.4"), path)[0] is None
    assert locate(schema_for("1.5"), path)[0] is not None
