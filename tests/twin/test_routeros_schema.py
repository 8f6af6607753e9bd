"""Every path and argument that the twin's RouterOS accepts exists on a real one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from twin.routeros.menu import Menu, Release
from twin.routeros.schema import schema
from twin.routeros.words import GLOBAL, ROOT_EXPORT, signature

TREES = Path(__file__).parents[3] / "shared" / "ground-truth"


def tree(release: str) -> dict[str, Any]:
    path = TREES / f"routeros-{release}.json"
    if not path.exists():
        pytest.skip(f"the command tree of a real RouterOS {release} is not at {path}")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def node(root: dict[str, Any], path: str) -> dict[str, Any]:
    for part in path.strip("/").split("/"):
        root = root.get(part, {})
    return root


def unknown(menu: Menu, real: dict[str, Any], release: Release) -> list[str]:
    """What the twin would accept in a menu and the real device would not."""
    found = []
    for verb in sorted(menu.verbs | set(menu.commands)):
        command = real.get(verb)
        if command is None or command.get("_type") != "cmd":
            found.append(f"{menu.path} {verb}")
            continue
        given = signature(menu, verb, release)
        names = given.named | given.flags
        # The tree calls what follows "find" by "where"; "get" of settings has no number.
        names -= {"where", "find"} if verb == "find" else set()
        found += [f"{menu.path} {verb} {name}" for name in sorted(names) if name not in command]
    return found


@pytest.mark.parametrize("release", ["7.18", "7.22"])
def test_menus_and_arguments_exist(release: str) -> None:
    real = tree(release)
    found = []
    for menu in schema(Release.of(release)).menus.values():
        found += unknown(menu, node(real, menu.path), Release.of(release))
    assert not found


@pytest.mark.parametrize("release", ["7.18", "7.22"])
def test_commands_of_the_language_exist(release: str) -> None:
    real = tree(release)
    for name, given in {**GLOBAL, "export": ROOT_EXPORT}.items():
        assert real.get(name, {}).get("_type") == "cmd", name
        missing = [each for each in given.named | given.flags if each not in real[name]]
        assert not missing, (name, missing)


def test_the_comparison_finds_what_is_not_there() -> None:
    real = tree("7.18")
    menu = schema(Release.of("7.22")).menu("/routing/bgp/instance")
    assert "/routing/bgp/instance add" in unknown(menu, node(real, menu.path), Release.of("7.22"))


@pytest.mark.parametrize(("release", "has", "has_not"), [("7.19", "as", "afi"), ("7.20", "afi", "as")])
def test_bgp_changed_with_7_20(release: str, has: str, has_not: str) -> None:
    menus = schema(Release.of(release)).menus
    assert menus["/routing/bgp/connection"].arg(has) is not None
    assert menus["/routing/bgp/connection"].arg(has_not) is None
    assert ("/routing/bgp/instance" in menus) == (release == "7.20")


def test_other_releases_are_refused() -> None:
    with pytest.raises(ValueError, match=r"7\.18 to 7\.22"):
        schema(Release.of("7.17"))
