"""Ordered menus: few moves, the right names, the order kept at every step."""

from __future__ import annotations

from diemcau.platforms.routeros.menus import ENTRIES
from diemcau.platforms.routeros.ordered import reorder
from diemcau.platforms.routeros.parse import Entry
from diemcau.platforms.routeros.sections import owner

FILTER = "/ip firewall filter"


def rule(comment: str, action: str = "accept") -> Entry:
    return {"chain": "input", "action": action, **({"comment": comment} if comment else {})}


MANGLE = "/ip firewall mangle"


def shown(have: list[Entry], want: list[Entry]) -> list[str]:
    put, drop = reorder(FILTER, ENTRIES[FILTER], have, *([(e, "firewall") for e in rules] for rules in (have, want)))
    return [statement.shown.removeprefix(f"{FILTER} ") for statement in (*put, *drop)]


def test_a_rule_in_the_middle_goes_before_the_next_that_stays() -> None:
    a, b, c = map(rule, "abc")
    assert shown([a, c], [a, b, c]) == [
        'add chain=input action=accept comment=b place-before=[find dynamic=no chain="input" comment="c"]'
    ]


def test_a_rule_without_a_unique_name_is_found_by_its_place() -> None:
    a = rule("a")
    assert shown([rule(""), a, rule("")], [a]) == [
        "remove [:pick [find dynamic=no] 2]",
        "remove [:pick [find dynamic=no] 0]",
    ]


def test_a_changed_rule_stands_in_its_new_form_before_the_old_one_goes() -> None:
    old, new, last = rule("a"), rule("a", "drop"), rule("z")
    assert shown([old, last], [new, last]) == [
        'add chain=input action=drop comment=a place-before=[find dynamic=no chain="input" comment="z"]',
        "remove [:pick [find dynamic=no] 0]",
    ]


def test_a_swap_moves_one_rule() -> None:
    a, b = rule("a"), rule("b")
    assert len(shown([a, b], [b, a])) == 2  # one is added in its new place, its old self removed


def test_new_rules_come_first_to_last() -> None:
    """So the refusal of everything else is never there before what lets the session in."""
    assert [words.rpartition("comment=")[2] for words in shown([], list(map(rule, "abc")))] == ["a", "b", "c"]


def mss(comment: str) -> Entry:
    return {"chain": "forward", "action": "change-mss", **({"comment": comment} if comment else {})}


def mark(comment: str) -> Entry:
    return {"chain": "forward", "action": "mark-packet", **({"comment": comment} if comment else {})}


def of_one(section: str, there: list[Entry], want: list[Entry]) -> list[str]:
    """What is done when only one of the two sections of the menu is asked for."""
    have = [(entry, section) for entry in there if owner(MANGLE, entry) == section]
    put, drop = reorder(MANGLE, ENTRIES[MANGLE], there, have, [(entry, section) for entry in want])
    assert {statement.section for statement in (*put, *drop)} <= {section}
    return [statement.shown.removeprefix(f"{MANGLE} ") for statement in (*put, *drop)]


def test_places_are_counted_among_the_rules_of_both_sections() -> None:
    assert of_one("qos", [mss(""), mark(""), mss("")], []) == ["remove [:pick [find dynamic=no] 1]"]


def test_how_the_rules_of_two_sections_are_mixed_says_nothing() -> None:
    have, want = [mark("a"), mss("b"), mark("c")], [mss("b"), mark("a"), mark("c")]
    pairs = [[(entry, owner(MANGLE, entry)) for entry in found] for found in (have, want)]
    assert reorder(MANGLE, ENTRIES[MANGLE], have, *pairs) == ([], [])


def test_in_its_own_section_a_rule_has_its_place() -> None:
    assert of_one("qos", [mark("a"), mss("b"), mark("c")], [mark("c"), mark("a")]) == [
        'add chain=forward action=mark-packet comment=c place-before=[find dynamic=no chain="forward" comment="a"]',
        "remove [:pick [find dynamic=no] 3]",
    ]
