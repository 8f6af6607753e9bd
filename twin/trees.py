"""Command trees of real devices: which statements a release has, and which values they take.

They are data, ``twin/data/<platform>-<release>.json.gz``, reduced by ``tools/reduce-trees`` from what the makers
publish: VyOS's interface definitions, and what RouterOS's console tells about itself. They say what exists, not what a
configuration means: two tunnels with each other's keys pass.
"""

from __future__ import annotations

import gzip
import ipaddress
import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypedDict, cast

DATA = Path(__file__).resolve().parent / "data"
PLATFORMS = ("routeros", "vyos")


class VyosNode(TypedDict, total=False):
    """A node of VyOS's configuration; what is false or empty is left out."""

    kind: str  # node, tag or leaf
    multi: bool  # a leaf with several values
    valueless: bool  # a leaf without any
    patterns: list[str]  # regular expressions; one of them, or of the validators, has to take the value
    validators: list[str]  # a program and its options: "numeric --range 1-65535"
    children: dict[str, VyosNode]


class Argument(TypedDict, total=False):
    """An argument of a RouterOS command; empty where the source tells only its name.

    Of all this only choices and numbers are held against a statement: the rest is what the console shows, and a
    device takes more than that (an address with its prefix for ``address``, ``none`` for some times).
    """

    kind: str  # choice, number, string, hex, time, script, ip-address, ip-prefix, ip-range, ipv6-prefix, mac-address
    values: list[str]  # of a choice all of them, else words that are taken as well
    many: bool  # several of them with commas between
    range: list[int]  # of a number, both ends included
    length: list[int | None]  # of a string, least and most; None: not told
    least: str  # of a time, as RouterOS writes it: 1m30s
    most: str


VyosTree = dict[str, VyosNode]
RouterosTree = dict[str, dict[str, dict[str, Argument]]]  # path of the menu ("/ip/address") -> command -> argument


@dataclass(frozen=True)
class Statement:
    """A statement, and why a device of that release refuses it: "" when it does not."""

    line: int
    text: str
    refusal: str


# ------------------------------------------------------------------ the data


def path(platform: str, release: str) -> Path:
    return DATA / f"{platform}-{release}.json.gz"


def parsed(content: bytes) -> dict[str, Any]:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("a tree is an object")
    return found


def unpacked(place: Path) -> dict[str, Any]:
    return parsed(gzip.decompress(place.read_bytes()))


def pack(place: Path, tree: Mapping[str, Any]) -> None:
    """The same bytes for the same tree: without the time, with sorted names."""
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    place.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


@cache
def vyos_tree(release: str) -> VyosTree:
    return cast(VyosTree, unpacked(path("vyos", release)))


@cache
def routeros_tree(release: str) -> RouterosTree:
    return cast(RouterosTree, unpacked(path("routeros", release)))


def releases(platform: str) -> list[str]:
    """The releases with a tree, the oldest first."""
    names = (file.name.removesuffix(".json.gz").partition("-") for file in DATA.glob(f"{platform}-*.json.gz"))
    return sorted((release for _, _, release in names), key=_number)


def release_for(platform: str, release: str) -> str:
    """The release whose tree speaks for this one: its own, or the next older one of a gap between two; "": none."""
    known = releases(platform)
    if release in known:
        return release
    if not known or not re.fullmatch(r"\d+(\.\d+)*", release) or _number(release) > _number(known[-1]):
        return ""
    return next((older for older in reversed(known) if _number(older) < _number(release)), "")


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))


def check(platform: str, release: str, text: str) -> list[Statement]:
    """Each statement of a configuration; ``release`` has a tree."""
    if platform == "vyos":
        return list(check_vyos(vyos_tree(release), text))
    return list(check_routeros(routeros_tree(release), text))


def statements(text: str) -> int:
    """How many lines of a configuration are statements, of whatever platform."""
    return sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


# ------------------------------------------------------------------ VyOS


def check_vyos(tree: VyosTree, text: str) -> Iterator[Statement]:
    """``set`` and ``delete`` lines; another one that is no comment is refused."""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line and not line.startswith("#"):
            yield Statement(number, line, _vyos_refusal(tree, line))


