"""One session at a router: what its commands look at and change."""

from __future__ import annotations

import posixpath

from twin.vyos.candidate import Answer, Candidate
from twin.vyos.confirm import DEFAULT_MINUTES
from twin.vyos.system import System
from twin.vyos.terminal import Io
from twin.vyos.tree import value


class Session:
    """Of a terminal, a stream or a script."""

    def __init__(self, system: System, user: str, io: Io) -> None:
        self.system, self.user, self.io = system, user, io
        self.home = f"/home/{user}"
        self.hostname = self.system_name()  # bash reads it once
        self.candidate: Candidate | None = None
        self.saved_since_commit = True
        self.template = False  # whether a script knows the configuration commands
        self.refusals: list[str] = []  # what a script was refused

    def system_name(self) -> str:
        return value(self.system.running, "system", "host-name") or "vyos"

    def path(self, name: str) -> str:
        home = self.home + name[1:] if name == "~" or name.startswith("~/") else name
        return self.system.files.absolute(posixpath.join(self.home, home))

    async def ask_confirm(self, minutes: int = DEFAULT_MINUTES, yes: bool = False) -> Answer:
        """Ask, then start the timer. Status 0 = it runs."""
        system = self.system
        if system.timer.pending:
            return Answer("Another confirm is pending\n", 1)
        what = "reboot" if system.confirm_action == "reboot" else "reload previous config"
        text = f"\ncommit-confirm will automatically {what} in {minutes} minutes unless changes\nare confirmed.\n\n"
        text += "Proceed ?"
        if system.unsaved():
            text = "\nYou should save previous commits before commit-confirm !\n" + text
        while not yes:
            reply = await self.io.ask(f"{text} [Y/n] ")
            if reply is None or reply.strip().lower() in ("n", "no"):
                return Answer("commit-confirm canceled\n", 1)
            if reply.strip().lower() in ("", "y", "yes"):
                break
            self.io.write("Please respond with yes/y or no/n\n")
        return Answer(system.start_confirm(minutes))
