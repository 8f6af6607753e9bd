"""Command trees of real devices: what a device of a release would refuse, by the project's own data."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests import programs
from twin import trees

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT.parent / "shared"
VYOS, ROUTEROS = ("1.4", "1.5"), ("7.18", "7.20", "7.21", "7.22", "7.23", "7.24")
KEY = "A" * 43 + "="


def refusals(platform: str, release: str, text: str) -> list[tuple[int, str]]:
    return [(one.line, one.refusal) for one in trees.check(platform, release, text) if one.refusal]


def test_the_project_has_a_tree_of_each_release() -> None:
    assert (tuple(trees.releases("vyos")), tuple(trees.releases("routeros"))) == (VYOS, ROUTEROS)
    assert sum(file.stat().st_size for file in trees.DATA.iterdir()) < 500_000


@pytest.mark.parametrize(
    ("platform", "release", "spoken"),
    [
        ("vyos", "1.4", "1.4"),
        ("vyos", "1.6", ""),  # newer than all: it may have changed anything
        ("vyos", "1.3", ""),
        ("vyos", "1.5-rolling", ""),
        ("routeros", "7.19", "7.18"),  # between two
        ("routeros", "7.24", "7.24"),
        ("routeros", "7.25", ""),
        ("routeros", "7.9", ""),  # a number: older than 7.18
        ("polycom", "6.2", ""),
    ],
)
def test_which_tree_speaks_for_a_release(platform: str, release: str, spoken: str) -> None:
    assert trees.release_for(platform, release) == spoken


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("set system host-name ab", ""),
        ("", ""),
        ("# a comment", ""),
        ("set system hostname a", "no 'hostname' below 'system'"),
        ("set sistem host-name a", "no 'sistem' at the top"),
        ("sett system host-name a", "'sett' is neither set nor delete"),
        ("set system host-name ab b", "'b' after the leaf 'system host-name ab'"),
        ("set system host-name", "no value for 'system host-name'"),
        ("delete system host-name", ""),
        ("delete interfaces wireguard", ""),
        ("set interfaces wireguard", "no value for 'interfaces wireguard'"),
        ("set interfaces wireguard wg0 port 70000", "'interfaces wireguard wg0 port' does not take '70000'"),
        ("set interfaces wireguard wg0 port 51820", ""),
        ("set interfaces ethernet eth0 disable", ""),
        ("set interfaces ethernet eth0 disable yes", "'yes' after the leaf 'interfaces ethernet eth0 disable'"),
        ("set interfaces ethernet eth0 address 10.0.0.1/24", ""),
        ("set interfaces ethernet eth0 address dhcp", ""),
        ("set interfaces ethernet eth0 address ::1", "'interfaces ethernet eth0 address' does not take '::1'"),
        (f"set interfaces wireguard wg0 private-key {KEY}", ""),
        ("set interfaces wireguard wg0 private-key secret-of-a",
         "'interfaces wireguard wg0 private-key' does not take this value"),  # which may be a secret
        ("set system host-name 'a", "No closing quotation"),
        ("set protocols static route 10.0.0.1/24 blackhole", "'protocols static route' does not take '10.0.0.1/24'"),
    ],
)  # fmt: skip
def test_what_vyos_refuses(line: str, refusal: str) -> None:
    assert refusals("vyos", "1.4", line) == ([(1, refusal)] if refusal else [])


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("/system identity set name=a", ""),
        ("/system/identity/set name=a", ""),
        ("/system identity", ""),
        ("/system identities set name=a", "no 'identities' in /system"),
        ("/system identity sett name=a", "no 'sett' in /system/identity"),
        ("/system identity set nam=a", "no argument 'nam' in /system/identity/set"),
        ("/ip neighbor discovery-settings set protocol=cdp,!lldp", ""),
        ("/ip neighbor discovery-settings set protocol=cdp,ldp", "protocol: 'ldp' is none of cdp, lldp, mndp"),
        ("/routing bgp connection set a as=4294967296", "as: 4294967296 is not from 0 to 4294967295"),
        ('/ip address add comment="a b=c" address=10.0.0.1/24', ""),
        ('/ip address add comment="a address=10.0.0.1/24', '" is not closed'),
        ("/ip address remove [find where comment=x", "[ is not closed"),
        ("/ip address remove [find where comment=x and nothing=y]", ""),
        ("/ip service set ssh address=10.0.0.1/32 port=$port", ""),
        (":if (true) do={", ""),
    ],
)  # fmt: skip
def test_what_routeros_refuses(line: str, refusal: str) -> None:
    assert refusals("routeros", "7.18", line) == ([(1, refusal)] if refusal else [])


def test_a_menu_of_its_own_line_holds_for_the_commands_below_it() -> None:
    text = "/ip address\nadd address=10.0.0.1/24\n# no\nadd adress=10.0.0.2/24\n/system identity\nset name=a\nadd a=b\n"
    assert refusals("routeros", "7.18", text) == [
        (4, "no argument 'adress' in /ip/address/add"), (7, "no 'add' in /system/identity"),
    ]  # fmt: skip


def test_lines_that_go_on_count_as_the_first_one() -> None:
    text = "/ip address add \\\n    address=10.0.0.1/24 \\\n    adress=x\n/system identity set nam=a\n"
    assert [line for line, _ in refusals("routeros", "7.18", text)] == [1, 4]


def test_numbers_have_a_range() -> None:
    assert trees.value_refusal({"kind": "number", "range": [1, 9]}, "10") == "10 is not from 1 to 9"
    assert trees.value_refusal({"kind": "number", "range": [1, 9]}, '"9"') == ""
    assert trees.value_refusal({"kind": "number", "range": [1, 9]}, "auto") == ""  # the tree does not tell words
    assert trees.value_refusal({"kind": "choice", "values": ["a", "b"]}, "a,b") == "'a,b' is none of a, b"


@pytest.mark.parametrize(
    ("validator", "taken", "refused"),
    [
        ("numeric --range 1-9 --range 20-29", "1 9 20", "0 10 30 a 1.5 --5"),
        ("numeric --float --range 0.5-2", "0.5 1 2", "0.4 2.1 x"),
        ("numeric --positive", "1", "0 -1"),
        ("numeric --non-negative", "0 1", "-1"),
        ("numeric --allow-range --range 1-65535", "1 80 80-90", "0 80-"),
        ("ip-prefix", "10.0.0.0/8 2001:db8::/32", "10.0.0.1/8 a"),
        ("ip-host", "10.0.0.1/8 2001:db8::1/64", "10.0.0.1 10.0.0.1/33"),
        ("ipv4-host", "10.0.0.1/8", "2001:db8::1/64"),
        ("ipv6-address", "::1", "10.0.0.1"),
        ("base64", "QQ==", "ế"),
        ("base64 --decoded-len 32", KEY, f"QQ== A{KEY}"),
        ("mac-address", "00:11:22:aa:BB:cc", "00:11:22:aa:BB 00-11-22-aa-bb-cc"),
        ("fqdn", "a.example vyos _b.example.", "-a a..b ế"),
        ("one-that-is-not-known-here", "anything", ""),
    ],
)
def test_validators(validator: str, taken: str, refused: str) -> None:
    node: trees.VyosNode = {"kind": "leaf", "validators": [validator]}
    assert [value for value in taken.split() if not trees.takes(node, value)] == []
    assert [value for value in refused.split() if trees.takes(node, value)] == []


def test_one_pattern_or_validator_is_enough() -> None:
    node: trees.VyosNode = {"kind": "leaf", "patterns": ["(dhcp)"], "validators": ["ipv4-host"]}
    assert trees.takes(node, "dhcp") and trees.takes(node, "10.0.0.1/24") and not trees.takes(node, "dhcpv6")
    assert trees.takes({"kind": "leaf", "patterns": ["(?R)"]}, "x")  # PCRE's, not Python's


def test_what_packs_alike_is_alike(tmp_path: Path) -> None:
    for name, tree in (("a", {"x": {}, "y": {"z": 1}}), ("b", {"y": {"z": 1}, "x": {}})):
        trees.pack(tmp_path / name, tree)
        assert trees.unpacked(tmp_path / name) == tree
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


DESCRIBED = [
    ("see documentation", {}),
    ("string value", {"kind": "string"}),
    ("string value, min length 8, max length 64", {"kind": "string", "length": [8, 64]}),
    ("hexadecimal string value, max length 16", {"kind": "hex", "length": [0, 16]}),
    ("string value, min length 1", {"kind": "string", "length": [1, None]}),
    ("time interval", {"kind": "time"}),
    ("0s..1d    (time interval)", {"kind": "time", "least": "0s", "most": "1d"}),
    ("00:00:00.200..    (time interval)", {"kind": "time", "least": "00:00:00.200"}),
    ("0..4294967295", {"kind": "number", "range": [0, 4294967295]}),
    ("ip|ipv6[,Afi*]", {"kind": "choice", "values": ["ip", "ipv6"], "many": True}),
    ("a|b", {"kind": "choice", "values": ["a", "b"]}),
    ("none | A.B.C.D    (IP address)", {"kind": "ip-address", "values": ["none"]}),
]


@pytest.mark.parametrize(("words", "found"), DESCRIBED)
def test_what_a_console_tells_is_kept_as_data(words: str, found: dict[str, object]) -> None:
    assert programs.load(PROJECT / "tools" / "reduce-trees").described(words) == found


def test_what_a_console_tells_newly_is_not_passed_over() -> None:
    with pytest.raises(SystemExit, match="not known here: 'from A to B'"):
        programs.load(PROJECT / "tools" / "reduce-trees").described("from A to B")


def test_whole_trees_are_reduced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tool, whole = programs.load(PROJECT / "tools" / "reduce-trees"), tmp_path / "whole"
    whole.mkdir()
    monkeypatch.setattr(trees, "DATA", tmp_path / "data")
    leaf = {"k": "l", "m": 1, "r": ["a"], "c": [["numeric", "--range 1-2"], ["fqdn", None]]}
    (whole / "vyos-1.9.json").write_text(json.dumps({"k": "n", "s": {"b": leaf, "a": {"k": "l", "v": 0}}}))
    command = {"_type": "cmd", "mtu": {"_type": "arg", "desc": "0..9"}, "comment": {"_type": "arg"}}
    (whole / "routeros-7.9.json").write_text(
        json.dumps({"ip": {"_type": "path", "dns": {"_type": "dir", "set": command}}})
    )
    (whole / "vyos-1.9-changes.json").write_text("{}")
    assert tool.main([str(whole), "--check"]) == 1
    assert "not what" in capsys.readouterr().out and not (tmp_path / "data").exists()
    assert tool.main([str(whole)]) == 0 == tool.main([str(whole), "--check"])
    assert trees.vyos_tree.__wrapped__("1.9") == {
        "a": {"kind": "leaf", "valueless": True},
        "b": {"kind": "leaf", "multi": True, "patterns": ["a"], "validators": ["numeric --range 1-2", "fqdn"]},
    }
    assert trees.routeros_tree.__wrapped__("7.9") == {
        "/": {}, "/ip": {}, "/ip/dns": {"set": {"comment": {}, "mtu": {"kind": "number", "range": [0, 9]}}},
    }  # fmt: skip
    assert tool.main([str(tmp_path / "data")]) == 2 == tool.main([])


# ---- beside the whole trees and the checker that come with them, where they are


def test_the_data_is_what_the_whole_trees_give(capsys: pytest.CaptureFixture[str]) -> None:
    if not (SHARED / "ground-truth").is_dir():
        pytest.skip("the whole trees are not on this machine")
    assert programs.load(PROJECT / "tools" / "reduce-trees").main([str(SHARED / "ground-truth"), "--check"]) == 0, (
        capsys.readouterr()
    )


_WORDS = "foo disable 10.0.0.1 yes a=b !x [find] 65536 0 10.0.0.300 ::1 dhcp AA== 1-2 99999999999 'q'"
WORDS = _WORDS.split()
VALUES = ["1", "70000", "-1", "none", "10.0.0.1/24", "abc", "", "yes,no", "!yes", "$x", "fibre", "ip", '"w"']


def mutated(line: str, chance: random.Random) -> str:
    """The line with one slip."""
    words = line.split(" ")
    at = chance.randrange(len(words))
    name, given, _ = words[at].partition("=")
    slips = [[words[at][:-1]], [words[at] + "x"], [], [words[at], chance.choice(WORDS)], [words[at].replace("-", "_")]]
    slips.append([f"{name}={chance.choice(VALUES)}" if given else chance.choice(WORDS)])
    changed = [*words[:at], *filter(None, chance.choice(slips)), *words[at + 1 :]]
    if chance.random() < 0.1:
        changed = ["delete" if changed[:1] == ["set"] else word for word in changed[:1]] + changed[1:at]
    return " ".join(changed)


@pytest.mark.parametrize(
    ("platform", "release"),
    [*(("vyos", release) for release in VYOS), *(("routeros", release) for release in ROUTEROS)],
)
def test_verdicts_are_those_of_the_checker_beside_the_trees(platform: str, release: str) -> None:
    if not (SHARED / "bin" / "check-config").exists():
        pytest.skip("another checker is not on this machine")
    check = programs.load(SHARED / "bin" / "check-config").CHECKS[platform]
    tree = json.loads((SHARED / "ground-truth" / f"{platform}-{release}.json").read_text())
    chance = random.Random(f"{platform} {release}")
    files = sorted((PROJECT / "intended").glob(f"*-router.{'vyos' if platform == 'vyos' else 'rsc'}"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    compared = refused = 0
    for line in [*lines, *(mutated(chance.choice(lines), chance) for _ in range(4000))]:
        theirs, ours = [error for _, _, error in check(tree, line)], trees.check(platform, release, line)
        if not theirs or "is not closed" in ours[0].refusal or "{" in line:  # there it does not look at the rest
            continue
        assert bool(theirs[0]) == bool(ours[0].refusal), (line, theirs, ours)
        compared, refused = compared + 1, refused + bool(theirs[0])
    assert compared > 3000 and refused > 1000
