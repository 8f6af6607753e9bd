"""Whether each circuit is wide enough for the queues of its router; what does not fit is refused before it is sent."""

from __future__ import annotations

import math
from collections.abc import Sequence

from diemcau.design import bandwidth, endpoint, qos
from diemcau.design.bandwidth import Direction, Wishes
from diemcau.design.checks.endpoints import first_hub
from diemcau.design.topology import Site
from diemcau.inventory.source_location import Path_
from diemcau.inventory.validation import Mistakes


def communes(mistakes: Mistakes, sites: Sequence[Site], offered: Sequence[int]) -> None:
    """Each circuit of a commune carries the room's call, and leaves something to everything else, both ways."""
    hub = first_hub(sites)
    for site in sites:
        wish, rate = endpoint.wishes(site), endpoint.rate_kbps(site, hub, offered)
        # A rate that was set by hand and that the circuit does not carry at all has its mistake.
        if site.hub is None and wish.enabled and rate <= max(endpoint.carried_kbps(site), min(offered)):
            for place, circuit in enumerate(endpoint.preferred(site)):
                both = {way: qos.lines(site, hub, offered, way)[place] for way in ("up", "down")}
                way, line = min(both.items(), key=lambda found: found[1].kbps)
                if line.kbps < bandwidth.needed(line.call_kbps, wish):
                    _narrow(mistakes, site, wish, line, circuit.name, way)


def _narrow(mistakes: Mistakes, site: Site, wish: Wishes, line: Direction, circuit: str, way: str) -> None:
    """Report it where somebody set something by hand, otherwise at the circuit."""
    calls = [key for key in ("highest_rate_kbps", "rate_kbps") if key in site.room["room"]["calls"]]
    least = bandwidth.needed(line.call_kbps, wish)
    needs = f"a call of {line.call_kbps} kbit/s and what a site needs besides"
    expected = f"at least {least} kbit/s on {circuit}: the call, and for each tunnel signalling, management and a rest"
    if wish.given:
        figure = max(wish.given, key=lambda name: wish.given[name])
        found = f"with {wish.given[figure]} here {circuit}, {way} {line.kbps} kbit/s, is too narrow for {needs}"
        path: Path_ = ("qos", f"{figure}_kbps")
        mistakes.add(site.router, path, found, expected, "Lower it, or leave it out: it is derived.")
    elif calls:
        found = f"{circuit}, {way} {line.kbps} kbit/s, does not carry {needs}"
        path = ("room", "calls", calls[0])
        mistakes.add(site.room_host, path, found, expected, "Lower it, or leave it out: it is derived.")
    else:
        index = [given.get("name") for given in site.values["wan"]["circuits"]].index(circuit)
        remedy = "Write the rate that the contract names, or qos.enabled: false."
        path = ("wan", "circuits", index, f"{way}_kbps")
        mistakes.add(site.router, path, f"{line.kbps} does not carry {needs}", expected, remedy)


def hubs(mistakes: Mistakes, hubs: Sequence[Site], sites: Sequence[Site], offered: Sequence[int], inside: bool) -> None:
    """What a hub keeps for all communes together fits into each of its circuits. ``inside``: calls stay in tunnels."""
    kept = [qos.guaranteed(s, first_hub(sites), offered, not inside) for s in sites if s.hub is None]
    wanted = sum(kept) + bandwidth.FLOOR
    for hub in hubs:
        if not hub.values["qos"]["enabled"] or qos.root_kbps(hub, len(hubs) > 1) >= wanted:
            continue
        slowest = min(hub.circuits, key=lambda circuit: circuit.up_kbps)
        index = [circuit.get("name") for circuit in hub.values["wan"]["circuits"]].index(slowest.name)
        share = 100 - qos.BETWEEN_HUBS if len(hubs) > 1 else 100
        least = math.ceil(bandwidth.on_wire("rest", wanted) * 100 / share * 100 / endpoint.wishes(hub).share) + 2
        found = f"{slowest.up_kbps} does not carry what the queues keep for {len(kept)} communes"
        expected = f"at least {least} kbit/s: their calls, and of everything else a little"
        remedy = "Write the rate that the contract names, lower the rooms' room.calls.rate_kbps, or qos.enabled: false."
        mistakes.add(hub.router, ("wan", "circuits", index, "up_kbps"), found, expected, remedy)
