"""One Jinja2 environment for each platform: strict about names, and secrets come out only where a template asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2

from diemcau.redaction import reveal

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

_environments: dict[str, jinja2.Environment] = {}


def environment(platform: str, filters: dict[str, Callable[..., Any]]) -> jinja2.Environment:
    """The environment of ``templates/<platform>/``; made once for each platform and process, then the same again.

    An unknown name raises ``jinja2.UndefinedError``. A ``Secret`` prints as ``***``; the filter ``reveal`` gives
    its text. ``filters`` are the platform's own, such as its quoting; they count at the first call only.
    """
    if platform not in _environments:
        made = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES / platform),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,  # the output is a device's language, not HTML
        )
        made.filters.update(filters)
        made.filters["reveal"] = reveal
        _environments[platform] = made
    return _environments[platform]


def compile_all(platform: str) -> None:
    """Compile every template of a platform that is loaded, for the processes that are forked from this one."""
    made = _environments[platform]
    for name in made.list_templates():
        made.get_template(name)
