"""The difference of two FRR configurations as the lines that turn one into the other.

Lines that a daemon overwrites (another route map for a neighbour) must not be taken away first, else routes pass
unfiltered for a moment. So what is new goes in first; then what was there before and still is, is removed.
"""

from __future__ import annotations

Context = tuple[str, ...]
Lines = dict[Context, list[str]]

OPENERS = ("router ", "route-map ", "interface ", "vrf ", "bfd", "line ")
NESTED = ("address-family ",)
CLOSERS = ("exit", "exit-address-family", "exit-vrf", "exit-route-map", "end")
# About the daemons themselves and not about routes: the machine decides these.
IGNORED = ("frr ", "hostname ", "log ", "service ", "no zebra ")
# The lines outside any context that "no LINE" takes back.
REMOVABLE = (
    "ip route ",
    "ipv6 route ",
    "ip prefix-list ",
    "ipv6 prefix-list ",
    "bgp community-list ",
    "bgp large-community-list ",
    "bgp as-path access-list ",
    "access-list ",
)


def parse(text: str) -> Lines:
    """A configuration's lines by the contexts they stand in; every context has an entry."""
    found: Lines = {(): []}
    context: Context = ()
    for raw in text.splitlines():
        line = _canonical(raw)
        if not line or line.startswith(("!", "#")) or (not context and line.startswith(IGNORED)):
            continue
        if line in CLOSERS:
            context = () if line == "end" else context[:-1]
        elif line.startswith(NESTED) and context:
            context = (context[0], line)
            found.setdefault(context, [])
        elif line.startswith(OPENERS):
            context = (line,)
            found.setdefault(context, [])
        else:
            found[context].append(line)
    return found


def _canonical(line: str) -> str:
    line = " ".join(line.split())
    if line.startswith(("ip route ", "ipv6 route ")) and line.count(" ") == 4:
        return line.removesuffix(" 1")  # the distance that FRR does not show
    return line


def additions(old: Lines, new: Lines) -> list[str] | None:
    """The lines of what is new, or None when the daemons must start afresh to take it."""
    asns = [{context[0] for context in lines if context and context[0].startswith("router ")} for lines in (old, new)]
    if asns[0] - asns[1]:
        return None  # another AS, or none
    if _fixed(old[()]) != _fixed(new[()]):
        return None
    result: list[str] = []
    for context, lines in new.items():
        present = old.get(context)
        added = [line for line in lines if line not in (present or ())]
        if added or present is None:
            result += _inside(context, added)
    return result


def _fixed(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith(REMOVABLE)]


def removals(old: Lines, new: Lines, before: Lines, after: Lines) -> list[str] | None:
    """The lines that take away what is not wanted any more.

    ``before`` and ``after`` are what ran before and after the additions. None when it cannot be told from them
    whether something is still there: FRR does not show lines that say what is the default.
    """
    result: list[str] = []
    gone = _gone_neighbors(old, new)
    kept_maps = {_map(context) for context in new}
    for context, lines in sorted(old.items(), key=lambda item: -len(item[0])):  # a filter goes after its users
        if context and context not in new and (name := _map(context)):
            if name in kept_maps:
                return None  # permit became deny, or the other way round
            continue
        takeaway = _takeaway(
            [line for line in lines if line not in new.get(context, ())],
            gone,
            before.get(context, []),
            after.get(context, []),
        )
        if takeaway is None:
            return None
        if takeaway:
            result += _inside(context, takeaway)
    return result + [f"no {context[0]}" for context in old if context not in new and _map(context)]


def _takeaway(unwanted: list[str], gone: set[str | None], before: list[str], after: list[str]) -> list[str] | None:
    """What takes these lines of one context away; see `removals`."""
    found = []
    for line in unwanted:
        neighbor = _neighbor(line)
        if neighbor in gone:
            if line.split()[2] == "remote-as":
                found.append(f"no neighbor {neighbor}")
        elif line not in before:
            return None
        elif line in after:
            found.append(line.removeprefix("no ") if line.startswith("no ") else f"no {line}")
    return found


def differs(old: Lines, new: Lines, running: Lines) -> list[str]:
    """What is left of the old configuration although the new one does not have it, and what was silently ignored."""
    left = [
        line
        for context, lines in old.items()
        for line in lines
        if line not in new.get(context, ()) and line in running.get(context, ())
    ]
    # A prefix list's entry that equals another, or takes a number that is still used, is dropped without a word.
    ignored = [
        line for line in new[()] if "prefix-list " in line and line not in old[()] and line not in running.get((), ())
    ]
    return left + ignored


def _map(context: Context) -> tuple[str, ...]:
    """The name and number of a route map's entry; () for another context."""
    words = context[0].split() if context else []
    return (words[1], words[3]) if len(words) == 4 and words[0] == "route-map" else ()


def touches_policy(lines: list[str]) -> bool:
    """Whether routes that were exchanged already must be looked at again."""
    return any(word in line for line in lines for word in ("route-map ", "prefix-list ", "access-list "))


def _inside(context: Context, lines: list[str]) -> list[str]:
    if not context:
        return lines
    closing = ["exit-address-family"] if len(context) > 1 else []
    return [*context, *lines, *closing, "exit"]


def _neighbor(line: str) -> str | None:
    words = line.removeprefix("no ").split()
    return words[1] if len(words) > 2 and words[0] == "neighbor" else None


def _gone_neighbors(old: Lines, new: Lines) -> set[str | None]:
    def named(lines: Lines) -> set[str | None]:
        return {_neighbor(line) for every in lines.values() for line in every if " remote-as " in line}

    return named(old) - named(new) - {None}
