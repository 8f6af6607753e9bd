"""What was asked of an endpoint at another time, read back from its file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.endpoints.group import intended, plan
from diemcau.endpoints.group.settings import EMPTY, TABLE
from diemcau.errors import Unexpected
from tests.unit.endpoints.endpoints import endpoint
from tests.unit.inventories import district, small

ROOM = district(small()).rooms["ga-ry-room"]


def test_every_statement_is_read_back_as_it_was_asked() -> None:
    before = intended.parse(plan.intended(ROOM))
    assert before.keys() == {name for name in ROOM.settings if TABLE[name].kind != "secret"}
    assert intended.steps(ROOM, before) == [] and intended.dropped(ROOM, before) == []


NAMES = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"'), min_size=1, max_size=40)


@given(NAMES.filter(lambda name: name.lower() != EMPTY))  # with that word an endpoint says that it has no value
def test_any_name_is_read_back(name: str) -> None:
    room = endpoint(settings={**ROOM.settings, "system_name": name, "contact": f"  {name} "})
    assert intended.steps(room, intended.parse(plan.intended(room))) == []


@pytest.mark.parametrize("name", [name for name in ROOM.settings if TABLE[name].kind != "secret"])
def test_a_line_that_is_missing_or_differs_is_a_step(name: str) -> None:
    setting, lines = TABLE[name], plan.intended(ROOM).splitlines()
    at = lines.index(str(setting.shown(ROOM.settings[name])))

    def differing(*instead: str) -> set[str]:
        text = "\n".join([*lines[:at], *instead, *lines[at + 1 :]])
        return {step.change.setting for step in intended.steps(ROOM, intended.parse(text))} - {"sip_password"}

    # An empty text is what an endpoint has that was asked for nothing.
    assert differing() == ({name} if ROOM.settings[name] != "" else set())
    assert differing(setting.shown({"int": 1, "bool": not ROOM.settings[name]}.get(setting.kind, "other"))) == {name}


def test_a_new_account_brings_its_password_along() -> None:
    before = intended.parse(plan.intended(ROOM).replace("sipusername 8018", "sipusername 8099"))
    assert [step.change.setting for step in intended.steps(ROOM, before)] == ["sip_user", "sip_password"]


def test_what_is_no_longer_asked_for_is_named() -> None:
    fewer = endpoint(settings={name: value for name, value in ROOM.settings.items() if name != "volume"})
    assert intended.dropped(fewer, intended.parse(plan.intended(ROOM))) == ["volume"]


@pytest.mark.parametrize(
    "line",
    [
        "nonsense yes",
        "volume",
        "POST /rest/config {}",
        "POST /rest/config [",
        'POST /rest/config {"vars": [{"name": "unknown", "value": 1}]}',
        'POST /rest/config {"vars": []}',
    ],
)
def test_what_sets_nothing_known_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(Unexpected, match="line 2 is no setting of an endpoint: "):
        intended.parse(f"volume set 25\n{line}\n")
