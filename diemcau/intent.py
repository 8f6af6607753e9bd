"""What the inventory asks of one router and of one room's endpoint, as data: the only thing templates see.

Every value is complete (derived or set by hand), valid, and free of any platform's spelling.
Addresses are text: ``"10.77.18.1/24"`` for an interface, ``"10.77.18.0/24"`` for a prefix, ``"10.77.18.1"``
for a host. Rates are kbit/s, times seconds, sizes bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from diemcau.redaction import Secret

SECTIONS = ("system", "wan", "lan", "vpn", "routing", "firewall", "qos")  # the order in which sections are rendered


@dataclass(frozen=True)
class Admin:
    """The one user of a router: logs in with SSH keys only."""

    name: str
    ssh_public_keys: tuple[str, ...]  # OpenSSH form: "ssh-ed25519 AAAA… comment"
    password: Secret | None = None  # for platforms where a user without one could log in by an empty password


@dataclass(frozen=True)
class System:
    hostname: str
    timezone: str
    ntp_servers: tuple[str, ...]
    ntp_clients: tuple[str, ...]  # prefixes that this router serves time to; () = serves nobody
    syslog_host: str | None
    admin: Admin


@dataclass(frozen=True)
class Circuit:
    name: str  # "fibre", "lte"
    interface: str  # the platform's port name: "eth0", "ether1"
    address: str | None  # "203.0.113.2/30"; None = by DHCP
    gateway: str | None  # None = by DHCP; known beside DHCP when the provider always names the same one
    distance: int  # administrative distance of its default route: lower is preferred
    up_kbps: int
    down_kbps: int
    watched: bool  # its default route goes while its gateway is silent: another circuit is there to take over


@dataclass(frozen=True)
class Wan:
    circuits: tuple[Circuit, ...]  # preferred first


@dataclass(frozen=True)
class Reservation:
    name: str  # host name, [a-z0-9-]
    mac: str  # "64:16:7f:00:00:12", lower case
    address: str


@dataclass(frozen=True)
class Lan:
    interface: str  # a bridge: "br0" on VyOS, "lan" on RouterOS
    ports: tuple[str, ...]
    address: str  # "10.77.18.1/24"
    prefix: str  # "10.77.18.0/24"
    pool_start: str
    pool_end: str
    lease_time: int
    ntp_servers: tuple[str, ...]  # handed out by DHCP
    reservations: tuple[Reservation, ...]


@dataclass(frozen=True)
class Peer:
    name: str  # the other site: "ga-ry"
    public_key: str
    endpoint: str | None  # "203.0.113.2"; None = the peer calls us
    endpoint_port: int | None
    allowed_ips: tuple[str, ...]
    persistent_keepalive: int | None  # seconds; None = off


@dataclass(frozen=True)
class Tunnel:
    interface: str  # "wg0"
    description: str
    address: str  # "10.77.250.18/24"
    listen_port: int | None  # None = any free port
    private_key: Secret
    mtu: int
    mss: int  # TCP MSS that fits the MTU
    peers: tuple[Peer, ...]


@dataclass(frozen=True)
class Vpn:
    tunnels: tuple[Tunnel, ...]


@dataclass(frozen=True)
class Neighbor:
    """One eBGP session over a tunnel."""

    name: str  # the other site: "ga-ry"; unique on a router
    address: str
    asn: int
    local_address: str
    accept: tuple[str, ...]  # the exact prefixes accepted from it; () = any prefix inside the supernet
    prepend: int  # how often the own AS number is put before routes that are not our own
    passive: bool  # the other end opens the session; if both did, they would close each other's (docs/failover.md)
    shutdown: bool = False  # kept down for the moment: traffic takes the other hub, both sides at once


@dataclass(frozen=True)
class Routing:
    asn: int
    router_id: str
    loopback: str  # "10.77.255.18/32", on the interface lo
    supernet: str
    announce: tuple[str, ...]  # the own prefixes
    transit: bool  # hubs pass on what they learned; communes announce their own prefixes and nothing else
    hold_time: int
    keepalive_time: int
    neighbors: tuple[Neighbor, ...]


@dataclass(frozen=True)
class Group:
    """A named set of interfaces, or of prefixes, that rules refer to."""

    name: str  # [A-Z-]: "WAN", "MANAGEMENT"
    members: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One firewall rule. Everything that is set must match; names of groups, not members."""

    name: str  # unique in its chain; shown on the device
    action: Literal["accept", "drop"]
    states: tuple[Literal["established", "related", "invalid"], ...] = ()
    in_group: str | None = None  # interface group
    out_group: str | None = None  # interface group
    source_group: str | None = None  # prefix group
    destination_group: str | None = None  # prefix group
    protocol: Literal["tcp", "udp", "icmp"] | None = None
    ports: tuple[int, ...] = ()  # destination ports


