"""The command line's own words: how a line is read, how a value is shown, how a refusal is put."""

from __future__ import annotations

NOT_FOUND = "error: command not found"
ILLEGAL = "error: command has illegal parameters"
MORE = "error: command needs more parameters to execute successfully"
UNTERMINATED = "error: command contains unterminated quoted string"
UNSUPPORTED = "error: this command is not supported"
DENIED = "error: Permission Denied"
DNS_BY_DHCP = "error: can't set dns server when dhcp is client."
GATEWAY_BY_DHCP = "error: can't set defaultgateway when dhcp is client."
PROVISIONED = "info: this setting is controlled by a provisioning service and cannot be changed."
NO_CALL = "system is not in a call"
EMPTY = "<empty>"


class CommandError(Exception):
    """The command was refused; the text is the line that says so."""


def no_sub_command(word: str) -> CommandError:
    return CommandError(f' error: sub command "{word}" not found')  # the blank is the device's


def in_call(command: str) -> CommandError:
    return CommandError(f"error: {command} cannot be performed while in a call")


def split(line: str) -> list[str]:
    """The words of a line; quotation marks hold blanks together. Raises CommandError."""
    words: list[str] = []
    word: str | None = None
    quoted = False
    for char in line:
        if char == '"':
            quoted = not quoted
            word = word or ""
        elif char.isspace() and not quoted:
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + char
    if quoted:
        raise CommandError(UNTERMINATED)
    return words if word is None else [*words, word]


def shown(value: str) -> str:
    """A value as an answer holds it."""
    if not value:
        return EMPTY
    return f'"{value}"' if any(char.isspace() for char in value) else value


def answer(*words: str) -> str:
    """The command's words and the value: the form of nearly every answer."""
    *command, value = words
    return " ".join([*command, shown(value)])


def exactly(rest: list[str], *expected: str) -> None:
    """Refuses when anything but these words follows."""
    for word, wanted in zip(rest, expected, strict=False):
        if word != wanted:
            raise no_sub_command(word)
    if len(rest) < len(expected):
        raise CommandError(MORE)
    if len(rest) > len(expected):
        raise CommandError(ILLEGAL)
