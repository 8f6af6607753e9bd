"""What a person is told when the twin cannot do what was asked."""

from __future__ import annotations


class TwinError(Exception):
    """One message for a person: what is wrong and what to do about it. Never shown with a traceback."""
