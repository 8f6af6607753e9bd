"""What holds on every platform for whatever an inventory may ask, and for whatever stands in a real export."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau import platforms
from diemcau.intent import SECTIONS
from diemcau.platforms.routeros.words import quoted
from diemcau.platforms.vyos.parse import wrap
from diemcau.redaction import joined
from tests.unit.inventories import Hosts, district, set_district, site, small
from tests.unit.platforms.routeros import test_plan as routeros
from tests.unit.platforms.vyos import test_plan as vyos

NAMES = st.text(st.sampled_from("abcdefghij-"), min_size=1, max_size=12).filter(lambda name: name.strip("-") == name)
OPENINGS = st.lists(
    st.fixed_dictionaries(
        {
            "name": NAMES,
            "destination": st.sampled_from(["198.51.100.0/24", "203.0.113.9/32", "10.77.17.30/32"]),
        },
        optional={"protocol": st.just("icmp"), "source": st.just("10.77.17.20/32")},
    ).filter(lambda opening: "source" not in opening or opening["destination"] != "10.77.17.30/32"),
    max_size=3,
    unique_by=lambda opening: opening["name"],
)
RESERVATIONS = st.lists(
    st.integers(30, 99).map(lambda n: {"name": f"p{n}", "mac": f"02:00:00:00:00:{n:02}", "address": f"10.77.17.{n}"}),
    max_size=3,
    unique_by=lambda found: found["name"],
)


QUEUES = st.fixed_dictionaries(  # figures that leave something to everybody on 2000 kbit/s
    {},
    optional={
        "enabled": st.booleans(),
        "share_percent": st.integers(80, 100),
        "voice_kbps": st.integers(80, 200),
        "rest_kbps": st.integers(8, 200),
    },
)


@st.composite
def inventories(draw: st.DrawFn) -> Hosts:
    """The small district with one commune, Dang, on either platform and asked for whatever a person may ask."""
    hosts = small()
    platform = draw(st.sampled_from(["routeros", "vyos"]))
    circuits = [{"name": name, "up_kbps": 2000, "down_kbps": 4000} for name in draw(st.permutations(["fibre", "lte"]))]
    site(
        hosts, "dang", 17, platform=platform,
        wan={"circuits": circuits[: draw(st.integers(1, 2))]},
        vpn={"mtu": draw(st.integers(1280, 1440)), "keepalive": draw(st.sampled_from([10, 25]))},
        lan={"lease_time": draw(st.integers(300, 100000)), "reservations": draw(RESERVATIONS)},
        routing={"hold_time": draw(st.integers(15, 90)), "keepalive_time": 5},
        firewall={"allow": draw(OPENINGS)},
        qos=draw(QUEUES),
        system={"hostname": draw(NAMES), "admin_keys": []},
        release=draw(st.sampled_from(["7.18", "7.22"] if platform == "routeros" else ["1.4", "1.5"])),
    )  # fmt: skip
    for index in range(draw(st.integers(0, 2))):
        site(hosts, f"xa-{index}", 30 + index)
    hosts["dang-router"]["release"] = hosts["dang-room"].pop("release")
    return set_district(hosts)


def rendered(hosts: Hosts) -> dict[str, tuple[str, str]]:
    """Router -> platform and text."""
    routers = district(hosts).routers
    return {
        host: (router.platform, joined(platforms.load(router.platform).render(router, SECTIONS).values()).reveal())
        for host, router in routers.items()
    }


@settings(max_examples=25)
@given(inventories(), st.randoms(use_true_random=False))
def test_what_is_asked_reads_back_whatever_the_order_of_what_has_none(hosts: Hosts, chance: random.Random) -> None:
    for name, text in rendered(hosts).values():
        platform = platforms.load(name)
        model, lines = platform.parse(text), text.splitlines(keepends=True)
        # The order of VyOS's lines says nothing at all; of RouterOS's that of rules does.
        kept = [line for line in lines if name == "routeros" and line.startswith(("/ip firewall", "/routing filter"))]
        free = [line for line in lines if line not in kept]
        chance.shuffle(free)
        assert not platform.plan(platform.parse("".join(free + kept)), model, SECTIONS)
        assert not platform.plan(model, platform.parse("".join(free + kept)), SECTIONS)


@settings(max_examples=25)
@given(inventories(), inventories())
def test_a_plan_between_two_inventories_gives_the_second(one: Hosts, other: Hosts) -> None:
    """Executed by readers of each language that know nothing of the planners."""
    before, after = rendered(one), rendered(other)
    for host in before.keys() & after.keys():
        (name, had), (platform_after, asked) = before[host], after[host]
        if name != platform_after:
            continue  # another router stands there
        platform = platforms.load(name)
        running, desired = platform.parse(had), platform.parse(asked)
        if name == "vyos":
            got: Any = vyos.apply(platform.plan(running, desired, SECTIONS), running)
            assert vyos.managed(got) == vyos.managed(desired)
        else:
            got = routeros.execute(running, desired, strict=True)
            routeros.same(got, routeros.execute(desired, desired))
        assert not platform.plan(got, desired, SECTIONS)


WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="'\"\\"), max_size=12)
PATHS = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: ("protocols", *words))
NOISE = st.sampled_from(["", "   ", "# configuration of dang", "Broadcast message from root@vyos (Mon 2022-01-03):"])


@given(st.lists(PATHS, max_size=8), st.lists(NOISE, min_size=8, max_size=8), st.randoms(use_true_random=False))
def test_no_statement_of_vyos_is_lost_or_made_up(
    paths: list[tuple[str, ...]], noise: list[str], chance: random.Random
) -> None:
    lines = []
    for path, between in zip(paths, noise, strict=False):
        marks = [chance.choice("'\"") if not word.isalnum() else chance.choice(["", "'", '"']) for word in path]
        lines += [between, "set " + " ".join(f"{mark}{word}{mark}" for mark, word in zip(marks, path, strict=True))]
    model = platforms.load("vyos").parse("\r\n".join(lines))
    assert model == {wrap(list(path)) for path in paths}


MENUS = st.sampled_from(["/queue simple", "/ip ipsec profile", "/interface vlan", "/system script", "/tool netwatch"])
ENTRIES = st.dictionaries(
    st.sampled_from(["name", "interface", "source", "vlan-id", "max-limit", "comment"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    min_size=1,
)


@pytest.mark.parametrize("terse", [True, False])
@given(st.lists(st.tuples(MENUS, ENTRIES), max_size=8), st.lists(st.sampled_from(["", "# x"]), min_size=8, max_size=8))
def test_no_statement_of_routeros_is_lost_or_made_up(
    terse: bool, entries: list[tuple[str, dict[str, str]]], noise: list[str]
) -> None:
    """Menus that no section owns, as an export shows them: kept as they are, in their order, and told."""
    lines, wanted, here = ["# 2026-11-23 02:30:00 by RouterOS 7.18"], {}, ""
    for (menu, entry), between in zip(entries, noise, strict=False):
        lines.append(between)
        if not terse and menu != here:
            lines.append(here := menu)
        words = " ".join(f"{key}={quoted(value)}" for key, value in entry.items())
        lines.append(f"{menu} add {words}" if terse else f"add {words}")
        wanted.setdefault(menu, []).append(entry)
    platform = platforms.load("routeros")
    model = platform.parse("\r\n".join(lines))
    assert model.entries == wanted and model.settings == {}
    plan = platform.plan(model, platform.parse(""), SECTIONS)
    assert not plan and set(plan.unmanaged) == set(wanted)
