"""The table of settings: where each face finds it, what it takes, and what is special about it."""

from __future__ import annotations

from dataclasses import dataclass

from twin.polycom.kinds import Address, Choice, Kind, Netmask, Server, Text, Whole

RATES = tuple(
    ["128", "256", "384", "512", "768", "1024", "1472", "1920", "2048", "3072", "3840", "4096", "6144"]
)  # kbit/s

# How the command line asks.
GET_SET = "get|set X"
GET_WORD = "get|X"
WORD = "X"
SYSTEM = "systemsetting"


@dataclass(frozen=True)
class Setting:
    """One setting of the endpoint."""

    key: str  # REST's name if it has one, else the command's words
    kind: Kind
    default: str = ""
    words: tuple[str, ...] = ()  # the command's words; () = REST only
    style: str = ""
    rest: bool = True  # whether ``key`` is REST's name
    secret: bool = False  # can be written and never be read
    read_only: bool = False
    reboot: bool = False  # takes effect with the next boot
    idle: bool = False  # not while in a call
    provisioned: bool = True  # belongs to the provisioning service when there is one


def _command(words: str, kind: Kind, default: str = "", style: str = GET_SET, key: str = "", **flags: bool) -> Setting:
    return Setting(key or words, kind, default, tuple(words.split()), style, rest=bool(key), **flags)


def _system(name: str, kind: Kind, default: str = "", key: str = "", **flags: bool) -> Setting:
    return Setting(key or name, kind, default, ("systemsetting", name), SYSTEM, rest=bool(key), **flags)


def _word(words: str, kind: str, default: str, **flags: bool) -> Setting:
    return _command(words, Choice(tuple(kind.split("|"))), default, GET_WORD, "", **flags)


_TRUE = Choice(("True", "False"))
_NAME = Text(64)
_USER = Text(128)
_SIP = "comm.nics.sipnic."
_H323 = "comm.nics.h323nic."
_SPEED = "comm.callpreference.preferredspeed."
_QOS = "comm.qos."
_PORTS = "comm.firewall.fixedports"

MODEL = "system.info.humanreadablemodel"
SERIAL = "system.info.serialnumber"
SYSTEM_NAME = "system.info.systemname"
HOSTNAME = "system.network.hostname"
H323_ENABLE = "comm.callpreference.h323enable"
SIP_ENABLE = "comm.callpreference.sipenable"
SIP_REGISTRAR = _SIP + "sipregistrarserver"
SIP_PROXY = _SIP + "sipproxyserver"
SIP_USER = _SIP + "sipusername"
SIP_ACCOUNT = _SIP + "sipaccountname"
SIP_PASSWORD = _SIP + "sippassword"
SIP_TRANSPORT = _SIP + "siptransportprotocol"
SIP_CONFIG = _SIP + "sipconfigtype"
MAX_INCOMING = _SPEED + "ipmaxincoming"
OUTGOING = _SPEED + "ipoutgoing"
FIXED_PORTS = _PORTS
TOS_FIELD = _QOS + "tosfield"
DIFFSERV = _QOS + "diffservqos.diffserv"
PRECEDENCE = _QOS + "ipprecedenceqos.ipprecedence"
TIMEZONE = "time.timezone"

_YES_NO = "yes|no"
_ANSWER = "yes|no|donotdisturb"

