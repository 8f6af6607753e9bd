"""``/export``: the configuration as commands, only what differs from the defaults.

Layout after exports of RouterOS 7.18 to 7.22 that owners of routers published: arguments in alphabetical order,
lines folded at 80 columns unless ``terse``, bytes that are not ASCII as ``\\C6\\B0``.
"""

from __future__ import annotations

import re
from datetime import datetime

from twin.routeros.identity import MODEL
from twin.routeros.menu import Arg, Menu
from twin.routeros.printing import grouped
from twin.routeros.router import Router
from twin.routeros.schema_queue import BUILTIN_TYPES
from twin.routeros.store import Entry
from twin.routeros.types import FLAG

_BARE = re.compile(r"[A-Za-z0-9_.:/,*!%^|<>&@+-]+")
_WIDTH = 80
_ESCAPED = {'"': '\\"', "\\": "\\\\", "$": "\\$", "?": "\\?", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(value: str) -> str:
    """A value as an export writes it: bare when it is a plain word."""
    if _BARE.fullmatch(value):
        return value
    out = []
    for char in value:
        if char in _ESCAPED:
            out.append(_ESCAPED[char])
        elif " " <= char <= "~":
            out.append(char)
        else:
            out += [f"\\{byte:02X}" for byte in char.encode("utf-8", "surrogateescape")]
    return f'"{"".join(out)}"'


def export(router: Router, path: str, terse: bool, sensitive: bool, verbose: bool) -> str:
    """The menu at ``path`` and all below it, with the header comments."""
    now = datetime.now().strftime("%Y-%m-%d %H:%M:%S")
    lines = [f"# {now} by RouterOS {router.version}", f"# software id = {router.label.software_id}", "#"]
    lines += [f"# model = {MODEL}", f"# serial number = {router.label.serial}"]
    for menu in router.schema.menus.values():
        if not menu.exported or not (menu.path == path or menu.path.startswith(f"{path}/")):
            continue
        commands = _menu(router, menu, sensitive, verbose)
        where = menu.path.replace("/", " ").strip()
        if terse:
            lines += [f"/{where} {command}" for command in commands]
        elif commands:
            lines.append(f"/{where}")
            lines += [fold(command) for command in commands]
    return "\n".join(lines) + "\n"


def _menu(router: Router, menu: Menu, sensitive: bool, verbose: bool) -> list[str]:
    entries = router.config.entries(menu.path)
    if menu.single:
        values = entries[0].values if entries else {}
        shown = {**menu.defaults(), **values} if verbose else values
        arguments = _arguments(menu, shown, sensitive)
        return [f"set {arguments}"] if arguments else []
    commands = []
    for index, entry in enumerate(entries):
        shown = {**menu.defaults(), **entry.values} if verbose else entry.values
        if entry.builtin:
            command = _builtin(menu, entry, index, shown, sensitive)
            if command:
                commands.append(command)
            continue
        shown = {**{arg.name: arg.default for arg in menu.args if arg.always and arg.default is not None}, **shown}
        commands.append(f"add {_arguments(menu, shown, sensitive)}")
    return commands


def _builtin(menu: Menu, entry: Entry, index: int, shown: dict[str, str], sensitive: bool) -> str:
    """What came with the device is changed, not added; without a change it is not exported."""
    key = menu.builtin_by
    if not key:
        return ""
    address = {"number": str(index), "default": "[ find default=yes ]", "name": quoted(entry.get("name"))}.get(key)
    if address is None:
        address = f"[ find {key}={quoted(entry.get(key))} ]"
        changed = dict(shown)
        if changed.get("name") == entry.get(key):
            changed.pop("name")
    else:
        shipped, defaults = _shipped(menu, entry), menu.defaults()
        changed = {name: value for name, value in shown.items() if name != "name" and shipped.get(name) != value}
        changed |= {name: defaults[name] for name in shipped if name not in shown and name in defaults}
    arguments = _arguments(menu, changed, sensitive)
    return f"set {address} {arguments}" if arguments else ""


#: What built-in entries have from the start, by menu and name.
_SHIPPED: dict[str, dict[str, dict[str, str]]] = {
    "/ip/service": {
        "telnet": {"port": "23"},
        "ftp": {"port": "21"},
        "www": {"port": "80"},
        "ssh": {"port": "22"},
        "www-ssl": {"port": "443", "disabled": "yes"},
        "api": {"port": "8728"},
        "winbox": {"port": "8291"},
        "api-ssl": {"port": "8729"},
    },
    "/ip/firewall/service-port": {
        "ftp": {"ports": "21"},
        "tftp": {"ports": "69"},
        "irc": {"ports": "6667"},
        "h323": {"ports": ""},
        "sip": {"ports": "5060,5061"},
        "pptp": {"ports": ""},
    },
    "/queue/type": BUILTIN_TYPES,
    "/system/logging/action": {name: {"target": name} for name in ("memory", "disk", "echo", "remote")},
    "/system/logging": {
        topic: {"topics": topic, "action": "memory" if topic != "critical" else "echo"}
        for topic in ("info", "error", "warning", "critical")
    },
}


def _shipped(menu: Menu, entry: Entry) -> dict[str, str]:
    key = entry.get("topics") if menu.path == "/system/logging" else entry.get("name")
    return _SHIPPED.get(menu.path, {}).get(key, {})


def _arguments(menu: Menu, values: dict[str, str], sensitive: bool) -> str:
    pairs: list[tuple[str, str]] = []
    for name in sorted(values):
        arg = menu.arg(name)
        if arg is None or arg.readonly or (arg.secret and not sensitive):
            continue
        pairs.append((name, values[name]))
    spelled = zip(pairs, grouped(pairs), strict=True)
    return " ".join(_argument(menu.arg(full), name, value) for (full, _), (name, value) in spelled)


def _argument(arg: Arg | None, name: str, value: str) -> str:
    if arg is not None and arg.type is FLAG:
        return name
    return f"{name}={quoted(value)}"


def fold(command: str) -> str:
    """A line of at most 80 columns with its continuations; never broken before a blank, which would be lost."""
    lines = []
    rest, indent = command, ""
    while len(indent) + len(rest) > _WIDTH:
        room = _WIDTH - len(indent) - 1
        at = _break(rest, room)
        lines.append(f"{indent}{rest[:at]}\\")
        rest, indent = rest[at:], "    "
    return "\n".join([*lines, indent + rest])


def _break(text: str, room: int) -> int:
    """Where to break: after a blank between arguments, else inside a quoted string but not inside an escape."""
    in_string, last_blank, last_inside = False, 0, 0
    at = 0
    while at < room:
        char = text[at]
        step = 1
        if char == "\\" and in_string:
            step = 3 if re.match(r"\\[0-9A-F]{2}", text[at : at + 3]) else 2
        elif char == '"':
            in_string = not in_string
        at += step
        if at > room or at >= len(text):
            break
        if text[at] == " ":
            continue
        if not in_string and text[at - 1] == " ":
            last_blank = at
        elif in_string:
            last_inside = at
    return last_blank or last_inside or room
