"""VyOS configuration as text to the model: a set of paths, each a tuple of words with the secret ones wrapped."""

from __future__ import annotations

import re

from diemcau.errors import Problem, Unexpected
from diemcau.platforms.vyos.words import Model, Path, Token, split
from diemcau.redaction import MASK, Secret, reveal

# The word after one of these is a secret: the leaves of VyOS's own tree that hold keys and passwords.
SECRET_NAMES = frozenset(
    (
        *("private-key", "preshared-key", "pre-shared-secret", "shared-secret", "shared-secret-key", "auth-key"),
        *("master-key", "md5-key", "key", "secret", "client-secret", "token", "community"),
        *("encrypted-password", "plaintext-password", "password", "passphrase"),
    )
)
NO_PASSWORD = frozenset(("*", "!"))  # encrypted-password: nobody can log in by password; nothing to hide

# What appears on a terminal without being asked for (src/helpers/commit-confirm-notify.py, systemd, wall).
_NOISE = re.compile(
    r"Broadcast message from .*"
    r"|\[commit-confirm\] System will (reboot|reload previous config) in \d+ minutes?"
    r"|to rollback the last commit\."
    r"|Confirm your changes to cancel the (reboot|reload)\."
    r"|The system (will|is going down for) (reboot|power[- ]?off|halt)\b.*"
)


def is_noise(line: str) -> bool:
    """Whether a line is blank or one of the messages that VyOS writes to every terminal."""
    text = line.strip()
    return not text or _NOISE.fullmatch(text) is not None


def parse(text: str | Secret) -> Model:
    """``set`` lines, as rendered or as ``show configuration commands`` prints them, to the model.

    Blank lines, comments and VyOS's own messages to all terminals are passed over. Any other line raises Unexpected,
    which quotes it with everything masked that may be a secret: no statement is lost or made up.
    """
    return frozenset(_path(line) for line in reveal(text).splitlines() if not is_noise(line) and not _is_comment(line))


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _path(line: str) -> Path:
    try:
        words = split(line)
    except ValueError:
        words = []
    if len(words) < 2 or words[0] != "set":
        raise Unexpected(Problem(found=f"this is no statement of VyOS's configuration: {mask_line(line)}"))
    return wrap(words[1:])


def wrap(words: list[str]) -> Path:
    """Words of a path with the secret ones as ``Secret``."""
    path: list[Token] = []
    for at, word in enumerate(words):
        path.append(Secret(word) if at and _is_secret(words, at) else word)
    return tuple(path)


def _is_secret(words: list[str], at: int) -> bool:
    name, value = words[at - 1], words[at]
    if "://" in value and "@" in value:
        return True  # where commits are archived, with the password of the place
    if name not in SECRET_NAMES or value in SECRET_NAMES:
        return False
    if name == "encrypted-password" and value in NO_PASSWORD:
        return False
    if name == "community" and words[:2] != ["service", "snmp"]:
        return False  # BGP's communities are no secrets
    return not (name == "key" and "public-keys" in words[:at])


def mask_line(line: str) -> str:
    """A line that could not be read, with quoted text and long words masked: one of them may be a secret."""
    text = re.sub(r"'[^']*('|$)|\"[^\"]*(\"|$)", MASK, line.strip())
    return re.sub(r"\S{20,}", MASK, text)[:120]