@dataclass(frozen=True)
class Firewall:
    """Both chains end in a drop of everything (the template's business); ``masquerade`` is for opened exits."""

    interface_groups: tuple[Group, ...]
    prefix_groups: tuple[Group, ...]
    input: tuple[Rule, ...]
    forward: tuple[Rule, ...]
    masquerade: bool  # translate what leaves by the WAN group to the circuit's address
    # who may open SSH, besides the rules above: services bind this list too where the platform can
    management: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Match:
    """What a packet of a class looks like: everything that is set must be so."""

    destination: str | None = None  # a prefix
    dscp: int | None = None
    protocol: Literal["tcp", "udp"] | None = None
    source_port: int | None = None
    destination_port: int | None = None


@dataclass(frozen=True)
class TrafficClass:
    """One queue of a shaper. Rates as the interface counts: inside of a tunnel without what the tunnel adds."""

    name: str  # "voice", "ga-ry-voice"; unique on its shaper
    number: int  # 2 to 4094; unique on its shaper, and the same whatever other classes there are
    priority: int  # 1 to 7, 1 is served first; of two classes that match a packet the lower one takes it
    guaranteed_kbps: int
    ceiling_kbps: int
    packets: int | None  # how many may wait; None = every flow its turn, and no long queue of any
    matches: tuple[Match, ...] = ()  # one of them is enough


@dataclass(frozen=True)
class Shaper:
    """What leaves by one interface."""

    interface: str  # "wg0", "eth0"
    description: str
    rate_kbps: int
    classes: tuple[TrafficClass, ...]  # sorted by priority
    rest: TrafficClass  # takes what no class matches

    @property
    def all(self) -> tuple[TrafficClass, ...]:
        """Every class, in the order in which packets are compared with them."""
        return (*self.classes, self.rest)


@dataclass(frozen=True)
class Qos:
    """Empty when it is switched off: then no router holds back or marks anything."""

    shapers: tuple[Shaper, ...] = ()
    # Whose marks count on the room LAN, by address; nobody else's. Empty = nobody's mark is touched.
    marking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Router:
    host: str  # "ga-ry-router"
    site: str  # "ga-ry"
    display_name: str  # "Ga Ry", "Ch'Ơm": any character, for people
    is_hub: bool
    platform: str
    release: str  # "7.18"
    management_address: str  # where the control machine reaches it, through the tunnel
    system: System
    wan: Wan
    lan: Lan
    vpn: Vpn
    routing: Routing
    firewall: Firewall
    qos: Qos


Value: TypeAlias = str | int | bool | Secret


@dataclass(frozen=True)
class Endpoint:
    """Everything that the inventory asks of one room's endpoint."""

    host: str  # "ga-ry-room"
    site: str  # "ga-ry"
    display_name: str  # "Ga Ry"
    mac: str  # lower case, colons
    address: str  # reserved on the room LAN
    family: str  # "group"
    model: str  # "RealPresence Group 500", as the device calls itself; "" = any of the family
    serial: str  # as on the label: the factory password; "" = not known
    extension: str  # what others dial: "8018"
    settings: Mapping[str, Value]  # neutral name -> value, in the order in which they are sent
    admin_password: Secret  # remote access: SSH and HTTPS
    room_password: Secret  # local: the remote control at the screen
    backup_rate_kbps: int | None = None  # of calls while the site is on its second circuit; None = it has no other
    previous_admin: Secret | None = None  # what it was while the endpoint has not taken the new one
    previous_room: Secret | None = None

    @property
    def call_rate_kbps(self) -> int:
        """The rate of the calls that it makes; 0 = nothing is asked."""
        rate = self.settings.get("call_rate_kbps", 0)
        if not isinstance(rate, int):
            raise TypeError(f"{self.host}: call_rate_kbps is no number")
        return rate

    @property
    def label(self) -> str:
        """For a person: ``8018 Ga Ry``."""
        return f"{self.extension} {self.display_name}"
