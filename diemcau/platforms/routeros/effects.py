"""What a statement may do to people: which ones decide who gets into the router, which ones may end a call."""

from __future__ import annotations

import re

from diemcau.platforms import Statement

# The rest of the firewall decides about what passes through, not about what reaches the router itself.
_PASSING = re.compile(
    r"/ip firewall filter (add |remove \[find dynamic=no )chain=\"?forward[ \"].*"
    r"|/ip firewall address-list (add |(set|remove) \[find dynamic=no )list=\"?ALLOW-.*"
    r"|/(ip firewall nat|ipv6 settings) .*",
    re.DOTALL,
)
_LOGIN = re.compile(r"/(ip service|ip ssh|user|user ssh-keys) .*", re.DOTALL)
_ADDS = re.compile(r"/[a-z0-9 -]+ add ")


def way_in(statement: Statement) -> bool:
    """Whether a statement of the sections system or firewall bears on how the router itself is entered.

    In doubt it does: a rule that is named by its place, or a list that a rule of the input chain may name.
    """
    if statement.section == "firewall":
        return _PASSING.fullmatch(statement.shown) is None
    return _LOGIN.fullmatch(statement.shown) is not None


def takes_away(statement: Statement) -> bool:
    """Whether something that a call may use goes, changes or is refused; what is only added leaves calls alone."""
    return _ADDS.match(statement.shown) is None or " action=drop " in statement.shown
