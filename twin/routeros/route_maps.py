"""Chains of routing filter rules as FRR route-maps.

A chain is a program: conditions with ``not``, ``or`` and ``else``, jumps into other chains, attributes that are set
on the way. A route-map entry that matches can continue at a later entry (``on-match goto``): that is a conditional
jump, and everything is translated to those. The end of a chain rejects, as in RouterOS.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.routeros.filter_language import Action, And, Condition, If, Not, Or, Step, Test, parse_rule
from twin.routeros.store import Config

LOCAL = "LOCALLY-ORIGINATED"  # as-path access-list: routes of our own
_STEP = 5  # between sequence numbers
_SET = {
    "bgp-local-pref": "local-preference",
    "bgp-med": "metric",
    "bgp-out-med": "metric",
    "bgp-weight": "weight",
}


@dataclass
class _Entry:
    """One entry; ``goto`` is a label, "" ends the evaluation, "next" goes on."""

    permit: bool = True
    match: str = ""
    sets: tuple[str, ...] = ()
    goto: str = ""
    label: str = ""  # instead of an entry: the place that a label names


@dataclass
class PrefixLists:
    """All prefix-lists of the configuration, each only once."""

    names: dict[tuple[str, ...], str] = field(default_factory=dict)

    def name(self, entries: tuple[str, ...]) -> str:
        """The list of ``entries`` ("10.0.0.0/16 le 32")."""
        return self.names.setdefault(entries, f"PREFIXES-{len(self.names) + 1}")

    def lines(self) -> list[str]:
        found = []
        for entries, name in self.names.items():
            for index, entry in enumerate(entries or ("0.0.0.0/0 ge 32 le 32",)):
                action = "permit" if entries else "deny"
                found.append(f"ip prefix-list {name} seq {(index + 1) * 5} {action} {entry}")
        return found


@dataclass
class RouteMap:
    """Builds one route-map."""

    config: Config
    name: str
    own_as: str
    lists: PrefixLists
    outgoing: bool
    connected: tuple[str, ...] = ()  # prefixes of our own, by where they come from
    static: tuple[str, ...] = ()
    entries: list[_Entry] = field(default_factory=list)
    labels: int = 0

    # ------------------------------------------------------------ building
    def fresh(self) -> str:
        self.labels += 1
        return f"L{self.labels}"

    def place(self, label: str) -> None:
        self.entries.append(_Entry(label=label))

    def jump(self, label: str) -> None:
        self.entries.append(_Entry(goto=label))

    def branch(self, match: str, label: str) -> None:
        self.entries.append(_Entry(match=match, goto=label))

    def only_own(self, prefixes: tuple[str, ...]) -> None:
        """Of our own routes, let only these go on."""
        through = self.fresh()
        foreign = self.fresh()
        self.condition(Not(Test("local", "", "")), foreign, through, ())
        self.place(through)
        self.branch(f"ip address prefix-list {self.lists.name(prefixes)}", foreign)
        self.entries.append(_Entry(permit=False))
        self.place(foreign)

    def prepend(self, total: int) -> None:
        """Own AS number ``total`` times in the path; the first one is put there by BGP itself."""
        if total > 1:
            self.entries.append(_Entry(sets=(f"as-path prepend {' '.join([self.own_as] * (total - 1))}",), goto="next"))

    def accept(self) -> None:
        self.entries.append(_Entry())

    def chain(self, name: str, accept: str = "", reject: str = "", within: tuple[str, ...] = ()) -> None:
        """A chain's rules. With labels, verdicts go there instead of ending the evaluation."""
        end = self.fresh()
        if name not in within:
            for rule in self.config.enabled("/routing/filter/rule"):
                if rule["chain"] == name:
                    self.steps(parse_rule(rule["rule"]), end, accept, reject, (*within, name))
        self.place(end)

    def steps(self, steps: tuple[Step, ...], end: str, accept: str, reject: str, within: tuple[str, ...]) -> None:
        for step in steps:
            if isinstance(step, If):
                then, otherwise, after = self.fresh(), self.fresh(), self.fresh()
                self.condition(step.condition, then, otherwise, within)
                self.place(then)
                self.steps(step.then, end, accept, reject, within)
                self.jump(after)
                self.place(otherwise)
                self.steps(step.otherwise, end, accept, reject, within)
                self.place(after)
            else:
                self.action(step, end, accept, reject, within)

    def action(self, action: Action, end: str, accept: str, reject: str, within: tuple[str, ...]) -> None:
        if action.verb == "accept":
            self.entries.append(_Entry(goto=accept))
        elif action.verb == "reject":
            self.entries.append(_Entry(goto=reject) if reject else _Entry(permit=False))
        elif action.verb == "return":
            self.jump(end)
        elif action.verb == "jump":
            self.chain(action.name, accept, reject, within)
        elif action.name == "bgp-path-prepend":
            self.prepend(int(action.value))
        else:
            self.entries.append(_Entry(sets=(f"{_SET[action.name]} {action.value}",), goto="next"))

    # ------------------------------------------------------------ conditions
    def condition(self, condition: Condition, yes: str, no: str, within: tuple[str, ...]) -> None:
        if isinstance(condition, Not):
            self.condition(condition.test, no, yes, within)
        elif isinstance(condition, And | Or):
            middle = self.fresh()
            first = (middle, no) if isinstance(condition, And) else (yes, middle)
            self.condition(condition.left, *first, within)
            self.place(middle)
            self.condition(condition.right, yes, no, within)
        else:
            self.test(condition, yes, no, within)

    def test(self, test: Test, yes: str, no: str, within: tuple[str, ...]) -> None:
        if test.operator == "!=" and test.subject in ("dst", "dst-len"):
            self.test(Test(test.subject, "==", test.value), no, yes, within)
        elif test.subject == "protocol":
            self.protocol(test.value, yes, no, within)
        elif test.subject == "afi":
            self.jump(yes if test.value in ("ip", "ipv4") else no)
        else:
            if test.subject == "chain":
                self.chain(test.value, yes, no, within)
            elif match := self.match(test):
                self.branch(match, yes)
            self.jump(no)

    def match(self, test: Test) -> str:
        """The one match that tells whether a test holds; "" when it never does."""
        if test.subject == "dst":
            return f"ip address prefix-list {self.lists.name(self.prefixes(test))}"
        if test.subject == "dst-len":
            low, high = _lengths(test)
            return f"ip address prefix-list {self.lists.name((_between(low, high),))}" if low <= high else ""
        return f"as-path {LOCAL}" if test.subject == "local" and self.outgoing else ""

    def protocol(self, name: str, yes: str, no: str, within: tuple[str, ...]) -> None:
        if name == "bgp":
            return self.condition(Not(Test("local", "", "")), yes, no, within)
        own = self.connected if name == "connected" else self.static if name == "static" else ()
        ours = self.fresh()
        self.condition(Test("local", "", ""), ours, no, within)
        self.place(ours)
        self.branch(f"ip address prefix-list {self.lists.name(own)}", yes)
        self.jump(no)
        return None

    def prefixes(self, test: Test) -> tuple[str, ...]:
        found = [test.value] if "/" in test.value else networks(self.config, test.value)
        if test.operator == "==":
            return tuple(found)
        return tuple(prefix if prefix.endswith("/32") else f"{prefix} le 32" for prefix in found)

    # ------------------------------------------------------------ text
    def lines(self) -> list[str]:
        """The route-map; what reaches its end is rejected."""
        places: dict[str, int] = {}
        real: list[_Entry] = []
        for entry in [*self.entries, _Entry(permit=False)]:
            if entry.label:
                places[entry.label] = (len(real) + 1) * _STEP
            else:
                real.append(entry)
        found = []
        for index, entry in enumerate(real):
            number = (index + 1) * _STEP
            found.append(f"route-map {self.name} {'permit' if entry.permit else 'deny'} {number}")
            if entry.match:
                found.append(f" match {entry.match}")
            found += [f" set {each}" for each in entry.sets]
            if entry.goto == "next" or (entry.goto and places[entry.goto] == number + _STEP):
                found.append(" on-match next")
            elif entry.goto:
                found.append(f" on-match goto {places[entry.goto]}")
            found.append("exit")
        return found


def networks(config: Config, name: str) -> list[str]:
    """The prefixes of an address list; ranges are no prefixes."""
    found = [e["address"] for e in config.enabled("/ip/firewall/address-list") if e["list"] == name]
    return [each if "/" in each else f"{each}/32" for each in found if "-" not in each]


def _lengths(test: Test) -> tuple[int, int]:
    if test.operator == "in":
        low, _, high = test.value.partition("-")
        return int(low), min(32, int(high))
    value = int(test.value)
    return {
        "==": (value, value),
        "<": (0, value - 1),
        "<=": (0, value),
        ">": (value + 1, 32),
        ">=": (value, 32),
    }[test.operator]


def _between(low: int, high: int) -> str:
    if (low, high) == (0, 0):
        return "0.0.0.0/0"
    return f"0.0.0.0/0 {f'ge {low} ' if low else ''}le {high}"
