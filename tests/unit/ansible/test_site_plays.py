"""site.yml as it is, without devices: hubs that have to wait for each other, and the communes between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.unit.ansible.played import Played, failed, play

WAITS = {"must_wait": True}


def site(folder: Path, answers: Mapping[str, Sequence[Mapping[str, Any]]], *options: str) -> Played:
    return play(folder, "site", answers, ["--skip-tags", "state", *options])


def commits(played: Played) -> list[tuple[str, Any, Any]]:
    """Each router's commits in order, with the tunnels that are held and the patience with the other hub.

    Communes are changed all at once: they are sorted.
    """
    found = [
        (task.key.partition(" ")[2], task.given.get("held"), task.given.get("second_path_wait"))
        for task in played.tasks
        if task.key.startswith("router_config ")
    ]
    for start in range(len(found) - 1):
        if {found[start][0], found[start + 1][0]} == {"dang-router", "ga-ry-router"}:
            found[start : start + 2] = sorted(found[start : start + 2])
    return found


def test_hubs_first_then_communes_and_nothing_twice(tmp_path: Path) -> None:
    done = site(tmp_path, {})
    assert done.status == 0, done.output
    assert commits(done) == [
        ("huyen-uy-router", None, None), ("ubnd-router", None, None),
        ("dang-router", [], None), ("ga-ry-router", [], None),
    ]  # fmt: skip
    assert [t.given["second_path"] for t in done.tasks if "second_path" in t.given] == [
        "ubnd-router",
        "huyen-uy-router",
    ]


def test_a_hub_that_waits_has_its_turn_when_the_communes_have_followed_the_other(tmp_path: Path) -> None:
    done = site(tmp_path, {"router_config ubnd-router": [WAITS, {}]})
    assert done.status == 0, done.output
    assert commits(done) == [
        ("huyen-uy-router", None, None), ("ubnd-router", None, None),
        ("dang-router", ["ubnd"], None), ("ga-ry-router", ["ubnd"], None),
        ("ubnd-router", None, 60),
        ("dang-router", [], None), ("ga-ry-router", [], None),
    ]  # fmt: skip


def test_a_hub_that_may_not_move_even_then_is_named_and_not_followed(tmp_path: Path) -> None:
    done = site(tmp_path, {"router_config ubnd-router": [WAITS, failed("ubnd-router", "dang holds it up")]})
    assert done.status != 0
    assert commits(done)[-2:] == [("dang-router", ["ubnd"], None), ("ga-ry-router", ["ubnd"], None)]
    assert "ubnd-router: dang holds it up" in done.output.rpartition("PLAY [Name what could not be done]")[2]


def test_a_hub_that_fails_is_not_followed_and_has_no_second_turn(tmp_path: Path) -> None:
    """With --tags too: which hubs moved is noted whatever sections are asked for."""
    done = site(tmp_path, {"router_config huyen-uy-router": [failed("huyen-uy-router", "is silent")]}, "--tags", "vpn")
    assert done.status != 0
    assert commits(done) == [
        ("huyen-uy-router", None, None), ("ubnd-router", None, None),
        ("dang-router", ["huyen-uy"], None), ("ga-ry-router", ["huyen-uy"], None),
    ]  # fmt: skip
