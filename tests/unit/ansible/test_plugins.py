"""Plugins are documented as they are: ansible-doc shows each, and what it shows is what the action accepts."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from diemcau.ansible import arguments
from diemcau.ansible.action import PlainAction
from diemcau.intent import SECTIONS
from diemcau.secrets import replacement

PROJECT = Path(__file__).resolve().parents[3]
ACTIONS = sorted(path.stem for path in (PROJECT / "plugins" / "action").glob("*.py"))
MODULES = sorted(path.stem for path in (PROJECT / "plugins" / "modules").glob("*.py"))
ROLES = sorted(path.parent.parent.name for path in (PROJECT / "roles").glob("*/meta/argument_specs.yml"))
# What counts of an option for the one who calls; the rest of its documentation is words.
MEANING = ("type", "elements", "required", "default", "choices", "options")


@cache
def written(module: str) -> dict[str, Any]:
    """DOCUMENTATION, EXAMPLES and RETURN of a module, read as YAML."""
    tree = ast.parse((PROJECT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    return {
        target.id: yaml.safe_load(ast.literal_eval(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def action(name: str) -> type[PlainAction]:
    spec = importlib.util.spec_from_file_location(f"action_{name}", PROJECT / "plugins" / "action" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.ActionModule
    assert issubclass(found, PlainAction)
    return found


def meaning(options: Any) -> dict[str, dict[str, Any]]:
    """Options without their words, with the defaults of what may be left out."""
    return {
        name: {"type": "str", "required": False, **{key: option[key] for key in MEANING if key in option}}
        for name, option in options.items()
    }


def ansible_doc(*options: str) -> str:
    """What ansible-doc prints in the project's folder; it ends with 0 and warns of nothing."""
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-doc", *options],
        cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    # ansible-core warns of its own internal collection when it looks for roles.
    warned = [line for line in done.stderr.splitlines() if "_protomatter" not in line]
    assert (done.returncode, warned) == (0, [])
    return done.stdout


def test_every_action_has_its_documentation_beside_it() -> None:
    assert len(ACTIONS) >= 8
    assert ACTIONS == MODULES


@pytest.mark.parametrize("name", ACTIONS)
def test_documentation_tells_what_the_action_uses(name: str) -> None:
    """The action accepts what is documented: an option that nobody reads, or that nobody may give, is a slip."""
    assert written(name)["DOCUMENTATION"]["module"] == name
    assert issubclass(action(name), PlainAction)
    source = (PROJECT / "plugins" / "action" / f"{name}.py").read_text(encoding="utf-8")
    used = {
        ast.literal_eval(node.slice)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "arguments"
    }
    assert used == set(arguments.spec(name))


@pytest.mark.parametrize(
    ("name", "option", "constants"),
    [
        ("router_section", "name", SECTIONS),
        ("router_config", "sections", SECTIONS),
        (
            "restore_note",
            "step",
            (replacement.REFUSED, replacement.STICK, replacement.ANSWERED, replacement.DONE),
        ),
    ],
)
def test_choices_are_those_that_the_code_knows(name: str, option: str, constants: tuple[str, ...]) -> None:
    assert arguments.spec(name)[option]["choices"] == list(constants)


def test_all_sections_are_compared_unless_some_are_named() -> None:
    assert arguments.spec("router_config")["sections"]["default"] == list(SECTIONS)


@pytest.mark.parametrize("name", ACTIONS)
def test_the_example_is_accepted_by_the_action(name: str) -> None:
    (task,) = written(name)["EXAMPLES"]
    assert name in task
    given = dict(task[name] or {})
    if given.get("sections") == "{{ router_sections }}":
        given["sections"] = list(SECTIONS)
    checked = ArgumentSpecValidator(arguments.spec(name)).validate(given)
    assert checked.error_messages == []


def test_ansible_doc_shows_every_module() -> None:
    shown = json.loads(ansible_doc("-t", "module", "--json", *MODULES))
    assert sorted(shown) == MODULES
    for name, plugin in shown.items():
        assert plugin["doc"]["short_description"] and plugin["examples"] and plugin["return"], name
        assert "check_mode" in plugin["doc"]["attributes"], name  # what --check does is told of each
        assert meaning(plugin["doc"].get("options", {})) == meaning(arguments.spec(name))


@pytest.mark.parametrize(("kind", "name"), [("module", "router_config"), ("callback", "district")])
def test_ansible_doc_shows_it_to_a_person(kind: str, name: str) -> None:
    first, *rest = ansible_doc("-t", kind, name).splitlines()
    assert name in first and str(PROJECT / "plugins") in first
    assert len(rest) > 5


def test_ansible_doc_shows_every_role() -> None:
    shown = json.loads(ansible_doc("-t", "role", "--json", *ROLES))
    assert sorted(shown) == ROLES == sorted([*SECTIONS, "room"])
    for name, role in shown.items():
        assert role["entry_points"]["main"]["short_description"], name
        assert list(role["entry_points"]["main"]["options"]) == [name]


@pytest.mark.parametrize("name", SECTIONS)
def test_every_role_of_a_router_notes_the_section_of_its_name(name: str) -> None:
    (task,) = yaml.safe_load((PROJECT / "roles" / name / "tasks" / "main.yml").read_text(encoding="utf-8"))
    assert task["router_section"] == {"name": name, "compare": "{{ router_compare | default(omit) }}"}
    (handler,) = yaml.safe_load((PROJECT / "roles" / "router" / "handlers" / "main.yml").read_text(encoding="utf-8"))
    assert task["notify"] == handler["name"]
    meta = yaml.safe_load((PROJECT / "roles" / name / "meta" / "main.yml").read_text(encoding="utf-8"))
    assert meta["dependencies"] == ["router"]
