from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.errors import Unexpected
from diemcau.platforms.vyos.words import fold, order, quote, shown, split, statement, writable
from diemcau.redaction import Secret


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ch'Ơm", "Ch Om"),
        ("Huyện ủy", "Huyen uy"),
        ("Tr'Hy", "Tr Hy"),
        ("Bha Lêê", "Bha Lee"),
        ("Đắk – Đoa", "Dak - Doa"),
        ('say "hi"?', "say hi"),
        ("plain text", "plain text"),
    ],
)
def test_text_for_people_is_folded_to_what_vyos_holds(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_whatever_is_folded_can_be_written(text: str) -> None:
    assert split(quote(fold(text))) == [fold(text)]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_quoting_is_undone_by_splitting_or_refused(text: str) -> None:
    if writable(text):
        assert split(quote(text)) == [text]
    else:
        with pytest.raises(Unexpected):
            quote(text)


@pytest.mark.parametrize("text", ["it's", 'a"b', "a\\b", "a?b", "Ơ", "two\nlines"])
def test_what_vyos_cannot_hold_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(Unexpected) as caught:
        quote(text)
    assert text not in str(caught.value)


def test_only_what_needs_quotes_gets_them() -> None:
    assert quote("10.77.1.0/24") == "10.77.1.0/24"
    assert quote("two words") == "'two words'"
    assert quote("*") == "'*'"
    assert quote("") == "''"


def test_a_statement_reveals_and_its_shown_form_masks() -> None:
    path = ("interfaces", "wireguard", "wg0", "private-key", Secret("hidden="))
    assert statement("set", path) == "set interfaces wireguard wg0 private-key hidden="
    assert shown("set", path) == "set interfaces wireguard wg0 private-key ***"


def test_rule_9_comes_before_rule_10() -> None:
    assert order(("rule", "9")) < order(("rule", "10"))
