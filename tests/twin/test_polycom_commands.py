"""Every command of the unit's command line, over SSH: what it answers and what it refuses, in the device's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.polycom_kit import SERIAL, Bench, on_a_unit
from twin.polycom.agent import Stream

NOT_FOUND = "error: command not found"
ILLEGAL = "error: command has illegal parameters"
MORE = "error: command needs more parameters to execute successfully"
UNSUPPORTED = "error: this command is not supported"
DENIED = "error: Permission Denied"
PROVISIONED = "info: this setting is controlled by a provisioning service and cannot be changed."


def converse(folder: Path, *exchanges: tuple[str, str]) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            for line, reply in exchanges:
                assert (line, await shell.ask(line)) == (line, reply)

    on_a_unit(test, folder)


def test_getters_and_setters_answer_their_words_and_the_value(tmp_path: Path) -> None:
    converse(
        tmp_path,
        ('systemname set "Xa Ga Ry"', 'systemname "Xa Ga Ry"'),
        ("systemname get", 'systemname "Xa Ga Ry"'),
        ("systemname set Lăng", "systemname Lăng"),
        ('systemname set "Xã Ch\'Ơm – Tây Giang"', 'systemname "Xã Ch\'Ơm – Tây Giang"'),
        ("systemname get", 'systemname "Xã Ch\'Ơm – Tây Giang"'),
        ("systemname set Tr'Hy", "systemname Tr'Hy"),
        ("hostname set ga-ry-room", "hostname ga-ry-room"),
        ("h323name get", "h323name <empty>"),
        ("h323name set 8018", "h323name 8018"),
        ("h323name set", "h323name <empty>"),
        ("e164ext set 8018", "e164ext 8018"),
        ("gatekeeperip set 10.77.1.15", "gatekeeperip 10.77.1.15"),
        ("usegatekeeper get", "usegatekeeper off"),
        ("usegatekeeper specify", "usegatekeeper specify"),
        ("h323authenticate enable yes", "h323authenticate enable yes"),
        ("h323authenticate name set ga-ry", "h323authenticate name ga-ry"),
        ("h323authenticate password set geheim", "h323authenticate password geheim"),
        ("h323authenticate password get", DENIED),
        ('snmpadmin set "Phòng CNTT huyện"', 'snmpadmin "Phòng CNTT huyện"'),
        ("snmplocation get", "snmplocation <empty>"),
        ("snmpcommunity set tay-giang", "snmpcommunity tay-giang"),
        ("ntpserver set 10.77.18.1", "ntpserver 10.77.18.1"),
        ("ntpsecondaryserver get", "ntpsecondaryserver <empty>"),
        ("maxtimeincall set 600", "maxtimeincall 600"),
        ("volume set 50", "volume 50"),
        ("volume get", "volume 50"),
        ("provisionserveraddress set 10.77.1.9", "provisionserveraddress 10.77.1.9"),
        ("provisionserverdomain get", "provisionserverdomain <empty>"),
        ("provisionserveruser set quan-tri", "provisionserveruser quan-tri"),
        ("configparam camera_video_quality set motion", "configparam camera_video_quality motion"),
        ("configparam camera_video_quality get", "configparam camera_video_quality motion"),
    )


@pytest.mark.parametrize(
    ("command", "values"),
    [
        ("encryption", "no yes requiredvideocallsonly requiredallcalls"),
        ("autoanswer", "yes no donotdisturb"),
        ("mpautoanswer", "yes no donotdisturb"),
        ("muteautoanswer", "yes no"),
        *((name, "yes no") for name in ("dynamicbandwidth", "enablepvec", "enablersvp", "h239enable", "enablesnmp")),
        ("daylightsavings", "yes no"),
        ("natconfig", "off auto manual"),
        ("enablefirewalltraversal", "on off"),
        ("ntpmode", "auto off manual"),
        ("sleeptime", "0 1 3 15 30 60 120 240 480"),
        ("usegatekeeper", "off specify auto"),
        ("apiport", "23 24"),
        ("provisionservertype", "rprm dms cloud"),
        ("dhcp", "off client"),
    ],
)
def test_words_to_choose_from(tmp_path: Path, command: str, values: str) -> None:
    exchanges = []
    for value in values.split():
        exchanges += [(f"{command} {value}", f"{command} {value}"), (f"{command} get", f"{command} {value}")]
    converse(tmp_path, *exchanges, (f"{command} often", ILLEGAL), (command, MORE), (f"{command} get it", ILLEGAL))


def test_system_settings(tmp_path: Path) -> None:
    converse(
        tmp_path,
        ("systemsetting get sipenable", "systemsetting sipenable False"),
        ("systemsetting sipenable true", "systemsetting sipenable True"),
        ("systemsetting get sipenable", "systemsetting sipenable True"),
        ("systemsetting iph323enable False", "systemsetting iph323enable False"),
        ("systemsetting sipregistrarserver 10.77.1.15", "systemsetting sipregistrarserver 10.77.1.15"),
        ('systemsetting sipproxyserver ""', "systemsetting sipproxyserver <empty>"),
        ("systemsetting sipusername 8018", "systemsetting sipusername 8018"),
        ("systemsetting sipaccountname 8018", "systemsetting sipaccountname 8018"),
        ("systemsetting siptransportprotocol UDP", "systemsetting siptransportprotocol UDP"),
        ("systemsetting sipconfigtype Specify", "systemsetting sipconfigtype Specify"),
        ("systemsetting ipmaxincoming 1920", "systemsetting ipmaxincoming 1920"),
        ("systemsetting maxrxbandwidth 1024", "systemsetting maxrxbandwidth 1024"),
        ("systemsetting maxtxbandwidth 512", "systemsetting maxtxbandwidth 512"),
        ("systemsetting telnetenabled False", "systemsetting telnetenabled False"),
        ("systemsetting webenabled True", "systemsetting webenabled True"),
        ("systemsetting get model", 'systemsetting model "RealPresence Group 500"'),
        # a secret is echoed when it is set, and can never be read
        ("systemsetting sippassword s3cret-8018", "systemsetting sippassword s3cret-8018"),
        ("systemsetting get sippassword", DENIED),
        ("systemsetting model G7500", DENIED),
        ("systemsetting set sipenable True", ILLEGAL),
        ("systemsetting get nonsense", ILLEGAL),
        ("systemsetting nonsense 1", ILLEGAL),
        ("systemsetting get", MORE),
        ("systemsetting sipusername", MORE),
        ("systemsetting", MORE),
        ("systemsetting ipmaxincoming 1000", ILLEGAL),
        ("systemsetting sipenable yes", ILLEGAL),
        ("systemsetting siptransportprotocol SCTP", ILLEGAL),
        ("systemsetting sipregistrarserver not/a/host", ILLEGAL),
    )


def test_refusals(tmp_path: Path) -> None:
    converse(
        tmp_path,
        ("nonsense", NOT_FOUND),
        ("Systemname get", NOT_FOUND),
        ("timezone get", NOT_FOUND),
        ("importprofile", NOT_FOUND),
        ('systemname set "Ga Ry', "error: command contains unterminated quoted string"),
        ("systemname set Ga Ry", ILLEGAL),
        ("systemname set " + "x" * 41, ILLEGAL),
        ('systemname set ""', ILLEGAL),
        ("systemname set", MORE),
        ("systemname", MORE),
        ("systemname show", ' error: sub command "show" not found'),
        ("hostname set " + "x" * 37, ILLEGAL),
        ("hostname set ga_ry", ILLEGAL),
        ("e164ext set eight", ILLEGAL),
        ("maxtimeincall set -1", ILLEGAL),
        ("maxtimeincall set 2881", ILLEGAL),
        ("volume set 51", ILLEGAL),
        ("sshenable maybe", ILLEGAL),
        ("sshenable", MORE),
        ("configparam camera_video_size get", ILLEGAL),
        ("h323authenticate often get", ' error: sub command "often" not found'),
        ("h323authenticate name", MORE),
    )


def test_what_help_lists_and_the_firmware_has_off(tmp_path: Path) -> None:
    off = ["diffservaudio", "diffservvideo", "diffserv", "ipprecaudio", "typeofservice", "usefixedports", "tcpports"]
    off += ["udpports", "mtumode", "webport", "language", "timediffgmt"]
    converse(tmp_path, *((f"{command} get", UNSUPPORTED) for command in off), *((word, UNSUPPORTED) for word in off))


def test_the_help_lists_commands_that_are_off(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            listed = (await shell.ask("help")).split("\n")
            assert {"systemname", "dial", "typeofservice", "systemsetting", "dns"} <= set(listed)

    on_a_unit(test, tmp_path)


def test_addresses_by_dhcp_and_by_hand(tmp_path: Path) -> None:
    address = '[{"addr_info":[{"family":"inet","local":"10.77.18.10","prefixlen":26}]}]'
    by_dhcp = [
        ("dhcp get", "dhcp client"),
        ("ipaddress get", "ipaddress 10.77.18.10"),
        ("subnetmask get", "subnetmask 255.255.255.192"),
        ("defaultgateway get", "defaultgateway 10.77.18.1"),
        ("dns get 1", "dns 1 <empty>"),
        ("dns set 1 10.77.1.1", "error: can't set dns server when dhcp is client."),
        ("defaultgateway set 10.77.18.2", "error: can't set defaultgateway when dhcp is client."),
        ("ipaddress set 10.77.18.11", DENIED),
    ]
    by_hand = [
        ("dhcp off", "dhcp off"),
        ("ipaddress set 10.77.18.11", "ipaddress 10.77.18.11"),
        ("subnetmask set 255.255.255.0", "subnetmask 255.255.255.0"),
        ("subnetmask set 0.0.0.255", ILLEGAL),
        ("subnetmask set 24", ILLEGAL),
        ("defaultgateway set 10.77.18.2", "defaultgateway 10.77.18.2"),
        ("ipaddress set 10.77.18.256", ILLEGAL),
        ("dns set 4 10.77.1.1", "dns 4 10.77.1.1"),
        ("dns get 4", "dns 4 10.77.1.1"),
        ("dns set 5 10.77.1.1", ILLEGAL),
        ("dns get", MORE),
        ("dns show", ' error: sub command "show" not found'),
    ]

    async def test(bench: Bench) -> None:
        bench.printed["ip -4 -j address"] = address
        bench.printed["ip -4 -j route"] = '[{"dst":"default","gateway":"10.77.18.1"}]'
        assert bench.device.static_address is None
        async with bench.shell() as shell:
            for line, reply in by_dhcp + by_hand:
                assert (line, await shell.ask(line)) == (line, reply)
        assert bench.device.static_address is None  # not before the next boot
        assert bench.device.status()["reboot_needed"] is True
        await bench.again()
        static = bench.device.static_address
        assert static is not None
        assert (str(static.address), static.gateway) == ("10.77.18.11/24", "10.77.18.2")

    on_a_unit(test, tmp_path)


def test_what_it_tells_about_itself(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            assert await shell.ask("serialnum") == f"serialnum {SERIAL}"
            assert await shell.ask("version") == 'version "Release - 6.2.2-560174"'
            assert (await shell.ask("uptime get")).startswith('uptime "0 days 0 hours 0 minutes')
            about = (await shell.ask("whoami")).split("\n")
            assert about[:2] == ["Hi, my name is : RealPresence Group 500", "Here is what I know about myself:"]
            assert about[2:4] == ["Model: RealPresence Group 500", f"Serial Number: {SERIAL}"]
            assert about[-1] == "SNMP Enabled: False"
            bench.agent.registered = True
            bench.printed["ip -4 -j address"] = '[{"addr_info":[{"local":"10.77.18.10","prefixlen":24}]}]'
            status = (await shell.ask("status")).split("\n")
            assert {"ipnetwork online", "gatekeeper offline", "sipserver online", "inacall offline"} <= set(status)
            assert status[-1] == "status end"
            bench.agent.registered = False
            assert "sipserver offline" in await shell.ask("status")
            assert await shell.ask("version now") == ILLEGAL
            assert await shell.ask("uptime set") == ' error: sub command "set" not found'

    on_a_unit(test, tmp_path)


def test_a_call_from_beginning_to_end(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            for name, value in (("sipenable", "True"), ("sipregistrarserver", "10.77.1.15"), ("sipusername", "8018")):
                await shell.ask(f"systemsetting {name} {value}")
            assert await shell.ask("callinfo all") == "system is not in a call"
            assert await shell.ask("netstats") == "system is not in a call"
            assert (await shell.ask('dial manual 1024 "8001" sip')).startswith("dialing manual")
            assert bench.agent.dialled == [("8001", 1024)]
            assert bench.agent.starts[-1][0] is not None  # the account was in use before the call was
            assert await shell.ask("callinfo all") == (
                "callinfo begin\ncallinfo:1::8001:1024:connecting:notmuted:outgoing:videocall\ncallinfo end"
            )
            bench.agent.connect("Huyện ủy")
            assert await shell.ask("mute near get") == "mute near off"
            assert await shell.ask("mute near on") == "mute near on"
            assert "callinfo:1:Huyện ủy:8001:1024:connected:muted:outgoing:videocall" in await shell.ask("callinfo all")
            assert await shell.ask("mute near toggle") == "mute near off"
            bench.agent.streams = [
                Stream("TX", "AUDIO", 64.2, 3, 0.4, 3.2),
                Stream("TX", "VIDEO", 900.0, 2, 1.2, 4.0),
                Stream("RX", "AUDIO", 63.9, 7, 9.0, 2.9),
                Stream("RX", "VIDEO", 880.0, 8, 5.0, 9.4),
            ]
            # what is lost on the way here does not count
            assert (await shell.ask("netstats")).startswith(
                "call:0 txrate:964 K rxrate:944 K pktloss:5 %pktloss:1.2 % tvp:"
            )
            assert "tapl:3 rapl:7 taj:3 ms raj:3 ms tvpl:2 rvpl:8 tvj:4 ms rvj:9 ms" in await shell.ask("advnetstats")
            assert await shell.ask("hangup all") == "hanging up all"
            assert await shell.ask("callinfo all") == "system is not in a call"

    on_a_unit(test, tmp_path)


def test_a_call_that_came_in_muted(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        await bench.agent.dial("8001", 768)
        bench.agent.connect("", outgoing=False, muted=True)
        async with bench.shell() as shell:
            assert ":connected:muted:incoming:" in await shell.ask("callinfo all")
            assert await shell.ask("mute near get") == "mute near on"
            assert await shell.ask("mute near off") == "mute near off"
            assert ":connected:notmuted:incoming:" in await shell.ask("callinfo all")

    on_a_unit(test, tmp_path)


def test_calls_that_cannot_be_made(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            assert await shell.ask('dial manual 1024 "8001" sip') == ILLEGAL  # SIP is off
            await shell.ask("systemsetting sipenable True")
            assert await shell.ask('dial manual 1000 "8001" sip') == ILLEGAL
            assert await shell.ask('dial manual 1024 "8001" isdn') == ILLEGAL
            assert await shell.ask("dial manual 1024") == MORE
            assert await shell.ask("dial auto 1024 8001") == ' error: sub command "auto" not found'
            assert await shell.ask("dial manual 1024 8001 h323") == "dialing manual"
            assert bench.agent.dialled == []
            bench.agent.refuses = "no way"
            assert await shell.ask("dial manual 1024 8001 sip") == "dialing manual\ninfo: no way"
            assert await shell.ask("callinfo 1") == ' error: sub command "1" not found'
            assert await shell.ask("hangup") == MORE
            assert await shell.ask("mute far on") == ' error: sub command "far" not found'
            assert await shell.ask("mute near loud") == ' error: sub command "loud" not found'

    on_a_unit(test, tmp_path)


def test_the_rate_of_a_call_is_limited_by_the_settings(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            await shell.ask("systemsetting sipenable True")
            await shell.ask("systemsetting maxtxbandwidth 768")
            await shell.ask("dial manual 1920 8001")
            assert bench.agent.dialled == [("8001", 768)]

    on_a_unit(test, tmp_path)


def test_what_waits_for_the_end_of_a_call(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        await bench.agent.dial("8001", 768)
        async with bench.shell() as shell:
            for line in ("systemsetting sipusername 8018", "systemsetting sipenable True", "encryption no", "dhcp off"):
                command = line.split()[0]
                assert await shell.ask(line) == f"error: {command} cannot be performed while in a call"
            assert await shell.ask("systemsetting get sipenable") == "systemsetting sipenable False"
            assert await shell.ask("systemname set Lăng") == "systemname Lăng"
            await shell.ask("hangup all")
            assert await shell.ask("encryption no") == "encryption no"

    on_a_unit(test, tmp_path)


def test_a_provisioning_service_owns_the_settings(tmp_path: Path) -> None:
    converse(
        tmp_path,
        ("provisionserverenable get", "provisionserverenable false"),
        ("provisionserverenable true", "provisionserverenable true"),
        ("systemname set Lăng", PROVISIONED),
        ("systemsetting sipenable True", PROVISIONED),
        ("autoanswer yes", PROVISIONED),
        ("autoanswer get", "autoanswer no"),
        ("autoanswer maybe", ILLEGAL),
        ("provisionservertype dms", "provisionservertype dms"),
        ("provisionserverenable false", "provisionserverenable false"),
        ("autoanswer yes", "autoanswer yes"),
    )


def test_presets(tmp_path: Path) -> None:
    converse(
        tmp_path,
        ("preset near set 99", "preset near set 99"),
        ("preset near go 0", "preset near go 0"),
        ("preset near go 100", ILLEGAL),
        ("preset near go x", ILLEGAL),
        ("preset near go", MORE),
        ("preset far go 1", ' error: sub command "far" not found'),
        ("preset near show 1", ' error: sub command "show" not found'),
    )


def test_passwords_and_their_echo(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            line = f"setpassword admin remote {SERIAL} xa-vang-1"
            assert await shell.ask(line) == line
            assert await shell.ask(f"setpassword admin remote {SERIAL} other") == ILLEGAL
            assert await shell.ask(f'setpassword admin room {SERIAL} "mật khẩu"') == (
                f'setpassword admin room {SERIAL} "mật khẩu"'
            )
            assert await shell.ask("setpassword admin room x") == MORE
            assert await shell.ask('setpassword admin remote xa-vang-1 ""') == ILLEGAL
            assert await shell.ask("setpassword user room x y") == ' error: sub command "user" not found'
            assert await shell.ask("setpassword admin tv x y") == ' error: sub command "tv" not found'
        async with bench.shell("xa-vang-1") as shell:  # each has its own from now on
            assert await shell.ask("serialnum") == f"serialnum {SERIAL}"
        assert not bench.device.endpoint.passwords.login("admin", SERIAL).success
        assert not bench.device.endpoint.passwords.login("admin", "mật khẩu").success

    on_a_unit(test, tmp_path)


def test_the_room_password_counts_from_afar_until_there_is_a_remote_one(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as shell:
            await shell.ask(f"setpassword admin room {SERIAL} 1234")
        async with bench.shell("1234") as shell:
            assert await shell.ask("setpassword admin remote 1234 5678") == "setpassword admin remote 1234 5678"
        async with bench.shell("5678"):
            pass

    on_a_unit(test, tmp_path)


def test_two_sessions_look_at_one_store(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        async with bench.shell() as one, bench.shell() as two:
            await one.ask("systemname set Dang")
            assert await two.ask("systemname get") == "systemname Dang"

    on_a_unit(test, tmp_path)
