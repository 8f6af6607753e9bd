"""The cables: which namespace has which port, what bridges join them, how fast each circuit is.

Every circuit and every LAN is a bridge in the namespace ``wires``, so that a tap or a cut is one command there.
The ports of a circuit's bridge are shaped: towards the router at the down rate, towards the provider at the up rate.
"""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass, field

from twin import namespaces
from twin.district import PORTS, Circuit, District, Site
from twin.errors import TwinError
from twin.hardware import mac
from twin.line import Line
from twin.provider import INTERNET, INTERNET_NETWORK, PROVIDER_ON_INTERNET, access
from twin.state import State

WIRES, PROVIDER, CONTROL, CALL_SERVER, INTERNET_NODE = "wires", "provider", "control", "call-server", "internet"


@dataclass
class Plan:
    """Command lines by tool and node; all of them run inside the nodes' namespaces."""

    nodes: list[str] = field(default_factory=list)
    ip: dict[str, list[str]] = field(default_factory=dict)
    tc: list[str] = field(default_factory=list)  # in ``wires``
    sysctl: dict[str, dict[str, str]] = field(default_factory=dict)

    def on(self, node: str, *lines: str) -> None:
        self.ip.setdefault(node, []).extend(lines)


@dataclass(frozen=True)
class Cable:
    """A node's port, and the wire in it."""

    port: str  # the wire's other end, in ``wires``
    bridge: str | None  # what that is plugged into; None = nothing
    interface: str  # the node's port
    mac: str
    kbps: int | None = None  # towards the node; None = as fast as it goes


def plan(district: District, state: State) -> Plan:
    """Everything that has to be laid for a district."""
    made = Plan([WIRES, PROVIDER, INTERNET_NODE, CONTROL, CALL_SERVER])
    # Bridges and ports in ``wires`` carry no address: without this each would still speak IPv6 on every cable.
    made.sysctl[WIRES] = {"net.ipv6.conf.all.disable_ipv6": "1", "net.ipv6.conf.default.disable_ipv6": "1"}
    made.sysctl[PROVIDER] = {"net.ipv4.ip_forward": "1", **made.sysctl[WIRES]}
    for site in district.sites:
        _site(made, site, state)
    _internet(made, state)
    for node, name, address, prefix, gateway in (
        (CONTROL, district.control_site, district.control_address, district.control_lan, district.control_gateway),
        (
            CALL_SERVER,
            district.call_server_site,
            district.call_server,
            district.call_server_lan,
            district.call_server_gateway,
        ),
    ):
        bridge = _lan_bridge(made, name)
        _lay(made, state, node, Cable(_port(bridge, node), bridge, "eth0", mac(node, "eth0")))
        made.on(node, f"address add {address}/{prefix.prefixlen} dev eth0", "link set eth0 up")
        if address != gateway:
            made.on(node, f"route add default via {gateway}")
    return made


def _site(made: Plan, site: Site, state: State) -> None:
    made.nodes += [site.router, site.room]
    _lan_bridge(made, site.name)
    for index, circuit in enumerate(site.circuits):
        bridge, there = circuit_bridge(site.name, circuit.name), access(site, index)
        made.on(WIRES, *_bridge(bridge))
        far = Cable(f"{bridge}-p", bridge, there.interface, mac(PROVIDER, there.interface), circuit.up_kbps)
        _lay(made, state, PROVIDER, far)
        made.on(PROVIDER, f"address add {there.provider} dev {there.interface}", f"link set {there.interface} up")
    for node in (site.router, site.room):
        for cable in cables(site, node):
            _lay(made, state, node, cable)


def cables(site: Site, node: str) -> list[Cable]:
    """Every port of a site's router or room."""
    lan = _name("l", site.name)
    if node == site.room:
        return [Cable(_port(lan, "room"), lan, "eth0", site.room_mac)]
    found = []
    for circuit in site.circuits:
        bridge = circuit_bridge(site.name, circuit.name)
        found.append(_router_cable(site, f"{bridge}-r", bridge, circuit.port, circuit.down_kbps))
    found.append(_router_cable(site, _port(lan, "router"), lan, site.lan_ports[0]))
    cabled = {cable.interface for cable in found}
    for port in PORTS[site.platform]:
        if port not in cabled:  # exists, but nothing is plugged in
            found.append(_router_cable(site, _name("x", f"{site.name}/{port}"), None, port))
    return found


