"""vbash: one shell for terminals, for `vbash -s` and for scripts, in operational and in configuration mode."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from twin import defects
from twin.device import MeaningError
from twin.vyos import configmode, linuxcmds, opmode
from twin.vyos.candidate import Answer, Candidate
from twin.vyos.session import Session
from twin.vyos.system import System
from twin.vyos.terminal import INTERRUPT, Io, ScriptIo, Terminal
from twin.vyos.tree import copy
from twin.vyos.words import Incomplete, Pipeline, Simple, SyntaxRefused, expand, parse

_TEMPLATE = "/opt/vyatta/etc/functions/script-template"


class Shell(Session):
    """Reads and runs. ``script`` names the file that runs; a script has configuration commands only after the template
    was sourced, and they live in the shell itself; on a terminal, configuration mode is a shell of its own."""

    def __init__(self, system: System, user: str, io: Io, script: str = "") -> None:
        super().__init__(system, user, io)
        self.script = script
        self.config_hostname = self.hostname
        self.status = 0
        self.errexit = False
        self.ended = False

    @property
    def prompt(self) -> str:
        if not self.io.tty:
            return ""
        if self.candidate is None:
            return f"{self.user}@{self.hostname}:~$ "
        level = " ".join(["edit", *self.candidate.level])
        return f"[{level}]\n{self.user}@{self.config_hostname}# "

    # ---- reading lines

    async def run(self) -> int:
        """Read and execute until the end; returns the exit status."""
        while not self.ended:
            line = await self.io.read_line(self.prompt)
            if line is None:
                if self.candidate is not None and self.io.tty:  # Ctrl-D leaves the inner shell only
                    self._leave_configuration()
                    continue
                break
            if line == INTERRUPT:
                self.status = 130
                continue
            await self.execute(line)
        self.candidate = None
        return self.status

    async def execute(self, line: str) -> None:
        """One line, with the lines that belong to it."""
        while True:
            try:
                pipelines = parse(line, self._variable)
                break
            except Incomplete:
                more = await self.io.read_line("> " if self.io.tty else "")
                if more is None or more == INTERRUPT:
                    self._refuse(Answer(f"{self._name()}: syntax error: unexpected end of file\n", 2))
                    return
                line = line[:-1] + more if line.endswith("\\") and not line.endswith("\\\\") else f"{line}\n{more}"
            except SyntaxRefused as error:
                self._refuse(Answer(f"{self._name()}: syntax error near unexpected token `{error}'\n", 2))
                return
        for pipeline in pipelines:
            for command in pipeline.commands:
                await self._heredoc(command)
        await self._all(pipelines)

    async def _heredoc(self, command: Simple) -> None:
        if command.heredoc is None:
            return
        lines = []
        while (line := await self.io.read_line("> " if self.io.tty else "")) not in (None, INTERRUPT, command.heredoc):
            lines.append(f"{line}\n")
        text = "".join(lines)
        command.stdin = expand(text, self._variable) if command.expand_heredoc else text

    async def _all(self, pipelines: list[Pipeline]) -> None:
        for index, pipeline in enumerate(pipelines):
            if self.ended:
                return
            if (pipeline.connector == "&&" and self.status != 0) or (pipeline.connector == "||" and self.status == 0):
                continue
            text = await self._pipeline(pipeline)
            handled = any(one.connector in ("&&", "||") for one in pipelines[index + 1 :])
            if self.status != 0 and not handled:
                self.ended = self.ended or self.errexit
                if text:
                    self.refusals.append(text.strip())

    async def _pipeline(self, pipeline: Pipeline) -> str:
        """Run it; returns what it printed."""
        text = ""
        for position, command in enumerate(pipeline.commands):
            last = position == len(pipeline.commands) - 1
            try:
                answer = await self._simple(command, text if position else command.stdin, piped=not last)
            except MeaningError as error:
                answer = Answer(f"{error}\n", 1)
            self.status, text = answer.status, answer.text
            if command.output is not None:
                text = self._redirect(command, text)
        if text:
            if self.io.tty and pipeline.commands[-1].words[:1] in (["show"], ["run"]):
                await self.io.page(text)
            else:
                self.io.write(text)
        return text

    def _redirect(self, command: Simple, text: str) -> str:
        assert command.output is not None
        if command.output == "/dev/null":
            return ""
        try:
            self.system.files.write(self.path(command.output), text, append=command.append, mode=0o644)
        except OSError as error:
            self.status = 1
            return f"{self._name()}: {command.output}: {error.strerror}\n"
        return ""

    def _variable(self, name: str) -> str:
        known = {"?": str(self.status), "0": self.script or "-vbash", "HOME": self.home, "USER": self.user,
                 "HOSTNAME": self.hostname, "PWD": self.home, "SHELL": "/bin/vbash"}  # fmt: skip
        return known.get(name, "")

    def _name(self) -> str:
        return self.script or ("-vbash" if self.io.tty and self.candidate is None else "vbash")

    def _refuse(self, answer: Answer) -> None:
        self.status = answer.status
        self.refusals.append(answer.text.strip())
        self.io.write(answer.text)
        if self.errexit:
            self.ended = True

    # ---- commands

    async def _simple(self, command: Simple, stdin: str, piped: bool) -> Answer:
        words = command.words
        if not words:
            return Answer(stdin)
        name, rest = words[0], words[1:]
        if name in ("sudo", "builtin", "command"):
            return await (self._sudo(rest, stdin, piped) if name == "sudo" else self._builtin(rest, stdin))
        if name == "set" and rest[:1] and rest[0][0] in "-+":  # bash's own `set`
            return await self._builtin(words, stdin)
        if name in configmode.COMMANDS and self._configuring():
            return await configmode.run(self, words, self.operational, piped=piped)
        if name == "exit":
            return self._exit(rest)
        if self.io.tty or name.startswith("/"):
            answer = await self._operational(words)
            if answer is not None:
                return answer
        if name in ("source", "."):
            return self._source(rest)
        if name == "configure" and self.template and self.candidate is None:
            return self._configure()
        return await self._linux(posixpath.basename(name) if name.startswith("/") else name, rest, stdin)

    async def _sudo(self, words: list[str], stdin: str, piped: bool) -> Answer:
        while words[:1] and words[0].startswith("-"):
            words = words[1:]
        return await self._simple(Simple(words), stdin, piped)

    def _configuring(self) -> bool:
        return self.candidate is not None

    async def _builtin(self, words: Sequence[str], stdin: str) -> Answer:
        match list(words):
            case ["set", "-e"]:
                self.errexit = True
            case ["set", "+e"]:
                self.errexit = False
            case ["set", option, *_] if option.startswith(("-", "+")):
                return Answer()  # -u, -o pipefail and the like change nothing that is understood here
            case ["exit", *rest]:
                self.ended = True
                self.status = int(rest[0]) if rest and rest[0].isdigit() else self.status
                return Answer("", self.status)
            case [name, *rest] if name in linuxcmds.COMMANDS:
                return await linuxcmds.COMMANDS[name](self, rest, stdin)
            case _:
                return Answer(f"{self._name()}: builtin: {' '.join(words[:1])}: not a shell builtin\n", 1)
        return Answer()

    def _source(self, words: list[str]) -> Answer:
        if words[:1] == [_TEMPLATE]:
            self.template = True
            return Answer()
        return Answer(f"{self._name()}: {' '.join(words)}: No such file or directory\n", 1)

    def _configure(self) -> Answer:
        self.candidate = Candidate(self.system.schema, copy(self.system.running))
        self.config_hostname = self.system_name()
        return Answer()

    def _exit(self, words: list[str]) -> Answer:
        if self.candidate is not None:  # of a script: the session ends, the script goes on
            self.candidate = None
            return Answer()
        self.ended = True
        status = int(words[0]) if words and words[0].isdigit() else self.status
        return Answer("logout\n" if self.io.tty else "", status)

    def _leave_configuration(self) -> None:
        self.candidate = None
        self.io.write("exit\n")

    async def _operational(self, words: list[str]) -> Answer | None:
        """An operational command; None when it is none."""
        if words[0] == "/opt/vyatta/bin/vyatta-op-cmd-wrapper":
            words = words[1:]
        elif words[0].startswith("/"):
            return None
        match words:
            case ["configure"] if self.candidate is None:
                return self._configure()
            case ["set", "terminal", "length", number] | ["terminal", "length", number] if number.isdigit():
                if isinstance(self.io, Terminal):
                    self.io.paging = number != "0"
                return Answer()
            case ["set", "terminal", ("width" | "pager" | "key"), _] | ["terminal", ("width" | "pager" | "key"), _]:
                return Answer()
            case ["set", *rest]:
                return Answer(
                    f"\n  Invalid command: set [{rest[0]}]\n\n" if rest else "\n  Incomplete command: set\n\n", 1
                )
            case ["reboot", *rest]:
                return await self._reboot(rest)
            case [word, *_] if word in opmode.WORDS:
                return await opmode.run(self.system, words)
        return None

    async def _reboot(self, words: list[str]) -> Answer:
        if self.candidate is not None:
            return Answer("Exit from configure mode before rebooting.\n", 1)
        if words not in ([], ["now"]):
            return Answer(f"\n  Invalid command: reboot [{words[0]}]\n\n", 1)
        if not words:
            reply = await self.io.ask("Are you sure you want to reboot this system? [y/N] ")
            if (reply or "").strip().lower() not in ("y", "yes"):
                return Answer("", 1)
        self.ended = True
        self.system.host.reboot()
        return Answer()

    async def operational(self, words: list[str]) -> Answer:
        """`run …` in configuration mode."""
        answer = await self._operational(words)
        if answer is not None:
            return answer
        return Answer(f"\n  Invalid command: [{words[0]}]\n\n", 1)

    async def _linux(self, name: str, words: list[str], stdin: str) -> Answer:
        if name in linuxcmds.COMMANDS:
            return await linuxcmds.COMMANDS[name](self, words, stdin)
        if name in ("vbash", "bash", "sh"):
            return await self._script(words, stdin)
        if linuxcmds.passed(name, words):
            return Answer(self._by_own_clock(words, await self.system.host.run(name, *words, check=False)))
        return Answer(f"{self._name()}: {name}: command not found\n", 127)

    def _by_own_clock(self, words: list[str], printed: str) -> str:
        """A router whose clock is wrong notes its handshakes by it, too."""
        ahead = int(defects.clock_offset(self.system.unit.disk).total_seconds())
        if "latest-handshakes" not in words or not ahead:
            return printed
        lines = [line.rpartition("\t") for line in printed.splitlines()]
        return "".join(f"{head}\t{int(at) + ahead if at != '0' else 0}\n" for head, _, at in lines)

    async def _script(self, words: list[str], stdin: str) -> Answer:
        """A shell in the shell: a script from a file, from -c or from its input."""
        if words[:1] == ["-c"] and len(words) > 1:
            text, name = words[1], ""
        elif words and not words[0].startswith("-"):
            try:
                text, name = self.system.files.read(self.path(words[0])), words[0]
            except OSError as error:
                return Answer(f"vbash: {words[0]}: {error.strerror}\n", 127)
        else:
            text, name = stdin, ""
        io = ScriptIo(text.splitlines())
        inner = Shell(self.system, self.user, io, name)
        status = await inner.run()
        return Answer(io.printed, status)
