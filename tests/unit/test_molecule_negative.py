"""tools/molecule-negative: a verify that fails by something else than the wrong value does not count."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests import programs

PROJECT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.parent.name for path in (PROJECT / "roles").glob("*/tasks"))  # roles/router has only a handler
EXPECTED = {"test_a[ga-ry]": "mss 1460"}
RIGHT = "AssertionError: … options [mss 1460] …\nassert (…)"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return programs.load(PROJECT / "tools" / "molecule-negative")


def test_a_verify_that_fails_for_its_reason_counts(tool: ModuleType) -> None:
    assert tool.differences(EXPECTED, {"test_a[ga-ry]": RIGHT}) == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({}, ["test_a[ga-ry] passed, although it had to fail"]),
        (
            {"test_a[ga-ry]": RIGHT, "test_b": "assert 1 == 2"},
            ["test_b failed, and had nothing to do with it: assert 1 == 2"],
        ),
        (
            {"test_a[ga-ry]": "AssertionError: no packet"},
            ['test_a[ga-ry] failed by something else than "mss 1460": AssertionError: no packet'],
        ),
        (
            {"test_a[ga-ry]": "ERROR ValueError: mss 1460"},
            ['test_a[ga-ry] failed by something else than "mss 1460": ERROR ValueError: mss 1460'],
        ),
    ],
    ids=["passed", "another", "other-words", "error"],
)
def test_any_other_does_not(tool: ModuleType, found: dict[str, str], told: list[str]) -> None:
    assert tool.differences(EXPECTED, found) == told


def test_a_report_is_read(tool: ModuleType) -> None:
    report = """<testsuites><testsuite>
        <testcase name="test_passed"/>
        <testcase name="test_asserted"><failure message="AssertionError: words&#10;assert 0">trace</failure></testcase>
        <testcase name="test_rewritten"><failure message="assert 1 == 2">trace</failure></testcase>
        <testcase name="test_raised"><failure message="ValueError: words">trace</failure></testcase>
        <testcase name="test_setup"><error message="failed on setup with &quot;assert 1&quot;">trace</error></testcase>
        </testsuite></testsuites>"""
    assert tool.failures(report) == {
        "test_asserted": "AssertionError: words\nassert 0",
        "test_rewritten": "assert 1 == 2",
        "test_raised": "ERROR ValueError: words",
        "test_setup": 'ERROR failed on setup with "assert 1"',
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_a_scenario_that_fails_by_a_wrong_value(role: str) -> None:
    folder = PROJECT / "molecule" / role
    assert yaml.safe_load((folder / "molecule.yml").read_text(encoding="utf-8")) == {"scenario": {"name": role}}
    case = yaml.safe_load((folder / "negative.yml").read_text(encoding="utf-8"))
    (tests,) = (folder / "tests").glob("test_*.py")
    text = tests.read_text(encoding="utf-8")
    assert case["wrong"] and all(words for words in case["fails"].values())
    assert all(f"def {test.partition('[')[0]}(" in text for test in case["fails"])


@pytest.mark.parametrize("arguments", [[], ["default"], ["../roles"], ["vpn", "lan"]])
def test_what_is_no_role_is_refused(tool: ModuleType, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(arguments) == 2
    assert "usage: tools/molecule-negative ROLE" in capsys.readouterr().err
