"""What a room's endpoint is asked for when the inventory says little, and when it says much."""

from __future__ import annotations

import pytest

from diemcau.intent import Endpoint
from diemcau.redaction import Secret
from tests.unit.inventories import district, small

OFFERED = (128, 256, 384, 512, 768, 1024, 1472, 1920, 2048, 3072, 3840, 4096, 6144)


def endpoint(room: dict[str, object] | None = None, up: int = 2000, down: int = 4000, **more: object) -> Endpoint:
    hosts = small()
    for host in ("ga-ry-room", "ga-ry-router"):
        hosts[host]["wan"]["circuits"][0] |= {"up_kbps": up, "down_kbps": down}
    hosts["ga-ry-room"] |= {"room": room or {}, **more}
    return district(hosts).rooms["ga-ry-room"]


def test_without_a_word_everything_follows_from_the_site() -> None:
    found = endpoint()
    assert (found.extension, found.address, found.family, found.label) == ("8018", "10.77.18.20", "group", "8018 Ga-Ry")
    settings = found.settings
    assert (settings["system_name"], settings["hostname"]) == ("Ga-Ry", "ga-ry-room")
    assert (settings["sip_registrar"], settings["sip_proxy"], settings["sip_user"]) == (
        "10.77.1.15",
        "10.77.1.15",
        "8018",
    )
    assert (settings["ntp_server"], settings["ntp_secondary_server"]) == ("10.77.255.1", "10.77.255.2")
    assert (settings["dscp_audio"], settings["dscp_video"], settings["dscp_control"]) == (46, 34, 24)
    assert settings["timezone"] == "Asia_Bangkok"
    assert (settings["telnet_enable"], settings["snmp_enable"], settings["h323_enable"]) == (False, False, False)
    assert "snmp_community" not in settings


@pytest.mark.parametrize(
    ("up", "down", "rate"),
    [(2000, 4000, 1024), (1500, 4000, 768), (20000, 3000, 1920), (2879, 9000, 1472), (100000, 100000, 1920)],
)
def test_the_packets_of_a_call_take_four_fifths_of_the_slower_side_of_the_first_circuit(
    up: int, down: int, rate: int
) -> None:
    settings = endpoint(up=up, down=down).settings
    assert settings["call_rate_kbps"] == settings["max_call_rate_kbps"] == rate
    assert rate in OFFERED


@pytest.mark.parametrize(("slower", "rate"), [("ga-ry", 768), ("huyen-uy", 768), ("ubnd", 1024)])
def test_a_call_fits_the_first_hubs_circuit_as_well(slower: str, rate: int) -> None:
    hosts = small()
    for kind in ("room", "router"):
        hosts[f"{slower}-{kind}"]["wan"]["circuits"][0] |= {"up_kbps": 1500, "down_kbps": 9000}
        for site in ("huyen-uy", "ubnd", "dang", "ga-ry"):  # a hub that slow carries nobody's queues
            hosts[f"{site}-{kind}"] |= {"qos": {"enabled": False}}
            hosts[f"{site}-{kind}"] |= {"district": {**hosts["dang-room"]["district"], "call_server": "198.51.100.77"}}
    assert district(hosts).rooms["ga-ry-room"].settings["call_rate_kbps"] == rate


@pytest.mark.parametrize(
    ("lte", "rate"),
    [(None, None), ((1500, 4000), 768), ((4000, 700), 256), ((50000, 50000), 1024)],
)
def test_there_is_a_rate_for_the_days_without_the_fibre(lte: tuple[int, int] | None, rate: int | None) -> None:
    """Never above the one that the endpoint is set to."""
    hosts = small()
    for host in ("ga-ry-room", "ga-ry-router"):
        if lte:
            hosts[host]["wan"]["circuits"].append({"name": "lte", "up_kbps": lte[0], "down_kbps": lte[1]})
    assert district(hosts).rooms["ga-ry-room"].backup_rate_kbps == rate


@pytest.mark.parametrize(("enabled", "rate"), [(True, 128), (False, 384)])
def test_a_rate_leaves_room_for_the_other_queues(enabled: bool, rate: int) -> None:
    """A call of 384 kbit/s takes less than four fifths of 600; what it leaves would be too little for five queues."""
    hosts = small()
    for host in ("ga-ry-room", "ga-ry-router"):
        hosts[host]["wan"]["circuits"][0] |= {"up_kbps": 600}
        hosts[host]["qos"] = {"enabled": enabled}
    assert district(hosts).rooms["ga-ry-room"].settings["call_rate_kbps"] == rate


def test_everything_can_be_said_by_hand() -> None:
    found = endpoint(
        {
            "extension": "101",
            "system_name": "Hội trường Ch'Ơm",
            "sip": {"registrar": "10.77.1.99", "transport": "TCP"},
            "h323": {"enabled": True, "gatekeeper": "10.77.1.98"},
            "calls": {"rate_kbps": 512, "highest_rate_kbps": 768, "auto_answer": False, "encryption": "required_all"},
            "snmp": True,
        },
        serial_number="82137790563346",
        model="RealPresence Group 310",
    )
    settings = found.settings
    assert (found.extension, found.serial, found.model) == ("101", "82137790563346", "RealPresence Group 310")
    assert settings["system_name"] == settings["h323_name"] == "Hội trường Ch'Ơm"
    assert (settings["sip_registrar"], settings["sip_proxy"], settings["sip_transport"]) == ("10.77.1.99",) * 2 + (
        "TCP",
    )
    assert (settings["gatekeeper_mode"], settings["gatekeeper"], settings["h323_enable"]) == (
        "specify",
        "10.77.1.98",
        True,
    )
    assert (settings["call_rate_kbps"], settings["max_call_rate_kbps"]) == (512, 768)
    assert (settings["auto_answer"], settings["multipoint_auto_answer"]) == ("no", "no")
    assert settings["encryption"] == "requiredallcalls"
    assert isinstance(settings["snmp_community"], Secret)


def test_secrets_are_secrets_and_differ() -> None:
    found = endpoint()
    password = found.settings["sip_password"]
    assert isinstance(password, Secret)
    assert len({password, found.admin_password, found.room_password}) == 3
    assert "secret-of" not in repr(found)
