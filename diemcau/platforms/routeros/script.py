"""A plan as a script for ``/import``, and what the router says when it runs.

After each statement the script prints its number, so that a refused one is known. RouterOS changes or removes what
``[find …]`` finds and says nothing when that is nothing: so before such a statement the script counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from diemcau.platforms import Statement
from diemcau.platforms.routeros.words import SECRETS, split, unquote
from diemcau.redaction import MASK, reveal

NOT_FOUND = "diemcau: what the statement names is not there, or more than once"
_VERBS = frozenset(("add", "set", "remove"))
_LINES = 2  # of the script for each statement


def script(statements: Iterable[Statement]) -> str:
    """The text of the file that is imported. Holds secrets."""
    return "".join(f"{guarded(reveal(s.text))}\n:put dc{number}\n" for number, s in enumerate(statements, 1))


def guarded(statement: str) -> str:
    """The statement behind a check that each entry it selects is there once."""
    words = split(statement)
    menu = " ".join(words[: next((i for i, word in enumerate(words) if word in _VERBS), 0)])
    checks = []
    for word in words:
        found = word.removeprefix("place-before=")
        if pick := re.fullmatch(r"\[:pick \[find(.*)\] (\d+)\]", found):  # by place, or one of several alike
            checks.append(f"[:len [{menu} find{pick[1]}]] <= {pick[2]}")
        elif find := re.fullmatch(r"\[find(.*)\]", found):
            checks.append(f"[:len [{menu} find{find[1]}]] != 1")
    return "".join(f':if ({check}) do={{:error "{NOT_FOUND}"}}; ' for check in checks) + statement


def result(output: str, statements: Sequence[Statement]) -> tuple[int, str]:
    """How many statements were done, and the router's words about the next one, secrets masked."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    done = max((int(line[2:]) for line in lines if re.fullmatch(r"dc\d+", line)), default=0)
    words = " ".join(lines[lines.index(f"dc{done}") + 1 :] if done else lines) or "no words"
    for secret in sorted(secrets_of(statements), key=len, reverse=True):
        words = words.replace(secret, MASK)
    place = re.search(r"\bline (\d+)", words)
    if done == 0 and place:  # the whole script is looked at before anything runs
        done = min((int(place[1]) - 1) // _LINES, len(statements) - 1)
    return done, words


def secrets_of(statements: Iterable[Statement]) -> set[str]:
    """Every secret value that the statements send, as it is and as it is written."""
    found = set()
    for statement in statements:
        for word in split(reveal(statement.text)):
            key, equals, value = word.partition("=")
            if equals and key in SECRETS:
                found |= {value, value.strip('"'), unquote(value)}
    return found - {"", '""'}
