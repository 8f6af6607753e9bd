"""One hub's turn in a rotation: who leaves it, whose keys are made and struck, and who is left out of what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from diemcau.push import rotation_steps
from diemcau.push.rotation_steps import Keys, Settled, Turn

HUBS = ("huyen-uy-router", "ubnd-router")
WG0, WG1 = "wireguard_private_key_wg0", "wireguard_private_key_wg1"
DANG, GA_RY, LANG = COMMUNES = ("dang-router", "ga-ry-router", "lang-router")
WHOLE = {host: (WG0, WG1, "admin_password") for host in (*HUBS, *COMMUNES)}
REASON = "its tunnel there is not up"


def first(due: dict[str, tuple[str, ...]]) -> Turn:
    return rotation_steps.turns(HUBS, COMMUNES, due)[0]


PART = first({GA_RY: (WG0, WG1), DANG: (WG0,)})  # ansible-playbook playbooks/rotate_keys.yml -l ga_ry,dang
ALL = first(WHOLE)


def settle(
    turn: Turn, left: Sequence[str], back: Sequence[str], carried: Sequence[str], *, hub_failed: bool = False
) -> Settled:
    return rotation_steps.settle(turn, left, back, carried, REASON, hub_failed=hub_failed)


def test_the_hubs_have_their_turns_one_after_the_other() -> None:
    one, two = rotation_steps.turns(HUBS, COMMUNES, {GA_RY: (WG0, WG1), DANG: (WG0,)})
    assert one == Turn("huyen-uy-router", "huyen-uy", "ubnd-router", WG0, COMMUNES, [DANG, GA_RY], whole=False)
    assert two == Turn("ubnd-router", "ubnd", "huyen-uy-router", WG1, COMMUNES, [GA_RY], whole=False)


def test_what_is_not_due_any_more_concerns_nobody() -> None:
    """Rooms alone, or a rotation of which the first hub's turn was over when it was interrupted."""
    due = {"ga-ry-room": ("admin_password",), GA_RY: (WG1,), HUBS[0]: (WG1,)}
    one, two = rotation_steps.turns(HUBS, COMMUNES, due)
    assert (one.concerned, one.whole) == ([], False)
    assert (two.concerned, two.whole) == ([GA_RY], False)
    assert rotation_steps.leave(one, (), "", ()).leave == []
    assert rotation_steps.renew(one, ()) == []
    assert settle(one, (), (), ()) == Settled([], {}, [])


def test_a_hubs_own_key_concerns_every_commune_even_one_without_new_keys() -> None:
    (turn, _) = rotation_steps.turns(HUBS, COMMUNES, {HUBS[0]: (WG0,), DANG: (WG0,)})
    assert turn.whole and turn.concerned == list(COMMUNES)


def test_a_commune_leaves_when_the_other_hub_carries_it() -> None:
    found = rotation_steps.leave(ALL, [GA_RY, LANG, "huyen-uy-router"], REASON, ())
    assert found.leave == [GA_RY, LANG]
    assert {host: str(problem) for host, problem in found.problems.items()} == {
        DANG: "dang-router: its tunnel to huyen-uy-router keeps its old key\n"
        "    ubnd-router does not carry it meanwhile: its tunnel there is not up\n"
        "    to do: bring that tunnel up: ansible-playbook playbooks/site.yml -l dang-router\n"
        "           then go on with: ansible-playbook playbooks/rotate_keys.yml -l dang-router"
    }


def test_nobody_leaves_who_was_left_out_before_and_it_is_not_told_twice() -> None:
    found = rotation_steps.leave(PART, [DANG], REASON, [DANG, GA_RY])
    assert (found.leave, found.problems) == ([], {})


def test_those_that_left_get_new_keys() -> None:
    assert rotation_steps.renew(PART, [GA_RY]) == [Keys([GA_RY], [WG0, "admin_password"])]


def test_the_hub_gets_its_own_key_when_every_commune_has_left_it() -> None:
    theirs, own = rotation_steps.renew(ALL, COMMUNES)
    assert theirs == Keys(list(COMMUNES), [WG0, "admin_password"])
    assert own == Keys(["huyen-uy-router"], [WG0, "admin_password"])
    assert rotation_steps.renew(ALL, [DANG, GA_RY]) == [Keys([DANG, GA_RY], [WG0, "admin_password"])]
    # All of those that were asked for are not all.
    assert len(rotation_steps.renew(replace(PART, concerned=COMMUNES), COMMUNES)) == 1


def test_a_hub_has_its_own_key_on_every_interface_of_its_name() -> None:
    """A hub's wg0 is for all communes; their ends are wg0 at the first hub and wg1 at the second."""
    (_, turn) = rotation_steps.turns(HUBS, COMMUNES, WHOLE)
    assert rotation_steps.renew(turn, COMMUNES) == [
        Keys(list(COMMUNES), [WG1, "admin_password"]),
        Keys(["ubnd-router"], [WG0, "admin_password"]),
    ]


def test_when_all_are_back_all_old_keys_go_and_all_go_on() -> None:
    assert settle(ALL, COMMUNES, COMMUNES, COMMUNES) == Settled(
        [Keys(list(COMMUNES), [WG0, "admin_password"]), Keys(["huyen-uy-router"], [WG0, "admin_password"])], {}, []
    )


def test_only_keys_that_were_seen_in_use_are_struck() -> None:
    found = settle(ALL, COMMUNES, COMMUNES, [DANG, GA_RY])
    assert found.strike == [Keys([DANG, GA_RY], [WG0, "admin_password"])]  # and not the hub's: Lang may not have it
    assert found.left_out == [LANG]
    assert {host: str(problem) for host, problem in found.problems.items()} == {
        LANG: "lang-router: did not come back to huyen-uy-router with its new key: its tunnel there is not up\n"
        "    its tunnel to ubnd-router is as it was\n"
        "    to do: look at huyen-uy-router, then go on with\n"
        "           ansible-playbook playbooks/rotate_keys.yml -l lang-router"
    }


@pytest.mark.parametrize("carried", [[DANG], [DANG, GA_RY]])
def test_a_commune_that_did_not_confirm_has_told_its_own_problem_and_is_left_out(carried: list[str]) -> None:
    """It may take its change back; what the hub hears of it decides about its old key all the same."""
    found = settle(PART, [DANG, GA_RY], [DANG], carried)
    assert found == Settled([Keys(carried, [WG0, "admin_password"])], {}, [GA_RY])


def test_a_hub_that_failed_has_nothing_struck_and_nobody_leaves_the_other_one() -> None:
    found = settle(ALL, COMMUNES, COMMUNES, [DANG], hub_failed=True)
    assert (found.strike, found.left_out) == ([], COMMUNES)
    assert sorted(found.problems) == [GA_RY, LANG]


def test_a_hub_that_could_not_be_left_keeps_its_key_and_names_them() -> None:
    found = settle(ALL, [GA_RY], [GA_RY], [GA_RY])
    assert found.strike == [Keys([GA_RY], [WG0, "admin_password"])]
    assert found.left_out == [DANG, LANG]
    assert {host: str(problem) for host, problem in found.problems.items()} == {
        "huyen-uy-router": "huyen-uy-router: keeps its own key: could not leave it: dang-router, lang-router\n"
        "    to do: bring their tunnels to ubnd-router up, then go on with\n"
        "           ansible-playbook playbooks/rotate_keys.yml"
    }


def test_whom_the_hub_carries_besides_is_not_struck() -> None:
    assert settle(PART, [GA_RY], [GA_RY], COMMUNES).strike == [Keys([GA_RY], [WG0, "admin_password"])]
