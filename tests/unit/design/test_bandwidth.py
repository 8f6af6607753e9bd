"""The arithmetic of the queues, on numbers alone."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from diemcau.design.bandwidth import (
    FIGURES,
    FLOOR,
    Direction,
    Rates,
    Wishes,
    call_on_wire,
    in_tunnel,
    needed,
    on_wire,
    rates,
    wishes,
)

NOTHING = Wishes(True, 95, {}, 2)
CALLS = (128, 256, 384, 512, 768, 1024, 1472, 1920, 6144)

lines = st.lists(st.builds(Direction, st.integers(64, 200_000), st.sampled_from(CALLS)), min_size=1, max_size=3)
figures = st.dictionaries(st.sampled_from(FIGURES), st.integers(8, 3000), max_size=5)
wished = st.builds(Wishes, st.just(True), st.integers(50, 100), figures, st.integers(1, 2))


@given(lines, wished)
def test_whatever_is_admitted_fits_each_circuit_and_leaves_everybody_something(
    found: list[Direction], wish: Wishes
) -> None:
    """All ceilings at once, as packets on the wire: the room's calls by one tunnel, the rest by all of them."""
    assume(all(line.kbps >= needed(line.call_kbps, wish) for line in found))
    made = rates(found, wish)
    for line in found:
        others = on_wire("management", made.management)
        others += wish.tunnels * (on_wire("control", made.control) + on_wire("rest", made.rest))
        assert call_on_wire(line.call_kbps, wish) + others <= line.kbps * wish.share / 100
    for name in FIGURES:
        assert getattr(made, name) == wish.given[name] if name in wish.given else getattr(made, name) >= FLOOR


@given(st.sampled_from(CALLS), wished)
def test_what_is_needed_is_the_least(call: int, wish: Wishes) -> None:
    """A circuit that is narrower by 2 kbit/s, for the rounding, leaves somebody less than the floor, or nobody room."""
    line = Direction(needed(call, wish) - 2, call)
    made = rates([line], wish)
    others = on_wire("management", made.management)
    others += wish.tunnels * (on_wire("control", made.control) + on_wire("rest", made.rest))
    too_much = call_on_wire(call, wish) + others > line.kbps * wish.share // 100
    assert too_much or any(getattr(made, name) < FLOOR for name in FIGURES if name not in wish.given)


@given(st.sampled_from(FIGURES), st.integers(0, 1_000_000))
def test_into_the_tunnel_and_out_of_it(name: str, kbps: int) -> None:
    assert in_tunnel(name, on_wire(name, kbps)) >= kbps
    assert on_wire(name, in_tunnel(name, kbps)) <= kbps


def test_what_wireguard_adds_counts_most_for_small_packets() -> None:
    """A voice packet of 200 bytes is one of 275 outside: 60 and up to 15 more."""
    assert on_wire("voice", 80) == 110
    assert on_wire("video", 1000) == 1075


def test_ga_ry_as_the_documentation_tells_it() -> None:
    """docs/qos.md goes through these numbers step by step."""
    fibre, lte = Direction(2000, 1024), Direction(1500, 768)
    assert [call_on_wire(line.call_kbps, NOTHING) for line in (fibre, lte)] == [220 + 1212, 220 + 909]
    assert rates([fibre, lte], NOTHING) == Rates(voice=160, video=1127, control=35, management=85, rest=42)
    assert rates([fibre], NOTHING).rest > 42  # the narrower of the two cases decides


def test_the_variable_of_a_site() -> None:
    found = wishes({"enabled": False, "share_percent": 90, "rest_kbps": 100}, 1)
    assert found == Wishes(False, 90, {"rest": 100}, 1)


@pytest.mark.parametrize(("call", "voice"), [(128, 96), (512, 96), (768, 160), (1920, 160)])
def test_a_faster_call_has_a_richer_voice(call: int, voice: int) -> None:
    assert rates([Direction(100_000, call)], NOTHING).voice == voice
