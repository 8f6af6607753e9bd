"""The commands of configuration mode."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from twin.vyos.candidate import Answer, Candidate
from twin.vyos.confirm import DEFAULT_MINUTES
from twin.vyos.session import Session
from twin.vyos.tree import paths, put

_WORDS = """
set delete show compare commit commit-confirm confirm save discard exit run load merge edit up top reboot
rollback rollback-soft comment copy rename
"""
COMMANDS = frozenset(_WORDS.split())
Operational = Callable[[list[str]], Awaitable[Answer]]


async def run(session: Session, words: list[str], operational: Operational, *, piped: bool) -> Answer:
    """One command; ``piped`` = its output goes to another one. ``operational`` runs what follows `run`."""
    candidate = session.candidate
    assert candidate is not None
    candidate.follow(session.system.running)
    session.io.echo = session.io.tty  # each of these commands turns the terminal's echo on again
    name, rest = words[0], words[1:]
    if name == "show" and piped:
        return _forgetful(session, candidate.show_commands(rest))
    if name in _FORGETFUL:
        return _forgetful(session, _FORGETFUL[name](candidate, rest))
    if name in _AT_ONCE:
        return _AT_ONCE[name](session, candidate, rest)
    match name:
        case "commit":
            return await _commit(session, candidate, rest)
        case "commit-confirm":
            return await _commit_confirm(session, candidate, rest)
        case "run":
            return await operational(rest) if rest else Answer("\n  Incomplete command: run\n\n", 1)
    return Answer(f"\n  {name}: the twin does not do this\n\n", 1)


def _forgetful(session: Session, answer: Answer) -> Answer:
    """vbash prints through a pipe what these commands say, and so forgets their status: `set -e` does not see it."""
    if answer.status:
        session.refusals.append(answer.text.strip())
    return Answer(answer.text)


def _top(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    answer = Answer("" if candidate.level else "Already at the top level\n")
    candidate.level = ()
    return answer


def _compare(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    if words[:1] == ["saved"]:
        return candidate.compare(session.system.saved() or {}, "saved")
    if words[:1] == ["commands"] or not words:
        return candidate.compare(candidate.base, "active", as_commands=bool(words))
    return Answer(f"Invalid revision number {words[0]}\n", 1)


async def _commit(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    if not candidate.changed:
        return Answer("No configuration changes to commit\n", 1)
    if words[:1] == ["confirm"]:
        return Answer("Use commit-confirm command\n", 1)
    if words and (words[0] != "comment" or len(words) != 2):
        usage = "\tUsage: 'commit [comment COMMENTTEXT]'\n"
        problem = (
            "Error: commit accepts either no arguments, or optional 'comment' with comment text as second argument.\n"
        )
        return Answer(problem + usage, 1)
    answer = await session.system.commit(candidate, session.user)
    if answer.status == 0:
        session.saved_since_commit = False
    return answer


async def _commit_confirm(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    if not candidate.changed:
        return Answer("No configuration changes to commit\n", 1)
    yes = "no-prompt" in words
    words = [word for word in words if word != "no-prompt"]
    minutes = int(words.pop(0)) if words and words[0].isdigit() else DEFAULT_MINUTES
    started = await session.ask_confirm(minutes, yes)
    if started.status:
        return started
    session.io.write(started.text)
    return await _commit(session, candidate, words)


def _save(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    warning = "Warning: you have uncommitted changes that will not be saved.\n\n" if candidate.changed else ""
    candidate.level = ()
    answer = session.system.save(words[0] if words else None)
    if answer.status == 0:
        session.saved_since_commit = True
    return Answer(warning + answer.text, answer.status)


def _discard(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    if not candidate.changed:
        return Answer("No changes have been made\n")
    candidate.reset(session.system.running)
    return Answer("\n  Changes have been discarded\n\n")


def _load(session: Session, candidate: Candidate, words: list[str], verb: str = "load") -> Answer:
    if candidate.changed:
        doing = {"load": "loading", "merge": "merging"}[verb]
        text = f"Cannot {verb}: configuration modified.\nCommit or discard the changes before {doing} a config file.\n"
        return Answer(text, 1)
    candidate.level = ()
    name = words[0] if words else "config.boot"
    tree, problem = session.system.read_config(name)
    head = f"Loading configuration from '{name}'\n" if verb == "load" else ""
    if problem:
        return Answer(problem if problem.startswith("No such file") else head + problem + "Failed to load config\n", 1)
    if verb == "load":
        candidate.tree = tree
    else:
        for path in paths(tree, candidate.schema):
            put(candidate.tree, path, candidate.schema)
    if candidate.tree == candidate.base:
        return Answer(head + "No configuration changes to commit.\n")
    return Answer(f"{head}{verb.capitalize()} complete. Use 'commit' to make changes effective.\n")


def _exit(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    if words not in ([], ["discard"]):
        return Answer(f"Invalid argument \"{' '.join(words)}\" for 'exit'\n", 1)
    if candidate.level and not words:
        candidate.level = ()
        return Answer()
    if candidate.changed and not words and not session.template:
        text = "Cannot exit: configuration modified.\nUse 'exit discard' to discard the changes and exit.\n"
        return Answer(text, 1)
    session.candidate = None
    warning = "" if session.saved_since_commit else "Warning: configuration changes have not been saved.\n"
    session.saved_since_commit = True
    return Answer(warning + "exit\n" if session.io.tty else "")


def _merge(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    return _load(session, candidate, words, "merge")


def _confirm(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    return session.system.confirm()


def _reboot(session: Session, candidate: Candidate, words: list[str]) -> Answer:
    return Answer("Exit from configure mode before rebooting.\n")


_FORGETFUL: dict[str, Callable[[Candidate, list[str]], Answer]] = {
    "set": Candidate.set,
    "delete": Candidate.delete,
    "show": Candidate.show,
    "edit": Candidate.edit,
    "up": lambda candidate, words: candidate.up(),
}
_AT_ONCE: dict[str, Callable[[Session, Candidate, list[str]], Answer]] = {
    "top": _top,
    "compare": _compare,
    "confirm": _confirm,
    "save": _save,
    "discard": _discard,
    "load": _load,
    "merge": _merge,
    "exit": _exit,
    "reboot": _reboot,
}
