"""Plans, executed statement by statement by an interpreter that knows nothing of the planner."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.intent import SECTIONS
from diemcau.platforms.routeros.menus import ENTRIES
from diemcau.platforms.routeros.parse import Model, parse
from diemcau.platforms.routeros.plan import plan
from diemcau.platforms.routeros.render import render
from diemcau.redaction import Secret, reveal
from tests.unit.platforms.routeros.interpreter import Device
from tests.unit.platforms.routers import commune, hub

BASE = "".join(render(commune("routeros", "7.18"), SECTIONS).values())


def plain(model: Model) -> Device:
    """The model with its secrets in clear, for the interpreter."""
    entries = {menu: [{k: reveal(v) for k, v in e.items()} for e in found] for menu, found in model.entries.items()}
    return Device(entries, {name: {k: reveal(v) for k, v in s.items()} for name, s in model.settings.items()})


def written(device: Device) -> str:
    """The device's configuration as text that parse() reads."""
    lines = []
    for (menu, item), values in device.settings.items():
        lines.append(f"{menu} set {item} " + " ".join(f'{k}="{v}"' for k, v in values.items()))
    for menu, found in device.entries.items():
        for entry in found:
            text = " ".join(
                k if k == "blackhole" else f'{k}="{_escaped(v)}"' for k, v in entry.items() if k != "key-owner"
            )
            lines.append(f"{menu} add {text}")
    return "\n".join(lines)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("?", "\\?")


def execute(running: Model, desired: Model, sections: Any = SECTIONS) -> Model:
    device = plain(running)
    for statement in plan(running, desired, sections).statements:
        device.run(reveal(statement.text))
    return parse(written(device))


def same(a: Model, b: Model) -> None:
    """Equal, but for the order of what has none, and for what a device chooses when nothing is asked for."""
    assert a.settings == b.settings
    for menu in a.entries.keys() | b.entries.keys():
        meta = ENTRIES[menu]
        left, right = (
            [sorted((k, repr(reveal(v))) for k, v in entry.items() if k not in meta.chosen) for entry in entries]
            for entries in (a.entries.get(menu, []), b.entries.get(menu, []))
        )
        assert (left, menu) == (right, menu) if meta.ordered else sorted(left) == sorted(right)


BASES = {
    f"{name} {release}": parse("".join(render(make("routeros", release), SECTIONS).values()))
    for name, make in (("hub", hub), ("commune", commune))
    for release in ("7.18", "7.22")
}


@pytest.mark.parametrize("there", BASES)
@pytest.mark.parametrize("here", BASES)
def test_a_plan_executed_gives_what_is_desired(here: str, there: str) -> None:
    same(execute(BASES[here], BASES[there]), BASES[there])
    assert bool(plan(BASES[here], BASES[there], SECTIONS)) == (here != there)


def test_from_an_empty_device() -> None:
    same(execute(Model(), BASES["hub 7.18"]), BASES["hub 7.18"])


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
    unique_by=lambda peer: (peer["interface"], peer["name"]),
)
MODELS = st.builds(
    lambda rules, peers, name, services: Model(
        {("/system identity", ""): {"name": name}} | {("/ip service", s): {"disabled": "yes"} for s in services},
        {"/ip firewall filter": rules, "/interface wireguard peers": peers},
    ),
    RULES,
    PEERS,
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


@given(MODELS, MODELS, st.sampled_from(["system", "vpn", "firewall"]))
def test_a_section_touches_nothing_else(running: Model, desired: Model, section: str) -> None:
    assert {statement.section for statement in plan(running, desired, [section]).statements} <= {section}


def test_the_order_of_unordered_things_is_free() -> None:
    lines = BASE.splitlines()
    ordered = [line for line in lines if "/ip firewall" in line or "/routing filter" in line]
    free = [line for line in lines if line not in ordered]
    assert not plan(parse("\n".join([*ordered, *reversed(free)])), parse(BASE), SECTIONS)


def test_one_missing_rule_is_one_statement_in_its_place() -> None:
    without = "\n".join(line for line in BASE.splitlines() if "comment=ping" not in line)
    (statement,) = plan(parse(without), parse(BASE), SECTIONS).statements
    assert statement.shown.startswith("/ip firewall filter add chain=input action=accept")
    assert "place-before=[find chain=input comment=" in statement.shown


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
    assert plan(running, parse(BASE), ["system"]).shown() == "/user remove [find name=admin]\n"
