"""Rates as the console takes and prints them: ``1900k`` is 1900000 bit/s."""

from __future__ import annotations

import re
from fractions import Fraction

_RATE = re.compile(r"(\d+(?:\.\d+)?)([kKMG]?)")
_FACTORS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9}


def bits(text: str) -> int:
    """Bit/s. Raises ValueError for what is no rate."""
    match = _RATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(Fraction(match[1]) * _FACTORS[match[2]])


def spelled(rate: int) -> str:
    """The shortest of its forms that is exact, as an export has it."""
    for unit in ("G", "M", "k"):
        if rate and rate % _FACTORS[unit] == 0:
            return f"{rate // _FACTORS[unit]}{unit}"
    return str(rate)
