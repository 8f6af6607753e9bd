"""Statements for the wire and for people."""

from __future__ import annotations

from diemcau.platforms.routeros.menus import ENTRIES
from diemcau.platforms.routeros.statements import make, selector
from diemcau.redaction import Secret, reveal


def test_a_statement_with_a_secret_is_secret_and_shown_masked() -> None:
    statement = make("/user", "add", "system", values={"name": "x", "password": Secret("hunter2")})
    assert isinstance(statement.text, Secret)
    assert reveal(statement.text) == "/user add name=x password=hunter2"
    assert statement.shown == "/user add name=x password=***"


def test_a_selector_names_defaults_too() -> None:
    menu = ENTRIES["/system logging"]
    assert selector(menu, {"action": "district"}) == "[find topics=info action=district]"
    assert make("/system logging", "remove", "system", selector(menu, {"action": "a", "topics": "error"})).text == (
        "/system logging remove [find topics=error action=a]"
    )
