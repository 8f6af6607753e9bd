"""A hub's change that moves tunnels, and what must be true before it is made: that another way is open meanwhile.

A commune can be told of a hub's new address, port or key only through a tunnel that works. So a hub moves only those
tunnels whose communes the other hub carries; what it may not move yet waits until the communes have followed the other
hub, or is left with the names of those that hold it up. A commune follows a hub when the hub has moved, and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from diemcau.errors import DiemcauError, Problem
from diemcau.naming import site_of
from diemcau.platforms import HANDSHAKE_LIMIT, End, Ends, State


class MustWait(DiemcauError):
    """The change would move tunnels of communes that have no other; nothing was sent."""


def chosen(running: Ends, desired: Ends, sections: Collection[str]) -> Ends:
    """What the router will have when only ``sections`` are changed."""
    return Ends(
        desired.wan if "wan" in sections else running.wan, desired.tunnels if "vpn" in sections else running.tunnels
    )


def moved(before: Ends, after: Ends) -> tuple[dict[str, End], dict[str, End]]:
    """The tunnels that a change moves for all at once, and those that it moves or removes one by one; by site."""
    later = {(end.interface, end.peer): end for end in after.tunnels}
    together, single = {}, {}
    for end in before.tunnels:
        then = later.get((end.interface, end.peer))
        if before.wan != after.wan or (then is not None and then.shared != end.shared):
            together[end.peer] = end
        elif then is None or then.own != end.own:
            single[end.peer] = end
    return together, single


def held_up(
    before: Ends, after: Ends, communes: Collection[str], handshakes: Mapping[str, int], carried: Collection[str]
) -> list[str]:
    """The communes that would be cut off, sorted.

    ``handshakes``: this hub's, public key -> seconds ago; ``carried``: whom the other hub carries. A commune of the
    inventory that nobody hears from counts when all tunnels move: when it is back it would find neither hub. When its
    own tunnel alone is changed, it does not: the other hub knows it as before.
    """
    together, single = moved(before, after)
    alive = {name for name, end in single.items() if handshakes.get(end.public_key, HANDSHAKE_LIMIT) < HANDSHAKE_LIMIT}
    return sorted((alive | together.keys()) & set(communes) - set(carried))


def admit(
    names: tuple[str, str],
    before: Ends,
    after: Ends,
    communes: Collection[str],
    state: Callable[[], State],
    carried: Callable[[Collection[str]], Collection[str]],
) -> None:
    """Raise MustWait when the change would cut off a commune. Asks nobody when it moves no tunnel of one.

    ``names``: of this hub and the other one; ``state`` asks this hub, ``carried`` the other: of these communes, which.
    """
    handshakes = state().handshakes if moved(before, after)[1].keys() & set(communes) else {}
    asked = held_up(before, after, communes, handshakes, ())
    if not asked:
        return
    reason = "it is not"
    try:
        found = carried(asked)
    except DiemcauError as error:
        found, reason = (), error.problem.reason
    if left := held_up(before, after, communes, handshakes, found):
        hub, other = names
        raise MustWait(
            Problem(
                host=hub,
                found=(
                    f"the change moves tunnels of communes that {other} does not carry meanwhile: {', '.join(left)}"
                ),
                untouched=True,
                expected=f"each of them has its tunnel to {other} up: {reason}",
                remedy=(
                    "bring these tunnels up, then run ansible-playbook playbooks/site.yml; it goes on "
                    "without\nsites that are off and may need a new bundle afterwards: -e leave_behind="
                    f"{','.join(left)}"
                ),
            )
        )


@dataclass(frozen=True)
class Following:
    """What communes do after the hubs had their turn."""

    held: list[str]  # the hubs' sites to which tunnels stay as they are
    follow: bool  # whether a hub had a second turn, after which the communes have to look again


def following(waiting: Collection[str], failed: Collection[str], moved: Collection[str]) -> Following:
    """Whom the communes follow.

    ``waiting``, ``failed``, ``moved``: routers of hubs with what became of their turns so far; a hub that had two of
    them may stand in two. One that stands in none had no turn in this run, and is followed to where it is.
    """
    left = {*waiting, *failed} - {*moved}
    return Following([site_of(host) for host in sorted(left)], follow=bool(waiting))
