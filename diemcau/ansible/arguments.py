"""What each action takes, from the one place where it is said: the documentation in ``plugins/modules/``."""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

from diemcau.paths import PROJECT

_MODULES = PROJECT / "plugins" / "modules"


@cache
def spec(action: str) -> dict[str, dict[str, Any]]:
    """The action's argument spec: option -> type, default, choices … as ansible-doc shows them; empty without options.

    Read once in a process, in about 2 ms. Raises FileNotFoundError for an action that is not documented.
    """
    module = ast.parse((_MODULES / f"{action}.py").read_text(encoding="utf-8"))
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION":
            return dict(yaml_load(ast.literal_eval(node.value)).get("options", {}))
    raise ValueError(f"{action}.py has no DOCUMENTATION")


def names() -> list[str]:
    """Every documented action."""
    return sorted(path.stem for path in _MODULES.glob("*.py"))