def _router_cable(site: Site, port: str, bridge: str | None, interface: str, kbps: int | None = None) -> Cable:
    return Cable(port, bridge, interface, site.port_mac(interface), kbps)


def exchange(old: Site, new: Site, node: str, state: State) -> Plan:
    """The cables out of a site's old router or room, and into the new one."""
    made = Plan()
    made.on(WIRES, *(f"link delete {cable.port}" for cable in cables(old, node)))
    for cable in cables(new, node):
        _lay(made, state, node, cable)
    return made


def cut(site: Site, circuit: Circuit, silent: bool) -> list[str]:
    """The `ip` lines, in ``wires``, that cut a circuit: without light at the router's port, or with, when silent."""
    bridge = circuit_bridge(site.name, circuit.name)
    # What is in no bridge goes nowhere, and the port at the other end notices nothing, also after its own power cut.
    return [f"link set {bridge}-r nomaster up" if silent else f"link set {bridge}-r master {bridge} down"]


def taps(site: Site, circuit: Circuit) -> tuple[str, str]:
    """The ports, in ``wires``, of an emulated line: towards the router and towards the provider."""
    bridge = circuit_bridge(site.name, circuit.name)
    return f"{bridge}-a", f"{bridge}-b"


def spliced(site: Site, circuit: Circuit, already: bool) -> list[str]:
    """The `ip` lines, in ``wires``, that put an emulated line between a circuit's ends: the provider's end gets a
    bridge of its own, and no port at either end loses its link. ``already``: it has one, from a line that died."""
    bridge, (near, far) = circuit_bridge(site.name, circuit.name), taps(site, circuit)
    lines = [] if already else _bridge(f"{bridge}-l")
    lines += [f"link set {near} master {bridge} up", f"link set {far} master {bridge}-l up"]
    return [*lines, f"link set {bridge}-p master {bridge}-l"]


def joined(site: Site, circuit: Circuit) -> list[str]:
    """The `ip` lines, in ``wires``, that make a circuit one cable again."""
    bridge = circuit_bridge(site.name, circuit.name)
    return [f"link set {bridge}-p master {bridge}", f"link delete {bridge}-l"]


def shaped(site: Site, circuit: Circuit, line: Line, *, netem: bool, anew: bool) -> list[str]:
    """The `tc` lines, in ``wires``, that give a circuit its rates, and with ``netem`` what else its line does.

    ``anew`` takes off first what was there: a kernel's netem leaves in no other way.
    """
    bridge = circuit_bridge(site.name, circuit.name)
    lines = []
    for port, kbps in ((f"{bridge}-r", line.down_kbps), (f"{bridge}-p", line.up_kbps)):
        lines += [f"qdisc del dev {port} root"] if anew else []
        lines.append(_shape(port, kbps))
        if netem and line.emulated:
            lines.append(
                f"qdisc replace dev {port} parent 1:1 handle 10: netem limit 10000"
                f" delay {line.delay_ms:g}ms {line.jitter_ms:g}ms loss {line.loss_pct:g}%"
            )
    return lines


def mend(site: Site, circuit: Circuit) -> list[str]:
    """The `ip` lines, in ``wires``, that make a circuit whole."""
    bridge = circuit_bridge(site.name, circuit.name)
    return [f"link set {bridge}-r master {bridge} up"]


def call_server_lit(district: District, lit: bool) -> list[str]:
    """The `ip` lines, in ``wires``, that give the call server's port a link, or take it: a machine without power."""
    port = _port(_name("l", district.call_server_site), CALL_SERVER)
    return [f"link set {port} {'up' if lit else 'down'}"]


