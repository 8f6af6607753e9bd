"""What a statement may do to people: which ones decide who gets into the router, which ones may end a call."""

from __future__ import annotations

import re

from diemcau.platforms import Statement

# The rest of the firewall decides about what passes through, not about what reaches the router itself.
_PASSING = re.compile(
    r"(set|delete) (firewall (ipv4 forward|ipv6|group \S+ ALLOW-\S+)|nat|system conntrack)( .*)?", re.DOTALL
)
# Marks change nothing about who gets in; a queue that is too narrow keeps everybody out.
_MARKS = re.compile(r"set policy route MARKS( .*)?", re.DOTALL)
_LOGIN = re.compile(r"(set|delete) (service ssh|system login)( .*)?", re.DOTALL)


def way_in(statement: Statement) -> bool:
    """Whether a statement of the sections system, firewall or qos bears on how the router itself is entered.

    In doubt it does: a change of the whole firewall, or of a group that a rule of the input chain may name.
    """
    if statement.section == "firewall":
        return _PASSING.fullmatch(statement.shown) is None
    if statement.section == "qos":
        return _MARKS.fullmatch(statement.shown) is None or statement.shown.endswith((" action drop", " action reject"))
    return _LOGIN.fullmatch(statement.shown) is not None


def takes_away(statement: Statement) -> bool:
    """Whether something that a call may use goes or is refused; what is only added leaves calls alone.

    A value that changes is deleted before it is set, so a ``set`` takes nothing away by itself; but an interface that
    gets queues is held back from then on.
    """
    return statement.shown.startswith(("delete ", "set qos interface ")) or statement.shown.endswith(" action drop")
