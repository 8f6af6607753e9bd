"""``/import``: a file of commands, all of it checked first, or with ``verbose=yes`` line by line.

In verbose mode each statement is printed before it runs, and the first error stops the import: what ran before it
stays. Without, a wrong word anywhere in the file means that nothing runs.
"""

from __future__ import annotations

from twin.routeros.errors import Incomplete, Refusal, ScriptError
from twin.routeros.files import read_file
from twin.routeros.parser import parse
from twin.routeros.resolver import resolve
from twin.routeros.session import Return, Scope, Session

_DEEPEST = 10


async def import_file(session: Session, name: str, verbose: bool, dry_run: bool, first: int) -> None:
    """Raises Refusal with RouterOS's words, the line included."""
    if not name:
        raise Refusal("missing value(s) of argument(s) file-name")
    if session.depth >= _DEEPEST:
        raise Refusal("failure: too many nested imports")
    text = read_file(session.router, name, "file-name").decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    lines = text.splitlines()
    if first > 1:
        lines[: first - 1] = [""] * (first - 1)
    session.depth += 1
    path, faults = "", 0
    scope = Scope()
    try:
        for start, chunk in _statements(lines) if verbose or dry_run else [(1, "\n".join(lines))]:
            if verbose and chunk.strip():
                session.write(f"#line {start}\n{chunk}\n")
            try:
                path = await _run(session, scope, chunk, start, path, dry_run)
            except Refusal as words:
                if not dry_run:
                    raise
                session.write(f"{words}\n")
                faults += 1
            except Return:
                break
    finally:
        session.depth -= 1
        await session.router.settle()
    if faults:
        return
    session.write("\nScript file loaded and executed successfully\n")


async def _run(session: Session, scope: Scope, text: str, start: int, path: str, dry_run: bool) -> str:
    """What begins at the line ``start``, from the menu ``path``; returns the menu after it.

    Raises Refusal, and Return when the script says so. A dry run only reads.
    """
    try:
        program, path = resolve(parse(text), path, session.router.schema)
        if not dry_run:
            await session.program(program, scope)
    except ScriptError as error:
        raise Refusal(f"Script Error: {error.at_line(start)}") from None
    except Refusal as error:
        where = f" ({error.command}; line {start - 1 + error.line})" if error.command else ""
        raise Refusal(f"Script Error: {error}{where}") from None
    return path


def _statements(lines: list[str]) -> list[tuple[int, str]]:
    """Lines with the numbers at which they begin; a statement that goes on in further lines is one."""
    found: list[tuple[int, str]] = []
    start, held = 0, ""
    for index, line in enumerate(lines):
        if not held:
            start = index + 1
        held = f"{held}\n{line}" if held else line
        if unfinished(held):
            continue
        found.append((start, held))
        held = ""
    if held:
        found.append((start, held))
    return found


def unfinished(text: str) -> bool:
    """Whether a console would wait for more: an open quote or bracket, or a backslash at the end."""
    trailing = len(text) - len(text.rstrip("\\"))
    if trailing % 2:
        return True
    try:
        parse(text)
    except Incomplete:
        return True
    except ScriptError:
        return False
    return False
