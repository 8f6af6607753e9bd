"""A watch counts what rooms lose while a command runs, and tells who is cut off in the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from twin import namespaces, watch
from twin.errors import TwinError
from twin.state import State

pytestmark = pytest.mark.root

NODES = [
    {"name": "near-room", "kind": "room", "addresses": ["10.88.1.20"]},
    {"name": "far-room", "kind": "room", "addresses": ["10.88.1.21"]},
    {"name": "far-router", "kind": "router", "addresses": ["10.88.1.1"]},
]
UP = ("link set eth0 up",)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[State]:
    """Two rooms with a cable between them."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    state = State(tmp_path)
    near, far = (state.namespace(str(node["name"])) for node in NODES[:2])
    namespaces.create([near, far])
    try:
        namespaces.run_batch(
            ["ip", "-n", near, "-batch", "-"],
            [f"link add eth0 type veth peer name eth0 netns {far}", *UP, "address add 10.88.1.20/24 dev eth0"],
        )
        namespaces.run_batch(["ip", "-n", far, "-batch", "-"], [*UP, "address add 10.88.1.21/24 dev eth0"])
        yield state
    finally:
        namespaces.remove([near, far])
        namespaces.forget_directory()


def seen(state: State, script: str, targets: tuple[str, ...] = ("far-room",)) -> tuple[int, list[watch.Seen]]:
    return watch.watch(state, NODES, targets, ["sh", "-c", script])


def link(state: State, to: str) -> str:
    return f"ip -n {state.namespace('far-room')} link set eth0 {to}"


def test_a_whole_line_loses_nothing_and_the_commands_status_comes_back(kept: State) -> None:
    status, found = seen(kept, "sleep 1; exit 7", ())
    assert status == 7
    assert {(item.source, item.target) for item in found} == {("near-room", "far-room"), ("far-room", "near-room")}
    assert all(item.before and item.after and item.lost == 0 for item in found)
    assert watch.table(found) == "2 of 2 ways had an answer to every question"


def test_what_is_lost_for_a_while_is_counted(kept: State) -> None:
    _, found = seen(kept, f"{link(kept, 'down')}; sleep 2; {link(kept, 'up')}; sleep 2")
    (item,) = found
    assert item.before and item.after
    assert 1 < item.longest <= item.lost < 6
    assert f"near-room  far-room  yes     yes    {item.lost} s" in watch.table(found)


def test_a_watcher_that_is_late_counts_time_and_not_questions() -> None:
    pair = watch.Pair("a", "b", "10.88.1.20", [0.0, 0.2, 0.4, 1.9, 2.4], [True, False, False, True, True])
    assert watch._seen(pair, 0.2, 1) == watch.Seen("a", "b", True, True, lost=1.7, longest=1.7)


def test_who_is_cut_off_in_the_end_stands_first(kept: State) -> None:
    _, (item,) = seen(kept, link(kept, "down"))
    assert item.before and not item.after
    _, (never,) = seen(kept, "true")
    assert not never.before and not never.after
    lines = watch.table([watch.Seen("a", "b", True, True, 9.0, 9.0), item]).splitlines()
    assert "NO" in lines[1] and lines[-1] == "0 of 2 ways had an answer to every question"


@pytest.mark.parametrize(
    ("nodes", "targets", "words"),
    [
        (NODES, ("far-router",), "no room far-router; there are: near-room, far-room"),
        (NODES[:1], (), "no two rooms"),
        ([NODES[0], {**NODES[1], "addresses": []}], (), "far-room has no address"),
    ],
)
def test_when_nobody_can_be_asked(
    tmp_path: Path, nodes: list[dict[str, object]], targets: tuple[str, ...], words: str
) -> None:
    with pytest.raises(TwinError, match=words):
        watch.watch(State(tmp_path), nodes, targets, ["true"])
