"""Looks at the Linux side of the twin's nodes: what daemons and packets do, not what was configured."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from typing import Any

import pytest

On = Callable[[str, str], Any]


@pytest.fixture
def on(host: Any) -> On:
    """Run a command in a node's namespace."""
    return lambda node, command: host.run(f"twin exec {shlex.quote(node)} -- {command}")


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Whether something becomes true within a bounded number of looks: routing needs its time."""

    def wait(true: Callable[[], bool], attempts: int = 30) -> bool:
        for _ in range(attempts):
            if true():
                return True
            time.sleep(1)
        return False

    return wait
