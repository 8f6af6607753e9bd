"""How each setting of a room is carried by a Group endpoint: read, written, compared.

A table: the neutral name, its command words or its REST names, and how values are spelled. Replies are compared as
data: ``True``, ``true`` and ``yes`` are the same, quotes do not count, ``<empty>`` is nothing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

from diemcau.errors import DiemcauError, Problem
from diemcau.intent import Value
from diemcau.redaction import MASK, Secret, reveal

EMPTY = "<empty>"
Plain: TypeAlias = str | int | bool

_TRUE = {"true", "yes", "on", "1", "enabled"}
_FALSE = {"false", "no", "off", "0", "disabled"}
_BARE = re.compile(r"[A-Za-z0-9._:@/+=%,-]+")  # typed without quotation marks


@dataclass(frozen=True)
class Setting:
    """One setting and its carrier: command words, or names of REST."""

    name: str
    kind: str  # "text", "choice" (compared without case), "int", "bool" or "secret"
    words: str = ""  # with which replies begin: "systemname", "systemsetting sipenable"
    get: str = ""  # the command that reads it; "" = write-only
    put: str = ""  # the command that writes it, before the value
    rest: tuple[str, ...] = ()  # names in /rest/config instead of commands; all carry the same value
    spelled: tuple[str, str] = ("yes", "no")  # of True and False on the command line
    quoted: bool = False  # always in quotation marks
    at_reboot: bool = False  # takes effect with the next start

    def parse(self, raw: str) -> Value | None:
        """What a reply says, as data; None when it says ``<empty>``. An answer of another form stays its text."""
        text = unquoted(raw)
        if text is None:
            return None
        if self.kind == "secret":
            return Secret(text)
        if self.kind == "bool" and text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        if self.kind == "int" and re.fullmatch(r"-?\d+", text):
            return int(text)
        return text

    def same(self, found: Value | None, asked: Value) -> bool:
        """Whether what the device has is what is asked for."""
        if found is None:
            return isinstance(asked, str) and not asked
        if isinstance(found, str) and isinstance(asked, str):
            left, right = (unicodedata.normalize("NFC", text) for text in (found, asked))
            return left == right if self.kind == "text" else left.casefold() == right.casefold()
        return type(found) is type(asked) and found == asked

    def statement(self, value: Value) -> str | Secret:
        """The line that writes a value; Secret when it carries one. Raises DiemcauError for what no line can carry."""
        line = f"{self.put} {self._typed(value)}"
        return Secret(line) if isinstance(value, Secret) else line

    def variables(self, value: Value) -> tuple[tuple[str, Plain], ...]:
        """What REST is sent, by name."""
        if isinstance(value, Secret):
            raise DiemcauError(Problem(found=f"{self.name}: REST carries no secrets here"))
        return tuple((name, value) for name in self.rest)

    def shown(self, value: Value) -> str:
        """What writes it, for people, secrets masked."""
        if self.rest:
            listed = [{"name": name, "value": plain} for name, plain in self.variables(value)]
            return f"POST /rest/config {json.dumps({'vars': listed}, ensure_ascii=False)}"
        return f"{self.put} {MASK if isinstance(value, Secret) else self._typed(value)}"

    def _typed(self, value: Value) -> str:
        if isinstance(value, bool):
            return self.spelled[0] if value else self.spelled[1]
        text = str(reveal(value)) if isinstance(value, str | Secret) else str(value)
        if '"' in text or not text.isprintable():
            raise DiemcauError(
                Problem(
                    found=(f"{self.name}: the value holds a character that the endpoint's command line cannot carry")
                )
            )
        return f'"{text}"' if self.quoted or not _BARE.fullmatch(text) else text


def unquoted(raw: str) -> str | None:
    """A value as text, without its quotation marks; None for ``<empty>``."""
    text = raw.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return None if text.lower() == EMPTY else text


def _set(name: str, kind: str, command: str, *, quoted: bool = False, at_reboot: bool = False) -> Setting:
    """``X get`` and ``X set V``."""
    return Setting(name, kind, command, f"{command} get", f"{command} set", quoted=quoted, at_reboot=at_reboot)


def _word(name: str, kind: str, command: str, spelled: tuple[str, str] = ("yes", "no")) -> Setting:
    """``X get`` and ``X V``."""
    return Setting(name, kind, command, f"{command} get", command, spelled=spelled)


def _system(name: str, kind: str, command: str, *, readable: bool = True) -> Setting:
    """``systemsetting get X`` and ``systemsetting X V``."""
    get = f"systemsetting get {command}" if readable else ""
    return Setting(name, kind, f"systemsetting {command}", get, f"systemsetting {command}", spelled=("True", "False"))


def _rest(name: str, kind: str, *names: str, at_reboot: bool = False) -> Setting:
    return Setting(name, kind, rest=names, at_reboot=at_reboot)


_QOS = "comm.qos.diffservqos.diffserv"
_PORTS = "comm.firewall.fixedports"

TABLE: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        _set("system_name", "text", "systemname", quoted=True),
        _set("hostname", "choice", "hostname", at_reboot=True),
        _set("contact", "text", "snmpadmin", quoted=True),
        _set("location", "text", "snmplocation", quoted=True),
        _word("dhcp", "choice", "dhcp"),
        _system("sip_enable", "bool", "sipenable"),
        _system("sip_registrar", "text", "sipregistrarserver"),
        _system("sip_proxy", "text", "sipproxyserver"),
        _system("sip_user", "text", "sipusername"),
        _system("sip_account", "text", "sipaccountname"),
        _system("sip_password", "secret", "sippassword", readable=False),
        _system("sip_transport", "choice", "siptransportprotocol"),
        _system("sip_server_type", "choice", "sipconfigtype"),
        _system("h323_enable", "bool", "iph323enable"),
        _set("h323_name", "text", "h323name", quoted=True),
        _set("e164", "text", "e164ext"),
        _word("gatekeeper_mode", "choice", "usegatekeeper"),
        _set("gatekeeper", "text", "gatekeeperip"),
        _system("max_call_rate_kbps", "int", "ipmaxincoming"),
        _system("max_tx_kbps", "int", "maxtxbandwidth"),
        _system("max_rx_kbps", "int", "maxrxbandwidth"),
        _rest("call_rate_kbps", "int", "comm.callpreference.preferredspeed.ipoutgoing"),
        _word("auto_answer", "choice", "autoanswer"),
        _word("multipoint_auto_answer", "choice", "mpautoanswer"),
        _word("mute_auto_answer", "bool", "muteautoanswer"),
        _word("encryption", "choice", "encryption"),
        _set("max_call_minutes", "int", "maxtimeincall"),
        _word("dynamic_bandwidth", "bool", "dynamicbandwidth"),
        _word("error_concealment", "bool", "enablepvec"),
        _word("rsvp", "bool", "enablersvp"),
        _word("content_sharing", "bool", "h239enable"),
        _word("snmp_enable", "bool", "enablesnmp"),
        _word("daylight_saving", "bool", "daylightsavings"),
        _word("nat", "choice", "natconfig"),
        _word("firewall_traversal", "bool", "enablefirewalltraversal", ("on", "off")),
        _word("ntp_mode", "choice", "ntpmode"),
        _set("ntp_server", "text", "ntpserver"),
        _set("ntp_secondary_server", "text", "ntpsecondaryserver"),
        _word("sleep_minutes", "int", "sleeptime"),
        _set("volume", "int", "volume"),
        _set("snmp_community", "secret", "snmpcommunity"),
        _system("telnet_enable", "bool", "telnetenabled"),
        _system("web_enable", "bool", "webenabled"),
        _rest("tos_field", "choice", "comm.qos.tosfield"),
        _rest("dscp_audio", "int", f"{_QOS}audio"),
        _rest("dscp_video", "int", f"{_QOS}video"),
        _rest("dscp_control", "int", f"{_QOS}fecc", f"{_QOS}oam"),
        _rest("fixed_ports_enable", "bool", _PORTS, at_reboot=True),
        _rest("tcp_port_low", "int", f"{_PORTS}tcplow", at_reboot=True),
        _rest("tcp_port_high", "int", f"{_PORTS}tcphigh", at_reboot=True),
        _rest("udp_port_low", "int", f"{_PORTS}udplow", at_reboot=True),
        _rest("udp_port_high", "int", f"{_PORTS}udphigh", at_reboot=True),
        _rest("timezone", "choice", "time.timezone"),
    )
}

# A new password is due when one of these changes: the endpoint may have another call server's.
SIP_ACCOUNT = ("sip_registrar", "sip_proxy", "sip_user", "sip_account", "sip_transport")
# Sent behind all others: they decide how the endpoint is reached.
ACCESS = ("dhcp", "telnet_enable", "web_enable")
# A change of these may shut the suite out: it finds the endpoint at its reserved address, over SSH and HTTPS.
REACH = ("dhcp", "web_enable")


def carrier(host: str, name: str) -> Setting:
    """The carrier of a neutral setting. Raises DiemcauError when the family has none."""
    if name not in TABLE:
        raise DiemcauError(
            Problem(
                host=host,
                found=f"room: {name}: endpoints of the family group have no such setting",
                expected=f"one of {', '.join(TABLE)}",
                remedy="report this line to the maintainers",
            )
        )
    return TABLE[name]
