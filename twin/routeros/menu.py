"""What a menu of the console is, as data: its arguments, commands and habits. The menus are in ``schema_*.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from twin.routeros.types import BOOL, STRING, Type


@dataclass(frozen=True, order=True)
class Release:
    """``7.18``; compares as numbers."""

    major: int
    minor: int

    @staticmethod
    def of(text: str) -> Release:
        match = re.match(r"(\d+)\.(\d+)", text)
        if match is None:
            raise ValueError(f"not a RouterOS release: {text}")
        return Release(int(match[1]), int(match[2]))


FIRST, LAST = Release(7, 18), Release(7, 22)


@dataclass(frozen=True)
class Arg:
    """One argument of ``add`` and ``set``, or (``readonly``) a property that is only printed."""

    name: str
    type: Type = STRING
    default: str | None = None  # what it is when not given; None = nothing
    required: bool = False  # for add
    secret: bool = False
    readonly: bool = False
    always: bool = False  # exported also when it has its default
    since: Release = FIRST
    until: Release = LAST


@dataclass(frozen=True)
class Menu:
    """A table of entries, or (``single``) a set of settings."""

    path: str  # "/ip/address"
    args: tuple[Arg, ...]
    single: bool = False
    verbs: frozenset[str] = frozenset()
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)  # other commands: name -> their arguments
    space: str = ""  # the namespace that its names belong to
    named: bool = False  # entries can be addressed by their name
    explicit: bool = False  # what was given is kept and exported even when it is the default
    exported: bool = True
    builtin_by: str = ""  # how an export addresses entries that came with the device: a property or "number"
    flags: tuple[tuple[str, str], ...] = ()  # letter, property
    since: Release = FIRST
    until: Release = LAST

    def arg(self, name: str) -> Arg | None:
        return self._index().get(name)

    def _index(self) -> dict[str, Arg]:
        cached: dict[str, Arg] | None = self.__dict__.get("_cache")
        if cached is None:
            cached = {arg.name: arg for arg in self.args}
            object.__setattr__(self, "_cache", cached)
        return cached

    def defaults(self) -> dict[str, str]:
        return {arg.name: arg.default for arg in self.args if arg.default is not None}

    def for_release(self, release: Release) -> Menu:
        kept = tuple(arg for arg in self.args if arg.since <= release <= arg.until)
        return replace(self, args=kept)


_COMMON = ("print", "get", "find", "export")
COMMENT = Arg("comment", default="")
DISABLED = Arg("disabled", BOOL, default="no")


def settings(path: str, *args: Arg, **options: object) -> Menu:
    """A menu without entries: ``print``, ``set``, ``get``, ``export``."""
    made = Menu(path, args, single=True, verbs=frozenset({"print", "set", "get", "export"}))
    return replace(made, **options)  # type: ignore[arg-type]


def entries(path: str, *args: Arg, without: str = "", more: str = "", **options: object) -> Menu:
    """A menu of entries with every usual command except those in ``without``, plus those in ``more``.

    ``disabled`` and ``comment`` come with the commands ``disable`` and ``comment``.
    """
    verbs = {*_COMMON, "add", "set", "remove", "enable", "disable", "comment", *more.split()} - set(without.split())
    extra: tuple[Arg, ...] = (DISABLED,) if "disable" in verbs else ()
    extra += (COMMENT,) if "comment" in verbs or "comment-arg" in verbs else ()
    flags = options.pop("flags", ())
    assert isinstance(flags, tuple)
    flags += (("X", "disabled"),) if "disable" in verbs else ()
    made = Menu(path, args + extra, verbs=frozenset(verbs - {"comment-arg"}), flags=flags)
    return replace(made, **options)  # type: ignore[arg-type]
