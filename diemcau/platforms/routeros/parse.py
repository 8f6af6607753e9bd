"""RouterOS configuration as text to the model: menus with settings or entries, defaults left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from diemcau.errors import Problem, Unexpected
from diemcau.platforms.routeros.menus import ENTRIES, RATES, SETTINGS, SWITCHES, TIMES, UNORDERED, Menu, defaults
from diemcau.platforms.routeros.words import FLAGS, Command, Value, bits, rate, split, unquote, wrap
from diemcau.redaction import MASK, Secret, reveal

Entry = dict[str, Value]

_VERBS = frozenset(("add", "set"))
_INTERVAL = r"(?=.)(\d+w)?(\d+d)?((\d+h)?(\d+m)?(\d+s)?|\d+:\d+:\d+)|\d+"  # whole seconds; not "infinity"
_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_HOSTS = {("/ip address", "address"), ("/ip firewall address-list", "address")}  # printed without /32
_SHOWN = re.compile(r"[a-z][a-z-]{0,19}[.,:]?|/[a-z/-]+")  # words of a statement that are no values


@dataclass
class Model:
    """``settings``: (menu, selector) -> values; ``entries``: menu -> entries in the device's order."""

    settings: dict[tuple[str, str], Entry] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)


def parse(text: str | Secret) -> Model:
    """An export (terse or folded, with or without menu lines), or rendered text, to the model.

    Raises Unexpected for a line that is no statement, with its number and everything masked that may be secret.
    """
    model = Model()
    for line in lines(reveal(text)):
        if line.verb == "add":
            model.entries.setdefault(line.menu, []).append(_entry(line))
        elif line.menu in SETTINGS:
            known = model.settings.setdefault((line.menu, line.selector), {})
            known |= {k: _normal(line.menu, k, v) for k, v in line.values.items()}
        else:
            model.settings.setdefault((line.menu, line.selector), {}).update(line.values)
    for (menu, selector), values in model.settings.items():
        for key, default in defaults(menu, selector).items():
            if values.get(key) == default:
                del values[key]
    model.settings = {name: values for name, values in model.settings.items() if values}
    return model


def lines(text: str) -> Iterator[Command]:
    """The statements of a text, in order."""
    menu, number = "", 0
    unfolded = re.sub(r"\\\r?\n[ \t]*", "", text)
    for number, raw in enumerate(unfolded.splitlines(), 1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        try:
            menu, line = _line(menu, stripped)
        except ValueError as error:
            raise Unexpected(
                Problem(found=f"line {number} is no statement of RouterOS's configuration: {error}: {mask(raw)}")
            ) from None
        if line is not None:
            yield line


def _line(menu: str, text: str) -> tuple[str, Command | None]:
    words = split(text)
    if words[0].startswith("/"):
        *parts, last = words[0].split("/")
        if last in _VERBS and len(parts) > 1:  # "/ip/address/add" is "/ip/address add"
            words[:1] = ["/".join(parts), last]
        menu = _menu(words)
    if not words:
        return menu, None
    verb, *rest = words
    if verb not in _VERBS or not menu:
        raise ValueError("unknown command")
    selector = ""
    if verb == "set" and rest and not re.match(r"[A-Za-z0-9.-]+=", rest[0]):
        selector = " ".join(rest.pop(0).strip("[]").split()) if rest[0].startswith("[") else unquote(rest.pop(0))
    return menu, Command(menu, verb, selector, _values(rest))


def _menu(words: list[str]) -> str:
    """The menu that the first words name; they are taken away."""
    path: list[str] = []
    while words and words[0] not in _VERBS:
        if "=" in words[0] or not re.fullmatch(r"/?[a-z0-9/-]+", words[0]):
            raise ValueError("unknown command")
        path += [part for part in words.pop(0).split("/") if part]
    return "/" + " ".join(path)


def _values(words: list[str]) -> Entry:
    values: Entry = {}
    family = ""
    for word in words:
        key, equals, value = word.partition("=")
        if key in FLAGS:
            equals, value = "=", "yes"
        if not equals:
            raise ValueError("an argument has no value")
        if key.startswith("."):
            key = family + key  # "local.address=… .role=…": an export says the first part once
        family = key.partition(".")[0]
        values[key] = wrap(key, unquote(value))
    return values


def mask(line: str) -> str:
    """A line that could not be read, up to its first value; what does not look like a command's word is masked."""
    start, cut, _ = re.sub(r'["=]', "\0=", line.strip(), count=1).partition("\0")
    words = [word if _SHOWN.fullmatch(word) else MASK for word in start.split(" ")]
    return " ".join(words)[:120] + (f"={MASK}" if cut else "")


def _entry(line: Command) -> Entry:
    values = dict(line.values)
    if line.menu == "/user ssh-keys" and "key" in values:
        values.setdefault("key-owner", str(values["key"]).split(None, 2)[-1])
    menu = ENTRIES.get(line.menu, Menu((), 0, {}))
    normal = {k: _normal(line.menu, k, v) for k, v in values.items() if k not in menu.derived}
    return {k: v for k, v in normal.items() if menu.defaults.get(k) != v}


def _normal(menu: str, key: str, value: Value) -> Value:
    """One spelling for each value: RouterOS prints 86400 s as 1d, 1900000 as 1900k, sets in its own order."""
    if isinstance(value, Secret):
        return value
    if menu not in ENTRIES and menu not in SETTINGS:
        return value  # not ours: whatever it says is kept as it is
    if key in TIMES and re.fullmatch(_INTERVAL, value):
        return f"{seconds(value)}s"
    if key in RATES and re.fullmatch(r"\d+[kMG]?", value):
        return rate(bits(value))
    if key in UNORDERED:
        return ",".join(sorted(value.split(",")))
    if key in SWITCHES and value in ("true", "false"):
        return {"true": "yes", "false": "no"}[value]
    if (menu, key) in _HOSTS:
        return value.removesuffix("/32")
    return value


def seconds(text: str) -> int:
    """A RouterOS time interval in seconds: ``1d``, ``1h30m``, ``00:10:00``, ``25``."""
    if re.fullmatch(r"\d+", text):
        return int(text)
    total, rest = 0, text
    for amount, unit in re.findall(r"(\d+)([wdhms])", text):
        total += int(amount) * _UNITS[unit]
        rest = rest.replace(amount + unit, "", 1)
    clock = re.fullmatch(r"(\d+):(\d+):(\d+)(\.\d+)?", rest)
    if clock:
        return total + int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
    if rest:
        raise Unexpected(Problem(found=f"{text!r} is no time interval of RouterOS"))
    return total
