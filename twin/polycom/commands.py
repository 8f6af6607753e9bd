"""The command line without its terminal: a line in, the lines of the answer out."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from twin.polycom import calls, setters
from twin.polycom.endpoint import Endpoint
from twin.polycom.passwords import REMOTE, ROOM
from twin.polycom.settings import H323_ENABLE, SYSTEM_NAME
from twin.polycom.unit import SOFTWARE
from twin.polycom.words import (
    ILLEGAL,
    MORE,
    NOT_FOUND,
    UNSUPPORTED,
    CommandError,
    answer,
    exactly,
    no_sub_command,
    shown,
    split,
)

# Listed by the help, and not in the firmware.
_OFF = re.compile(
    "diffserv.*|ipprec.*|typeofservice|usefixedports|tcpports|udpports|mtumode|webport|language|timediffgmt"
)
_OFF_NAMES = {
    *("diffservaudio", "diffservfecc", "diffservvideo", "ipprecaudio", "ipprecfecc", "ipprecvideo", "language"),
    *("mtumode", "tcpports", "timediffgmt", "typeofservice", "udpports", "usefixedports", "webport"),
}


async def execute(endpoint: Endpoint, line: str) -> list[str]:
    """The lines of the answer; a refusal is one of them."""
    try:
        words = split(line)
        if not words:
            return []
        if _OFF.fullmatch(words[0]):
            raise CommandError(UNSUPPORTED)
        if words[0] in setters.COMMANDS:
            return [await setters.run(endpoint, words)]
        if words[0] not in COMMANDS:
            raise CommandError(NOT_FOUND)
        return await COMMANDS[words[0]](endpoint, words[1:])
    except CommandError as refusal:
        return [str(refusal)]


# ---------------------------------------------------------------- about itself
async def introduction(endpoint: Endpoint) -> list[str]:
    """What a log-in and ``whoami`` show."""
    address, _ = await endpoint.address()
    store = endpoint.store
    about = {
        "Model": endpoint.model,
        "Serial Number": endpoint.serial,
        "Software Version": f"Release - {SOFTWARE}",
        "Build Information": "root on polybuild",
        "FIPS Enabled": "No",
        "Contact Number": "<empty>",
        "Time In Last Call": "0:00:00",
        "Total Time In Calls": "0:00:00",
        "Total Calls": "0",
        "SNTP Time Service": f"{store['ntpmode']} {store['ntpserver']}".strip(),
        "Local Time is": datetime.now().strftime("%a, %d %b %Y %H:%M:%S"),
        "Network Interface": "NONE",
        "IP Video Number": address or "<empty>",
        "MP Enabled": "Yes",
        "H323 Enabled": store[H323_ENABLE],
        "HTTP Enabled": store["webenabled"],
        "SNMP Enabled": str(store["enablesnmp"] == "yes"),
    }
    head = [f"Hi, my name is : {store[SYSTEM_NAME]}", "Here is what I know about myself:"]
    return head + [f"{name}: {value}" for name, value in about.items()]


async def _whoami(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest)
    return await introduction(endpoint)


async def _version(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest)
    return [answer("version", f"Release - {SOFTWARE}")]


async def _serialnum(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest)
    return [answer("serialnum", endpoint.serial)]


async def _uptime(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest, "get")
    minutes, seconds = divmod(endpoint.uptime, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return [answer("uptime", f"{days} days {hours} hours {minutes} minutes {seconds} seconds")]


async def _status(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest)
    address, _ = await endpoint.address()
    online = {
        "inacall": endpoint.in_call,
        "autoanswerp2p": endpoint.store["autoanswer"] == "yes",
        "remotecontrol": True,
        "microphones": True,
        "visualboard": False,
        "globaldirectory": False,
        "ipnetwork": bool(address),
        "gatekeeper": False,
        "sipserver": endpoint.agent.registered,
        "logthreshold": False,
        "meetingpassword": False,
        "rpms": False,
    }
    return [f"{name} {'online' if up else 'offline'}" for name, up in online.items()] + ["status end"]


async def _help(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest)
    return sorted({*COMMANDS, *setters.COMMANDS, *_OFF_NAMES})


# ---------------------------------------------------------------- the unit
async def _preset(endpoint: Endpoint, rest: list[str]) -> list[str]:
    """``preset near go|set 0..99``."""
    for word, known in zip(rest, (("near",), ("go", "set")), strict=False):
        if word not in known:
            raise no_sub_command(word)
    if len(rest) < 3:
        raise CommandError(MORE)
    if len(rest) > 3 or not re.fullmatch("[0-9]{1,2}", rest[2]):
        raise CommandError(ILLEGAL)
    if rest[1] == "set":
        endpoint.store.put_preset(int(rest[2]))
    return [answer("preset", "near", rest[1], str(int(rest[2])))]


async def _setpassword(endpoint: Endpoint, rest: list[str]) -> list[str]:
    """``setpassword admin room|remote OLD NEW``, echoed as it is."""
    for word, known in zip(rest, (("admin",), (ROOM, REMOTE)), strict=False):
        if word not in known:
            raise no_sub_command(word)
    if len(rest) < 4:
        raise CommandError(MORE)
    if len(rest) > 4 or not endpoint.passwords.change(*rest[1:]):
        raise CommandError(ILLEGAL)
    return [" ".join(["setpassword", *(shown(word) for word in rest)])]


async def _reboot(endpoint: Endpoint, rest: list[str]) -> list[str]:
    exactly(rest, "now")
    endpoint.reboot()
    return []


Command: TypeAlias = Callable[[Endpoint, list[str]], Awaitable[list[str]]]

COMMANDS: dict[str, Command] = {
    "advnetstats": calls.advnetstats,
    "callinfo": calls.callinfo,
    "dial": calls.dial,
    "hangup": calls.hangup,
    "help": _help,
    "mute": calls.mute,
    "netstats": calls.netstats,
    "preset": _preset,
    "reboot": _reboot,
    "serialnum": _serialnum,
    "setpassword": _setpassword,
    "status": _status,
    "uptime": _uptime,
    "version": _version,
    "whoami": _whoami,
}
