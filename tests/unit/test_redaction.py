"""A secret never shows itself."""

from __future__ import annotations

import json
import traceback

import pytest

from diemcau.redaction import Secret, reveal

PLAIN = "q8zW0Jt1mX-private"


@pytest.mark.parametrize("show", [str, repr, "{}".format, lambda s: f"{s!r} {s}", lambda s: str([s])])
def test_no_way_of_printing_shows_it(show: object) -> None:
    assert PLAIN not in show(Secret(PLAIN))  # type: ignore[operator]


def test_an_exception_that_holds_it_does_not_show_it() -> None:
    text = "".join(traceback.format_exception(ValueError(Secret(PLAIN))))
    assert PLAIN not in text


def test_it_cannot_be_serialized_by_accident() -> None:
    with pytest.raises(TypeError):
        json.dumps({"key": Secret(PLAIN)})


def test_equal_by_value_and_usable_in_sets() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("a") != "a"


def test_reveal() -> None:
    assert reveal(Secret("a")) == reveal("a") == "a"
