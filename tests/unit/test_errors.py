"""What a person reads about a mistake."""

from __future__ import annotations

from diemcau.errors import InventoryError, Problem, Refused


def test_a_problem_names_place_host_key_expectation_and_remedy() -> None:
    problem = Problem("inventory/district.yml", 42, "ga-ry-router", "wan.mtu", "is 0", "64 or more", "Ask.")
    assert str(problem) == (
        "inventory/district.yml:42: ga-ry-router: wan.mtu: is 0\n    expected: 64 or more\n    to do: Ask."
    )


def test_a_problem_of_a_whole_file_has_no_empty_parts() -> None:
    assert str(Problem("secrets", 0, "", "", "is empty", "files", "Run it.")).startswith("secrets: is empty\n")


def test_all_mistakes_are_told_in_the_order_of_file_and_line() -> None:
    problems = [
        Problem("b", 1, "", "", "x", "", ""),
        Problem("a", 9, "", "", "x", "", ""),
        Problem("a", 2, "", "", "x", "", ""),
    ]
    error = InventoryError(problems)
    assert [(p.file, p.line) for p in error.problems] == [("a", 2), ("a", 9), ("b", 1)]
    assert str(error).index("a:2") < str(error).index("a:9") < str(error).index("b:1")


def test_a_refusal_carries_the_devices_words() -> None:
    error = Refused("Set failed", "set x y", "lan")
    assert (str(error), error.statement, error.section) == ("Set failed", "set x y", "lan")


def test_what_the_inventory_holds_cannot_write_lines_of_its_own() -> None:
    problem = Problem("a", 1, "h", "k\u202e", 'a\nb\x07" is no name', "x", "y")
    assert str(problem).splitlines()[0] == 'a:1: h: k\\u202e: a\\nb\\x07" is no name'
