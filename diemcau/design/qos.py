"""Which packets of one router go first, and how many of each kind: free of any platform's spelling.

The classes are told apart inside the tunnels. On the circuit they cannot be: WireGuard gives its packets no mark but
the congestion bits, and every tunnel is one stream. So each tunnel has its queues, and each circuit is filled a little
less than it could be: what waits waits here, in our order, and not in the provider's one queue.

A hub's tunnel to the communes leads to all of them: there each commune has its own classes, told by its prefixes and
numbered by its own number, so that a new commune changes no line of another one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from diemcau.design import bandwidth, endpoint
from diemcau.design.bandwidth import FLOOR, Direction, Rates
from diemcau.design.topology import Layout, Site, external
from diemcau.intent import Circuit, Match, Qos, Shaper, TrafficClass

NETWORK_CONTROL = 48  # CS6: what routers say to each other, RFC 4594
SSH, BGP = 22, 179
BETWEEN_HUBS = 20  # percent of what a hub's circuit sends, for the tunnel to the other hub
_OF_HUBS = {"voice": 20, "video": 50, "control": 5, "management": 10, "rest": 15}  # percent of that tunnel

_VOICE_PACKETS = 50  # a second of one voice: who waits longer is not understood any more


def qos(site: Site, layout: Layout, offered: Sequence[int]) -> Qos:
    """Everything that one router holds back and marks."""
    if not site.values["qos"]["enabled"]:
        return Qos()
    tunnels = _of_commune(site, layout, offered) if site.hub is None else _of_hub(site, layout, offered)
    ports = [_port(site, circuit, layout, offered) for circuit in endpoint.preferred(site)]
    # The control machine measures lines with packets of the call's own classes.
    trusted = (layout.call_server, layout.control_address)
    marking = [site.room_address, *(address for address in trusted if address in site.lan)]
    return Qos((*ports, *tunnels), tuple(map(str, marking)))


def lines(site: Site, hub: Site | None, offered: Sequence[int], direction: str) -> list[Direction]:
    """A site's circuits in one direction, ``up`` or ``down``, each with the rate that its calls have on it."""
    highest = endpoint.highest_rate_kbps(site, hub, offered)
    first, *others = endpoint.preferred(site)
    calls = [highest, *(min(highest, endpoint.fitting_kbps(site, circuit, hub, offered)) for circuit in others)]
    return [Direction(getattr(c, f"{direction}_kbps"), call) for c, call in zip((first, *others), calls, strict=True)]


def _rates(site: Site, layout: Layout, offered: Sequence[int], direction: str) -> Rates:
    return bandwidth.rates(lines(site, layout.hubs[0], offered, direction), endpoint.wishes(site))


def _marks(sites: Iterable[Site]) -> dict[str, list[int]]:
    """Class -> the marks that the rooms of these sites use for it."""
    media = [site.room["room"]["media"] for site in sites]
    return {
        "voice": sorted({values["dscp_audio"] for values in media}),
        "video": sorted({values["dscp_video"] for values in media}),
        "control": sorted({NETWORK_CONTROL, *(values["dscp_control"] for values in media)}),
    }


def _of_commune(site: Site, layout: Layout, offered: Sequence[int]) -> list[Shaper]:
    rates = _rates(site, layout, offered, "up")
    classes = _classes(rates, _marks([site]))
    return [
        Shaper(f"wg{index}", f"tunnel to {hub.slug}", rates.total, classes, _rest(rates.rest, rates.rest))
        for index, hub in enumerate(layout.hubs)
    ]


def _classes(rates: Rates, marks: dict[str, list[int]], ceiling: int = 0) -> tuple[TrafficClass, ...]:
    """The classes of a tunnel with one other end; with ``ceiling`` each may use what the others leave."""
    matches = {
        **{name: tuple(Match(dscp=mark) for mark in found) for name, found in marks.items()},
        "management": _either_port(SSH),
    }
    matches["control"] += _either_port(BGP)
    found = []
    for priority, (name, wanted) in enumerate(matches.items(), 1):
        kbps = getattr(rates, name)
        found.append(_class(name, 10 * priority, priority, kbps, ceiling or kbps, wanted))
    return tuple(found)


def _either_port(port: int) -> tuple[Match, ...]:
    return Match(protocol="tcp", source_port=port), Match(protocol="tcp", destination_port=port)


def _class(
    name: str, number: int, priority: int, guaranteed: int, ceiling: int, matches: tuple[Match, ...]
) -> TrafficClass:
    """A class with the queue that suits it: a short one for voice, one that holds a picture for video."""
    kind = name.rpartition("-")[2]
    packets = {"voice": _VOICE_PACKETS, "control": _VOICE_PACKETS, "video": _tenth(ceiling)}.get(kind)
    return TrafficClass(name, number, priority, guaranteed, ceiling, packets, matches)


