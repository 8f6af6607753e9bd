from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.errors import Unexpected
from diemcau.intent import SECTIONS
from diemcau.platforms import Plan
from diemcau.platforms.vyos import parse, plan, render
from diemcau.platforms.vyos.parse import wrap
from diemcau.platforms.vyos.sections import ROOTS, neutral, owner
from diemcau.platforms.vyos.words import Model, Path, split
from diemcau.redaction import joined, reveal
from tests.unit.platforms.routers import commune, hub, key

KEEP = ("interfaces ethernet eth0 hw-id 0c:00:00:00:00:01", "protocols ospf area 0 network 10.0.0.0/8")


def apply(change: Plan, model: Model) -> Model:
    """What the device makes of a plan; it refuses to delete what is not there, and must be left no empty node."""
    paths = set(model)
    emptied: list[Path] = []
    for statement in change.statements:
        verb, *words = split(reveal(statement.text))
        path = wrap(words)
        if verb == "delete":
            gone = {p for p in paths if p[: len(path)] == path}
            assert gone, f"nothing to delete: {statement.shown}"
            paths -= gone
            emptied.append(path[:-1])
        else:
            assert verb == "set"
            paths = {p for p in paths if p != path[: len(p)]} | {path}
    for parent in emptied:
        above_roots = any(root[: len(parent)] == parent for root in ROOTS)
        assert above_roots or any(p[: len(parent)] == parent for p in paths), f"left empty: {parent}"
    return frozenset(paths)


def managed(model: Model, sections: Collection[str] = SECTIONS) -> Model:
    return frozenset(p for p in model if owner(p) in sections and not neutral(p))


words = st.sampled_from(["a", "b", "10", "9", "private-key", "two words"])
owned = st.builds(
    lambda root, rest: wrap([*root, *rest]), st.sampled_from(sorted(ROOTS)), st.lists(words, min_size=1, max_size=3)
).filter(lambda path: owner(path) is not None)
foreign = st.sampled_from([tuple(text.split()) for text in KEEP])
empty_password = st.just(wrap(["system", "login", "user", "a", "authentication", "plaintext-password", ""]))


def no_prefixes(paths: Collection[Path]) -> Model:
    """A device never shows both a node and what stands below it."""
    return frozenset(p for p in paths if not any(q != p and q[: len(p)] == p for q in paths))


runnings = st.sets(st.one_of(owned, owned, owned, foreign, empty_password), max_size=14).map(no_prefixes)
desireds = st.sets(owned, max_size=14).map(no_prefixes)


@given(runnings)
def test_nothing_is_to_do_for_what_is_there(model: Model) -> None:
    desired = managed(model)
    assert not plan(model, desired, SECTIONS)


@given(runnings, desireds)
def test_applying_a_plan_gives_what_was_desired_and_leaves_the_rest(running: Model, desired: Model) -> None:
    after = apply(plan(running, desired, SECTIONS), running)
    assert managed(after) == desired
    assert {p for p in after if owner(p) is None} == {p for p in running if owner(p) is None}
    assert not plan(after, desired, SECTIONS)


@given(runnings, desireds, st.sets(st.sampled_from(SECTIONS)))
def test_a_part_of_the_sections_touches_only_these(running: Model, desired: Model, chosen: set[str]) -> None:
    change = plan(running, desired, chosen)
    after = apply(change, running)
    others = set(SECTIONS) - chosen
    assert {statement.section for statement in change.statements} <= chosen
    assert managed(after, others) == managed(running, others)
    assert managed(after, chosen) == managed(desired, chosen)


@given(runnings, desireds)
def test_deletes_come_before_sets(running: Model, desired: Model) -> None:
    verbs = [s.shown.split()[0] for s in plan(running, desired, SECTIONS).statements]
    assert verbs == sorted(verbs)


@pytest.mark.parametrize("release", ["1.4", "1.5"])
@pytest.mark.parametrize("make", [hub, commune])
def test_a_rendered_router_needs_nothing_after_its_plan(make: type, release: str) -> None:
    desired = parse(joined(render(make("vyos", release), SECTIONS).values()).reveal())
    factory = parse(FACTORY)
    after = apply(plan(factory, desired, SECTIONS), factory)
    assert managed(after) == desired
    assert not plan(after, desired, SECTIONS)