_ALL = [
    # who it is
    _command("systemname", Text(40, 1), key=SYSTEM_NAME),  # factory: the model
    _command("hostname", Text(36, 1, "[A-Za-z0-9-]+"), key=HOSTNAME, reboot=True),  # factory: of the serial
    _system("model", Text(64), key=MODEL, read_only=True),
    Setting(SERIAL, Text(14), read_only=True),
    _command("snmpadmin", _NAME),
    _command("snmplocation", _NAME),
    _command("snmpcommunity", Text(64), "public"),
    # network
    _word("dhcp", "off|client", "client", reboot=True, idle=True),
    _command("ipaddress", Address(), reboot=True, idle=True),
    _command("subnetmask", Netmask(), reboot=True, idle=True),
    _command("defaultgateway", Address(), reboot=True, idle=True),
    *(Setting(f"dns {number}", Address(), rest=False, reboot=True) for number in range(1, 5)),
    # H.323
    _system("iph323enable", _TRUE, "True", key=H323_ENABLE, idle=True),
    _command("h323name", _NAME, key=_H323 + "h323name", idle=True),
    _command("e164ext", Text(16, 0, "[0-9*#]+"), key=_H323 + "h323extension", idle=True),
    _word("usegatekeeper", "off|specify|auto", "off", idle=True),
    _command("gatekeeperip", Server(), idle=True),
    _word("h323authenticate enable", _YES_NO, "no"),
    _command("h323authenticate name", _USER),
    _command("h323authenticate password", _USER, secret=True),
    # SIP
    _system("sipenable", _TRUE, "False", key=SIP_ENABLE, idle=True),
    _system("sipregistrarserver", Server(), key=SIP_REGISTRAR, idle=True),
    _system("sipproxyserver", Server(), key=SIP_PROXY, idle=True),
    _system("sipusername", _USER, key=SIP_USER, idle=True),
    _system("sipaccountname", _USER, key=SIP_ACCOUNT, idle=True),
    _system("sippassword", _USER, key=SIP_PASSWORD, secret=True, idle=True),
    _system("siptransportprotocol", Choice(("Auto", "TLS", "TCP", "UDP")), "Auto", key=SIP_TRANSPORT, idle=True),
    _system("sipconfigtype", Choice(("Specify", "Auto")), "Specify", key=SIP_CONFIG, idle=True),
    # calls
    _system("ipmaxincoming", Choice(RATES), "6144", key=MAX_INCOMING),
    _system("maxrxbandwidth", Choice(RATES), "6144"),
    _system("maxtxbandwidth", Choice(RATES), "6144"),
    Setting(OUTGOING, Choice(RATES), "1920"),
    _word("autoanswer", _ANSWER, "no"),
    _word("mpautoanswer", _ANSWER, "no"),
    _word("muteautoanswer", _YES_NO, "no"),
    _word("encryption", "no|yes|requiredvideocallsonly|requiredallcalls", "yes", idle=True),
    _command("maxtimeincall", Whole(0, 2880), "480"),  # minutes, 0 = no end
    _word("dynamicbandwidth", _YES_NO, "yes"),
    _word("enablepvec", _YES_NO, "yes"),
    _word("enablersvp", _YES_NO, "no"),
    _word("h239enable", _YES_NO, "yes"),
    # quality of service: as real units were found
    Setting(TOS_FIELD, Choice(("IPPRECEDENCE", "DIFFSERV")), "IPPRECEDENCE"),
    *(Setting(DIFFSERV + medium, Whole(0, 63), "0") for medium in ("audio", "video", "fecc", "oam")),
    Setting(PRECEDENCE + "audio", Whole(0, 7), "5"),
    Setting(PRECEDENCE + "video", Whole(0, 7), "4"),
    Setting(PRECEDENCE + "fecc", Whole(0, 7), "3"),
    Setting(PRECEDENCE + "oam", Whole(0, 7), "3"),
    # firewall
    _word("natconfig", "off|auto|manual", "off", idle=True),
    _word("enablefirewalltraversal", "on|off", "off", idle=True),
    Setting(FIXED_PORTS, _TRUE, "False", reboot=True),
    Setting(FIXED_PORTS + "tcplow", Whole(1024, 65535), "3230", reboot=True),
    Setting(FIXED_PORTS + "tcphigh", Whole(1024, 65535), "3241", reboot=True),
    Setting(FIXED_PORTS + "udplow", Whole(1024, 65535), "3230", reboot=True),
    Setting(FIXED_PORTS + "udphigh", Whole(1024, 65535), "3291", reboot=True),
    # access
    _system("telnetenabled", _TRUE, "False"),
    _system("webenabled", _TRUE, "True"),
    _command("sshenable", Choice(("true", "false")), "true", WORD),
    _command("apiport", Choice(("23", "24")), "24", GET_WORD),
    _word("enablesnmp", _YES_NO, "no"),
    _word("provisionserverenable", "true|false", "false", provisioned=False),
    _word("provisionservertype", "rprm|dms|cloud", "rprm", provisioned=False),
    _command("provisionserveraddress", Server(), provisioned=False),
    _command("provisionserverdomain", _USER, provisioned=False),
    _command("provisionserveruser", _USER, provisioned=False),
    # time
    _word("daylightsavings", _YES_NO, "no"),
    _word("ntpmode", "auto|off|manual", "auto"),
    _command("ntpserver", Server()),
    _command("ntpsecondaryserver", Server()),
    Setting(TIMEZONE, Text(64, 1, "[A-Za-z0-9_+-]+"), "America_Chicago"),
    # the room
    _word("sleeptime", "0|1|3|15|30|60|120|240|480", "3"),  # minutes
    _command("volume", Whole(0, 50), "25", provisioned=False),
    _command("configparam camera_video_quality", Choice(("motion", "sharpness")), "sharpness"),
]

SETTINGS = {setting.key: setting for setting in _ALL}
BY_WORDS = {setting.words: setting for setting in _ALL if setting.words}
