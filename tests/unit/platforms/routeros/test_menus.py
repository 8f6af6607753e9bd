"""The data about menus is consistent with itself and with who owns what."""

from __future__ import annotations

from diemcau.platforms.routeros.menus import ENTRIES, SETTINGS, defaults
from diemcau.platforms.routeros.sections import OWNERS, owner


def test_every_menu_has_an_owner_and_every_owner_a_menu() -> None:
    assert {menu for menu in ENTRIES if owner(menu, {}) is None} == set()
    assert OWNERS.keys() <= ENTRIES.keys() | SETTINGS.keys()
    assert not ENTRIES.keys() & SETTINGS.keys()


def test_what_names_an_entry_is_never_left_uncompared() -> None:
    for menu in ENTRIES.values():
        assert not set(menu.key) & (menu.write_only | menu.derived | menu.chosen)


def test_a_service_that_is_off_from_the_factory() -> None:
    assert defaults("/ip service", "www-ssl")["disabled"] == "yes"
    assert defaults("/ip service", "www")["disabled"] == "no"
