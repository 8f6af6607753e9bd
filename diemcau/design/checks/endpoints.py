"""What no single value of a room shows: whether names, extensions, rates and ports fit the device and each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from diemcau.design import endpoint
from diemcau.design.checks import site as site_checks
from diemcau.design.topology import Site
from diemcau.inventory.source_location import Path_
from diemcau.inventory.validation import Mistakes

LONGEST_NAME = 40  # characters: `device.local.deviceName` of both families


def rooms(mistakes: Mistakes, sites: Sequence[Site], offered: Sequence[int]) -> None:
    """Everything about all rooms. ``offered``: the rates of calls in kbit/s that the family knows."""
    first = first_hub(sites)
    claims = [(endpoint.extension(site), (site.room_host, ("room", "extension"))) for site in sites]
    site_checks.unique(mistakes, claims, "extension", "Give each room its own extension.")
    for site in sites:
        _name(mistakes, site)
        _rates(mistakes, site, first, offered)
        _ports(mistakes, site)
        h323 = site.room["room"].get("h323", {})
        if "gatekeeper" in h323 and not h323.get("enabled", True):
            remedy = "Write enabled: true, or take the gatekeeper out."
            mistakes.add(site.room_host, ("room", "h323", "gatekeeper"), "H.323 is off", "H.323 switched on", remedy)


def hubs(mistakes: Mistakes, hubs: Sequence[Site], sites: Sequence[Site], offered: Sequence[int]) -> set[str]:
    """Each hub's first circuit carries the calls of all other sites' rooms at once: a meeting of the whole district.

    Of both hubs: the second one takes over when the first cannot be reached. Gives back the hosts that do not.
    """
    slow = set()
    for hub in hubs:
        others = [site for site in sites if site.slug != hub.slug]
        wanted = sum(endpoint.highest_rate_kbps(site, first_hub(sites), offered) for site in others)
        carried = endpoint.carried_kbps(hub)
        if wanted > carried:
            path = _slower_rate(hub)
            found = f"carries calls of {carried} kbit/s together, the {len(others)} other rooms' take {wanted}"
            least = math.ceil(wanted * endpoint.HEADROOM / 100)
            expected = f"at least {least} kbit/s both ways: the calls, and a fifth more"
            fitting = [offer for offer in offered if offer * len(others) <= carried]
            less = f", or room.calls.rate_kbps: {fitting[-1]} for the rooms" if fitting else ""
            mistakes.add(hub.router, path, found, expected, f"Write the rate that the contract names{less}.")
            slow.add(hub.router)
    return slow


def first_hub(sites: Sequence[Site]) -> Site | None:
    """The preferred hub, when it is among these."""
    return next((site for site in sites if site.hub == 0), None)


def _slower_rate(site: Site) -> Path_:
    """Where the slower rate of a site's first circuit stands."""
    first = endpoint.first_circuit(site)
    names = [circuit.get("name") for circuit in site.values["wan"]["circuits"]]
    key = "up_kbps" if first.up_kbps <= first.down_kbps else "down_kbps"
    return ("wan", "circuits", names.index(first.name), key)


def _name(mistakes: Mistakes, site: Site) -> None:
    name = endpoint.system_name(site)
    if len(name) > LONGEST_NAME:
        found = f"{name[:20]}… has {len(name)} characters"
        expected = f"at most {LONGEST_NAME}: the endpoint takes no more"
        mistakes.add(site.room_host, ("room", "system_name"), found, expected, "Write a shorter room.system_name.")


def _rates(mistakes: Mistakes, site: Site, hub: Site | None, offered: Sequence[int]) -> None:
    rate, highest = endpoint.rate_kbps(site, hub, offered), endpoint.highest_rate_kbps(site, hub, offered)
    carried, path = endpoint.carried_kbps(site), ("room", "calls", "rate_kbps")
    if "rate_kbps" in site.room["room"].get("calls", {}) and rate > carried:
        found = f"{rate} is more than the site's first circuit carries"
        fitting = [offer for offer in offered if offer <= carried]
        remedy = f"Write {fitting[-1]}, or leave it out." if fitting else "Leave it out."
        expected = f"at most {carried} kbit/s: the circuit's slower rate, less a sixth for everything else"
        mistakes.add(site.room_host, path, found, expected, remedy)
    if highest < rate:
        found = f"{highest} is less than the rate of the room's own calls, {rate}"
        path = ("room", "calls", "highest_rate_kbps")
        mistakes.add(site.room_host, path, found, f"at least {rate} kbit/s", "Correct one of them.")


def _ports(mistakes: Mistakes, site: Site) -> None:
    media = site.room["room"].get("media", {})
    for protocol, least in (("tcp", 1), ("udp", 5)):
        low, high = media.get(f"{protocol}_port_low"), media.get(f"{protocol}_port_high")
        if low is not None and high is not None and high - low < least:
            found = f"{high} leaves {max(high - low + 1, 0)} ports from {low} on"
            expected = f"at least {low + least}: a call takes {least + 1} ports"
            path = ("room", "media", f"{protocol}_port_high")
            mistakes.add(site.room_host, path, found, expected, "Widen the range, or leave both out.")
