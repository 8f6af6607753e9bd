"""The Linux commands that a VyOS shell has besides its own, as far as scripts use them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

from twin import defects
from twin.vyos.candidate import Answer
from twin.vyos.confirm import DEFAULT_MINUTES
from twin.vyos.session import Session

Command = Callable[[Session, list[str], str], Awaitable[Answer]]

# Programs of the device that only look (or test a path): they run on the machine below.
_PASSED = {
    "wg": ("show", "showconf"),
    "ip": (
        "address",
        "addr",
        "a",
        "route",
        "r",
        "link",
        "l",
        "neighbour",
        "neigh",
        "n",
        "rule",
        "-4",
        "-6",
        "-j",
        "-br",
    ),
    "nft": ("list",),
    "vtysh": ("-c",),
    "ping": (),
    "ss": (),
    "tc": ("qdisc", "class", "filter"),
}


def _options(words: list[str]) -> tuple[set[str], list[str]]:
    """Single letters after "-", and the rest."""
    flags: set[str] = set()
    rest: list[str] = []
    for index, word in enumerate(words):
        if word == "--":
            return flags, [*rest, *words[index + 1 :]]
        if word.startswith("-") and len(word) > 1:
            flags |= set(word[1:])
        else:
            rest.append(word)
    return flags, rest


async def _echo(session: Session, words: list[str], stdin: str) -> Answer:
    bare = words[:1] == ["-n"]
    return Answer(" ".join(words[1:] if bare else words) + ("" if bare else "\n"))


async def _date(session: Session, words: list[str], stdin: str) -> Answer:
    form = next((word[1:] for word in words if word.startswith("+")), "%a %b %d %H:%M:%S UTC %Y")
    now = time.time() + defects.clock_offset(session.system.unit.disk).total_seconds()
    return Answer(time.strftime(form.replace("%s", str(int(now))), time.gmtime(now)) + "\n")


async def _cat(session: Session, words: list[str], stdin: str) -> Answer:
    text, status = "", 0
    for name in words or ["-"]:
        try:
            text += stdin if name == "-" else session.system.files.read(session.path(name))
        except IsADirectoryError:
            text, status = text + f"cat: {name}: Is a directory\n", 1
        except OSError as error:
            text, status = text + f"cat: {name}: {error.strerror}\n", 1
    return Answer(text, status)


async def _rm(session: Session, words: list[str], stdin: str) -> Answer:
    flags, names = _options(words)
    text = ""
    for name in names:
        try:
            session.system.files.remove(session.path(name))
        except FileNotFoundError as error:
            text += "" if "f" in flags else f"rm: cannot remove '{name}': {error.strerror}\n"
        except OSError as error:
            text += f"rm: cannot remove '{name}': {error.strerror}\n"
    return Answer(text, 1 if text else 0)


async def _ls(session: Session, words: list[str], stdin: str) -> Answer:
    _, names = _options(words)
    try:
        found = [one for name in names or ["."] for one in session.system.files.listing(session.path(name))]
    except OSError as error:
        return Answer(f"ls: cannot access '{names[0] if names else '.'}': {error.strerror}\n", 2)
    return Answer("".join(f"{one}\n" for one in found if not one.startswith(".")))


async def _chmod(session: Session, words: list[str], stdin: str) -> Answer:
    if len(words) < 2 or not words[0].isdigit():
        return Answer(f"chmod: invalid mode: '{words[0] if words else ''}'\n", 1)
    try:
        for name in words[1:]:
            session.system.files.chmod(session.path(name), int(words[0], 8))
    except OSError as error:
        return Answer(f"chmod: cannot access '{name}': {error.strerror}\n", 1)
    return Answer()


async def _chown(session: Session, words: list[str], stdin: str) -> Answer:
    missing = [name for name in words[1:] if not session.system.files.exists(session.path(name))]
    return Answer(
        "".join(f"chown: cannot access '{name}': No such file or directory\n" for name in missing), bool(missing)
    )


async def _install(session: Session, words: list[str], stdin: str) -> Answer:
    mode, names, index = 0o755, list[str](), 0
    while index < len(words):
        if words[index] in ("-m", "-o", "-g") and index + 1 < len(words):
            mode = int(words[index + 1], 8) if words[index] == "-m" else mode
            index += 1
        elif words[index] != "--":
            names.append(words[index])
        index += 1
    if len(names) != 2 or names[0].startswith("-"):
        return Answer("install: missing file operand\n", 1)
    return _copy(session, "install", names[0], names[1], mode)


def _copy(session: Session, command: str, source: str, target: str, mode: int) -> Answer:
    try:
        text = "" if source == "/dev/null" else session.system.files.read(session.path(source))
        session.system.files.write(session.path(target), text, mode=mode)
        session.system.files.chmod(session.path(target), mode)
    except OSError as error:
        return Answer(f"{command}: cannot stat '{source}': {error.strerror}\n", 1)
    return Answer()


async def _cp(session: Session, words: list[str], stdin: str) -> Answer:
    _, names = _options(words)
    if len(names) != 2:
        return Answer("cp: missing file operand\n", 1)
    return _copy(session, "cp", names[0], names[1], 0o644)


async def _tee(session: Session, words: list[str], stdin: str) -> Answer:
    flags, names = _options(words)
    try:
        for name in names:
            session.system.files.write(session.path(name), stdin, append="a" in flags, mode=0o644)
    except OSError as error:
        return Answer(f"tee: {name}: {error.strerror}\n", 1)
    return Answer(stdin)


async def _systemctl(session: Session, words: list[str], stdin: str) -> Answer:
    action, service = [*words, "", ""][:2]
    if action == "is-active" and service == "commit-confirm.timer":
        pending = session.system.timer.pending
        return Answer("active\n" if pending else "inactive\n", 0 if pending else 3)
    if service.removesuffix(".service") not in ("ssh", "sshd") or action not in ("restart", "reload", "is-active"):
        return Answer(f"Unit {service or action}.service not found.\n", 5)
    server = session.system.ssh
    assert server is not None
    if action == "is-active":
        return Answer("active\n" if server.running else "inactive\n", 0 if server.running else 3)
    problem = await server.restart()
    return Answer(f"Job for ssh.service failed.\n{problem}\n" if problem else "", 1 if problem else 0)


async def _stty(session: Session, words: list[str], stdin: str) -> Answer:
    if not session.io.tty:
        return Answer("stty: 'standard input': Inappropriate ioctl for device\n", 1)
    for word in words:
        if word in ("echo", "-echo"):
            session.io.echo = word == "echo"
    return Answer()


async def _config_mgmt(session: Session, words: list[str], stdin: str) -> Answer:
    if words[:1] == ["confirm"]:
        return session.system.confirm()
    if words[:1] != ["commit_confirm"]:
        return Answer(f"config-mgmt: error: invalid choice: '{words[0] if words else ''}'\n", 2)
    text = " ".join(words[1:]).replace("-t=", "-t ").split()
    number = text[text.index("-t") + 1] if "-t" in text[:-1] else str(DEFAULT_MINUTES)
    return await session.ask_confirm(int(number), "-y" in text)


async def _sleep(session: Session, words: list[str], stdin: str) -> Answer:
    try:
        await asyncio.sleep(float(words[0]))
    except (IndexError, ValueError):
        return Answer("sleep: missing operand\n", 1)
    return Answer()


async def _true(session: Session, words: list[str], stdin: str) -> Answer:
    return Answer()


async def _false(session: Session, words: list[str], stdin: str) -> Answer:
    return Answer("", 1)


async def _test(session: Session, words: list[str], stdin: str) -> Answer:
    words = words[:-1] if words[-1:] == ["]"] else words
    match words:
        case [("-f" | "-e" | "-s" | "-r"), name]:
            return Answer("", 0 if session.system.files.exists(session.path(name)) else 1)
        case ["-n", text]:
            return Answer("", 0 if text else 1)
        case ["-z", text]:
            return Answer("", 1 if text else 0)
        case [left, ("=" | "=="), right]:
            return Answer("", 0 if left == right else 1)
        case [left, "!=", right]:
            return Answer("", 0 if left != right else 1)
    return Answer("vbash: test: unsupported expression\n", 2)


async def _uname(session: Session, words: list[str], stdin: str) -> Answer:
    if "-a" in words:
        return Answer(f"Linux {session.hostname} 6.6.47-amd64-vyos #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n")
    return Answer("6.6.47-amd64-vyos\n" if "-r" in words else "Linux\n")


async def _whoami(session: Session, words: list[str], stdin: str) -> Answer:
    return Answer(f"{session.user}\n")


async def _hostname(session: Session, words: list[str], stdin: str) -> Answer:
    return Answer(f"{session.system_name()}\n")


async def _filter(session: Session, words: list[str], stdin: str, keep: bool = True) -> Answer:
    flags, rest = _options(words)
    try:
        pattern = re.compile(rest[0] if rest else "", re.I if "i" in flags else 0)
    except re.error:
        return Answer(f"grep: invalid pattern: {rest[0]}\n", 2)
    want = keep != ("v" in flags)
    lines = [line for line in stdin.splitlines(keepends=True) if bool(pattern.search(line)) == want]
    if "c" in flags:
        return Answer(f"{len(lines)}\n", 0 if lines else 1)
    return Answer("" if "q" in flags else "".join(lines), 0 if lines else 1)


async def _no_match(session: Session, words: list[str], stdin: str) -> Answer:
    return await _filter(session, words, stdin, keep=False)


async def _count(session: Session, words: list[str], stdin: str) -> Answer:
    return Answer(f"{len(stdin.splitlines())}\n")


async def _pass(session: Session, words: list[str], stdin: str) -> Answer:
    return Answer(stdin)


def passed(name: str, words: list[str]) -> bool:
    """Whether a program may run on the machine below: only to look."""
    plain = [word for word in words if not word.startswith("-") or word == "-c"]
    if name not in _PASSED or set(plain) & {"add", "del", "delete", "flush", "replace", "change", "set"}:
        return False
    return not _PASSED[name] or plain[:1] == [] or plain[0] in _PASSED[name]


COMMANDS: dict[str, Command] = {
    "echo": _echo,
    "date": _date,
    "cat": _cat,
    "rm": _rm,
    "ls": _ls,
    "chmod": _chmod,
    "chown": _chown,
    "install": _install,
    "cp": _cp,
    "tee": _tee,
    "systemctl": _systemctl,
    "config-mgmt": _config_mgmt,
    "sleep": _sleep,
    "stty": _stty,
    "sync": _true,
    "true": _true,
    ":": _true,
    "false": _false,
    "test": _test,
    "[": _test,
    "uname": _uname,
    "whoami": _whoami,
    "hostname": _hostname,
    "grep": _filter,
    "match": _filter,
    "no-match": _no_match,
    "count": _count,
    "no-more": _pass,
    "more": _pass,
}
