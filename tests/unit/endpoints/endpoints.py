"""An endpoint as the inventory asks for it, for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from diemcau.intent import Endpoint, Value
from diemcau.redaction import Secret

ADMIN, ROOM, SIP, COMMUNITY = "admin-secret-0001", "room-secret-0002", "sip-secret-0003", "snmp-secret-0004"
SERIAL = "82130123456789"
SECRETS = (ADMIN, ROOM, SIP, COMMUNITY, SERIAL)

SETTINGS: dict[str, Value] = {
    "system_name": "Ga Ry",
    "hostname": "ga-ry-room",
    "location": "",
    "dhcp": "client",
    "timezone": "Asia_Bangkok",
    "call_rate_kbps": 1472,
    "max_call_rate_kbps": 1472,
    "auto_answer": "yes",
    "mute_auto_answer": True,
    "firewall_traversal": False,
    "volume": 25,
    "dscp_control": 24,
    "fixed_ports_enable": True,
    "udp_port_low": 3230,
    "snmp_community": Secret(COMMUNITY),
    "sip_registrar": "10.77.1.15",
    "sip_user": "8018",
    "sip_password": Secret(SIP),
    "sip_enable": True,
}


def endpoint(**more: Any) -> Endpoint:
    """The room of Ga Ry on loopback."""
    asked = Endpoint(
        host="ga-ry-room",
        site="ga-ry",
        display_name="Ga Ry",
        mac="64:16:7f:77:00:12",
        address="127.0.0.1",
        family="group",
        model="RealPresence Group 500",
        serial=SERIAL,
        extension="8018",
        settings=dict(SETTINGS),
        admin_password=Secret(ADMIN),
        room_password=Secret(ROOM),
    )
    return replace(asked, **more)
