"""One hub's turn in a rotation of keys, as decisions: who leaves it, whose keys are changed, who is left out.

Nothing is done here. The plays of ``rotate_keys.yml`` do what is decided and say what became of it:

1. :func:`leave`: the communes that the other hub carries leave this one;
2. :func:`renew`: those that have left get new keys, first at the hub, which refuses the old ones from then on;
3. :func:`settle`: those that the hub carries again have their new keys in use, so the old ones are struck.

Devices are named by their routers' hosts (``ga-ry-router``). What is decided follows from the last run's notes and from
what the devices say now: a run that was interrupted anywhere is continued by the same steps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from diemcau.errors import Problem
from diemcau.naming import site_of
from diemcau.secrets.store import PASSWORD, WIREGUARD

OWN_KEY = f"{WIREGUARD}wg0"  # of a hub, for all communes


@dataclass(frozen=True)
class Turn:
    """What one hub's turn is about; holds from its beginning to its end."""

    hub: str  # whose tunnels get new keys
    site: str  # where it stands
    other: str  # the hub that carries the communes meanwhile
    key: str  # the secret at a commune that is its end of the tunnel to the hub
    communes: Sequence[str]  # all of the district
    concerned: Sequence[str]  # those that have to leave the hub
    whole: bool  # the hub's own key is due too: it concerns every commune


@dataclass(frozen=True)
class Keys:
    """Secrets that are changed together: each of these names at each of these hosts."""

    hosts: Sequence[str]
    names: Sequence[str]


@dataclass(frozen=True)
class Leaving:
    leave: Sequence[str]
    problems: Mapping[str, Problem]  # host -> why it stays, and what to do


@dataclass(frozen=True)
class Settled:
    strike: Sequence[Keys]  # these are in use, so what they were before goes
    problems: Mapping[str, Problem]  # host -> what it has not got, and what to do
    left_out: Sequence[str]  # communes that have no part in the other hub's turn


def turns(hubs: Sequence[str], communes: Sequence[str], due: Mapping[str, Collection[str]]) -> list[Turn]:
    """The turn of each of the two hubs, the preferred one first.

    ``due``: host -> names of its secrets that are to be changed.
    """
    found = []
    for number, hub in enumerate(hubs):
        key, whole = f"{WIREGUARD}wg{number}", OWN_KEY in due.get(hub, ())
        concerned = [host for host in communes if whole or key in due.get(host, ())]
        found.append(Turn(hub, site_of(hub), hubs[1 - number], key, communes, concerned, whole))
    return found


def leave(turn: Turn, carried: Collection[str], reason: str, left_out: Collection[str]) -> Leaving:
    """Who leaves the hub: whom the other one carries, unless the turn before left it out.

    ``carried``: of the communes that are concerned, by the other hub; ``reason``: why not the rest.
    """
    asked = [host for host in turn.concerned if host not in left_out]
    stay = {host: _not_carried(turn, host, reason) for host in asked if host not in carried}
    return Leaving([host for host in asked if host not in stay], stay)


def renew(turn: Turn, left: Collection[str]) -> list[Keys]:
    """The secrets to make anew, when these communes have left the hub: nothing of theirs runs through it."""
    return _keys(turn, left, own=turn.whole and _all_left(turn, left))


def settle(
    turn: Turn, left: Collection[str], back: Collection[str], carried: Collection[str], reason: str, *, hub_failed: bool
) -> Settled:
    """What the turn has come to.

    ``left``: the communes that left the hub; ``back``: those of them that took their new configuration; ``carried``:
    those of them that the hub carries now; ``reason``: why not the rest. ``hub_failed``: the hub did not confirm its
    new keys, and may take them back: nothing is struck, and nobody leaves the other hub on its account.
    """
    seen = [host for host in left if host in carried]
    own = turn.whole and _all_left(turn, left) and len(seen) == len(left)
    problems = {host: _not_back(turn, host, reason) for host in back if host not in carried}
    if turn.whole and not _all_left(turn, left):
        problems[turn.hub] = _keeps_its_key(turn, left)
    through = {host for host in seen if host in back}
    return Settled(
        strike=[] if hub_failed else _keys(turn, seen, own=own),
        problems=problems,
        left_out=turn.communes if hub_failed else [host for host in turn.concerned if host not in through],
    )


def _all_left(turn: Turn, left: Collection[str]) -> bool:
    """A commune that has not left would find neither hub when it is back, if the hub's own key were another."""
    return set(turn.communes) <= set(left)


def _keys(turn: Turn, communes: Collection[str], *, own: bool) -> list[Keys]:
    theirs = [Keys(list(communes), [turn.key, PASSWORD])] if communes else []
    return theirs + ([Keys([turn.hub], [OWN_KEY, PASSWORD])] if own else [])


def _not_carried(turn: Turn, host: str, reason: str) -> Problem:
    return Problem(
        host=host,
        found=f"its tunnel to {turn.hub} keeps its old key",
        state=f"{turn.other} does not carry it meanwhile: {reason}",
        remedy=(
            f"bring that tunnel up: ansible-playbook playbooks/site.yml -l {host}\n"
            f"then go on with: ansible-playbook playbooks/rotate_keys.yml -l {host}"
        ),
    )


def _not_back(turn: Turn, host: str, reason: str) -> Problem:
    return Problem(
        host=host,
        found=f"did not come back to {turn.hub} with its new key: {reason}",
        state=f"its tunnel to {turn.other} is as it was",
        remedy=f"look at {turn.hub}, then go on with\nansible-playbook playbooks/rotate_keys.yml -l {host}",
    )


def _keeps_its_key(turn: Turn, left: Collection[str]) -> Problem:
    stayed = ", ".join(host for host in turn.communes if host not in left)
    return Problem(
        host=turn.hub,
        found=f"keeps its own key: could not leave it: {stayed}",
        remedy=(f"bring their tunnels to {turn.other} up, then go on with\nansible-playbook playbooks/rotate_keys.yml"),
    )
