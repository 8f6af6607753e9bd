"""Two complete routers for the platforms' tests: the first hub and the commune Ch'Ơm, on any platform."""

from __future__ import annotations

import base64
import hashlib

from diemcau.intent import (
    Admin,
    Circuit,
    Firewall,
    Group,
    Lan,
    Match,
    Neighbor,
    Peer,
    Qos,
    Reservation,
    Router,
    Routing,
    Rule,
    Shaper,
    System,
    TrafficClass,
    Tunnel,
    Vpn,
    Wan,
)
from diemcau.redaction import Secret

SUPERNET = "10.77.0.0/16"
CONTROL = "10.77.1.10"
COMMUNES = {"a-nong": 11, "ch-om": 16, "ga-ry": 18}  # enough of them to tell the first from the others
PORTS = {
    "vyos": {"fibre": "eth0", "lte": "eth2", "lan": "br0", "ports": ("eth1",)},
    "routeros": {"fibre": "ether1", "lte": "ether2", "lan": "lan", "ports": ("ether3", "ether4", "ether5")},
}


def key(name: str) -> str:
    """A WireGuard-shaped key, always the same for the same name."""
    return base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()


def ssh_key(name: str) -> str:
    """An ed25519 public key in OpenSSH form (a well-formed one that nobody holds the other half of)."""
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + hashlib.sha256(name.encode()).digest()
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} {name}"


def _text(platform: str, name: str) -> str:
    value = PORTS[platform][name]
    assert isinstance(value, str)
    return value


def _system(hostname: str, hub: bool) -> System:
    return System(
        hostname=hostname,
        timezone="Asia/Ho_Chi_Minh",
        ntp_servers=("203.0.113.129",) if hub else ("10.77.255.1", "10.77.255.2"),
        ntp_clients=(SUPERNET,) if hub else (),
        syslog_host=None if hub else CONTROL,
        admin=Admin("diemcau", (ssh_key("control"), ssh_key("spare"))),
    )


def _lan(platform: str, number: int) -> Lan:
    return Lan(
        interface=_text(platform, "lan"),
        ports=tuple(PORTS[platform]["ports"]),
        address=f"10.77.{number}.1/24",
        prefix=f"10.77.{number}.0/24",
        pool_start=f"10.77.{number}.100",
        pool_end=f"10.77.{number}.199",
        lease_time=86400,
        ntp_servers=("10.77.255.1", "10.77.255.2"),
        reservations=(Reservation("room", f"64:16:7f:77:00:{number:02x}", f"10.77.{number}.20"),),
    )


def _firewall(platform: str, hub: bool) -> Firewall:
    wan = (_text(platform, "fibre"),) if hub else (_text(platform, "fibre"), _text(platform, "lte"))
    entrance = (Rule("tunnels", "accept", in_group="WAN", protocol="udp", ports=(51820, 51821)),) if hub else ()
    passing = (Rule("between-sites", "accept", in_group="TUNNELS", out_group="TUNNELS"),) if hub else ()
    established = (
        Rule("established", "accept", states=("established", "related")),
        Rule("invalid", "drop", states=("invalid",)),
    )
    return Firewall(
        interface_groups=(
            Group("WAN", wan),
            Group("TUNNELS", ("wg0", "wg1")),
            Group("LAN", (_text(platform, "lan"),)),
        ),
        prefix_groups=(
            Group("DISTRICT", (SUPERNET,)),
            Group("MANAGEMENT", (f"{CONTROL}/32", "10.77.255.1/32", "10.77.255.2/32")),
        ),
        input=(
            *established,
            *entrance,
            Rule("bgp", "accept", in_group="TUNNELS", source_group="DISTRICT", protocol="tcp", ports=(179,)),
            Rule("ssh", "accept", source_group="MANAGEMENT", protocol="tcp", ports=(22,)),
            Rule("ping", "accept", source_group="DISTRICT", protocol="icmp"),
            Rule("dhcp", "accept", in_group="LAN", protocol="udp", ports=(67,)),
            Rule("time", "accept", source_group="DISTRICT", protocol="udp", ports=(123,)),
        ),
        forward=(
            *established,
            Rule("room-out", "accept", in_group="LAN", out_group="TUNNELS", destination_group="DISTRICT"),
            Rule("room-in", "accept", in_group="TUNNELS", out_group="LAN", source_group="DISTRICT"),
            *passing,
        ),
        masquerade=not hub,
        management=(f"{CONTROL}/32", "10.77.255.1/32", "10.77.255.2/32"),
    )


