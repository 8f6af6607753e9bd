"""RouterOS statements as words: splitting what an export prints, and quoting what the console takes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from diemcau.redaction import MASK, Secret, reveal

Value = str | Secret

# Arguments that hold a secret wherever they occur in RouterOS.
SECRETS = frozenset(
    (
        *("private-key", "preshared-key", "password", "secret", "passphrase", "tcp-md5-key", "auth-key"),
        *("authentication-password", "encryption-password", "pre-shared-key", "wpa-pre-shared-key", "key-data"),
        *("wpa2-pre-shared-key", "private-pre-shared-key", "ipsec-secret", "token", "contents"),
    )
)
FLAGS = frozenset(("blackhole",))  # arguments that are given by their bare name
_BARE = re.compile(r"[A-Za-z0-9_.,:/@+!-]+")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "_": " "}
_PLAIN = str.maketrans({"đ": "d", "Đ": "D"})


@dataclass(frozen=True)
class Command:
    """One statement: ``/ip address add address=… interface=…``."""

    menu: str  # "/ip address"
    verb: str  # "add", "set"
    selector: str  # "" or what names the entry: "telnet", "[ find default-name=ether1 ]"
    values: dict[str, Value] = field(default_factory=dict)


def quote(value: object) -> str:
    """A value as the console takes it: bare, or in double quotes with RouterOS's escapes; UTF-8 as hex escapes."""
    text = str(value)
    return text if _BARE.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """A text in double quotes, also where it could stand bare."""
    out = []
    for char in text:
        if char in '"\\$?':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif char == "\r":
            out.append("\\r")
        elif " " <= char <= "~":
            out.append(char)
        else:
            out.extend(f"\\{byte:02X}" for byte in char.encode())
    return f'"{"".join(out)}"'


def unquote(text: str) -> str:
    """The value that a bare or quoted word stands for. Raises ValueError for an escape that RouterOS does not have."""
    if not (len(text) >= 2 and text[0] == text[-1] == '"'):
        return text
    out, at, body = bytearray(), 0, text[1:-1]
    while at < len(body):
        char = body[at]
        if char != "\\":
            out += char.encode()
            at += 1
            continue
        following = body[at + 1 : at + 3]
        if re.fullmatch(r"[0-9A-F]{2}", following):
            out.append(int(following, 16))
            at += 3
        elif following[:1] in _ESCAPES:
            out += _ESCAPES[following[0]].encode()
            at += 2
        elif following[:1] and not following[0].isalnum():
            out += following[0].encode()
            at += 2
        else:
            raise ValueError("unknown escape")  # without the characters: they may belong to a secret
    return out.decode(errors="surrogateescape")


def split(line: str) -> list[str]:
    """Words of a line, quoted text and ``[ … ]`` kept whole. Raises ValueError when one of them does not close."""
    words, word, quoted, depth, at = [], "", False, 0, 0
    while at < len(line):
        char = line[at]
        if quoted and char == "\\":
            word += line[at : at + 2]
            at += 2
            continue
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "[(":
            depth += 1
        elif not quoted and char in "])":
            depth -= 1
        if char.isspace() and not quoted and depth == 0:
            words += [word] if word else []
            word = ""
        else:
            word += char
        at += 1
    if quoted or depth:
        raise ValueError("a quotation mark or bracket does not close")
    return words + ([word] if word else [])


def wrap(key: str, value: str) -> Value:
    """The value, as a Secret where its key says so."""
    return Secret(value) if key in SECRETS and value else value


def pairs(values: dict[str, Value], *, show: bool) -> str:
    """``key=value`` words; with ``show`` secrets are ``***``."""
    return " ".join(_pair(key, value, show) for key, value in values.items())


def _pair(key: str, value: Value, show: bool) -> str:
    if key in FLAGS:
        return key
    return f"{key}={MASK if show and isinstance(value, Secret) else quote(reveal(value))}"


def fold(text: str) -> str:
    """A text for people without diacritics, for comments: ``Huyện ủy`` becomes ``Huyen uy``."""
    marked = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(c for c in marked if not unicodedata.combining(c)).encode("ascii", "ignore").decode()


def rate(bits: int) -> str:
    """A rate in bit/s as RouterOS writes it: ``1900k``, ``10M``."""
    for unit, factor in (("G", 1_000_000_000), ("M", 1_000_000), ("k", 1000)):
        if bits and bits % factor == 0:
            return f"{bits // factor}{unit}"
    return str(bits)


def bits(text: str) -> int:
    """A rate as RouterOS reads it, in bit/s: ``1900k`` and ``1900000`` are the same. Raises ValueError for others."""
    unit = text[-1:]
    factor = {"k": 1000, "M": 1_000_000, "G": 1_000_000_000}.get(unit)
    return int(text.removesuffix(unit)) * factor if factor else int(text)
