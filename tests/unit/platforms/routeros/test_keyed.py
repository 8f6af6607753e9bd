"""Menus without order: renamed, repeated, in each other's way."""

from __future__ import annotations

from diemcau.platforms.routeros.keyed import keyed, placed
from diemcau.platforms.routeros.menus import ENTRIES
from diemcau.platforms.routeros.parse import Entry
from diemcau.redaction import Secret


def shown(menu: str, have: list[Entry], want: list[Entry]) -> list[str]:
    compare = placed if ENTRIES[menu].by_place else keyed
    put, drop = compare(menu, ENTRIES[menu], *([(entry, "vpn") for entry in entries] for entries in (have, want)))
    return [statement.shown.removeprefix(f"{menu} ") for statement in (*put, *drop)]


PEERS = "/interface wireguard peers"


def peer(name: str, key: str, **more: str) -> Entry:
    return {"interface": "wg0", "name": name, "public-key": key, **more}


def test_a_site_under_a_new_name_keeps_its_peer() -> None:
    assert shown(PEERS, [peer("old", "k")], [peer("new", "k")]) == ['set [find interface="wg0" name="old"] name=new']


def test_a_replaced_unit_keeps_its_peer() -> None:
    assert shown(PEERS, [peer("a", "k")], [peer("a", "l")]) == ['set [find interface="wg0" name="a"] public-key=l']


def test_what_is_in_the_way_goes_first() -> None:
    have, want = [peer("a", "k"), peer("b", "l")], [peer("a", "l"), peer("b", "k")]
    assert shown(PEERS, have, want) == [
        'remove [find interface="wg0" name="a"]',
        'remove [find interface="wg0" name="b"]',
        "add interface=wg0 name=a public-key=l",
        "add interface=wg0 name=b public-key=k",
    ]


def test_a_secret_that_should_not_be_there_is_emptied() -> None:
    have = [{**peer("a", "k"), "preshared-key": Secret("x")}]
    assert shown(PEERS, have, [peer("a", "k")]) == ['set [find interface="wg0" name="a"] preshared-key=""']


def test_of_equal_entries_the_later_ones_go() -> None:
    route: Entry = {"dst-address": "0.0.0.0/0", "gateway": "1.1.1.1"}
    found = '[find dynamic=no dst-address="0.0.0.0/0" gateway="1.1.1.1" routing-table="main"]'
    assert shown("/ip route", [route, {**route, "distance": "5"}, route], [{**route, "distance": "9"}]) == [
        f"set [:pick {found} 0] distance=9",
        f"remove [:pick {found} 2]",
        f"remove [:pick {found} 1]",
    ]


def test_reservations_make_room_first() -> None:
    lease: Entry = {"mac-address": "AA:00:00:00:00:01", "address": "10.0.0.1"}
    assert [
        words.split()[0] for words in shown("/ip dhcp-server lease", [lease], [{**lease, "address": "10.0.0.2"}])
    ] == [
        "remove",
        "add",
    ]


def test_keys_are_found_by_their_place_and_the_new_one_is_there_first() -> None:
    old: list[Entry] = [{"user": "a", "key-owner": "x"}, {"user": "a", "key-owner": "y"}]
    new: Entry = {"user": "a", "key-owner": "z", "key": "ssh-ed25519 AAAA z"}
    assert shown("/user ssh-keys", old, [old[1], new]) == [
        'add user=a key="ssh-ed25519 AAAA z"',
        "remove [:pick [find] 0]",
    ]


QUEUES = "/queue tree"


def queue(name: str, parent: str) -> Entry:
    return {"name": name, "parent": parent}


def test_a_parent_is_there_before_its_children_and_goes_after_them() -> None:
    whole = [queue("c", "b"), queue("b", "a"), queue("a", "wg0")]
    assert shown(QUEUES, [], whole) == ["add name=a parent=wg0", "add name=b parent=a", "add name=c parent=b"]
    assert shown(QUEUES, whole, []) == [f'remove [find name="{name}"]' for name in "cba"]


def test_a_queue_moves_below_one_that_is_new_and_leaves_one_that_goes() -> None:
    have, want = [queue("old", "wg0"), queue("a", "old")], [queue("a", "new"), queue("new", "wg0")]
    assert shown(QUEUES, have, want) == [
        "add name=new parent=wg0",
        'set [find name="a"] parent=new',
        'remove [find name="old"]',
    ]


def test_a_child_that_becomes_the_parent() -> None:
    have, want = [queue("a", "wg0"), queue("b", "a")], [queue("a", "b"), queue("b", "wg0")]
    assert shown(QUEUES, have, want) == ['set [find name="b"] parent=wg0', 'set [find name="a"] parent=b']


def test_queues_that_stand_below_each_other_end_the_search() -> None:
    assert len(shown(QUEUES, [queue("a", "b"), queue("b", "a")], [])) == 2


def test_a_queue_that_is_called_like_an_interface_goes_first_with_all_below_it() -> None:
    """Otherwise the new one would hang on it, and on nothing when it is gone."""
    have = [queue("ether1", "ether1"), queue("a", "ether1"), queue("b", "wg0")]
    assert shown(QUEUES, have, [queue("out", "ether1"), queue("a", "out"), queue("b", "wg0")]) == [
        'remove [find name="a"]',
        'remove [find name="ether1"]',
        "add name=out parent=ether1",
        "add name=a parent=out",
    ]