def _vyos_refusal(tree: VyosTree, line: str) -> str:
    try:
        verb, *words = shlex.split(line)
    except ValueError as error:
        return f"{error}"
    if verb not in ("set", "delete"):
        return f"{verb!r} is neither set nor delete"
    children, walked = tree, list[str]()
    while words:
        word = words.pop(0)
        node = children.get(word)
        if node is None:
            return f"no {word!r} {_below(walked)}"
        walked.append(word)
        if node["kind"] == "tag" or (node["kind"] == "leaf" and not node.get("valueless")):
            if not words:
                return "" if verb == "delete" else f"no value for '{' '.join(walked)}'"
            value = words.pop(0)
            if not takes(node, value):
                return f"'{' '.join(walked)}' does not take {_shown(word, value)}"
            walked.append(value)
        if node["kind"] == "leaf" and words:
            return f"{words[0]!r} after the leaf '{' '.join(walked)}'"
        children = node.get("children", {})
    return ""


def _below(walked: list[str]) -> str:
    return f"below '{' '.join(walked)}'" if walked else "at the top"


def _shown(name: str, value: str) -> str:
    return "this value" if re.search("key|password|secret", name) else repr(value)


def takes(node: VyosNode, value: str) -> bool:
    """Whether one of the node's patterns and validators takes the value; a validator unknown here takes all."""
    patterns, validators = node.get("patterns", []), node.get("validators", [])
    if not patterns and not validators:
        return True
    return any(_matches(pattern, value) for pattern in patterns) or any(
        _validator_takes(validator, value) for validator in validators
    )


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # VyOS's expressions are PCRE's, of which Python does not know all
        return True


def _validator_takes(validator: str, value: str) -> bool:
    name, *options = validator.split()
    check = VALIDATORS.get(name)
    return check is None or check(value, options)


def _is(kind: Callable[[str], object]) -> Callable[[str, list[str]], bool]:
    def check(value: str, _: list[str]) -> bool:
        try:
            kind(value)
        except ValueError:
            return False
        return True

    return check


def _has_form(pattern: str) -> Callable[[str, list[str]], bool]:
    return lambda value, _: re.fullmatch(pattern, value) is not None


def _with_length(kind: Callable[[str], object]) -> Callable[[str, list[str]], bool]:
    """An address with the length of its network, as an interface has it."""
    whole = _is(kind)
    return lambda value, options: "/" in value and whole(value, options)


def _numeric(value: str, options: list[str]) -> bool:
    if not re.fullmatch(r"-?\d+(\.\d+)?" if "--float" in options else r"-?\d+", value):
        return "--allow-range" in options and re.fullmatch(r"\d+-\d+", value) is not None
    number = float(value)
    if ("--non-negative" in options and number < 0) or ("--positive" in options and number <= 0):
        return False
    spans = [words for option, words in pairwise(options) if option == "--range"]
    ends = (re.fullmatch(r"(-?[\d.]+)-(-?[\d.]+)", span) for span in spans)
    return not spans or any(end is not None and float(end[1]) <= number <= float(end[2]) for end in ends)


def _base64(value: str, options: list[str]) -> bool:
    """A WireGuard key is ``--decoded-len 32``: 43 letters and one to fill up."""
    length = "{43}=" if "--decoded-len 32" in " ".join(options) else "+=*"
    return re.fullmatch(f"[A-Za-z0-9+/]{length}", value) is not None


