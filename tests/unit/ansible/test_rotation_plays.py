"""rotate_keys.yml as it is, without devices: what happens in which order, and what a failure holds up and what not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from diemcau.push import rotation_steps
from tests.unit.ansible.played import Played, failed, play

HUBS = ("huyen-uy-router", "ubnd-router")
COMMUNES = ("dang-router", "ga-ry-router")
WG0, WG1 = "wireguard_private_key_wg0", "wireguard_private_key_wg1"
ALL = {
    **{host: [WG0, WG1, "admin_password"] for host in (*HUBS, *COMMUNES)},
    **{f"{site}-room": ["admin_password", "room_password"] for site in ("huyen-uy", "ubnd", "dang", "ga-ry")},
}
CARRIED = {"carried": COMMUNES, "reason": "its tunnel there is not up"}


def rotate(
    folder: Path,
    answers: Mapping[str, Sequence[Mapping[str, Any]]],
    due: Mapping[str, Sequence[str]] = ALL,
    options: Sequence[str] = (),
) -> Played:
    begun = {"due": due, "turns": [asdict(turn) for turn in rotation_steps.turns(HUBS, COMMUNES, due)]}
    head = "dang-router" if "-l" in options else "huyen-uy-router"  # the first host, for which common tasks run
    hubs = {f"hub_state {hub}": [CARRIED] for hub in HUBS}
    return play(folder, "rotate_keys", {f"rotation_begin {head}": [begun], **hubs, **answers}, options)


def steps(played: Played) -> list[str]:
    """What was done to routers and to secrets, in order; at communes all at once, so they are sorted."""
    found: list[str] = []
    for task in played.tasks:
        action, _, device = task.key.partition(" ")
        if action == "router_config":
            found.append(
                f"{device} leaves {task.given['drained'][0]}" if "drained" in task.given else f"{device} changed"
            )
        elif action == "rotation_secrets" and "room_password" not in task.given["names"]:
            hosts = ", ".join(sorted(task.given["hosts"]))
            found.append(f"{task.given['state']} {task.given['names'][0][-3:]}: {hosts}")
        elif action == "hub_rekey":
            found.append("between the hubs")
    for start in range(len(found) - 1):
        if {found[start].split()[0], found[start + 1].split()[0]} == set(COMMUNES):
            found[start : start + 2] = sorted(found[start : start + 2])
    return found


def at_the_end(played: Played) -> str:
    """What the last play names."""
    return played.output.rpartition("PLAY [Name what could not be done]")[2]


def test_the_whole_district_in_its_order(tmp_path: Path) -> None:
    done = rotate(tmp_path, {})
    assert done.status == 0, done.output
    assert steps(done) == [
        "dang-router leaves huyen-uy", "ga-ry-router leaves huyen-uy",
        "new wg0: dang-router, ga-ry-router", "new wg0: huyen-uy-router",
        "huyen-uy-router changed", "dang-router changed", "ga-ry-router changed",
        "in_use wg0: dang-router, ga-ry-router", "in_use wg0: huyen-uy-router",
        "dang-router leaves ubnd", "ga-ry-router leaves ubnd",
        "new wg1: dang-router, ga-ry-router", "new wg0: ubnd-router",
        "ubnd-router changed", "dang-router changed", "ga-ry-router changed",
        "in_use wg1: dang-router, ga-ry-router", "in_use wg0: ubnd-router",
        "between the hubs",
    ]  # fmt: skip
    asked = [
        (task.key, sorted(task.given["routers"]), task.given.get("wait"))
        for task in done.tasks
        if "hub_state" in task.key
    ]
    assert asked == [
        ("hub_state ubnd-router", [*COMMUNES], 0), ("hub_state huyen-uy-router", [*COMMUNES], None),
        ("hub_state huyen-uy-router", [*COMMUNES], 0), ("hub_state ubnd-router", [*COMMUNES], None),
    ]  # fmt: skip


def test_one_commune_alone_and_only_the_turn_that_is_left(tmp_path: Path) -> None:
    done = rotate(tmp_path, {}, {"dang-router": [WG1]}, ["-l", "dang-router"])
    assert done.status == 0, done.output
    assert steps(done) == [
        "dang-router leaves ubnd", "new wg1: dang-router", "ubnd-router changed", "dang-router changed",
        "in_use wg1: dang-router", "between the hubs",
    ]  # fmt: skip


def test_a_hub_that_fails_leaves_nobody_behind_and_its_old_keys_stay(tmp_path: Path) -> None:
    """It may have the new keys: the communes get theirs. It may take them back: nobody leaves the other hub then."""
    done = rotate(tmp_path, {"router_config huyen-uy-router": [failed("huyen-uy-router", "is silent")]})
    assert done.status != 0
    assert steps(done) == [
        "dang-router leaves huyen-uy", "ga-ry-router leaves huyen-uy",
        "new wg0: dang-router, ga-ry-router", "new wg0: huyen-uy-router",
        "huyen-uy-router changed", "dang-router changed", "ga-ry-router changed",
    ]  # fmt: skip
    assert sorted(done.keys("polycom_settings")) == ["dang-room", "ga-ry-room", "huyen-uy-room", "ubnd-room"]
    assert "huyen-uy-router: is silent" in at_the_end(done)


def test_a_commune_that_cannot_leave_stays_and_holds_up_no_other(tmp_path: Path) -> None:
    answers = {"router_config dang-router": [failed("dang-router", "is silent")]}
    done = rotate(tmp_path, answers)
    assert done.status != 0
    assert steps(done) == [
        "dang-router leaves huyen-uy", "ga-ry-router leaves huyen-uy",
        "new wg0: ga-ry-router", "huyen-uy-router changed", "ga-ry-router changed", "in_use wg0: ga-ry-router",
        "ga-ry-router leaves ubnd",
        "new wg1: ga-ry-router", "ubnd-router changed", "ga-ry-router changed", "in_use wg1: ga-ry-router",
        "between the hubs",
    ]  # fmt: skip
    assert "dang-router: is silent" in at_the_end(done)
    assert all(f"{hub}: keeps its own key: could not leave it: dang-router" in at_the_end(done) for hub in HUBS)


def test_who_is_left_keeps_a_tunnel_and_is_named_and_the_rooms_go_on(tmp_path: Path) -> None:
    """Dang has no tunnel to the other hub, Ga Ry does not come back, and the tunnel between the hubs fails too."""
    reason = "its tunnel there is not up"
    answers = {
        "hub_state ubnd-router": [{"carried": ["ga-ry-router"], "reason": reason}],
        "hub_state huyen-uy-router": [{"carried": [], "reason": reason}, CARRIED],
        "hub_rekey huyen-uy-router": [failed("ubnd-router", "is silent")],
    }
    done = rotate(tmp_path, answers, {host: [WG0, WG1] for host in COMMUNES})
    assert done.status != 0
    assert steps(done) == [
        "ga-ry-router leaves huyen-uy", "new wg0: ga-ry-router", "huyen-uy-router changed", "ga-ry-router changed",
        "between the hubs",
    ]  # fmt: skip
    assert "dang-router: its tunnel to huyen-uy-router keeps its old key" in at_the_end(done)
    assert "ga-ry-router: did not come back to huyen-uy-router with its new key" in at_the_end(done)
    assert "ubnd-router: is silent" in at_the_end(done)
    assert len(done.keys("rotation_secrets")) == 2  # Ga Ry's and the rooms'


def test_check_mode_goes_through_all_of_it(tmp_path: Path) -> None:
    done = rotate(tmp_path, {}, options=["--check"])
    assert done.status == 0, done.output
    assert steps(done)[-1] == "between the hubs" and len(steps(done)) == 19
