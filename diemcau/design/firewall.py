"""The firewall of one router, free of any platform's spelling.

Both chains end in a drop of everything. Groups hold blocks of the address plan rather than lists of sites: a new
commune changes the hubs, and no line of another commune's configuration.

Who may send from which address need not be checked again on the tunnels: WireGuard on the hubs accepts from a
commune only its own prefixes. What comes from a room LAN is checked by its prefix.

``forward`` drops no "invalid" packets, except on the way to the provider. While routing moves from one hub to the
other, the second sees the middle of connections whose beginning it did not see: dropping these would make each
failover longer, and nothing is gained, for every rule that accepts also names both sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Network, collapse_addresses
from typing import Any

from diemcau import addressing
from diemcau.design.topology import Layout, Site, bridge, tunnel_networks
from diemcau.intent import Firewall, Group, Rule

ESTABLISHED = Rule("established", "accept", states=("established", "related"))
INVALID = Rule("invalid", "drop", states=("invalid",))


def firewall(site: Site, layout: Layout) -> Firewall:
    """Groups and rules of one router."""
    openings = [_Opening(entry, site) for entry in site.values["firewall"].get("allow", ())]
    external = layout.call_server not in layout.common.supernet
    exits = [opening.rule for opening in openings if not opening.inward]
    if external:
        rule = Rule("call-server", "accept", in_group="LAN", out_group="WAN", source_group="OWN-LAN")
        exits.insert(0, replace(rule, destination_group="CALL-SERVER"))
    entries = [opening.rule for opening in openings if opening.inward]
    rules_in, rules_through = _input(site, layout), _forward(site, layout, exits, entries)
    groups = {**_groups(site, layout), **{g.name: g for opening in openings for g in opening.groups}}
    if external:
        groups["CALL-SERVER"] = Group("CALL-SERVER", (f"{layout.call_server}/32",))
    used = {name for rule in (*rules_in, *rules_through) for name in (rule.source_group, rule.destination_group)}
    return Firewall(
        interface_groups=(
            Group("WAN", tuple(circuit.interface for circuit in site.circuits)),
            Group("LAN", (bridge(site),)),
            Group("TUNNELS", tuple(f"wg{index}" for index in range(len(site.tunnels)))),
        ),
        prefix_groups=tuple(group for name, group in groups.items() if name in used),
        input=rules_in,
        forward=rules_through,
        masquerade=bool(exits),
        management=groups["MANAGEMENT"].members,
    )


def _texts(networks: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(network) for network in networks)


def _groups(site: Site, layout: Layout) -> dict[str, Group]:
    """Every prefix group that a rule may name."""
    supernet = layout.common.supernet
    loopbacks = [IPv4Network(other.loopback) for other in layout.sites]
    routers = collapse_addresses([*addressing.infrastructure(supernet), *loopbacks])
    members: dict[str, tuple[str, ...]] = {
        "DISTRICT": (str(supernet),),
        "MANAGEMENT": (f"{layout.control_address}/32", *(f"{hub.loopback}/32" for hub in layout.hubs)),
        "CONTROL": (f"{layout.control_address}/32",),
        "OWN-LAN": (str(site.lan),),
        "ROUTERS": _texts(routers),
        "PEERS": _peers(site, layout),
    }
    if other := layout.other_hub(site):
        static = [circuit.address.partition("/")[0] for circuit in other.circuits if circuit.address]
        members["OTHER-HUB"] = tuple(f"{a}/32" for a in dict.fromkeys([str(other.endpoint), *static]))
    return {name: Group(name, values) for name, values in members.items()}


def _peers(site: Site, layout: Layout) -> tuple[str, ...]:
    """Who may open a BGP session: for a commune the hubs' ends, for a hub everyone in its tunnels' networks."""
    if site.hub is None:
        return tuple(f"{hub.tunnels[0].ip}/32" for hub in layout.hubs)
    return _texts(tunnel_networks(layout.common, site.hub))


def _input(site: Site, layout: Layout) -> tuple[Rule, ...]:
    """What the router itself answers. From the provider's side: a hub's tunnel ports, and nothing else, no ping."""
    rules = [ESTABLISHED, INVALID]
    vpn = site.values["vpn"]
    if site.hub is not None:
        rules.append(Rule("tunnels", "accept", in_group="WAN", protocol="udp", ports=(vpn["listen_port"],)))
    if layout.other_hub(site):
        port = (vpn["hub_port"],)
        rules.append(Rule("hub-tunnel", "accept", in_group="WAN", source_group="OTHER-HUB", protocol="udp", ports=port))
    rules += [
        Rule("bgp", "accept", in_group="TUNNELS", source_group="PEERS", protocol="tcp", ports=(179,)),
        Rule("ssh", "accept", in_group="TUNNELS", source_group="MANAGEMENT", protocol="tcp", ports=(22,)),
    ]
    if site.slug == layout.common.control:
        rules.append(Rule("ssh-lan", "accept", in_group="LAN", source_group="CONTROL", protocol="tcp", ports=(22,)))
    rules += [
        Rule("ping", "accept", in_group="TUNNELS", source_group="DISTRICT", protocol="icmp"),
        Rule("ping-lan", "accept", in_group="LAN", source_group="OWN-LAN", protocol="icmp"),
        # A device that asks for an address has none yet: no source to check.
        Rule("dhcp", "accept", in_group="LAN", protocol="udp", ports=(67,)),
    ]
    if site.hub is not None:
        rules += [
            Rule("time", "accept", in_group="TUNNELS", source_group="DISTRICT", protocol="udp", ports=(123,)),
            Rule("time-lan", "accept", in_group="LAN", source_group="OWN-LAN", protocol="udp", ports=(123,)),
        ]
    return tuple(rules)


def _forward(site: Site, layout: Layout, exits: list[Rule], entries: list[Rule]) -> tuple[Rule, ...]:
    """What passes through. Rooms reach rooms; the control machine reaches all, and only the routers' log reaches it."""
    # First of all: a connection that was established through a tunnel must not go on in clear when the tunnel is gone
    # and the default route takes its place.
    rules = [Rule("stay-inside", "drop", out_group="WAN", destination_group="DISTRICT"), ESTABLISHED]
    if exits:
        # What the connection tracking does not know would leave untranslated.
        rules.append(Rule("invalid-out", "drop", states=("invalid",), out_group="WAN"))
    rules += entries
    if site.slug == layout.common.control:
        log = Rule("log", "accept", in_group="TUNNELS", out_group="LAN", source_group="ROUTERS", protocol="udp")
        rules += [
            replace(log, destination_group="CONTROL", ports=(514,)),
            Rule("control", "drop", in_group="TUNNELS", destination_group="CONTROL"),
        ]
    lan_out = Rule("lan-out", "accept", in_group="LAN", out_group="TUNNELS", source_group="OWN-LAN")
    lan_in = Rule("lan-in", "accept", in_group="TUNNELS", out_group="LAN", source_group="DISTRICT")
    rules += [replace(lan_out, destination_group="DISTRICT"), replace(lan_in, destination_group="OWN-LAN")]
    if site.hub is not None:
        transit = Rule("transit", "accept", in_group="TUNNELS", out_group="TUNNELS", source_group="DISTRICT")
        rules.append(replace(transit, destination_group="DISTRICT"))
    return (*rules, *exits)


class _Opening:
    """One entry of ``firewall.allow``: outward through the circuits, or inward to this site's LAN."""

    def __init__(self, entry: dict[str, Any], site: Site) -> None:
        name: str = entry["name"]
        upper = f"ALLOW-{name.upper()}"
        self.inward = entry["destination"].subnet_of(site.lan)
        self.groups = [Group(f"{upper}-TO", (str(entry["destination"]),))]
        source = "DISTRICT" if self.inward else "OWN-LAN"
        if "source" in entry:
            source = f"{upper}-FROM"
            self.groups.append(Group(source, (str(entry["source"]),)))
        self.rule = Rule(
            f"allow-{name}",
            "accept",
            in_group="TUNNELS" if self.inward else "LAN",
            out_group="LAN" if self.inward else "WAN",
            source_group=source,
            destination_group=f"{upper}-TO",
            protocol=entry.get("protocol"),
            ports=tuple(entry.get("ports", ())),
        )
