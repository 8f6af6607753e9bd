"""``print``: the table, ``detail``, ``terse``. Layouts as of RouterOS 7 (published outputs of real routers)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from twin.routeros.menu import Menu
from twin.routeros.rows import Row

Write = Callable[[str], None]
_HIDDEN = (".id", "disabled", "comment")
_ONLY_ON_REQUEST = {("/file", "contents"), ("/user/ssh-keys", "key")}
_TABLE_COLUMNS = 7  # what fits on a screen; detail shows everything


def flags_of(menu: Menu, properties: dict[str, str]) -> str:
    return "".join(letter for letter, name in menu.flags if properties.get(name) == "yes")


def shown_names(menu: Menu, wanted: Collection[str] | None, secrets: bool) -> list[str]:
    """The properties to print, in the menu's order."""
    flags = {name for _, name in menu.flags}
    names = [arg.name for arg in menu.args if arg.name not in _HIDDEN and arg.name not in flags]
    if not secrets:
        names = [name for name in names if not _secret(menu, name)]
    if wanted is None:
        return [name for name in names if (menu.path, name) not in _ONLY_ON_REQUEST]
    return [name for name in names if name in wanted]


def _secret(menu: Menu, name: str) -> bool:
    arg = menu.arg(name)
    return arg is not None and arg.secret


def grouped(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """``remote.address=… .as=…``: a dotted name that follows one of the same group leaves the group out."""
    out, group = [], ""
    for name, value in pairs:
        head, dot, tail = name.partition(".")
        if dot and head == group:
            out.append((f".{tail}", value))
        else:
            out.append((name, value))
        group = head if dot else ""
    return out


def print_rows(
    menu: Menu,
    found: list[Row],
    numbers: dict[str, int],
    how: Collection[str],
    wanted: Collection[str] | None,
    secrets: bool,
    write: Write,
) -> None:
    """``numbers`` are the positions by which other commands know the rows."""
    names = shown_names(menu, wanted, secrets)
    if "terse" in how:
        with_comment = wanted is None or "comment" in wanted
        for row in found:
            # Routes that nobody configured have no number.
            number = "" if menu.path == "/ip/route" and row.entry is None else str(numbers[row.id])
            write(_terse(menu, row, number, names, with_comment))
    elif "detail" in how:
        _legend(menu, write)
        for row in found:
            write(_detail(menu, row, numbers[row.id], names))
    else:
        _table(menu, found, numbers, names, write)


def _terse(menu: Menu, row: Row, number: str, names: list[str], with_comment: bool) -> str:
    pairs = [(name, row.properties[name]) for name in names if name in row.properties]
    comment = row.properties.get("comment", "")
    if comment and with_comment:
        pairs.insert(0, ("comment", comment))
    body = " ".join(f"{name}={value}" for name, value in grouped(pairs))
    return f"{number:>2} {flags_of(menu, row.properties):<3} {body} \n"


def _legend(menu: Menu, write: Write) -> None:
    if menu.flags:
        write("Flags: " + "; ".join(f"{letter} - {name}" for letter, name in menu.flags) + " \n")


def _detail(menu: Menu, row: Row, number: int, names: list[str]) -> str:
    pairs = [(name, row.properties[name]) for name in names if name in row.properties]
    body = " ".join(f"{name}={_quoted(value)}" for name, value in grouped(pairs))
    head = f"{number:>2} {flags_of(menu, row.properties):<3} "
    comment = row.properties.get("comment", "")
    if comment:
        return f"{head};;; {comment}\n{' ' * len(head)}{body} \n\n"
    return f"{head}{body} \n\n"


def _quoted(value: str) -> str:
    """Numbers, addresses and words of the language are printed bare; free text is not."""
    return value if value and all(char.isalnum() or char in ".:/,-*!" for char in value) else f'"{value}"'


def _table(menu: Menu, found: list[Row], numbers: dict[str, int], names: list[str], write: Write) -> None:
    _legend(menu, write)
    used = [name for name in names if any(row.properties.get(name) for row in found)][:_TABLE_COLUMNS]
    if not found:
        return
    write("Columns: " + ", ".join(name.upper() for name in used) + "\n")
    cells = [[name.upper() for name in used]]
    cells += [[row.properties.get(name, "") for name in used] for row in found]
    widths = [max(len(line[index]) for line in cells) for index in range(len(used))]
    flag_width = max((len(flags_of(menu, row.properties)) for row in found), default=0)
    first = len(str(max(numbers[row.id] for row in found)))

    def line(number: str, flags: str, values: list[str]) -> str:
        body = "  ".join(value.ljust(width) for value, width in zip(values, widths, strict=True))
        return f"{number:<{first}} {flags:<{flag_width}} {body}".rstrip() + "\n"

    write(line("#", "", cells[0]))
    for row, values in zip(found, cells[1:], strict=True):
        comment = row.properties.get("comment", "")
        if comment:
            write(f";;; {comment}\n")
        write(line(str(numbers[row.id]), flags_of(menu, row.properties), values))


def print_settings(menu: Menu, properties: dict[str, str], write: Write) -> None:
    """``name: value`` with the names ending in one column."""
    names = [arg.name for arg in menu.args if arg.name in properties]
    width = max((len(name) for name in names), default=0)
    for name in names:
        write(f"  {name:>{width}}: {properties[name]}\n")
