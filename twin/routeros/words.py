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


def _takes(unnamed: str = "", named: str = "", flags: str = "") -> Signature:
    order = tuple(unnamed.split())
    names = frozenset(order) | frozenset(named.split())
    return Signature(names, order, frozenset(flags.split()))


#: Commands that can be given anywhere with a colon, and without one where no menu has the word.
GLOBAL: dict[str, Signature] = {
    "put": _takes("message"),
    "delay": _takes("delay-time"),
    "local": _takes("name value"),
    "global": _takes("name value"),
    "set": _takes("name value"),
    "do": _takes("command", "on-error"),
    "if": _takes("condition", "do else"),
    "foreach": _takes("counter", "in do"),
    "while": _takes("condition", "do"),
    "onerror": _takes("error", "in do"),
    "pick": _takes("counter begin end"),
    "find": _takes("in key from"),
    "len": _takes("value"),
    "tostr": _takes("value"),
    "tonum": _takes("value"),
    "toarray": _takes("value"),
    "typeof": _takes("value"),
    "error": _takes("message"),
    "return": _takes("value"),
    "nothing": _takes(),
    "import": _takes("file-name", "verbose from-line dry-run", "dry-run verbose"),
    "ping": _takes("address", "count interval interface size src-address"),
    "quit": _takes(),
    "undo": _takes(),
    "redo": _takes(),
}

_EXPORT_FLAGS = frozenset({"terse", "show-sensitive", "hide-sensitive", "compact", "verbose"})
ROOT_EXPORT = Signature(frozenset({"file"}), (), _EXPORT_FLAGS)
_PRINT_FLAGS = frozenset({"terse", "detail", "count-only", "as-value", "without-paging", "where", "show-ids"})
_RULES = ("/ip/firewall/filter", "/ip/firewall/nat", "/ip/firewall/mangle")
_SAME = {
    "remove": _takes("numbers"),
    "enable": _takes("numbers"),
    "disable": _takes("numbers"),
    "comment": _takes("numbers", "comment"),
    "unset": _takes("numbers value-name"),
    "move": _takes("numbers destination"),
    "find": _takes(flags="find where"),
    "export": ROOT_EXPORT,
}
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
    if verb == "get":
        return _takes("value-name" if menu.single else "number value-name")
    return _SAME.get(verb) or _print(menu, release)


def _print(menu: Menu, release: Release) -> Signature:
    if menu.single:
        return Signature(frozenset(), (), frozenset({"as-value", "without-paging"}))
    secret = release >= _V20 and any(arg.secret for arg in menu.args)
    flags = _PRINT_FLAGS | ({"show-sensitive"} if secret else set())
    if menu.path in _RULES:
        flags |= {"all", "static", "dynamic"}
    numbered = {"from"} if menu.path not in ("/log", "/system/history") else set()
    return Signature(frozenset({"proplist"} | numbered), (), flags)
