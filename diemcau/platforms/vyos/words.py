"""VyOS statements as words: ``set interfaces lo …`` to tokens and back, and what VyOS takes in a value.

VyOS refuses ``'`` in every value ("Cannot use the single quote (') character in a value string", task T1001) and
``"`` in what it stores (T1246), whatever the quoting; ``?`` and tabulators are keys of its shell even inside quotes,
and a backslash is kept or lost depending on the release. So values are printable ASCII without these, and texts
for people are folded to that with :func:`fold`.
"""

from __future__ import annotations

import re
import shlex
import unicodedata

from diemcau.errors import Problem, Unexpected
from diemcau.redaction import MASK, Secret, reveal

Token = str | Secret
Path = tuple[Token, ...]
Model = frozenset[Path]

_BARE = re.compile(r"[A-Za-z0-9_.,:/@+=%-]+")
_WRITABLE = re.compile(r"""[ -~]*""")
_FORBIDDEN = frozenset("'\"\\?")
_PLAIN = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-"})


def writable(value: str) -> bool:
    """Whether VyOS's command line can take this value at all."""
    return _WRITABLE.fullmatch(value) is not None and not _FORBIDDEN & set(value)


def quote(value: object) -> str:
    """A value as one word of VyOS's command line: bare, or in single quotes. Raises Unexpected when VyOS has no way."""
    text = str(value)
    if _BARE.fullmatch(text):
        return text
    if not writable(text):
        raise Unexpected(Problem(found="VyOS cannot hold a value with one of ' \" \\ ? or a character outside ASCII"))
    return f"'{text}'"


def fold(text: str) -> str:
    """A text for people as VyOS can hold it: ``Ch'Ơm`` becomes ``Ch Om``, ``Huyện ủy`` becomes ``Huyen uy``."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    marks_off = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(c if " " <= c <= "~" and c not in _FORBIDDEN else " " for c in marks_off).split())


def split(line: str) -> list[str]:
    """The words of a line as VyOS prints it. Raises ValueError when quotes do not close."""
    return shlex.split(line, comments=False, posix=True)


def statement(verb: str, path: Path) -> str:
    """The statement with its secrets, for the wire."""
    return " ".join([verb, *(quote(reveal(token)) for token in path)])


def shown(verb: str, path: Path) -> str:
    """The statement for people: secrets as ``***``, and whatever cannot be written quoted as well as possible."""
    return " ".join([verb, *(MASK if isinstance(token, Secret) else _for_people(token) for token in path)])


def _for_people(token: str) -> str:
    return token if _BARE.fullmatch(token) else f"'{token}'"


def order(path: Path) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts rule 9 before rule 10."""
    return tuple((0, int(text), "") if text.isdigit() else (1, 0, text) for text in map(reveal, path))
