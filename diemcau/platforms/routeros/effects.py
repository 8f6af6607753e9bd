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
# Marks on the room LAN change nothing about who gets in; a queue that is too narrow keeps everybody out.
_MARKS = re.compile(
    r"/ip firewall (mangle add chain=forward action=change-dscp|address-list add list=marking) .*", re.DOTALL
)
_LOGIN = re.compile(r"/(ip service|ip ssh|user|user ssh-keys) .*", re.DOTALL)
_ADDS = re.compile(r"/[a-z0-9 -]+ add ")


def way_in(statement: Statement) -> bool:
    """Whether a statement of the sections system, firewall or qos bears on how the router itself is entered.

    In doubt it does: a rule that is named by its place, or a list that a rule of the input chain may name.
    """
    if statement.section == "firewall":
        return _PASSING.fullmatch(statement.shown) is None
    if statement.section == "qos":
        return _MARKS.fullmatch(statement.shown) is None
    return _LOGIN.fullmatch(statement.shown) is not None


def takes_away(statement: Statement) -> bool:
    """Whether something that a call may use goes, changes or is refused; what is only added leaves calls alone.

    Not so the queue of a whole interface, the one without a mark: it holds back what went freely before.
    """
    if statement.shown.startswith("/queue tree add ") and " packet-mark=" not in statement.shown:
        return True
    return _ADDS.match(statement.shown) is None or " action=drop " in statement.shown
