"""Reading a line as bash does: quotes, variables, ``;`` ``&&`` ``||`` ``|``, redirections and here-documents.

No loops, functions, substitutions or globbing: a line that uses them is refused, never half understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field


class Incomplete(Exception):
    """A quote is still open: the next line belongs to this one."""


class SyntaxRefused(Exception):
    """A construct that is not understood; the text names it."""


@dataclass
class Simple:
    """One command: its words and where its input and output go."""

    words: list[str] = field(default_factory=list)
    output: str | None = None  # file that takes the output
    append: bool = False
    heredoc: str | None = None  # the word that ends the here-document
    expand_heredoc: bool = False
    stdin: str = ""


@dataclass
class Pipeline:
    connector: str  # what stands before it: "", ";", "&&", "||"
    commands: list[Simple]


_OPERATOR = re.compile(r"&&|\|\||2>&1|2>>?|>>|<<-?|[;|<>&]")


class _Reader:
    def __init__(self, line: str, variable: Callable[[str], str]) -> None:
        self.line, self.at, self.variable = line, 0, variable

    def peek(self) -> str:
        return self.line[self.at : self.at + 1]

    def dollar(self) -> str:
        rest = self.line[self.at + 1 :]
        if match := re.match(r"\{(\w+)\}|(\w+|[?#@$!*])", rest):
            self.at += 1 + match.end()
            return self.variable(match[1] or match[2])
        if rest[:1] in ("(", "{", "'", '"'):
            raise SyntaxRefused(f"${rest[:1]}")
        self.at += 1
        return "$"

    def word(self) -> tuple[str, bool]:
        """The next word and whether any of it was quoted."""
        text, quoted = "", False
        while (char := self.peek()) and not char.isspace():
            if char == "'":
                end = self.line.find("'", self.at + 1)
                if end < 0:
                    raise Incomplete
                text, quoted, self.at = text + self.line[self.at + 1 : end], True, end + 1
            elif char == '"':
                text, quoted = text + self.double(), True
            elif char == "\\":
                if self.at + 1 >= len(self.line):
                    raise Incomplete
                text, quoted = text + self.line[self.at + 1], True
                self.at += 2
            elif char == "$":
                text += self.dollar()
            elif char in "`(){}" and (char in "`()" or not text):
                raise SyntaxRefused(char)
            elif _OPERATOR.match(self.line, self.at) and not (char == "2" and text):
                break
            else:
                text += char
                self.at += 1
        return text, quoted

    def double(self) -> str:
        self.at += 1
        text = ""
        while True:
            char = self.peek()
            if not char:
                raise Incomplete
            if char == '"':
                self.at += 1
                return text
            if char == "\\" and self.line[self.at + 1 : self.at + 2] in ('"', "\\", "$", "`"):
                text += self.line[self.at + 1]
                self.at += 2
            elif char == "$":
                text += self.dollar()
            elif char == "`":
                raise SyntaxRefused("`")
            else:
                text += char
                self.at += 1


def parse(line: str, variable: Callable[[str], str]) -> list[Pipeline]:
    """The pipelines of a line. Raises Incomplete and SyntaxRefused."""
    reader = _Reader(line, variable)
    pipelines = [Pipeline("", [Simple()])]
    while True:
        while reader.peek().isspace():
            reader.at += 1
        if not reader.peek() or reader.peek() == "#":
            break
        current = pipelines[-1].commands[-1]
        operator = _OPERATOR.match(line, reader.at)
        if operator is None:
            word, quoted = reader.word()
            if word or quoted:
                current.words.append(word)
            continue
        reader.at = operator.end()
        if operator[0] == "&":
            raise SyntaxRefused("&")
        if operator[0] in (";", "&&", "||"):
            pipelines.append(Pipeline(operator[0], [Simple()]))
        elif operator[0] == "|":
            pipelines[-1].commands.append(Simple())
        elif operator[0] != "2>&1":  # what a command prints is one text here
            _redirect(reader, current, operator[0])
    return [one for one in pipelines if any(command.words or command.output for command in one.commands)]


def _redirect(reader: _Reader, command: Simple, operator: str) -> None:
    while reader.peek() == " ":
        reader.at += 1
    target, quoted = reader.word()
    if not target:
        raise SyntaxRefused("newline")
    if operator in (">", ">>"):
        command.output, command.append = target, operator == ">>"
    elif operator in ("<<", "<<-"):
        command.heredoc, command.expand_heredoc = target, not quoted
    elif operator != "2>" or target != "/dev/null":
        raise SyntaxRefused(operator)


def expand(text: str, variable: Callable[[str], str]) -> str:
    """The variables of an unquoted here-document."""
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda match: variable(match[1] or match[2]), text)