FACTORY = """
set interfaces ethernet eth0 hw-id '0c:00:00:00:00:01'
set interfaces ethernet eth1 hw-id '0c:00:00:00:00:02'
set interfaces loopback lo
set service ntp allow-client address '127.0.0.0/8'
set service ntp allow-client address '10.0.0.0/8'
set service ntp server time1.vyos.net
set service ntp server time2.vyos.net
set system config-management commit-revisions '100'
set system conntrack modules sip
set system console device ttyS0 speed '115200'
set system host-name 'vyos'
set system login user vyos authentication encrypted-password '$6$QxPS.uk6mfo$9QBSo8u1FkH16gMyAVhus6fU3LOzvLR9Z'
set system login user vyos authentication plaintext-password ''
set system syslog global facility all level 'info'
set system syslog global facility local7 level 'debug'
"""


def statements(running: str, desired: str) -> list[str]:
    return plan(parse(running), parse(desired), SECTIONS).shown().splitlines()


def test_the_factory_user_goes_as_a_whole() -> None:
    desired = parse(joined(render(commune("vyos", "1.4"), SECTIONS).values()).reveal())
    lines = plan(parse(FACTORY), desired, SECTIONS).shown().splitlines()
    assert "delete system login user vyos" in lines
    assert not any("delete interfaces ethernet" in line for line in lines)
    assert not any("console" in line for line in lines)


def test_the_highest_node_goes_that_holds_nothing_else() -> None:
    running = "set interfaces wireguard wg0 mtu 1420\nset interfaces wireguard wg0 ip adjust-mss 1380\n"
    assert statements(running + "set interfaces wireguard wg9 mtu 1400\n", running) == [
        "delete interfaces wireguard wg9"
    ]
    assert statements(running, "set interfaces wireguard wg0 mtu 1420\n") == ["delete interfaces wireguard wg0 ip"]
    assert statements(running, "") == ["delete interfaces wireguard"]


def test_an_interface_keeps_its_hardware_notes() -> None:
    running = "set interfaces ethernet eth0 hw-id 0c:00:00:00:00:01\nset interfaces ethernet eth0 address dhcp\n"
    assert statements(running, "") == ["delete interfaces ethernet eth0 address"]


def test_a_changed_value_is_deleted_without_being_named() -> None:
    old, new = key("old"), key("new")
    change = plan(
        parse(f"set interfaces wireguard wg0 private-key '{old}'\nset interfaces wireguard wg0 mtu 1420"),
        parse(f"set interfaces wireguard wg0 private-key {new}\nset interfaces wireguard wg0 mtu 1420"),
        SECTIONS,
    )
    assert change.shown().splitlines() == [
        "delete interfaces wireguard wg0 private-key",
        "set interfaces wireguard wg0 private-key ***",
    ]
    assert reveal(change.statements[1].text) == f"set interfaces wireguard wg0 private-key {new}"
    assert old not in repr(change)
    assert new not in repr(change)


def test_one_of_several_values_is_named() -> None:
    both = "set service ntp server 10.0.0.1\nset service ntp server 10.0.0.2\n"
    assert statements(both, "set service ntp server 10.0.0.1\n") == ["delete service ntp server 10.0.0.2"]


def test_quotes_and_order_are_no_drift() -> None:
    assert (
        statements(
            "set service ssh port '22'\nset system host-name 'a'", "set system host-name a\nset service ssh port 22"
        )
        == []
    )


def test_an_empty_plaintext_password_beside_a_kept_user_is_no_drift() -> None:
    kept = "set system login user a authentication encrypted-password '*'\n"
    assert statements(kept + "set system login user a authentication plaintext-password ''\n", kept) == []


def test_rules_are_in_the_order_of_their_numbers() -> None:
    rules = "".join(f"set firewall ipv4 input filter rule {n} action accept\n" for n in (100, 20, 9))
    assert [line.split()[6] for line in statements("", rules)] == ["9", "20", "100"]


def test_a_value_that_cannot_be_typed_goes_with_its_leaf_and_its_neighbours_come_back() -> None:
    running = 'set interfaces ethernet eth0 description "what\'s this?"\nset interfaces ethernet eth0 address dhcp\n'
    assert statements(running, "set interfaces ethernet eth0 address dhcp\n") == [
        "delete interfaces ethernet eth0 description"
    ]
    running = 'set service ntp server "it\'s"\nset service ntp server 10.0.0.1\n'
    assert statements(running, "set service ntp server 10.0.0.1\n") == [
        "delete service ntp server",
        "set service ntp server 10.0.0.1",
    ]


def test_a_desired_statement_that_no_section_owns_is_an_error() -> None:
    with pytest.raises(Unexpected, match="set protocols ospf"):
        plan(frozenset(), parse("set protocols ospf area 0 network 10.0.0.0/8"), SECTIONS)


def test_what_is_outside_is_reported() -> None:
    change = plan(parse("set protocols ospf area 0 network 10.0.0.0/8"), frozenset(), SECTIONS)
    assert (change.statements, change.unmanaged) == ((), ("protocols ospf area",))