def _qos(platform: str, hub: bool) -> Qos:
    """A port and a tunnel, with every kind of match and of queue."""
    rest = TrafficClass("rest", 4094, 7, 32, 51, None)
    either = (Match(protocol="tcp", source_port=22), Match(protocol="tcp", destination_port=22))
    tunnels = TrafficClass("tunnels", 30, 3, 1868, 1900, 100, (Match(protocol="udp", destination_port=51820),))
    lan = ("10.77.18.0/24",) if hub else (None,)
    inside = (
        TrafficClass("voice", 10, 1, 160, 160, 50, tuple(Match(destination=to, dscp=46) for to in lan)),
        TrafficClass("video", 20, 2, 1127, 1127, 100, tuple(Match(destination=to, dscp=11) for to in lan)),
        TrafficClass("management", 40, 4, 50, 60, None, either),
    )
    return Qos(
        (
            Shaper(_text(platform, "fibre"), "fibre", 1900, (tunnels,), rest),
            Shaper("wg0", "tunnel to huyen-uy", 1398 if hub else 2000, inside, rest),
        ),
        ("10.77.1.20", "10.77.1.15") if hub else ("10.77.16.20",),
    )


def hub(platform: str, release: str) -> Router:
    """The first hub: every commune's peer on ``wg0``, the other hub on ``wg1``."""
    peers = tuple(
        Peer(
            name,
            key(f"public {name}"),
            None,
            None,
            (f"10.77.250.{n}/32", f"10.77.{n}.0/24", f"10.77.255.{n}/32"),
            None,
        )
        for name, n in COMMUNES.items()
    )
    other = Peer("ubnd", key("public ubnd"), "203.0.113.6", 51821, (SUPERNET,), 25)
    return Router(
        host="huyen-uy-router",
        site="huyen-uy",
        display_name="Huyện ủy",
        is_hub=True,
        platform=platform,
        release=release,
        management_address="10.77.255.1",
        system=_system("huyen-uy-router", hub=True),
        wan=Wan(
            (Circuit("fibre", _text(platform, "fibre"), "203.0.113.2/30", "203.0.113.1", 10, 100000, 100000, False),)
        ),
        lan=_lan(platform, 1),
        vpn=Vpn(
            (
                Tunnel(
                    "wg0", "communes", "10.77.250.1/24", 51820, Secret(key("private huyen-uy 0")), 1420, 1380, peers
                ),
                Tunnel("wg1", "ubnd", "10.77.252.1/24", 51821, Secret(key("private huyen-uy 1")), 1420, 1380, (other,)),
            )
        ),
        routing=Routing(
            asn=65001,
            router_id="10.77.255.1",
            loopback="10.77.255.1/32",
            supernet=SUPERNET,
            announce=("10.77.1.0/24", "10.77.255.1/32"),
            transit=True,
            hold_time=8,
            keepalive_time=2,
            neighbors=(
                *(
                    Neighbor(
                        name,
                        f"10.77.250.{n}",
                        65000 + n,
                        "10.77.250.1",
                        (f"10.77.{n}.0/24", f"10.77.255.{n}/32"),
                        0 if name != "ga-ry" else 1,  # one that exercises prepending
                        False,
                    )
                    for name, n in COMMUNES.items()
                ),
                Neighbor("ubnd", "10.77.252.2", 65002, "10.77.252.1", (), 0, False),
            ),
        ),
        firewall=_firewall(platform, hub=True),
        qos=_qos(platform, hub=True),
    )


def commune(platform: str, release: str) -> Router:
    """Ch'Ơm, number 16: fibre with a given address, LTE by DHCP, one tunnel to each hub."""
    return Router(
        host="ch-om-router",
        site="ch-om",
        display_name="Ch'Ơm",
        is_hub=False,
        platform=platform,
        release=release,
        management_address="10.77.255.16",
        system=_system("ch-om-router", hub=False),
        wan=Wan(
            (
                Circuit("fibre", _text(platform, "fibre"), "198.51.100.10/30", "198.51.100.9", 10, 2000, 4000, True),
                Circuit("lte", _text(platform, "lte"), None, None, 20, 1500, 4000, False),
            )
        ),
        lan=_lan(platform, 16),
        vpn=Vpn(
            tuple(
                Tunnel(
                    f"wg{i}",
                    name,
                    f"10.77.{250 + i}.16/24",
                    None,
                    Secret(key(f"private ch-om {i}")),
                    1420,
                    1380,
                    (Peer(name, key(f"public {name}"), endpoint, 51820, (SUPERNET,), 25),),
                )
                for i, (name, endpoint) in enumerate((("huyen-uy", "203.0.113.2"), ("ubnd", "203.0.113.6")))
            )
        ),
        routing=Routing(
            asn=65016,
            router_id="10.77.255.16",
            loopback="10.77.255.16/32",
            supernet=SUPERNET,
            announce=("10.77.16.0/24", "10.77.255.16/32"),
            transit=False,
            hold_time=8,
            keepalive_time=2,
            neighbors=(
                Neighbor("huyen-uy", "10.77.250.1", 65001, "10.77.250.16", (), 0, True),
                Neighbor("ubnd", "10.77.251.2", 65002, "10.77.251.16", (), 0, True),
            ),
        ),
        firewall=_firewall(platform, hub=False),
        qos=_qos(platform, hub=False),
    )
