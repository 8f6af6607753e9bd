"""Plans, executed statement by statement by an interpreter that knows nothing of the planner."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.errors import Unexpected
from diemcau.intent import SECTIONS
from diemcau.platforms.routeros.menus import ENTRIES
from diemcau.platforms.routeros.parse import Model, parse
from diemcau.platforms.routeros.plan import plan
from diemcau.platforms.routeros.render import render
from diemcau.platforms.routeros.sections import owner
from diemcau.redaction import Secret, joined, reveal
from tests.unit.platforms.routeros.fakes import FakeRouter, arguments
from tests.unit.platforms.routeros.interpreter import Device
from tests.unit.platforms.routers import commune, hub

USERS = ("/user", "/user ssh-keys")
BASE = joined(render(commune("routeros", "7.18"), SECTIONS).values()).reveal()


def plain(model: Model, strict: bool = False) -> Device:
    """The model with its secrets in clear, for the interpreter."""
    entries = {menu: [{k: reveal(v) for k, v in e.items()} for e in found] for menu, found in model.entries.items()}
    settings = {name: {k: reveal(v) for k, v in s.items()} for name, s in model.settings.items()}
    return Device(entries, settings, strict)


def users(device: Device) -> str:
    """What an export leaves out."""
    return "".join(f"\n{menu} add {arguments(e)}" for menu in USERS for e in device.entries.get(menu, []))


def execute(running: Model, desired: Model, sections: Any = SECTIONS, strict: bool = False) -> Model:
    device = plain(running, strict)
    for statement in plan(running, desired, sections).statements:
        device.run(reveal(statement.text))
    return parse(FakeRouter(device).export() + users(device))


def same(a: Model, b: Model) -> None:
    """Equal, but for the order of what has none, and for what a device chooses when nothing is asked for."""
    assert a.settings == b.settings
    for menu in a.entries.keys() | b.entries.keys():
        meta = ENTRIES[menu]
        left, right = (
            [sorted((k, repr(reveal(v))) for k, v in entry.items() if k not in meta.chosen) for entry in entries]
            for entries in (a.entries.get(menu, []), b.entries.get(menu, []))
        )
        assert sorted(left) == sorted(right), menu
        if meta.ordered:  # each section's in their order; sections that share a menu have none between them
            assert by_section(menu, a) == by_section(menu, b)


def by_section(menu: str, model: Model) -> dict[str | None, list[Any]]:
    found: dict[str | None, list[Any]] = {}
    for entry in model.entries.get(menu, []):
        found.setdefault(owner(menu, entry), []).append(entry)
    return found


BASES = {
    f"{name} {release}": parse(joined(render(make("routeros", release), SECTIONS).values()).reveal())
    for name, make in (("hub", hub), ("commune", commune))
    for release in ("7.18", "7.22")
}


@pytest.mark.parametrize("there", BASES)
@pytest.mark.parametrize("here", BASES)
def test_a_plan_executed_gives_what_is_desired(here: str, there: str) -> None:
    same(execute(BASES[here], BASES[there], strict=True), BASES[there])
    assert bool(plan(BASES[here], BASES[there], SECTIONS)) == (here != there)


def test_from_an_empty_device() -> None:
    same(execute(Model(), BASES["hub 7.18"], strict=True), BASES["hub 7.18"])


def test_back_to_an_empty_device() -> None:
    """What uses a name goes before the name does."""
    same(execute(BASES["hub 7.22"], Model(), strict=True), Model())


RULES = st.lists(
    st.fixed_dictionaries(
        {"chain": st.sampled_from(["input", "forward"]), "action": st.sampled_from(["accept", "drop"])},
        optional={
            "comment": st.sampled_from(["a", "b", 'c "d" $e', "Ch'Ơm"]),
            "protocol": st.sampled_from(["tcp", "udp"]),
            "dst-port": st.sampled_from(["22", "53"]),
        },
    ),
    max_size=8,
)
PEERS = st.lists(
    st.fixed_dictionaries(
        {
            "interface": st.sampled_from(["wg0", "wg1"]),
            "name": st.sampled_from("abc"),
            "public-key": st.sampled_from("xyz"),
        },
        optional={"persistent-keepalive": st.sampled_from(["25s", "30s"]), "comment": st.sampled_from("pq")},
    ),
    max_size=6,
    unique_by=(lambda peer: (peer["interface"], peer["name"]), lambda peer: (peer["interface"], peer["public-key"])),
)
ADDRESSES = st.lists(
    st.fixed_dictionaries(
        {
            "address": st.sampled_from(["10.1.0.1", "10.2.0.1/24"]),
            "interface": st.sampled_from(["lan", "lo", "ether1"]),
        },
        optional={"comment": st.just("x"), "broadcast": st.just("10.2.0.255")},  # one with and one without a default
    ),
    max_size=4,
    unique_by=lambda entry: (entry["address"], entry["interface"]),
)
ROUTES = st.lists(  # twice the same route is nothing that a router refuses
    st.fixed_dictionaries(
        {"dst-address": st.sampled_from(["0.0.0.0/0", "10.0.0.0/8"])},
        optional={
            "gateway": st.sampled_from(["198.51.100.9", "wg0"]),
            "distance": st.sampled_from(["2", "3"]),
            "comment": st.just("r"),
        },
    ).map(lambda route: route if "gateway" in route else {**route, "blackhole": "yes"}),
    max_size=4,
)
LEASES = st.lists(
    st.fixed_dictionaries(
        {"mac-address": st.sampled_from(["AA:00:00:00:00:01", "AA:00:00:00:00:02"]), "address": st.sampled_from("123")},
        optional={"comment": st.just("host")},
    ),
    max_size=2,
    unique_by=(lambda lease: lease["mac-address"], lambda lease: lease["address"]),
)
SERVERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("ab"), "interface": st.sampled_from(["lan", "bridge"])},
        optional={"lease-time": st.just("600s")},
    ),
    max_size=2,
    unique_by=(lambda server: server["name"], lambda server: server["interface"]),
)
SHARED = st.lists(  # rules of two sections in one menu, in any order and with any name
    st.fixed_dictionaries(
        {"chain": st.just("forward"), "action": st.sampled_from(["change-mss", "mark-packet"])},
        optional={"comment": st.sampled_from(["a", "b"]), "out-interface": st.sampled_from(["wg0", "wg1"])},
    ),
    max_size=6,
)


@st.composite
def queues(draw: st.DrawFn) -> list[dict[str, str]]:
    """A forest: each queue below an interface or below another one, written down in any order."""
    names = draw(st.lists(st.sampled_from("abcd"), unique=True))
    found = [
        {"name": name, "parent": draw(st.sampled_from(["ether1", "wg0", *names[:place]]))}
        for place, name in enumerate(names)
    ]
    return draw(st.permutations(found))


MODELS = st.builds(
    lambda rules, shared, tree, peers, addresses, routes, leases, servers, name, services: Model(
        {("/system identity", ""): {"name": name}} | {("/ip service", s): {"disabled": "yes"} for s in services},
        {
            "/ip firewall filter": rules,
            "/ip firewall mangle": shared,
            "/queue tree": tree,
            "/interface wireguard peers": peers,
            "/ip address": addresses,
            "/ip route": routes,
            "/ip dhcp-server lease": leases,
            "/ip dhcp-server": servers,
        },
    ),
    RULES,
    SHARED,
    queues(),
    PEERS,
    ADDRESSES,
    ROUTES,
    LEASES,
    SERVERS,
    st.sampled_from(["a", "b"]),
    st.sets(st.sampled_from(["telnet", "ftp", "api"])),
)


@given(MODELS, MODELS)
def test_any_two_models(running: Model, desired: Model) -> None:
    got = execute(running, desired)
    same(got, execute(desired, desired))  # both went through the interpreter once
    assert not plan(got, desired, SECTIONS)


@given(MODELS)
def test_nothing_to_change_plans_nothing(model: Model) -> None:
    assert not plan(model, model, SECTIONS)


@given(MODELS, MODELS, st.sampled_from(SECTIONS))
def test_a_section_touches_nothing_else(running: Model, desired: Model, section: str) -> None:
    assert {statement.section for statement in plan(running, desired, [section]).statements} <= {section}
    got = execute(running, desired, [section])
    assert not plan(got, desired, [section])
    others = [name for name in SECTIONS if name != section]
    assert not plan(got, running, others)  # what the others own is as it was


def lets_in(device: Device) -> bool:
    """Whether the filter accepts a new SSH connection from the control machine through the first tunnel."""
    lists = {(e["list"], e["address"].removesuffix("/32")) for e in device.entries.get("/ip firewall address-list", [])}
    interfaces = {(e["list"], e["interface"]) for e in device.entries.get("/interface list member", [])}
    packet = {"chain": "input", "protocol": "tcp", "dst-port": "22"}
    for rule in device.entries.get("/ip firewall filter", []):
        matches = {
            "in-interface-list": lambda value: (value, "wg0") in interfaces,
            "src-address-list": lambda value: (value, "10.77.1.10") in lists,
            "connection-state": lambda value: "new" in value.split(","),
            "in-interface": lambda value: value == "wg0",
        }
        if all(
            matches[key](value) if key in matches else packet.get(key) == value
            for key, value in rule.items()
            if key not in ("action", "comment", "place-before", "dynamic", "disabled")
        ):
            return rule["action"] == "accept"
    return True


def has_path(device: Device) -> bool:
    """The first tunnel, its peer, its address, and the default route."""
    return all(
        any(all(e.get(k) == v for k, v in wanted.items()) for e in device.entries.get(menu, []))
        for menu, wanted in (
            ("/interface wireguard", {"name": "wg0"}),
            ("/interface wireguard peers", {"interface": "wg0"}),
            ("/ip address", {"interface": "wg0"}),
            ("/ip address", {"interface": "lo"}),
            ("/user ssh-keys", {"user": "diemcau"}),
            ("/routing bgp connection", {}),
        )
    )


DRIFT = {
    "as it should be": lambda text: text,
    "comments": lambda text: re.sub(
        r"^(/(?:ip address|ip route|interface wireguard) .*?)( comment=.*)?$", r"\1 comment=hand", text, flags=re.M
    ),
    "other names": lambda text: text.replace("name=huyen-uy", "name=other").replace("name=room", "name=pool"),
    "other rules": lambda text: re.sub(r'(/ip firewall filter .* comment=)"?([^"\n]*)"?', r'\1"old \2"', text),
    "nameless rules": lambda text: re.sub(r"(/ip firewall filter .*) comment=.*", r"\1", text),
    "no rules": lambda text: "\n".join(line for line in text.splitlines() if "firewall filter" not in line),
    "other lists": lambda text: text.replace("MANAGEMENT", "ADMINS").replace("TUNNELS", "VPN"),
}


@pytest.mark.parametrize("drift", DRIFT)
def test_the_way_in_is_there_at_every_step(drift: str) -> None:
    device = plain(parse(DRIFT[drift](BASE)))
    made = plan(parse(DRIFT[drift](BASE)), parse(BASE), SECTIONS)
    assert bool(made) == (drift != "as it should be")
    for statement in made.statements:
        assert lets_in(device) and has_path(device)
        device.run(reveal(statement.text))
        assert lets_in(device), statement.shown
        assert has_path(device), statement.shown


def test_after_an_upgrade_connections_move_to_the_instance_and_none_is_lost() -> None:
    """RouterOS 7.20 makes instances of its own for the connections that it finds."""
    upgraded = BASES["commune 7.22"]
    text = joined(render(commune("routeros", "7.22"), SECTIONS).values()).reveal()
    found = text.replace("instance=district", "instance=bgp-instance-1").replace(
        "name=district as", "name=bgp-instance-1 as"
    )
    shown = plan(parse(found), upgraded, SECTIONS).shown().splitlines()
    assert shown[0].startswith("/routing bgp instance add name=district")
    assert shown[-1] == '/routing bgp instance remove [find name="bgp-instance-1"]'
    assert {line.rpartition("] ")[2] for line in shown[1:-1]} == {"instance=district"}


def test_what_is_asked_for_and_cannot_be_compared_is_no_plan() -> None:
    for text in ("/queue simple add name=x", "/ip settings set rp-filter=strict"):
        with pytest.raises(Unexpected, match=r"no section owns /(queue simple|ip settings)"):
            plan(parse(BASE), parse(BASE + text + "\n"), SECTIONS)


def test_a_bridge_is_changed_where_it_stands() -> None:
    running = parse(BASE.replace('name=lan comment="room LAN"', "name=lan vlan-filtering=yes frame-types=admit-all"))
    assert plan(running, parse(BASE), SECTIONS).shown() == (
        '/interface bridge set [find name="lan"] comment="room LAN" vlan-filtering=no !frame-types\n'
    )


def test_addresses_of_a_circuit_on_any_port_belong_to_the_wan() -> None:
    """A run for the room LAN alone must not take the circuit's address."""
    running = parse(BASE.replace("ether1", "vlan35"))
    assert not plan(running, parse(joined(render(commune("routeros", "7.18"), ["lan"]).values()).reveal()), ["lan"])


