"""Which arguments each command takes: those of the language itself, and those that all menus share."""

from __future__ import annotations

from dataclasses import dataclass

from twin.routeros.menu import Menu, Release


@dataclass(frozen=True)
class Signature:
    """``unnamed`` are filled in order by values without a name; ``flags`` are bare words."""

    named: frozenset[str]
    unnamed: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()


def _global(unnamed: str = "", named: str = "", flags: str = "") -> Signature:
    order = tuple(unnamed.split())
    names = frozenset(order) | frozenset(named.split())
    return Signature(names, order, frozenset(flags.split()))


#: Commands that can be given anywhere with a colon, and without one where no menu has the word.
GLOBAL: dict[str, Signature] = {
    "put": _global("message"),
    "delay": _global("delay-time"),
    "local": _global("name value"),
    "global": _global("name value"),
    "set": _global("name value"),
    "do": _global("command", "on-error"),
    "if": _global("condition", "do else"),
    "foreach": _global("counter", "in do"),
    "while": _global("condition", "do"),
    "onerror": _global("error", "in do"),
    "pick": _global("counter begin end"),
    "find": _global("in key from"),
    "len": _global("value"),
    "tostr": _global("value"),
    "tonum": _global("value"),
    "toarray": _global("value"),
    "typeof": _global("value"),
    "error": _global("message"),
    "return": _global("value"),
    "nothing": _global(),
    "import": _global("file-name", "verbose from-line dry-run", "dry-run verbose"),
    "ping": _global("address", "count interval interface size src-address"),
    "quit": _global(),
    "undo": _global(),
    "redo": _global(),
}

_EXPORT_FLAGS = frozenset({"terse", "show-sensitive", "hide-sensitive", "compact", "verbose"})
ROOT_EXPORT = Signature(frozenset({"file"}), (), _EXPORT_FLAGS)
_PRINT_FLAGS = frozenset({"terse", "detail", "count-only", "as-value", "without-paging", "where", "show-ids"})
_RULES = ("/ip/firewall/filter", "/ip/firewall/nat", "/ip/firewall/mangle")
_V20 = Release(7, 20)


def signature(menu: Menu, verb: str, release: Release) -> Signature:
    """What ``verb`` takes in ``menu``."""
    if verb in menu.commands:
        names = menu.commands[verb]
        return Signature(frozenset(names), names)
    writable = frozenset(arg.name for arg in menu.args if not arg.readonly)
    if verb == "add":
        copied = {"copy-from"} if menu.path != "/file" else set()
        return Signature(writable | copied | ({"place-before"} if "move" in menu.verbs else set()))
    if verb == "set":
        return Signature(writable) if menu.single else Signature(writable | {"numbers"}, ("numbers",))
    if verb in ("remove", "enable", "disable"):
        return Signature(frozenset({"numbers"}), ("numbers",))
    if verb == "comment":
        return Signature(frozenset({"numbers", "comment"}), ("numbers",))
    if verb == "unset":
        return Signature(frozenset({"numbers", "value-name"}), ("numbers", "value-name"))
    if verb == "move":
        return Signature(frozenset({"numbers", "destination"}), ("numbers", "destination"))
    if verb == "get":
        order = ("value-name",) if menu.single else ("number", "value-name")
        return Signature(frozenset(order), order)
    if verb == "find":
        return Signature(frozenset(), (), frozenset({"find", "where"}))
    if verb == "export":
        return ROOT_EXPORT
    secret = release >= _V20 and any(arg.secret for arg in menu.args)
    flags = _PRINT_FLAGS | ({"show-sensitive"} if secret else set())
    if menu.single:
        return Signature(frozenset(), (), frozenset({"as-value", "without-paging"}))
    if menu.path in _RULES:
        flags |= {"all", "static", "dynamic"}
    numbered = {"from"} if menu.path not in ("/log", "/system/history") else set()
    return Signature(frozenset({"proplist"} | numbered), (), flags)