def neighbours(district: District, site: Site) -> list[str]:
    """The nodes that share a cable with a site's router or room."""
    found = [PROVIDER, site.router, site.room]
    found += [CONTROL] if site.name == district.control_site else []
    return found + ([CALL_SERVER] if site.name == district.call_server_site else [])


def _internet(made: Plan, state: State) -> None:
    made.on(
        PROVIDER,
        f"link add internet address {mac(PROVIDER, 'internet')} type veth peer name eth0"
        f" address {mac(INTERNET_NODE, 'eth0')} netns {state.namespace(INTERNET_NODE)}",
        f"address add {PROVIDER_ON_INTERNET}/{INTERNET_NETWORK.prefixlen} dev internet",
        "link set internet up",
        f"route add default via {INTERNET}",  # what belongs to nobody leaves the provider here, and can be seen
    )
    made.on(
        INTERNET_NODE,
        f"address add {INTERNET}/{INTERNET_NETWORK.prefixlen} dev eth0",
        "link set eth0 up",
        f"route add default via {PROVIDER_ON_INTERNET}",
    )


def _lan_bridge(made: Plan, site: str) -> str:
    name = _name("l", site)
    lines = _bridge(name)
    if lines[0] not in made.ip.get(WIRES, []):
        made.on(WIRES, *lines)
    return name


def _bridge(name: str) -> list[str]:
    # A cable forwards at once and looks into nothing: no spanning tree, no multicast snooping.
    return [f"link add {name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0", f"link set {name} up"]


def _lay(made: Plan, state: State, node: str, cable: Cable) -> None:
    made.on(
        WIRES,
        f"link add {cable.port} type veth peer name {cable.interface} address {cable.mac}"
        f" netns {state.namespace(node)}",
    )
    if cable.bridge is not None:
        made.on(WIRES, f"link set {cable.port} master {cable.bridge} up")
    if cable.kbps is not None:
        made.tc.append(_shape(cable.port, cable.kbps))


def _shape(port: str, kbps: int) -> str:
    # A bucket of 10 ms at the rate, at least two full frames; a queue of 300 ms, as cheap access lines have.
    burst = max(3200, kbps * 1000 // 8 // 100)
    return f"qdisc replace dev {port} root handle 1: tbf rate {kbps}kbit burst {burst} latency 300ms"


def circuit_bridge(site: str, circuit: str) -> str:
    """The bridge in ``wires`` that is a circuit; its ports are named after it, with -r (router) and -p (provider)."""
    return _name("c", f"{site}/{circuit}")


def _name(kind: str, what: str) -> str:
    """A name of at most 12 characters in ``wires``: the kernel takes 15, and a port adds two."""
    name = f"{kind}-{what.replace('/', '-')}"
    return name if len(name) <= 12 else f"{kind}-{_digest(what)}"


def _port(bridge: str, end: str) -> str:
    return f"{bridge}-{ {'router': 'r', 'room': 'e', CONTROL: 'c', CALL_SERVER: 's'}[end] }"


def _digest(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()[:10]


def build(made: Plan, state: State) -> None:
    """Lay a plan's cables in namespaces that do not exist yet; raises TwinError."""
    namespaces.create([state.namespace(node) for node in made.nodes])
    for node, settings in made.sysctl.items():
        argv = ["ip", "netns", "exec", state.namespace(node), "sysctl", "-qw"]
        done = subprocess.run(
            argv + [f"{key}={value}" for key, value in settings.items()], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise TwinError(f"{node}: {done.stderr.strip()}")
    lay(made, state)


def lay(made: Plan, state: State) -> None:
    """Lay a plan's cables in namespaces that exist; raises TwinError."""
    for node in sorted(made.ip, key=lambda node: node != WIRES):  # the ports of all others are made from ``wires``
        namespaces.run_batch(["ip", "-n", state.namespace(node), "-batch", "-"], made.ip[node])
    namespaces.run_batch(["tc", "-n", state.namespace(WIRES), "-batch", "-"], made.tc)
