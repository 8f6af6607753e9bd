"""Commands that read and change settings."""

from __future__ import annotations

from twin.polycom.endpoint import Endpoint, Reason, Refused
from twin.polycom.settings import BY_WORDS, GET_SET, SETTINGS, SYSTEM, WORD, Setting
from twin.polycom.words import (
    DENIED,
    DNS_BY_DHCP,
    GATEWAY_BY_DHCP,
    ILLEGAL,
    MORE,
    PROVISIONED,
    CommandError,
    answer,
    in_call,
    no_sub_command,
)

COMMANDS = {words[0] for words in BY_WORDS} | {"dns"}
_GROUPS = {words[0] for words, setting in BY_WORDS.items() if len(words) > 1}  # what comes next is a name


def _change(endpoint: Endpoint, setting: Setting, text: str) -> str:
    try:
        return endpoint.change(setting.key, text)
    except Refused as refused:
        if refused.reason is Reason.IN_CALL:
            raise in_call(setting.words[0] if setting.words else "dns") from None
        words = {Reason.ILLEGAL: ILLEGAL, Reason.READ_ONLY: DENIED, Reason.PROVISIONED: PROVISIONED}
        raise CommandError(words[refused.reason]) from None


def _arguments(words: list[str], least: int, most: int) -> None:
    if len(words) < least:
        raise CommandError(MORE)
    if len(words) > most:
        raise CommandError(ILLEGAL)


async def run(endpoint: Endpoint, words: list[str]) -> str:
    """The answer to a command of COMMANDS. Raises CommandError."""
    command = words[0]
    if command == "systemsetting":
        return _system(endpoint, words[1:])
    if command == "dns":
        return _dns(endpoint, words[1:])
    if command in _GROUPS:
        _arguments(words, 2, 4)
        setting = BY_WORDS.get((command, words[1]))
        if setting is None:
            raise CommandError(ILLEGAL) if command == "configparam" else no_sub_command(words[1])
        return await _setting(endpoint, setting, words[2:])
    return await _setting(endpoint, BY_WORDS[(command,)], words[1:])


async def _setting(endpoint: Endpoint, setting: Setting, rest: list[str]) -> str:
    if not rest:
        raise CommandError(MORE)
    if setting.style == GET_SET:
        return await _get_set(endpoint, setting, rest)
    if rest[0] == "get" and setting.style != WORD:
        _arguments(rest, 1, 1)
        return answer(*setting.words, endpoint.store[setting.key])
    _arguments(rest, 1, 1)
    return answer(*setting.words, _change(endpoint, setting, rest[0]))


async def _get_set(endpoint: Endpoint, setting: Setting, rest: list[str]) -> str:
    if rest[0] == "get":
        _arguments(rest, 1, 1)
        if setting.secret:
            raise CommandError(DENIED)
        return answer(*setting.words, await _read(endpoint, setting.key))
    if rest[0] != "set":
        raise no_sub_command(rest[0])
    _arguments(rest, 1, 2)
    if setting.key in ("ipaddress", "subnetmask", "defaultgateway") and endpoint.store["dhcp"] == "client":
        raise CommandError(GATEWAY_BY_DHCP if setting.key == "defaultgateway" else DENIED)
    if len(rest) == 1:  # nothing erases what may be empty
        if not _may_be_empty(setting):
            raise CommandError(MORE)
        rest = [*rest, ""]
    return answer(*setting.words, _change(endpoint, setting, rest[1]))


def _may_be_empty(setting: Setting) -> bool:
    try:
        return setting.kind.canonical("") == ""
    except ValueError:
        return False


async def _read(endpoint: Endpoint, key: str) -> str:
    """A value, or what DHCP brought."""
    if endpoint.leased and key == "defaultgateway":
        return await endpoint.gateway()
    if endpoint.leased and key in ("ipaddress", "subnetmask"):
        address, mask = await endpoint.address()
        return address if key == "ipaddress" else mask
    return endpoint.store[key]


def _system(endpoint: Endpoint, rest: list[str]) -> str:
    """``systemsetting get NAME`` and ``systemsetting NAME VALUE``."""
    _arguments(rest, 2, 2)
    reading = rest[0] == "get"
    setting = BY_WORDS.get(("systemsetting", rest[1] if reading else rest[0]))
    if setting is None or setting.style != SYSTEM:
        raise CommandError(ILLEGAL)
    if not reading:
        return answer(*setting.words, _change(endpoint, setting, rest[1]))
    if setting.secret:
        raise CommandError(DENIED)
    return answer(*setting.words, endpoint.store[setting.key])


def _dns(endpoint: Endpoint, rest: list[str]) -> str:
    """``dns get|set 1..4 X``."""
    if not rest:
        raise CommandError(MORE)
    if rest[0] not in ("get", "set"):
        raise no_sub_command(rest[0])
    _arguments(rest, 2, 2 if rest[0] == "get" else 3)
    setting = SETTINGS.get(f"dns {rest[1]}")
    if setting is None:
        raise CommandError(ILLEGAL)
    if rest[0] == "get":
        return answer("dns", rest[1], endpoint.store[setting.key])
    if endpoint.store["dhcp"] == "client":
        raise CommandError(DNS_BY_DHCP)
    return answer("dns", rest[1], _change(endpoint, setting, rest[2] if len(rest) > 2 else ""))
