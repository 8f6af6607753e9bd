"""How settings are spelled and compared."""

from __future__ import annotations

import pytest

from diemcau.endpoints.group.settings import TABLE, carrier
from diemcau.errors import DiemcauError
from diemcau.intent import Value
from diemcau.redaction import Secret
from tests.unit.design.test_endpoint import endpoint


@pytest.mark.parametrize(
    ("name", "raw", "asked"),
    [
        ("sip_enable", "True", True),
        ("sip_enable", "true", True),
        ("telnet_enable", "False", False),
        ("mute_auto_answer", "yes", True),
        ("firewall_traversal", "off", False),
        ("fixed_ports_enable", "TRUE", True),
        ("system_name", '"Xa Ga Ry"', "Xa Ga Ry"),
        ("system_name", '"Huyện ủy"', "Huyện ủy"),
        ("location", "<empty>", ""),
        ("volume", "25", 25),
        ("dscp_audio", "46", 46),
        ("tos_field", "diffserv", "DIFFSERV"),
        ("sip_transport", "udp", "UDP"),
        ("snmp_community", "abc", Secret("abc")),
    ],
)
def test_the_same_in_another_spelling_is_no_difference(name: str, raw: str, asked: Value) -> None:
    setting = TABLE[name]
    assert setting.same(setting.parse(raw), asked)


@pytest.mark.parametrize(
    ("name", "raw", "asked"),
    [
        ("sip_enable", "False", True),
        ("sip_enable", "<empty>", True),
        ("volume", "1", True),
        ("system_name", "ga ry", "Ga Ry"),
        ("location", "x", ""),
        ("volume", "<empty>", 0),
        ("snmp_community", "<empty>", Secret("abc")),
        ("snmp_community", "ABC", Secret("abc")),
    ],
)
def test_a_difference_is_one(name: str, raw: str, asked: Value) -> None:
    setting = TABLE[name]
    assert not setting.same(setting.parse(raw), asked)


@pytest.mark.parametrize(
    ("name", "value", "typed"),
    [
        ("system_name", "Dang", 'systemname set "Dang"'),
        ("location", "", 'snmplocation set ""'),
        ("hostname", "ga-ry-room", "hostname set ga-ry-room"),
        ("dhcp", "client", "dhcp client"),
        ("sip_enable", True, "systemsetting sipenable True"),
        ("sip_registrar", "10.77.1.15", "systemsetting sipregistrarserver 10.77.1.15"),
        ("gatekeeper_mode", "off", "usegatekeeper off"),
        ("firewall_traversal", False, "enablefirewalltraversal off"),
        ("content_sharing", True, "h239enable yes"),
        ("sleep_minutes", 15, "sleeptime 15"),
        ("volume", 25, "volume set 25"),
    ],
)
def test_statements(name: str, value: Value, typed: str) -> None:
    assert TABLE[name].statement(value) == TABLE[name].shown(value) == typed


def test_a_statement_with_a_secret_is_one() -> None:
    statement = TABLE["sip_password"].statement(Secret("hunter2hunter2"))
    assert isinstance(statement, Secret)
    assert statement.reveal() == "systemsetting sippassword hunter2hunter2"
    assert TABLE["sip_password"].shown(Secret("hunter2hunter2")) == "systemsetting sippassword ***"


@pytest.mark.parametrize("value", ['a"b', "a\rreboot now", "a\nb"])
def test_what_the_command_line_cannot_carry_is_not_typed(value: str) -> None:
    with pytest.raises(DiemcauError, match="system_name: the value holds a character") as caught:
        TABLE["system_name"].statement(value)
    assert value not in str(caught.value)


def test_one_setting_may_have_two_names() -> None:
    names = [name for name, _ in TABLE["dscp_control"].variables(24)]
    assert names == ["comm.qos.diffservqos.diffservfecc", "comm.qos.diffservqos.diffservoam"]


def test_everything_that_the_inventory_asks_for_has_a_carrier() -> None:
    asked = endpoint({"snmp": True, "h323": {"enabled": True, "gatekeeper": "10.77.1.98"}}).settings
    for name, value in asked.items():
        setting = carrier("ga-ry-room", name)
        assert setting.shown(value)
        assert setting.rest or setting.statement(value)


def test_a_setting_without_carrier_is_named() -> None:
    with pytest.raises(DiemcauError, match="ga-ry-room: room: camera"):
        carrier("ga-ry-room", "camera")
