"""The commands that every menu has."""

from __future__ import annotations

from twin.routeros import operations
from twin.routeros.call import Call, Verb
from twin.routeros.errors import BadValue, Refusal
from twin.routeros.evaluate import Condition, Value
from twin.routeros.export import export
from twin.routeros.files import write_file
from twin.routeros.live import settings
from twin.routeros.menu import Menu, Release
from twin.routeros.printing import print_rows, print_settings
from twin.routeros.rows import Row, choose, rows
from twin.routeros.special import SPECIAL
from twin.routeros.types import BOOL

_V20 = Release(7, 20)
_WRITING = frozenset({"add", "set", "remove", "enable", "disable", "comment", "unset", "move"})


async def run_verb(call: Call) -> Value:
    """Run it; raises Refusal with the console's words."""
    command = call.command
    _allow(call)
    special = SPECIAL.get((command.path, command.verb))
    if special is None and command.verb not in _WRITING:
        return await _READING[command.verb](call)
    before = call.router.config.snapshot()
    try:
        if special is not None:
            return await special(call)
        return await _CHANGING[command.verb](call)
    finally:
        after = call.router.config.tables
        if any(before.get(path) is not after.get(path) for path in before.keys() | after.keys()):
            what = f"{command.path.strip('/').replace('/', ' ')} {command.verb}"
            call.router.history.record(what, call.runner.user, before)


def _allow(call: Call) -> None:
    """The policies of the user's group."""
    command = call.command
    needed = set()
    if command.verb in _WRITING or command.verb in ("save", "load", "import"):
        needed.add("policy" if command.path.startswith("/user") else "write")
    if "show-sensitive" in command.flags:
        needed.add("sensitive")
    if command.verb in ("reboot", "shutdown", "reset-configuration"):
        needed.add("reboot")
    if not needed:
        return
    config = call.router.config
    user = next((u for u in config.entries("/user") if u.get("name") == call.runner.user), None)
    group = next((g for g in config.entries("/user/group") if user and g.get("name") == user.get("group")), None)
    # A user who was removed keeps the session that he has, with the rights that it began with.
    if group is not None and not needed <= set(group.get("policy").split(",")):
        raise Refusal("not enough permissions (9)")


# -------------------------------------------------------------------- reading
async def _matching(call: Call) -> list[Row]:
    found = await rows(call.router, call.menu)
    where = call.command.where
    if where is not None:
        condition = Condition(where, call.menu, call.router.config, call.evaluate)
        found = [row for row in found if await condition.holds(row.properties)]
    return found


async def _find(call: Call) -> Value:
    return [row.id for row in await _matching(call)]


async def _print(call: Call) -> Value:
    flags = call.command.flags
    if call.menu.single:
        print_settings(call.menu, await settings(call.router, call.menu), call.runner.write)
        return None
    everything = await rows(call.router, call.menu)
    numbers = {row.id: index for index, row in enumerate(everything)}
    shown = await _matching(call)
    if "from" in call.named:
        chosen = {row.id for row in choose(everything, call.named["from"], call.menu)}
        shown = [row for row in shown if row.id in chosen]
    if "count-only" in flags:
        if call.wanted:
            return len(shown)
        call.runner.write(f"{len(shown)}\n")
        return None
    secrets = call.router.release < _V20 or "show-sensitive" in flags
    names = call.text("proplist").split(",") if "proplist" in call.named else None
    if "as-value" in flags:
        return [f"{name}={value}" for row in shown for name, value in row.properties.items()]
    print_rows(call.menu, shown, numbers, flags, names, secrets, call.runner.write)
    return None


async def _get(call: Call) -> Value:
    name = call.text("value-name")
    if call.menu.single:
        properties = await settings(call.router, call.menu)
    else:
        found = await rows(call.router, call.menu)
        chosen = choose(found, call.named.get("number"), call.menu)
        if len(chosen) != 1:
            raise Refusal("no such item")
        properties = chosen[0].properties
    if not name:
        return [f"{key}={value}" for key, value in properties.items()]
    arg = call.menu.arg(name)
    if arg is None and name not in (".id",):
        raise Refusal("input does not match any value of value-name")
    value = properties.get(name)
    if value is not None and arg is not None and arg.type is BOOL:
        return value == "yes"
    return value


async def _export(call: Call) -> Value:
    flags = call.command.flags
    text = export(call.router, call.command.path, "terse" in flags, "show-sensitive" in flags, "verbose" in flags)
    name = call.text("file")
    if not name:
        call.runner.write(text)
        return None
    write_file(call.router, name if name.endswith(".rsc") else f"{name}.rsc", text)
    return None


# -------------------------------------------------------------------- changing
async def _chosen(call: Call, name: str = "numbers") -> list[Row]:
    found = choose(await rows(call.router, call.menu), call.named.get(name), call.menu)
    for row in found:
        if row.entry is None:
            raise Refusal("failure: can not change dynamic item")
    return found


async def _add(call: Call) -> Value:
    config = call.router.config
    given = call.given("copy-from", "place-before")
    if call.named.get("copy-from") is not None:
        copied = (await _chosen(call, "copy-from"))[0].entry
        assert copied is not None
        given = {name: v for name, v in copied.values.items() if _writable(call.menu, name)} | given
    before = None
    if call.named.get("place-before") is not None:
        rows_before = await _chosen(call, "place-before")
        if rows_before:
            assert rows_before[0].entry is not None
            before = rows_before[0].entry.number
    return operations.add(config, call.menu, given, call.runner.user, before).id


def _writable(menu: Menu, name: str) -> bool:
    arg = menu.arg(name)
    return arg is not None and not arg.readonly and name != "name"


async def _set(call: Call) -> Value:
    if call.menu.single:
        operations.change_settings(call.router.config, call.menu, call.given())
    else:
        await _change(call, call.given("numbers"))
    return None


async def _change(call: Call, given: dict[str, str]) -> None:
    for row in await _chosen(call):
        # Re-read: an earlier change of this very command may have replaced the entry.
        entry = next(e for e in call.router.config.entries(row.menu.path) if row.entry and e.number == row.entry.number)
        for name in given:
            arg = row.menu.arg(name)
            if arg is None or arg.readonly:
                raise Refusal("expected end of command")
        operations.change(call.router.config, row.menu, entry, given)


def _switch(disabled: str) -> Verb:
    async def switch(call: Call) -> Value:
        await _change(call, {"disabled": disabled})
        return None

    return switch


async def _comment(call: Call) -> Value:
    await _change(call, {"comment": call.text("comment")})
    return None


async def _unset(call: Call) -> Value:
    name = call.text("value-name")
    arg = call.menu.arg(name)
    if arg is None or arg.readonly:
        raise BadValue("input does not match any value of {name}").refusal("value-name")
    await _change(call, {name: operations.UNSET})
    return None


async def _remove(call: Call) -> Value:
    chosen = await _chosen(call)
    operations.remove(call.router.config, call.menu, [row.entry for row in chosen if row.entry is not None])
    return None


async def _move(call: Call) -> Value:
    chosen = [row.entry for row in await _chosen(call) if row.entry is not None]
    before = None
    if call.named.get("destination") is not None:
        target = await _chosen(call, "destination")
        before = target[0].entry if target else None
    operations.move(call.router.config, call.menu, chosen, before)
    return None


_READING: dict[str, Verb] = {"find": _find, "print": _print, "get": _get, "export": _export}
_CHANGING: dict[str, Verb] = {
    "add": _add,
    "set": _set,
    "remove": _remove,
    "enable": _switch("no"),
    "disable": _switch("yes"),
    "comment": _comment,
    "unset": _unset,
    "move": _move,
}