def test_the_order_of_unordered_things_is_free() -> None:
    lines = BASE.splitlines()
    ordered = [line for line in lines if "/ip firewall" in line or "/routing filter" in line]
    free = [line for line in lines if line not in ordered]
    assert not plan(parse("\n".join([*ordered, *reversed(free)])), parse(BASE), SECTIONS)


def test_one_missing_rule_is_one_statement_in_its_place() -> None:
    without = "\n".join(line for line in BASE.splitlines() if "comment=ping" not in line)
    (statement,) = plan(parse(without), parse(BASE), SECTIONS).statements
    assert statement.shown.startswith("/ip firewall filter add chain=input action=accept")
    assert 'place-before=[find dynamic=no chain="input" comment=' in statement.shown


def test_new_rules_are_there_before_old_ones_go() -> None:
    made = plan(BASES["hub 7.18"], BASES["commune 7.18"], ["firewall"])
    verbs = [s.shown.split()[3] for s in made.statements if "filter" in s.shown]
    assert verbs == sorted(verbs)  # add, then remove


def test_secrets_are_masked_in_what_is_shown() -> None:
    statements = plan(Model(), parse(BASE), SECTIONS).statements
    secret = [s for s in statements if isinstance(s.text, Secret)]
    assert len(secret) >= 2
    assert all("=***" in s.shown for s in secret)


