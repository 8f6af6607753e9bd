"""Menus: adding, changing, finding, printing, and refusals in the words of the real console."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.routeros_kit import blank, running, wait
from twin.routeros.errors import Refusal

DISTRICT = Path(__file__).parent / "routeros_commune.rsc"

REFUSALS = [
    ("/ip address add address=10.0.0.1/24", "missing value(s) of argument(s) interface"),
    ("/ip address add address=10.0.0/24 interface=ether1", "invalid value for argument address"),
    ("/ip address add address=10.0.0.1/24 interface=nope", "input does not match any value of interface"),
    ("/ip address add address=192.168.88.1/24 interface=bridge", "failure: already have such address"),
    ("/interface bridge add name=ether1", "failure: already have interface with such name"),
    ("/interface bridge port add bridge=bridge interface=ether2", "failure: device already added as bridge port"),
    ("/interface list member add list=LAN interface=bridge", "failure: entry already exists"),
    ("/ip service set ssh port=70000", "value of port out of range (0..65535)"),
    ("/ip service set nope disabled=yes", "no such item"),
    ("/ip route add gateway=1.2.3.4 distance=300", "value of distance out of range (1..255)"),
    ("/ip firewall filter add action=nope chain=input", "input does not match any value of action"),
    (
        "/ip firewall filter add chain=input dst-port=22",
        "failure: ports can be specified if proto is tcp, udp, udp-lite, dccp, sctp",
    ),
    (
        "/ip firewall filter add chain=input out-interface=ether1",
        "failure: outgoing interface matching not possible in input and prerouting chains",
    ),
    ("/interface wireguard add name=wg0 private-key=short", "invalid value for argument private-key"),
    ("/interface ethernet remove ether1", "bad command name remove (line 1 column 21)"),
    ("/interface list remove all", "failure: can not remove builtin"),
    ("/ip address remove 9", "no such item"),
    ("/ip address get [find] nope", "input does not match any value of value-name"),
    ("/user remove admin", "failure: last user with full access cannot be removed"),
    ("/import file-name=none.rsc", "input does not match any value of file-name"),
    ('/routing filter rule add chain=x rule="if (dst in 10.0.0.0/8) {fly}"', "failure: unknown action fly"),
    ("/system backup load name=none", "input does not match any value of name"),
    ("/system scheduler add name=x start-time=25:00:00", "invalid value for argument start-time"),
]


@pytest.mark.parametrize(("text", "words"), REFUSALS)
def test_refusals(tmp_path: Path, text: str, words: str) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            before = bench.device.router.config.snapshot()
            with pytest.raises(Refusal) as error:
                await bench.say(text)
            assert str(error.value) == words
            assert bench.device.router.config.tables == before

    wait(work())


def test_both_spellings_and_menus(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say("/ip address add address=10.0.0.1/24 interface=ether1")
            await bench.say("/ip/address/add address=10.0.1.1/24 interface=ether1")
            add = "add address=10.0.2.1/24 interface=ether1"
            await bench.say(f"/ip address\n{add}\n..\naddress add address=10.0.3.1/24 interface=ether2")
            assert await bench.say("/ip/address print count-only") == "4\n"
            assert bench.meaning.links[1].addresses == ("10.0.0.1/24", "10.0.1.1/24", "10.0.2.1/24")

    wait(work())


def test_finding(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:

            async def count(condition: str, menu: str = "/ip firewall filter") -> str:
                return (await bench.say(f":put [:len [{menu} find {condition}]]")).strip()

            assert await count("chain=input") == "5"
            assert await count("chain=input action=drop") == "2"
            assert await count("where chain=input and action=drop || chain=forward") == "8"
            assert await count("!disabled") == "11"
            assert await count("disabled=yes") == "0"
            assert await count('comment~"^defconf: accept"') == "6"
            assert await count("in-interface-list=!LAN") == "1"
            assert await count("dst-port=22") == "0"
            assert await count("lease-time=1800", "/ip dhcp-server") == "1"  # printed as 30m
            assert await count("default-name=ether3", "/interface ethernet") == "1"

    wait(work())


def test_order_of_rules(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            rule = "/ip firewall filter add chain=input action=accept comment"
            await bench.say(f"{rule}=b; {rule}=d; {rule}=a place-before=0; {rule}=c place-before=[find comment=d]")
            names = "/ip firewall filter print terse proplist=comment"
            assert [line.split("=")[1].strip() for line in (await bench.say(names)).splitlines()] == list("abcd")
            await bench.say("/ip firewall filter move [find comment=d] destination=0; /ip firewall filter move 1 3")
            assert [line.split("=")[1].strip() for line in (await bench.say(names)).splitlines()] == list("dbac")

    wait(work())


def test_setting(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say("/ip firewall filter add chain=input src-address=10.1.2.3/24 protocol=6 dst-port=22,80-90")
            line = await bench.say("/ip firewall filter print terse")
            assert "src-address=10.1.2.0/24" in line
            assert "protocol=tcp" in line
            await bench.say("/ip firewall filter set 0 !src-address disabled=yes comment=x")
            line = await bench.say("/ip firewall filter print terse")
            assert line.startswith(" 0 X   comment=x chain=input")
            assert "src-address" not in line
            await bench.say("/ip firewall filter unset 0 dst-port; /ip firewall filter enable [find]")
            assert "dst-port" not in await bench.say("/ip firewall filter print terse")
            await bench.say("/ip firewall filter set [find comment=none] action=drop")  # nothing found, nothing said
            assert await bench.say(":put [/ip firewall filter get 0 action]") == "accept\n"

    wait(work())


def test_renaming_and_removing_what_is_referred_to(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            await bench.say("/interface bridge set bridge name=lan; /interface ethernet set ether1 name=wan")
            assert "interface=lan" in await bench.say("/ip address print terse")
            assert "bridge=lan" in await bench.say("/interface bridge port print terse")
            assert "interface=wan" in await bench.say("/ip dhcp-client print terse")
            assert bench.meaning.dhcp_clients[0].interface == "ether1"  # the port keeps its name on the case
            await bench.say("/interface bridge remove lan")
            line = await bench.say("/ip address print terse")
            assert " I " in line
            assert "interface=*" in line
            assert [link.name for link in bench.meaning.links if link.kind == "bridge"] == []

    wait(work())


def test_printing(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            assert await bench.say("/system identity print") == "  name: MikroTik\n"
            assert "version: 7.18.2 (stable)" in await bench.say("/system resource print")
            terse = await bench.say("/ip address print terse")
            assert terse == (
                " 0     comment=defconf address=192.168.88.1/24 network=192.168.88.0 interface=bridge "
                "actual-interface=bridge \n"
            )
            table = (await bench.say("/ip address print")).splitlines()
            assert table[1] == "Columns: ADDRESS, NETWORK, INTERFACE, ACTUAL-INTERFACE"
            assert table[3:5] == [";;; defconf", "0  192.168.88.1/24  192.168.88.0  bridge     bridge"]
            assert ";;; defconf" in await bench.say("/ip address print detail where interface=bridge")
            assert await bench.say("/ip address print count-only where interface=ether1") == "0\n"

    wait(work())


def test_passwords_are_never_shown(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            await bench.say("/user add name=x group=read password=geheim123")
            shown = ""
            for command in ("/user print detail", "/user print terse", "/export show-sensitive", "/log print"):
                shown += await bench.say(command)
            shown += str(bench.device.status())
            assert "geheim" not in shown
            assert bench.password not in shown
            assert bench.password not in (bench.unit.disk / "state.json").read_text()

    wait(work())


def test_a_group_without_write_changes_nothing(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            await bench.say("/user add name=guest group=read password=x")
            with pytest.raises(Refusal, match="not enough permissions"):
                await bench.say("/system identity set name=x", user="guest")
            assert await bench.say("/system identity print", user="guest")

    wait(work())


def test_undo(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await bench.say("/system identity set name=one; /system identity set name=two; /undo")
            assert await bench.say(":put [/system identity get name]") == "one\n"
            await bench.say("/redo")
            assert await bench.say(":put [/system identity get name]") == "two\n"

    wait(work())
