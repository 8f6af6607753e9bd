"""Nobody gets in: what the provider's side, the rooms and former users find."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import District

UDP_PORTS = "53,67,68,69,123,161,500,514,1701,1900,4500,5060,5246,5678,20561,51820,51821"


def provider_addresses(district: District) -> dict[str, str]:
    """Each router's addresses on the provider's side: address -> router."""
    found = {}
    for node in district.nodes():
        if node["kind"] == "router":
            for address in node["addresses"]:
                bare = address.split("/")[0]
                if not bare.startswith(("10.77.", "127.", "192.168.")):
                    found[bare] = node["name"]
    return found


def test_the_scan_can_find_an_open_port(district: District) -> None:
    """The same scan finds the SSH port of a router where it is open: from the control machine."""
    done = district.twin("run", "--", "nmap", "-n", "-Pn", "-p", "22", "10.77.255.18")
    assert re.search(r"22/tcp +open", done.output), done.output


def test_from_the_internet_no_router_has_anything_open(district: District) -> None:
    addresses = provider_addresses(district)
    assert len(set(addresses.values())) == 12
    # A closed district answers nothing: without a floor for the rate nmap waits for each lost probe.
    nmap = ("nmap", "-n", "-Pn", "-T4", "--max-retries", "1", "--min-rate", "2000", "--open")
    tcp = district.twin("exec", "internet", "--", *nmap, "-sS", "-p", "1-1024,2000,8080,8291,8728,8729", *addresses)
    assert "Nmap done" in tcp.output, tcp.output
    assert not re.search(r"^\d+/tcp +open", tcp.output, re.MULTILINE), tcp.output
    udp = district.twin("exec", "internet", "--", *nmap, "-sU", "-p", UDP_PORTS, *addresses)
    assert "Nmap done" in udp.output, udp.output
    # A port that drops is "open|filtered": WireGuard and a firewall look the same. "open" would be an answer.
    assert not re.search(r"^\d+/udp +open +", udp.output, re.MULTILINE), udp.output


def test_from_the_internet_no_router_answers_a_ping(district: District) -> None:
    addresses = provider_addresses(district)
    assert len(district.silent([("internet", address) for address in addresses])) == len(addresses)


@pytest.mark.parametrize("address", ["10.77.18.1", "10.77.255.18", "10.77.255.1", "10.77.1.10"])
def test_a_room_cannot_open_ssh_to_routers_or_the_control_machine(district: District, address: str) -> None:
    done = district.twin("exec", "ga-ry-room", "--", "nmap", "-n", "-Pn", "-p", "22", address)
    assert re.search(r"22/tcp +filtered", done.output), done.output


def test_a_room_reaches_nothing_outside_the_district(district: District) -> None:
    assert not district.ping("ga-ry-room", "192.0.2.10")
    assert not district.ping("huyen-uy-room", "192.0.2.10")


@pytest.mark.parametrize(
    ("address", "user", "password"), [("10.77.255.1", "vyos", "vyos"), ("10.77.255.18", "admin", "")]
)
def test_no_factory_user_gets_in(district: District, address: str, user: str, password: str) -> None:
    program = (
        "import paramiko, sys\n"
        "client = paramiko.SSHClient()\n"
        "client.set_missing_host_key_policy(paramiko.AutoAddPolicy())\n"
        "try:\n"
        f"    client.connect({address!r}, username={user!r}, password={password!r}, allow_agent=False,"
        " look_for_keys=False, timeout=20)\n"
        "except paramiko.AuthenticationException:\n"
        "    sys.exit(7)\n"
    )
    done = district.twin("run", "--", "python3", "-c", program)
    assert done.status == 7, done.output
