"""How RouterOS says no: every refusal carries the words that the console prints."""

from __future__ import annotations


class Refusal(Exception):
    """A command was understood and refused: ``failure: already have such address``.

    ``command`` and ``line`` are where, once known: an import prints them.
    """

    command = ""
    line = 0


class ScriptError(Refusal):
    """The text itself is wrong; found before anything is executed."""

    def __init__(self, words: str, line: int, column: int) -> None:
        super().__init__(f"{words} (line {line} column {column})")
        self.words, self.line, self.column = words, line, column

    def at_line(self, line: int) -> ScriptError:
        """The same error, its first line being ``line`` of a longer text."""
        return ScriptError(self.words, self.line + line - 1, self.column)


class Incomplete(ScriptError):
    """The text ended inside a quote or a bracket; a console asks for more."""


class BadValue(Exception):
    """A value does not fit its argument; becomes a Refusal once the argument's name is known."""

    def __init__(self, pattern: str = "invalid value for argument {name}") -> None:
        super().__init__(pattern)
        self.pattern = pattern

    def refusal(self, name: str) -> Refusal:
        return Refusal(self.pattern.format(name=name))


def no_match() -> BadValue:
    """For values that are one of a known set of words."""
    return BadValue("input does not match any value of {name}")


def out_of_range(low: str | int, high: str | int) -> BadValue:
    return BadValue(f"value of {{name}} out of range ({low}..{high})")
