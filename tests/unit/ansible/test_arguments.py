"""Options of an action come from its documentation, are read once, and a module without one is a defect."""

from __future__ import annotations

from pathlib import Path

import pytest

from diemcau.ansible import arguments

DOCUMENTED = '''"""A module."""

DOCUMENTATION = """
module: some
options:
  minutes:
    description: How long.
    type: int
    default: 5
"""
'''


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(arguments, "_MODULES", tmp_path)
    monkeypatch.setattr(arguments, "spec", arguments.spec.__wrapped__)  # what is read here is not to be kept
    return tmp_path


def test_options_are_an_argument_spec(modules: Path) -> None:
    (modules / "some.py").write_text(DOCUMENTED, encoding="utf-8")
    assert arguments.spec("some") == {"minutes": {"description": "How long.", "type": "int", "default": 5}}
    assert arguments.names() == ["some"]


def test_an_action_may_take_nothing(modules: Path) -> None:
    (modules / "some.py").write_text(DOCUMENTED.partition("options:")[0] + '"""\n', encoding="utf-8")
    assert arguments.spec("some") == {}


def test_what_is_not_documented_is_a_defect(modules: Path) -> None:
    (modules / "some.py").write_text("RETURN = ''\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"some\.py has no DOCUMENTATION"):
        arguments.spec("some")
    with pytest.raises(FileNotFoundError):
        arguments.spec("other")


def test_a_worker_finds_what_was_read_before() -> None:
    assert arguments.spec("router_config") is arguments.spec("router_config")
