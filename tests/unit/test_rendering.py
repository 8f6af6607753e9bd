from __future__ import annotations

import jinja2
import pytest

from diemcau.platforms import names
from diemcau.redaction import Secret
from diemcau.rendering import TEMPLATES, environment


@pytest.mark.parametrize("platform", names())
def test_the_environment_is_made_once_and_finds_the_platforms_templates(platform: str) -> None:
    first = environment(platform, {})
    assert environment(platform, {}) is first
    assert first.list_templates(extensions=["j2"]) == sorted(p.name for p in (TEMPLATES / platform).glob("*.j2"))


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment("test-strict", {}).from_string("{{ nothing.there }}").render()


def test_a_secret_shows_only_through_reveal() -> None:
    made = environment("test-reveal", {"shout": str.upper})
    assert made.from_string("{{ key }} {{ key | reveal | shout }}").render(key=Secret("abc")) == "*** ABC"


def test_lines_of_statements_alone_leave_no_blank_lines() -> None:
    text = "{% for n in (1, 2) %}\n  {% if n %}\nset {{ n }}\n  {% endif %}\n{% endfor %}\n"
    assert environment("test-blocks", {}).from_string(text).render() == "set 1\nset 2\n"
