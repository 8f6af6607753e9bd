"""What the inventory asks of one room's endpoint, complete: derived where it says nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from diemcau.design import bandwidth
from diemcau.design.bandwidth import Wishes
from diemcau.design.topology import Layout, Site
from diemcau.intent import Circuit, Endpoint, Value
from diemcau.secrets.store import PASSWORD, ROOM_PASSWORD, SecretSource

FIRST_EXTENSION = 8000  # plus the site's number
HIGHEST_RATE = 1920  # kbit/s: 1080p30 as Polycom's own units need it, with content beside it
HEADROOM = 120  # percent of its rate that a call takes of a circuit, with all headers
FILLED = 80  # percent of a circuit that a call may take, when nobody says otherwise

_AES = {
    "off": "no",
    "when_available": "yes",
    "required_video": "requiredvideocallsonly",
    "required_all": "requiredallcalls",
}


def extension(site: Site) -> str:
    """What others dial."""
    return str(site.room["room"].get("extension", FIRST_EXTENSION + site.number))


def system_name(site: Site) -> str:
    """The name on the screen."""
    return str(site.room["room"].get("system_name", site.name))


def rate_kbps(site: Site, hub: Site | None, offered: Sequence[int]) -> int:
    """The rate of calls: given, or the highest one that fits the site's first circuit and ``hub``'s, the first hub's.

    None for a hub that is not known yet.
    """
    given = site.room["room"].get("calls", {}).get("rate_kbps")
    return int(given or fitting_kbps(site, first_circuit(site), hub, offered))


def highest_rate_kbps(site: Site, hub: Site | None, offered: Sequence[int]) -> int:
    """The highest rate of a call that somebody else makes: given, or the room's own."""
    return int(site.room["room"].get("calls", {}).get("highest_rate_kbps") or rate_kbps(site, hub, offered))


def backup_rate_kbps(site: Site, hub: Site | None, offered: Sequence[int]) -> int | None:
    """The rate of calls while the site is on its second circuit; None when it has no other."""
    others = preferred(site)[1:]
    return min(rate_kbps(site, hub, offered), fitting_kbps(site, others[0], hub, offered)) if others else None


