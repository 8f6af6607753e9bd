"""What values a setting takes, and the one spelling in which each is kept."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Protocol


class Kind(Protocol):
    """A set of values."""

    def canonical(self, text: str) -> str:
        """The kept spelling of ``text``; ValueError when it is not one of the values."""


@dataclass(frozen=True)
class Text:
    """Letters of any script; lengths in characters."""

    most: int
    least: int = 0
    pattern: str = ""

    def canonical(self, text: str) -> str:
        # A quotation mark cannot be typed at the command line, and a control character would break its lines.
        if not self.least <= len(text) <= self.most or '"' in text or not text.isprintable():
            raise ValueError(text)
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            raise ValueError(text)
        return text


@dataclass(frozen=True)
class Choice:
    """One of some words, read without case."""

    words: tuple[str, ...]

    def canonical(self, text: str) -> str:
        for word in self.words:
            if word.lower() == text.lower():
                return word
        raise ValueError(text)


@dataclass(frozen=True)
class Whole:
    """A whole number, both ends included."""

    least: int
    most: int

    def canonical(self, text: str) -> str:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not self.least <= int(text) <= self.most:
            raise ValueError(text)
        return str(int(text))


@dataclass(frozen=True)
class Address:
    """An IPv4 address, or nothing."""

    def canonical(self, text: str) -> str:
        return str(ipaddress.IPv4Address(text)) if text else ""


@dataclass(frozen=True)
class Netmask:
    """An IPv4 netmask, or nothing."""

    def canonical(self, text: str) -> str:
        if text and str(ipaddress.IPv4Network(f"0.0.0.0/{text}").netmask) != text:
            raise ValueError(text)
        return text


@dataclass(frozen=True)
class Server:
    """A server's address or name, with or without a port, or nothing."""

    def canonical(self, text: str) -> str:
        if not re.fullmatch(r"([A-Za-z0-9_][A-Za-z0-9._-]{0,252}(:[0-9]{1,5})?)?", text):
            raise ValueError(text)
        return text
