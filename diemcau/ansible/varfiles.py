"""The inventory's files of variables: whether each is YAML, told with its name and line.

Ansible loads a group's file before any task runs, and its own words about one that is no YAML name no file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError

from diemcau.ansible import core
from diemcau.errors import Problem

FOLDERS = ("group_vars", "host_vars")
ENDINGS = (".yml", ".yaml", ".json")


def unreadable(loader: Any, sources: Iterable[str]) -> list[Problem]:
    """What is wrong with files beside the inventory's sources, one problem for each; ``loader``: Ansible's."""
    folders = {path if path.is_dir() else path.parent for path in map(Path, sources) if path.exists()}
    problems = []
    for file in sorted(f for folder in folders for name in FOLDERS for f in (folder / name).rglob("*")):
        if file.suffix in ENDINGS and file.is_file():
            try:
                loader.load_from_file(str(file), cache="none")
            except AnsibleError as error:
                problems.append(as_problem(error))
    return problems


def as_problem(error: AnsibleError) -> Problem:
    """ansible-core's own words; of a file that it cannot read, behind the place that it means."""
    cause: BaseException | None = error
    while isinstance(error, AnsibleParserError) and cause is not None:
        if place := core.place_of(getattr(cause, "obj", None)):  # only the innermost error knows it
            remedy = "correct this line, or what is left open above it"
            return Problem(place.file, place.line, found=str(error.message), remedy=remedy)
        cause = cause.__context__
    return Problem(found=str(error.message))