def test_what_no_section_owns_is_reported_and_left_alone() -> None:
    running = parse(BASE + "/queue simple add name=x target=lan\n/ipv6 firewall filter add chain=input action=drop\n")
    made = plan(running, parse(BASE), SECTIONS)
    assert not made
    assert made.unmanaged == ("/ipv6 firewall filter", "/queue simple")


def test_a_changed_ssh_key_replaces_the_old_one() -> None:
    running = parse(BASE.replace("/user ssh-keys add user=diemcau", "/user ssh-keys add user=diemcau", 1))
    running.entries["/user ssh-keys"] = [{"user": "diemcau", "key-owner": "somebody"}]
    shown = plan(running, parse(BASE), ["system"]).shown().splitlines()
    assert shown[-1] == "/user ssh-keys remove [:pick [find] 0]"
    assert all(line.startswith("/user ssh-keys add user=diemcau key=") for line in shown[:-1])


def test_the_factory_user_goes() -> None:
    running = parse(BASE + "/user add name=admin group=full\n")
    assert plan(running, parse(BASE), ["system"]).shown() == '/user remove [find name="admin"]\n'


def test_another_password_is_seen_by_its_mark_and_written_with_it() -> None:
    """RouterOS never shows a password; the comment that goes with it does not tell it either."""
    before = "/user add name=diemcau group=full comment=diemcau-aaaaaaaa"
    after = "/user add name=diemcau group=full password=a-new-password comment=diemcau-bbbbbbbb"
    (statement,) = plan(parse(before), parse(after), SECTIONS).statements
    assert statement.shown == '/user set [find name="diemcau"] comment=diemcau-bbbbbbbb password=***'
    assert "a-new-password" in reveal(statement.text)
    assert not plan(parse(before), parse(after.replace("bbbbbbbb", "aaaaaaaa")), SECTIONS)