_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_interface_address = _with_length(ipaddress.ip_interface)
VALIDATORS: dict[str, Callable[[str, list[str]], bool]] = {
    "base64": _base64,
    "fqdn": _has_form(rf"(?=.{{1,253}}\.?$)(?:{_LABEL}\.)*{_LABEL}\.?"),
    "interface-address": _interface_address,
    "ip-address": _is(ipaddress.ip_address),
    "ip-cidr": _interface_address,
    "ip-host": _interface_address,
    "ip-prefix": _is(ipaddress.ip_network),
    "ipv4-address": _is(ipaddress.IPv4Address),
    "ipv4-host": _with_length(ipaddress.IPv4Interface),
    "ipv4-prefix": _is(ipaddress.IPv4Network),
    "ipv4-range": _has_form(r"[\d.]+-[\d.]+"),
    "ipv6-address": _is(ipaddress.IPv6Address),
    "ipv6-host": _with_length(ipaddress.IPv6Interface),
    "ipv6-prefix": _is(ipaddress.IPv6Network),
    "mac-address": _has_form(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"),
    "numeric": _numeric,
}


# ------------------------------------------------------------------ RouterOS

_ENCLOSED = {"[": "]", "{": "}", "(": ")"}
_OF_A_SCRIPT = (":", "{", "}")  # what a line of a script's own language begins with


def check_routeros(tree: RouterosTree, text: str) -> Iterator[Statement]:
    """``/menu command argument=value``, or the menu alone and its commands in the lines below it."""
    menu: tuple[str, ...] = ()
    for number, line in _joined(text):
        if not line or line.startswith(("#", *_OF_A_SCRIPT)):
            continue
        words, unclosed = _words(line)
        if unclosed:
            yield Statement(number, line, f"{unclosed} is not closed")
            continue
        if words[0].startswith("/"):
            menu = ()
            words = [*filter(None, words[0].split("/")), *words[1:]]
        place, command, arguments, refusal = _found(tree, menu, words)
        if not command and not refusal:
            menu = place
        if command:
            refusal = _arguments_refusal(tree[_path(place)][command], arguments, (*place, command))
        yield Statement(number, line, refusal)


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that a backslash continues, each with the number of its first one."""
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        while line.endswith("\\"):
            line = line[:-1] + next(lines, (0, ""))[1].lstrip()
        yield number, line.strip()


def _words(line: str) -> tuple[list[str], str]:
    """Words, and what is open at the end of the line; quotes and brackets keep blanks."""
    found, word, quoted, escaped, opened = [], "", False, False, list[str]()
    for letter in line:
        if letter.isspace() and not quoted and not opened and not escaped:
            found.append(word)
            word = ""
            continue
        word += letter
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif not quoted and letter in _ENCLOSED:
            opened.append(letter)
        elif not quoted and opened and letter == _ENCLOSED[opened[-1]]:
            opened.pop()
    return [*filter(None, [*found, word])], '"' if quoted else "".join(opened[-1:])


def _path(menu: tuple[str, ...]) -> str:
    return "/" + "/".join(menu)


def _found(tree: RouterosTree, menu: tuple[str, ...], words: list[str]) -> tuple[tuple[str, ...], str, list[str], str]:
    """The menu that words lead to from ``menu``, the command, what follows it, and what does not exist."""
    for at, word in enumerate(words):
        if word in tree[_path(menu)]:
            return menu, word, words[at + 1 :], ""
        if _path((*menu, word)) not in tree:
            return menu, "", [], f"no {word!r} in {_path(menu)}"
        menu = (*menu, word)
    return menu, "", [], ""


def _arguments_refusal(known: Mapping[str, Argument], words: list[str], place: tuple[str, ...]) -> str:
    """Words with ``=``; others are items, flags and conditions, of which a tree tells nothing."""
    for word in words:
        name, given, value = word.partition("=")
        if not given or word[0] in '[("':
            continue
        name = name.lstrip("!")
        if name not in known:
            if name.startswith("."):  # .id and its like: on every item
                continue
            return f"no argument {name!r} in {_path(place)}"
        if reason := value_refusal(known[name], value):
            return f"{name}: {reason}"
    return ""


def value_refusal(argument: Argument, value: str) -> str:
    """Why an argument does not take a value; "" when it does, or when only a device can tell (``$x``, ``[find …]``)."""
    value = value.strip('"')
    if not value or value[0] in "[$(!":
        return ""
    if argument.get("kind") == "choice":
        values = argument["values"]
        for one in value.split(",") if argument.get("many") else [value]:
            if one.lstrip("!") not in values:
                return f"{one!r} is none of {', '.join(values)}"
    if argument.get("kind") == "number" and re.fullmatch(r"-?\d+", value):
        least, most = argument["range"]
        if not least <= int(value) <= most:
            return f"{value} is not from {least} to {most}"
    return ""
