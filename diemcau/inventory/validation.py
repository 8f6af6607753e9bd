"""The inventory against the argument specifications: types, names of keys, choices, formats. Every mistake counts.

Ansible's own validator stops at the first mistake of a host and knows no line; this one walks the same
specifications, reports all mistakes, and gives the values back complete with the specifications' defaults.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from diemcau import naming
from diemcau.errors import Problem
from diemcau.intent import SECTIONS
from diemcau.inventory import source_location
from diemcau.inventory.formats import FORMATS, shown
from diemcau.inventory.hostvars import GROUPS, Broken
from diemcau.inventory.source_location import Path_, Place
from diemcau.paths import PROJECT

Options = Mapping[str, Mapping[str, Any]]  # the options of an argument specification

_WORDS = {"str": "text", "int": "a whole number", "bool": "true or false", "list": "a list", "dict": "keys with values"}
_QUOTES = "Put it in quotes: without them 7.20 is read as the number 7.2, and some MAC addresses as times."


@dataclass(frozen=True)
class Specs:
    """The options that each kind of host has."""

    router: Options
    room: Options


@cache
def load_specs(project: Path = PROJECT) -> Specs:
    """What ``roles/*/meta/argument_specs.yml`` and ``diemcau/inventory/schema.yml`` say; read once in a process."""
    own = _read(project / "diemcau" / "inventory" / "schema.yml")
    common = own["common"]["options"]
    roles: dict[str, Any] = {}
    for section in SECTIONS:
        roles |= _read(project / "roles" / section / "meta" / "argument_specs.yml")["main"]["options"]
    room = _read(project / "roles" / "room" / "meta" / "argument_specs.yml")["main"]["options"]
    return Specs({**common, **own["router"]["options"], **roles}, {**common, **own["room"]["options"], **room})


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
    return loaded


@dataclass
class Mistakes:
    """Collects the mistakes of all hosts, each with the place where it was written."""

    hosts: Mapping[str, Mapping[str, Any]]
    _found: dict[Problem, list[str]] = field(default_factory=dict)  # problem without host -> hosts that have it

    def add(self, host: str, path: Path_, found: str, expected: str, remedy: str, place: Place | None = None) -> None:
        """Note one mistake. A place shared by many hosts (a group's variable) makes one problem, not many."""
        place = place or source_location.locate(self.hosts.get(host, {}), path)
        problem = Problem(place.file, place.line, "", source_location.key_text(path), found, expected, remedy)
        self._found.setdefault(problem, []).append(host)

    def problems(self) -> list[Problem]:
        """All mistakes, sorted by file and line."""
        result = []
        for problem, hosts in self._found.items():
            if problem.line:
                sites = {naming.site_of(host) for host in hosts}
                more = f" and {len(set(hosts)) - 1} more" if len(sites) > 1 else ""
                result.append(replace(problem, host=f"{hosts[0]}{more}"))
            else:
                result += [replace(problem, host=host) for host in dict.fromkeys(hosts)]
        return sorted(result)

    def __bool__(self) -> bool:
        return bool(self._found)


def check_host(mistakes: Mistakes, host: str, options: Options, known: Options) -> dict[str, Any]:
    """The variables of one host, checked and completed; a value that is wrong or missing is left out.

    ``known`` lists all top-level names: what a site's other host needs is no mistake.
    """
    variables = {k: v for k, v in mistakes.hosts[host].items() if k in options}
    unknown = {k: v for k, v in mistakes.hosts[host].items() if k != GROUPS and k not in known}
    _unknown_keys(mistakes, host, known, unknown, ())
    return _options(mistakes, host, options, variables, ())


def _options(
    mistakes: Mistakes, host: str, options: Options, values: Mapping[Any, Any], path: tuple[str | int, ...]
) -> dict[str, Any]:
    meant = _unknown_keys(mistakes, host, options, values, path)
    result: dict[str, Any] = {}
    for name, option in options.items():
        value = values.get(name)
        here = (*path, name)
        if value is None:
            if option.get("required") and name not in meant:
                mistakes.add(host, here, "is missing", _expected(option, here), _REMEDY_MISSING)
            value = option.get("default")
        if value is None:
            continue
        checked = _value(mistakes, host, option, value, here)
        if checked is not None:
            result[name] = checked
    return result


_REMEDY_MISSING = "Add it; docs/inventory.md lists every key."


def _unknown_keys(
    mistakes: Mistakes, host: str, options: Options, values: Mapping[Any, Any], path: tuple[str | int, ...]
) -> set[str]:
    """Report keys that do not exist; give back what was probably meant, which is then not reported as missing."""
    meant: set[str] = set()
    for key in values:
        if key in options:
            continue
        place = source_location.of_key(values, key) or source_location.of(values[key])
        here, expected = (*path, str(key)), f"one of {', '.join(sorted(options))}"
        close = difflib.get_close_matches(str(key), options, 1, 0.6)
        meant.update(close)
        remedy = f"Write {close[0]}." if close else "Correct the key or take it out; docs/inventory.md lists every key."
        mistakes.add(host, here, "unknown key", expected, remedy, place)
    return meant - values.keys()


def _value(mistakes: Mistakes, host: str, option: Mapping[str, Any], value: Any, path: Path_) -> Any:
    """One value as its type says; None when it is wrong."""
    if isinstance(value, Broken):
        remedy = "Correct the template, or write the value itself."
        mistakes.add(host, path, f"cannot be rendered: {value.words}", _expected(option, path), remedy, value.place)
        return None
    kind = option.get("type", "str")
    converted = _convert(kind, value)
    if converted is None:
        remedy = _QUOTES if kind == "str" else f"Write {_WORDS[kind]}."
        mistakes.add(host, path, f"{shown(value)} is not {_WORDS[kind]}", _expected(option, path), remedy)
        return None
    if kind == "dict":
        return _options(mistakes, host, option.get("options", {}), converted, tuple(path))
    if kind == "list":
        element = {**option, "type": option.get("elements", "str")}
        items = [_value(mistakes, host, element, item, (*path, i)) for i, item in enumerate(converted)]
        if option.get("required") and not items:
            mistakes.add(host, path, "is empty", _expected(option, path), "Add at least one.")
        return [item for item in items if item is not None]
    return _scalar(mistakes, host, option, converted, path)


def _scalar(mistakes: Mistakes, host: str, option: Mapping[str, Any], value: Any, path: Path_) -> Any:
    choices = option.get("choices")
    if choices and value not in choices:
        near = difflib.get_close_matches(str(value), map(str, choices), 1)
        lower = [choice for choice in choices if isinstance(choice, int) and choice < value]
        close = lower[-1:] or near  # a rate that is not offered: the next one below it
        expected = f"one of {', '.join(map(str, choices))}"
        remedy = f"Write {close[0]}." if close else "Write one of these, or leave the key out."
        mistakes.add(host, path, f"{shown(value)} is not known", expected, remedy)
        return None
    form = FORMATS.get(_spec_name(path))
    if form is None:
        return value
    try:
        return form.read(value)
    except ValueError as error:
        mistakes.add(host, path, str(error), form.expected, form.remedy)
        return None


def _convert(kind: str, value: Any) -> Any:
    """``value`` as ``kind``, or None when it is something else. Digits in quotes count as a number."""
    if kind == "int":
        if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
            return int(value)
        return int(value) if isinstance(value, int) and not isinstance(value, bool) else None
    if kind == "str":
        return "".join(value) if isinstance(value, str) else None  # plain text, without Ansible's tags
    wanted: dict[str, type[Any]] = {"bool": bool, "list": list, "dict": dict}
    return value if isinstance(value, wanted[kind]) else None


def _expected(option: Mapping[str, Any], path: Path_) -> str:
    form = FORMATS.get(_spec_name(path))
    if form is not None and option.get("type") != "list":
        return form.expected
    if option.get("options"):
        return f"keys with values: {', '.join(sorted(option['options']))}"
    description = option["description"]
    return str(description if isinstance(description, str) else " ".join(description)).rstrip(".")


def _spec_name(path: Path_) -> str:
    """The option's place in the specifications: the path without indexes of lists."""
    return ".".join(str(part) for part in path if not isinstance(part, int))
