"""``/export``: only what differs, in a form that a blank router takes back; and what it hides."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.twin.routeros_kit import Bench, blank, running, wait
from twin.routeros.errors import Refusal

COMMUNE = (Path(__file__).parent / "routeros_commune.rsc").read_text("utf-8")

# Parts of exports that owners of RouterOS 7 routers published, in their own spelling: folded lines, groups of dotted
# names, escapes, menus in slashes.
IN_THE_WILD = r"""
# 2026-01-05 23:39:05 by RouterOS 7.18.2
# software id = XXXX-XXXX
#
/interface ethernet
set [ find default-name=ether1 ] comment="ether1 (entrada Internet)" name=WAN
set [ find default-name=ether2 ] name=\
    "ether2-pppoe server"
/interface bridge
add name=Loopback port-cost-mode=short
/ip/firewall/address-list
add address=10.0.0.0/8 comment="dua\
    \_cot" list=bgp-networks
/ip firewall filter
add action=accept chain=input comment="Ping \"echo\" \$5 50\?" \
    icmp-options=8:0 protocol=icmp
add action=drop chain=input in-interface-list=!static
/ip route
add disabled=no distance=1 dst-address=0.0.0.0/0 gateway=10.10.10.1 \
    routing-table=main scope=30 suppress-hw-offload=no target-scope=10
/routing bgp connection
add as=65000 connect=yes disabled=no listen=yes local.address=10.0.0.1 .role=\
    ebgp name=P1 output.filter-chain=LAN .network=bgp-networks \
    remote.address=10.0.0.2 .as=65001 router-id=10.0.0.1
/routing filter rule
add chain=LAN disabled=no rule=\
    "if (dst in bgp-networks) {set bgp-path-prepend 1; accept; }"
/system clock
set time-zone-name=Europe/Paris
"""


async def load(bench: Bench, text: str) -> None:
    (bench.device.router.files / "x.rsc").write_text(text, "utf-8")
    await bench.say("/import file-name=x.rsc")


def body(export: str) -> str:
    return "\n".join(line for line in export.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("text", [COMMUNE, IN_THE_WILD], ids=["commune", "in the wild"])
def test_an_export_reimports_to_the_same_export(tmp_path: Path, text: str) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await load(bench, text)
            exports = {how: await bench.say(f"/export {how} show-sensitive") for how in ("", "terse")}
            assert all(len(line) <= 80 for line in exports[""].splitlines())
            for exported in exports.values():
                bench.device.router.reset(defaults=False)
                await load(bench, exported)
                for how, expected in exports.items():
                    assert body(await bench.say(f"/export {how} show-sensitive")) == body(expected)

    wait(work())


def test_the_factory_configuration_reimports_on_a_blank_unit(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(tmp_path) as bench:
            export = await bench.say("/export")
            bench.device.router.reset(defaults=False)
            assert body(await bench.say("/export")) == ""
            await load(bench, export)
            assert body(await bench.say("/export")) == body(export)

    wait(work())


def test_header(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            lines = (await bench.say("/export")).splitlines()
            assert re.fullmatch(r"# \d{4}-\d\d-\d\d \d\d:\d\d:\d\d by RouterOS 7\.18\.2", lines[0])
            assert [line.split(" = ")[0] for line in lines[1:]] == ["# software id", "#", "# model", "# serial number"]

    wait(work())


def test_secrets_only_when_asked_for(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await load(bench, COMMUNE)
            hidden, shown = await bench.say("/export"), await bench.say("/export show-sensitive")
            for secret in ("YEvXxfzV5w8hiS4qZ4keoCe2gsYBJWuOxS3V38rpWH8=", "geheim"):
                assert secret not in hidden
                assert secret in shown
            assert "public-key" in hidden

    wait(work())


def test_parts_and_defaults(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            await load(bench, COMMUNE)
            part = await bench.say("/ip address export terse")
            assert part.count("/ip address add") == 5
            assert "/ip route" not in part
            assert "network=10.77.18.0" in part
            await bench.say("/ip ssh set host-key-type=rsa strong-crypto=no; /system identity set name=MikroTik")
            everything = await bench.say("/export terse")
            assert "/ip ssh" not in everything
            assert "/system identity" not in everything
            # routing remembers what was given, also when it is the default
            assert "/ip route add check-gateway=ping distance=1 dst-address=0.0.0.0/0" in everything
            await bench.say("/ip service enable www-ssl")
            assert "/ip service set www-ssl disabled=no" in await bench.say("/export terse")
            await bench.say("/export terse file=all")
            assert (bench.device.router.files / "all.rsc").read_text().startswith("# ")

    wait(work())


def test_importing(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            good, bad = "/system identity set name=one\n", "/ip address add address=10.0.0.1/24 interface=ether9\n"
            (bench.device.router.files / "x.rsc").write_text(
                f'{good}:put "between"\n{bad}/system identity set name=two\n'
            )
            with pytest.raises(Refusal) as error:
                await bench.say("/import x.rsc verbose=yes")
            words = "input does not match any value of interface (/ip/address/add; line 3)"
            assert str(error.value) == f"Script Error: {words}"
            assert await bench.say(":put [/system identity get name]") == "one\n"
            # a wrong word: without verbose nothing runs, with it all before it does
            (bench.device.router.files / "x.rsc").write_text("/system identity set name=three\n/nonsense\n")
            words = "bad command name nonsense (line 2 column 2)"
            for how, name in (("", "one"), ("dry-run verbose=yes", "one"), ("verbose=yes", "three")):
                if "dry-run" in how:
                    assert words in await bench.say(f"/import x.rsc {how}")
                else:
                    with pytest.raises(Refusal) as error:
                        await bench.say(f"/import x.rsc {how}")
                    assert str(error.value) == f"Script Error: {words}"
                assert await bench.say(":put [/system identity get name]") == f"{name}\n"

    wait(work())


def test_what_verbose_prints(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            text = '/system identity\nset name="a\\\n    b"\n:put done\n'
            (bench.device.router.files / "x.rsc").write_text(text)
            assert await bench.say("/import x.rsc verbose=yes") == (
                '#line 1\n/system identity\n#line 2\nset name="a\\\n    b"\n#line 4\n:put done\ndone\n'
                "\nScript file loaded and executed successfully\n"
            )
            assert bench.meaning.hostname == "ab"

    wait(work())


def test_a_long_import_is_fast(tmp_path: Path) -> None:
    async def work() -> None:
        async with blank(tmp_path) as bench:
            rules = "".join(
                f"/ip firewall filter add chain=input action=accept src-address=10.0.{n}.0/24 comment=rule{n}\n"
                for n in range(250)
            )
            before = time.process_time()
            await load(bench, rules + COMMUNE)
            assert time.process_time() - before < 1.5
            assert await bench.say("/ip firewall filter print count-only") == "263\n"

    wait(work())
