"""The inventory's files of variables: whether each is YAML, told with its name and line.

Ansible loads a group's file before any task runs, and its own words about one that is no YAML name no file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError

from diemcau.ansible import core

FOLDERS = ("group_vars", "host_vars")
ENDINGS = (".yml", ".yaml", ".json")


def unreadable(loader: Any, sources: Iterable[str]) -> list[str]:
    """What is wrong with files beside the inventory's sources, one message for each; ``loader``: Ansible's."""
    folders = {path if path.is_dir() else path.parent for path in map(Path, sources) if path.exists()}
    messages = []
    for file in sorted(f for folder in folders for name in FOLDERS for f in (folder / name).rglob("*")):
        if file.suffix in ENDINGS and file.is_file():
            try:
                loader.load_from_file(str(file), cache="none")
            except AnsibleError as error:
                messages.append(in_words(error))
    return messages


def in_words(error: AnsibleError) -> str:
    """ansible-core's own words; of a file that it cannot read, behind the place that it means."""
    cause: BaseException | None = error
    while isinstance(error, AnsibleParserError) and cause is not None:
        if place := core.place_of(getattr(cause, "obj", None)):  # only the innermost error knows it
            where = f"{place.file}:{place.line}" if place.line else place.file
            return f"{where}: {error.message}\n    to do: correct this line, or what is left open above it"
        cause = cause.__context__
    return str(error.message)