def _tenth(kbps: int) -> int:
    """How many full packets are a tenth of a second; at least so many as a new picture has."""
    return max(100, kbps * 100 // (8 * bandwidth.SIZES["video"]))


def _rest(guaranteed: int, ceiling: int) -> TrafficClass:
    return TrafficClass("rest", 4094, 7, guaranteed, ceiling, None)


def root_kbps(hub: Site, shared: bool) -> int:
    """What a hub may send into the tunnels of all communes, whichever circuit it is on.

    ``shared``: with the tunnel to another hub.
    """
    share = 100 - BETWEEN_HUBS if shared else 100
    return bandwidth.in_tunnel("rest", _narrowest(hub) * share // 100)


def _narrowest(hub: Site) -> int:
    """What a hub's narrowest circuit may be filled with, on the wire."""
    return min(circuit.up_kbps for circuit in hub.circuits) * endpoint.wishes(hub).share // 100


def guaranteed(site: Site, hub: Site | None, offered: Sequence[int], calls_elsewhere: bool) -> int:
    """What a hub keeps for one commune: its call, and of everything else a little."""
    call, wish = endpoint.highest_rate_kbps(site, hub, offered), endpoint.wishes(site)
    calls = bandwidth.voice_kbps(call, wish) + bandwidth.video_kbps(call, wish)
    return (2 * FLOOR if calls_elsewhere else calls) + 3 * FLOOR


def _of_hub(hub: Site, layout: Layout, offered: Sequence[int]) -> list[Shaper]:
    other = layout.other_hub(hub)
    marks = _marks(layout.sites)
    classes = [c for site in layout.communes for c in _to_commune(site, hub, layout, offered, marks)]
    ordered = tuple(sorted(classes, key=lambda found: (found.priority, found.number)))
    root = root_kbps(hub, other is not None)
    found = [Shaper("wg0", "tunnels to the communes", root, ordered, _rest(FLOOR, FLOOR))]
    if other is not None:
        whole = bandwidth.in_tunnel("rest", _narrowest(hub) * BETWEEN_HUBS // 100)
        given = endpoint.wishes(hub).given
        parts = {name: given.get(name, whole * percent // 100) for name, percent in _OF_HUBS.items()}
        rest = _rest(parts["rest"], whole)
        found.append(Shaper("wg1", f"tunnel to {other.slug}", whole, _classes(Rates(**parts), marks, whole), rest))
    return found


def _to_commune(
    site: Site, hub: Site, layout: Layout, offered: Sequence[int], marks: dict[str, list[int]]
) -> list[TrafficClass]:
    """A commune's classes at a hub: told by where the packets go, and as much as the commune's circuits bring."""
    assert hub.hub is not None
    rates = _rates(site, layout, offered, "down")
    lan, tunnel = str(site.lan), f"{site.tunnels[hub.hub].ip}/32"
    matches = {
        **{name: tuple(Match(destination=lan, dscp=mark) for mark in found) for name, found in marks.items()},
        "management": (
            Match(destination=f"{site.loopback}/32"),
            *(replace(match, destination=lan) for match in _either_port(SSH)),
        ),
        "rest": (Match(destination=lan),),
    }
    matches["control"] += (Match(destination=tunnel),)  # BGP, and nothing else goes there
    found = []
    for priority, (name, wanted) in enumerate(matches.items(), 1):
        kbps = getattr(rates, name)
        kept = kbps if name in ("voice", "video") and not external(layout) else min(kbps, FLOOR)
        full, number = f"{site.slug}-{name}", 10 * site.number + priority
        found.append(_class(full, number, priority, kept, kbps, wanted))
    return found


def _port(site: Site, circuit: Circuit, layout: Layout, offered: Sequence[int]) -> Shaper:
    """What leaves by a circuit: the tunnels first, and openings to the outside behind them.

    A call that leaves the district goes before the tunnels: its packets are not in them, and keep their marks.
    """
    rate = circuit.up_kbps * endpoint.wishes(site).share // 100
    classes: list[TrafficClass] = []
    if external(layout):
        rates = _rates(site, layout, offered, "up")
        classes = [c for c in _classes(rates, _marks([site])) if c.name in ("voice", "video")]
    if site.hub is None:
        ports = sorted({int(hub.values["vpn"]["listen_port"]) for hub in layout.hubs})
        matches = tuple(Match(protocol="udp", destination_port=port) for port in ports)
    else:
        ports = [int(site.values["vpn"][key]) for key in ("listen_port", "hub_port")]
        matches = tuple(Match(protocol="udp", source_port=port) for port in ports)
    kept = max(rate - FLOOR - sum(found.guaranteed_kbps for found in classes), FLOOR)
    tunnels = TrafficClass("tunnels", 30, 3, kept, rate, _tenth(rate), matches)
    return Shaper(circuit.interface, circuit.name, rate, (*classes, tunnels), _rest(FLOOR, rate))