def fitting_kbps(site: Site, circuit: Circuit, hub: Site | None, offered: Sequence[int]) -> int:
    """The highest offered rate whose packets leave a fifth of both circuits free, whichever direction is narrower.

    On a commune's circuit it leaves room for the other queues too. The lowest rate when none does all that.
    """
    narrow = [min(found.up_kbps, found.down_kbps) for found in (circuit, *([first_circuit(hub)] if hub else []))]
    limit, wish = min(HIGHEST_RATE, min(narrow) * FILLED // HEADROOM), wishes(site)
    queued = wish.enabled and site.hub is None
    downward = sorted(offered, reverse=True)
    fitting = (r for r in downward if r <= limit and not (queued and bandwidth.needed(r, wish) > narrow[0]))
    return next(fitting, downward[-1])


def wishes(site: Site) -> Wishes:
    """How a site's circuits are to be shared."""
    return bandwidth.wishes(site.values["qos"], len(site.tunnels))


def carried_kbps(site: Site) -> int:
    """The highest rate of a call that the site's first circuit carries both ways, with nothing beside it."""
    first = first_circuit(site)
    return min(first.up_kbps, first.down_kbps) * 100 // HEADROOM


def first_circuit(site: Site) -> Circuit:
    """The site's preferred circuit."""
    return preferred(site)[0]


def preferred(site: Site) -> list[Circuit]:
    """The site's circuits, the preferred one first."""
    return sorted(site.circuits, key=lambda circuit: circuit.distance)


def endpoint(site: Site, layout: Layout, source: SecretSource, offered: Sequence[int]) -> Endpoint:
    """Everything that is asked of a site's endpoint. ``offered``: the rates of its family in kbit/s."""
    return Endpoint(
        host=site.room_host,
        site=site.slug,
        display_name=site.name,
        mac=site.mac,
        address=str(site.room_address),
        family=site.room["family"],
        model=site.room.get("model", ""),
        serial=site.room.get("serial_number", ""),
        extension=extension(site),
        settings=_settings(site, layout, source, offered),
        backup_rate_kbps=backup_rate_kbps(site, layout.hubs[0], offered),
        admin_password=source.admin_password(site.room_host),
        room_password=source.room_password(site.room_host),
        previous_admin=source.previous(site.room_host, PASSWORD),
        previous_room=source.previous(site.room_host, ROOM_PASSWORD),
    )


def _settings(site: Site, layout: Layout, source: SecretSource, offered: Sequence[int]) -> dict[str, Value]:
    """Neutral name -> value, in the order in which they are sent: who it is, what it may, where it registers."""
    room = site.room["room"]
    hubs, first = [str(hub.loopback) for hub in layout.hubs], layout.hubs[0]
    return {
        "system_name": system_name(site),
        "hostname": room.get("hostname", site.room_host),
        "contact": room["contact"],
        "location": room["location"],
        "dhcp": "client",
        "timezone": room["timezone"],
        "daylight_saving": False,
        "ntp_mode": "manual",
        "ntp_server": hubs[0],
        "ntp_secondary_server": hubs[-1],
        **_calls(room["calls"], rate_kbps(site, first, offered), highest_rate_kbps(site, first, offered)),
        "volume": room["volume"],
        "sleep_minutes": room["sleep_minutes"],
        **_media(room["media"]),
        **_access(room["snmp"], source),
        **_h323(room["h323"], extension(site), system_name(site)),
        **_sip(room["sip"], extension(site), str(layout.call_server), source, site.room_host),
    }


def _calls(calls: Mapping[str, Any], rate: int, highest: int) -> dict[str, Value]:
    answer = "yes" if calls["auto_answer"] else "no"
    return {
        "call_rate_kbps": rate,
        "max_call_rate_kbps": highest,
        "max_tx_kbps": highest,  # of a call, in a rate that the endpoint offers
        "max_rx_kbps": highest,
        "auto_answer": answer,
        "multipoint_auto_answer": answer,
        "mute_auto_answer": calls["mute_on_answer"],
        "encryption": _AES[calls["encryption"]],
        "max_call_minutes": calls["longest_minutes"],
        "content_sharing": True,
    }


def _media(media: Mapping[str, Any]) -> dict[str, Value]:
    ports = ("tcp_port_low", "tcp_port_high", "udp_port_low", "udp_port_high")
    return {
        "nat": "off",  # behind the tunnels every room has an address that all others reach
        "firewall_traversal": False,
        "dynamic_bandwidth": True,
        "error_concealment": True,
        "rsvp": False,
        "tos_field": "DIFFSERV",
        **{name: media[name] for name in ("dscp_audio", "dscp_video", "dscp_control")},
        "fixed_ports_enable": True,
        **{name: media[name] for name in ports},
    }


def _access(snmp: bool, source: SecretSource) -> dict[str, Value]:
    community: dict[str, Value] = {"snmp_community": source.snmp_community()} if snmp else {}
    return {"telnet_enable": False, "web_enable": True, **community, "snmp_enable": snmp}


def _h323(h323: Mapping[str, Any], number: str, name: str) -> dict[str, Value]:
    settings: dict[str, Value] = {"h323_name": name, "e164": number}
    gatekeeper = h323.get("gatekeeper")
    if gatekeeper is not None:
        settings["gatekeeper"] = str(gatekeeper)
    settings["gatekeeper_mode"] = "specify" if gatekeeper is not None else "off"
    return {**settings, "h323_enable": h323["enabled"]}


def _sip(sip: Mapping[str, Any], number: str, call_server: str, source: SecretSource, host: str) -> dict[str, Value]:
    registrar = str(sip.get("registrar", call_server))
    return {
        "sip_server_type": "Specify",
        "sip_transport": sip["transport"],
        "sip_registrar": registrar,
        "sip_proxy": str(sip.get("proxy", registrar)),
        "sip_user": number,
        "sip_account": number,
        "sip_password": source.sip_password(host),
        "sip_enable": sip["enabled"],
    }
