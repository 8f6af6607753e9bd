"""Splitting what an export prints, quoting what the console takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.platforms.routeros.words import bits, fold, pairs, quote, rate, split, unquote, wrap
from diemcau.redaction import Secret


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_what_is_quoted_reads_back_as_one_word(text: str) -> None:
    word = quote(text)
    assert word.isascii()
    assert split(word) == [word]
    assert unquote(word) == text


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("ether1", "ether1"),
        ("10.77.18.0/24", "10.77.18.0/24"),
        ("two words", '"two words"'),
        ('say "$x"?', '"say \\"\\$x\\"\\?"'),
        ("Ch'Ơm", '"Ch\'\\C6\\A0m"'),
        ("a\nb", '"a\\nb"'),
        ("", '""'),
    ],
)
def test_quoting_as_the_console_takes_it(text: str, quoted: str) -> None:
    assert quote(text) == quoted


def test_words_keep_quoted_text_and_brackets_whole() -> None:
    line = 'set [ find default-name=ether1 ] comment="a ] b" name=x'
    assert split(line) == ["set", "[ find default-name=ether1 ]", 'comment="a ] b"', "name=x"]


@pytest.mark.parametrize("line", ['add name="open', "set [ find x"])
def test_what_does_not_close_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="does not close"):
        split(line)


def test_an_unknown_escape_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown escape"):
        unquote('"\\q"')


def test_secret_arguments_are_masked_where_shown() -> None:
    values = {"name": "wg0", "private-key": wrap("private-key", "abc=")}
    assert isinstance(values["private-key"], Secret)
    assert pairs(values, show=True) == "name=wg0 private-key=***"
    assert pairs(values, show=False) == 'name=wg0 private-key="abc="'


def test_a_flag_is_given_by_its_name() -> None:
    assert pairs({"blackhole": "yes", "distance": "250"}, show=False) == "blackhole distance=250"


def test_fold() -> None:
    assert fold("Huyện ủy Đắk") == "Huyen uy Dak"


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("1900k", 1_900_000, "1900k"),
        ("1900000", 1_900_000, "1900k"),
        ("10M", 10_000_000, "10M"),
        ("10000k", 10_000_000, "10M"),
        ("2G", 2_000_000_000, "2G"),
        ("0", 0, "0"),
        ("1500", 1500, "1500"),
    ],
)
def test_rates_with_and_without_a_unit(text: str, value: int, written: str) -> None:
    assert bits(text) == value
    assert rate(value) == written
