"""What a person reads about a mistake."""

from __future__ import annotations

import ast
import re

import pytest

from diemcau.errors import InventoryError, Problem, Refused
from diemcau.paths import PROJECT


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
    error = InventoryError(*problems)
    assert [(p.file, p.line) for p in error.problems] == [("a", 2), ("a", 9), ("b", 1)]
    assert str(error).index("a:2") < str(error).index("a:9") < str(error).index("b:1")


def test_a_refusal_carries_the_devices_words() -> None:
    error = Refused("Set failed", "set x y", "lan")
    assert (str(error), error.statement, error.section) == ("Set failed", "set x y", "lan")


def test_what_the_inventory_holds_cannot_write_lines_of_its_own() -> None:
    problem = Problem("a", 1, "h", "k\u202e", 'a\nb\x07" is no name', "x", "y")
    assert str(problem).splitlines()[0] == 'a:1: h: k\\u202e: a\\nb\\x07" is no name'


def test_a_problem_says_what_the_device_is_like_now() -> None:
    problem = Problem(
        host="ga-ry-router", found="the line is cut", state="a\nb", untouched=True, remedy="wait,\nthen go on"
    )
    assert str(problem) == (
        "ga-ry-router: the line is cut\n    a\n    b\n    nothing was sent\n    to do: wait,\n           then go on"
    )
    assert problem.also("c", remedy="no") == Problem(
        host="ga-ry-router", found="the line is cut", state="a\nb\nc", untouched=True, remedy="no"
    )
    assert problem.at("x") == problem and Problem(found="y").at("x") == Problem(host="x", found="y")


def test_a_reason_says_where_and_names_no_host() -> None:
    """Within another sentence: a file that cannot be read is of no use without its name."""
    assert Problem("secrets/ga-ry-router.yml", host="ga-ry-router", found="is empty", remedy="x").reason == (
        "secrets/ga-ry-router.yml: is empty"
    )
    assert Problem(host="ga-ry-room", key="pinned_host_key", found="is another\n").reason == (
        "pinned_host_key: is another\\n"
    )


def test_a_problem_travels_as_data() -> None:
    problem = Problem("a", 1, "h", "k", "f", "e", "r", "s", True)
    assert Problem.from_dict(problem.as_dict()) == problem
    with pytest.raises(TypeError, match="no field of a problem: words"):
        Problem.from_dict({"words": "x"})


def test_text_of_a_device_steers_no_terminal() -> None:
    assert str(Problem(found="a\x1b[31mb", state="c\x07\nd\u202e", remedy="e\r")) == (
        "a\\x1b[31mb\n    c\\x07\n    d\\u202e\n    to do: e\\r"
    )


# The words of libraries, whose errors carry nothing else: netmiko's about a session, pango's about a missing file.
FOREIGN = {"transport/ssh.py", "reports/pdf.py"}


def taken_apart(tree: ast.AST) -> list[int]:
    """Lines where the text of an error or the ``msg`` of a result is cut, compared or edited."""
    cutting = {
        "splitlines",
        "split",
        "partition",
        "rpartition",
        "removeprefix",
        "removesuffix",
        "startswith",
        "replace",
    }

    def message(node: ast.AST) -> bool:
        text = ast.unparse(node)
        return bool(re.search(r"\bstr\((error|problem|exc|e)\)|\.get\('msg'|\['msg'\]", text))

    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in cutting and message(node.value))
        or (isinstance(node, ast.Compare) and any(map(message, (node.left, *node.comparators))))
    ]


def test_nobody_takes_a_message_apart() -> None:
    sources = [*(PROJECT / "diemcau").rglob("*.py"), *(PROJECT / "plugins").rglob("*.py")]
    found = {
        str(path.relative_to(PROJECT / "diemcau") if path.is_relative_to(PROJECT / "diemcau") else path)
        for path in sources
        if taken_apart(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == FOREIGN


@pytest.mark.parametrize("code", ["str(error).splitlines()[0]", "result['msg'].removeprefix('x')", "str(e) == 'x'"])
def test_a_message_that_is_taken_apart_is_noticed(code: str) -> None:
    assert taken_apart(ast.parse(code)) == [1]
