"""A commune's router as the inventory would ask for it: what the benchmark's unit is provisioned with."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from diemcau import intent
from diemcau.redaction import Secret

ADDRESS = "127.0.0.1"  # the unit listens on every address of its namespace
USER = "diemcau"
PORTS = {"vyos": ("eth0", "eth2", "br0", ("eth1",)), "routeros": ("ether1", "ether2", "lan", ("ether3", "ether4"))}


@dataclass(frozen=True)
class Keys:
    """Made anew for each benchmark."""

    host: Secret  # the router's own, OpenSSH
    host_public: str
    user: Secret
    user_public: str


def _ssh_key() -> tuple[Secret, str]:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return Secret(private.decode()), public.decode()


def keys() -> Keys:
    return Keys(*_ssh_key(), *_ssh_key())


def _peer(name: str, endpoint: str) -> intent.Peer:
    public = base64.b64encode(X25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    return intent.Peer(name, public, endpoint, 51820, ("10.77.0.0/16",), 25)


def _tunnel(number: int, hub: str, endpoint: str) -> intent.Tunnel:
    private = Secret(base64.b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode())
    address = f"10.77.{250 + number}.18/24"
    return intent.Tunnel(
        f"wg{number}", f"to {hub}", address, None, private, 1420, 1380, (_peer(hub, endpoint),)
    )  # fmt: skip


def _firewall() -> intent.Firewall:
    rule = intent.Rule
    known = rule("known", "accept", states=("established", "related"))
    broken = rule("broken", "drop", states=("invalid",))
    return intent.Firewall(
        interface_groups=(intent.Group("WAN", ()), intent.Group("TUNNELS", ("wg0", "wg1"))),
        prefix_groups=(intent.Group("MANAGEMENT", ("10.77.1.10/32",)), intent.Group("DISTRICT", ("10.77.0.0/16",))),
        input=(
            known,
            broken,
            rule("management", "accept", in_group="TUNNELS", source_group="MANAGEMENT", protocol="tcp", ports=(22,)),
            rule("bgp", "accept", in_group="TUNNELS", protocol="tcp", ports=(179,)),
            rule("ping", "accept", in_group="TUNNELS", protocol="icmp"),
        ),
        forward=(
            known,
            broken,
            rule("district", "accept", source_group="DISTRICT", destination_group="DISTRICT"),
        ),
        masquerade=False,
        management=("10.77.1.10/32",),
    )


def _qos(fibre: str) -> intent.Qos:
    """What leaves by each tunnel and by the fibre, in the classes of a commune."""

    def shaper(interface: str, description: str, rate: int) -> intent.Shaper:
        rest = intent.TrafficClass("rest", 4094, 7, rate // 10, rate // 10, None)
        classes = (
            intent.TrafficClass("voice", 10, 1, 80, 80, 50, (intent.Match(dscp=46),)),
            intent.TrafficClass("video", 20, 2, rate // 2, rate // 2, 100, (intent.Match(dscp=34),)),
        )
        return intent.Shaper(interface, description, rate, classes, rest)

    tunnels = (shaper(f"wg{index}", f"tunnel to {hub}", 1700) for index, hub in enumerate(("huyen-uy", "ubnd")))
    return intent.Qos((shaper(fibre, "fibre", 1900), *tunnels), ("10.77.18.20",))


def router(platform: str, release: str, user_public: str) -> intent.Router:
    """The commune's router on that platform."""
    fibre, lte, lan, ports = PORTS[platform]
    firewall = _firewall()
    wan_group = intent.Group("WAN", (fibre, lte))
    neighbors = (
        intent.Neighbor("huyen-uy", "10.77.250.1", 65001, "10.77.250.18", (), 0, True),
        intent.Neighbor("ubnd", "10.77.251.2", 65002, "10.77.251.18", (), 0, True),
    )
    return intent.Router(
        host="ga-ry-router",
        site="ga-ry",
        display_name="Ga Ry",
        is_hub=False,
        platform=platform,
        release=release,
        management_address=ADDRESS,
        system=intent.System(
            "ga-ry-router", "Asia/Ho_Chi_Minh", ("10.77.255.1", "10.77.255.2"), ("10.77.18.0/24",), "10.77.255.1",
            intent.Admin(USER, (f"{user_public} bench",)),
        ),
        wan=intent.Wan((
            intent.Circuit("fibre", fibre, "198.51.100.2/30", "198.51.100.1", 10, 2000, 4000, True),
            intent.Circuit("lte", lte, None, None, 20, 1500, 4000, False),
        )),
        lan=intent.Lan(
            lan, ports, "10.77.18.1/24", "10.77.18.0/24", "10.77.18.100", "10.77.18.199", 86400, ("10.77.18.1",),
            (intent.Reservation("ga-ry-room", "64:16:7f:77:00:12", "10.77.18.20"),),
        ),
        vpn=intent.Vpn((_tunnel(0, "huyen-uy", "203.0.113.2"), _tunnel(1, "ubnd", "203.0.113.6"))),
        routing=intent.Routing(
            65018, "10.77.255.18", "10.77.255.18/32", "10.77.0.0/16", ("10.77.18.0/24", "10.77.255.18/32"), False,
            15, 5, neighbors,
        ),
        firewall=replace(firewall, interface_groups=(wan_group, *firewall.interface_groups[1:])),
        qos=_qos(fibre),
    )  # fmt: skip


def with_statements(before: intent.Router, count: int) -> intent.Router:
    """The same router and ``count`` prefixes more, each a statement of its own on every platform."""
    group = before.firewall.prefix_groups[-1]
    prefixes = tuple(f"172.16.{number}.0/24" for number in range(count))
    larger = replace(group, members=(*group.members, *prefixes))
    firewall = replace(before.firewall, prefix_groups=(*before.firewall.prefix_groups[:-1], larger))
    return replace(before, firewall=firewall)
