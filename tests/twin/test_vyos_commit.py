"""Commits of the VyOS device: checks, atomicity, sessions side by side, commit-confirm, power cuts."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.twin.vyos_bench import FakeHost, booted
from twin.meaning import Meaning

KEY = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="  # a WireGuard key of the documentation
PEER = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
SUBNET = "service dhcp-server shared-network-name LAN subnet 10.77.18.0/24"
ASK = re.compile(r"Proceed \? \[Y/n\] $")

REFUSED = [
    ("interfaces wireguard wg0", ["interfaces wireguard wg0 address 10.0.0.1/24"], "Wireguard private-key not defined"),
    (
        "interfaces wireguard wg0",
        [f"interfaces wireguard wg0 private-key {KEY}", f"interfaces wireguard wg0 peer hub public-key {PEER}"],
        'Wireguard allowed-ips required for peer "hub"!',
    ),
    (
        "interfaces wireguard wg0",
        [f"interfaces wireguard wg0 private-key {KEY}", "interfaces wireguard wg0 peer hub allowed-ips 10.0.0.0/8"],
        'Wireguard public-key required for peer "hub"!',
    ),
    (
        "interfaces wireguard wg0",
        [
            f"interfaces wireguard wg0 private-key {KEY}",
            f"interfaces wireguard wg0 peer hub public-key {PEER}",
            "interfaces wireguard wg0 peer hub allowed-ips 10.0.0.0/8",
            "interfaces wireguard wg0 peer hub address 192.0.2.1",
        ],
        'Both Wireguard port and address must be defined for peer "hub" if either one of them is set!',
    ),
    ("interfaces ethernet eth9", ["interfaces ethernet eth9 address dhcp"], 'Interface "eth9" does not exist!'),
    (
        "interfaces bridge br0",
        ["interfaces bridge br0 member interface eth1", "interfaces ethernet eth1 address 10.1.1.1/24"],
        'Can not add interface "eth1" to bridge, it has an address assigned!',
    ),
    ("protocols bgp", ["protocols bgp neighbor 10.0.0.2 remote-as 65001"], "BGP system-as number must be defined!"),
    (
        "protocols bgp",
        ["protocols bgp system-as 65018", "protocols bgp neighbor 10.0.0.2 description hub"],
        'Neighbor "10.0.0.2" remote-as must be set!',
    ),
    (
        "protocols bgp",
        [
            "protocols bgp system-as 65018",
            "protocols bgp neighbor 10.0.0.2 remote-as 65001",
            "protocols bgp neighbor 10.0.0.2 address-family ipv4-unicast route-map import NO",
        ],
        'Specified route-map "NO" does not exist!',
    ),
    (
        "policy",
        ["policy prefix-list OWN rule 10 prefix 10.0.0.0/24"],
        'Action must be specified for prefix-list "OWN" rule "10"!',
    ),
    ("protocols failover", ["protocols failover"], 'Failover "route" is mandatory!'),
    (
        "protocols failover",
        ["protocols failover route 0.0.0.0/0"],
        'Next-hop for "0.0.0.0/0" is mandatory!',
    ),
    (
        "protocols failover",
        ["protocols failover route 0.0.0.0/0 next-hop 192.0.2.1 check target 192.0.2.1"],
        'Interface for route "0.0.0.0/0" next-hop "192.0.2.1" is mandatory!',
    ),
    (
        "protocols failover",
        ["protocols failover route 0.0.0.0/0 next-hop 192.0.2.1 interface eth0"],
        'Check target for next-hop "192.0.2.1" is mandatory!',
    ),
    ("firewall", ["firewall ipv4 input filter rule 10 description x"], "Action must be defined"),
    (
        "firewall",
        [
            "firewall ipv4 input filter rule 10 action accept",
            "firewall ipv4 input filter rule 10 source group network-group X",
        ],
        'Invalid network-group "X" on firewall rule',
    ),
    (
        "firewall",
        ["firewall ipv4 input filter rule 10 action accept", "firewall ipv4 input filter rule 10 destination port 22"],
        "Protocol must be defined if specifying a port or port-group",
    ),
    (
        "nat",
        ["nat source rule 100 outbound-interface name eth0"],
        "Source NAT configuration error in rule 100: translation requires address and/or port",
    ),
    (
        "service dhcp-server",
        [
            "service dhcp-server shared-network-name LAN subnet 10.77.18.0/24 range 0 start 10.77.18.9",
            "service dhcp-server shared-network-name LAN subnet 10.77.18.0/24 range 0 stop 10.77.18.99",
        ],
        "None of the configured subnets have an appropriate primary IP address on any",
    ),
    (
        "service dhcp-server",
        [
            "interfaces ethernet eth1 address 10.77.18.1/24",
            f"{SUBNET} static-mapping p ip-address 10.77.19.20",
            f"{SUBNET} static-mapping p mac-address 00:11:22:33:44:55",
        ],
        'Configured static lease address for mapping "p" is',
    ),
    (
        "system login",
        ["system login user diemcau authentication public-keys a key QUFB"],
        'Missing type for public-key "a"!',
    ),
]


@pytest.mark.parametrize(("section", "lines", "words"), REFUSED)
def test_a_refused_commit_says_why_and_changes_nothing(
    tmp_path: Path, section: str, lines: list[str], words: str
) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            applied, before = len(bench.host.meanings), bench.device.system.running
            async with bench.terminal() as cli:
                await cli.all("configure", "set system host-name changed", *(f"set {line}" for line in lines))
                text = await cli.do("commit")
                assert text.startswith(f"[ {section} ]\n{words}")
                assert f"[[{section}]] failed\n" in text and text.endswith("Commit failed\n")
                assert await cli.do("show system host-name") == ">host-name changed\n"  # the candidate is kept
            assert (len(bench.host.meanings), bench.device.system.running) == (applied, before)

    asyncio.run(main())


def test_the_own_user_cannot_be_deleted_but_another_can(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh("set system login user an authentication plaintext-password bi-mat-1")
            assert "bi-mat-1" not in bench.device.system.files.read("/config/config.boot")
            async with bench.terminal() as cli:
                await cli.all("configure", "delete system login user vyos")
                assert "Attempting to delete current user: vyos\n" in await cli.do("commit")
            async with (
                bench.connect("an", password="bi-mat-1", client_keys=None) as client,
                client.create_process(term_type="vt100") as process,
            ):
                process.stdin.write("configure\ndelete system login user vyos\ncommit\nexit\n")
                text = ""
                while "not been saved" not in text:
                    text += await asyncio.wait_for(process.stdout.read(65536), 10)
                assert "Commit failed" not in text
            with pytest.raises(Exception, match="Permission denied"):
                async with bench.connect():
                    pass

    asyncio.run(main())


def test_what_linux_refuses_is_refused_and_taken_back(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            bench.host.refuse = lambda meaning: "nft: no such thing" if "drop" in meaning.nft else ""
            async with bench.terminal() as cli:
                await cli.all("configure", "set firewall ipv4 input filter default-action drop")
                assert "[[firewall]] failed\nCommit failed\n" in await cli.do("commit")
            assert bench.host.meanings[-1].nft == ""
            assert "firewall" not in bench.device.system.running

    asyncio.run(main())


def test_candidates_are_private_and_follow_other_commits(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as one, bench.terminal() as two:
                await one.all("configure", "set system host-name one")
                await two.all("configure", "set interfaces dummy dum0 address 10.1.1.1/32")
                assert "host-name one" not in await two.do("compare commands")
                assert await two.do("commit") == ""
                assert await one.do("compare commands") == (
                    "delete system host-name 'vyos'\nset system host-name 'one'\n\n"
                )
                assert await one.do("commit") == ""
            assert "dum0" in bench.device.system.running["interfaces"]["dummy"]
            assert bench.device.status()["hostname"] == "one"

    asyncio.run(main())


def test_two_commits_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            entered, go_on = asyncio.Event(), asyncio.Event()

            async def gate(meaning: Meaning) -> None:
                entered.set()
                await go_on.wait()

            async with bench.terminal() as one, bench.terminal() as two:
                await one.all("configure", "set system host-name one")
                await two.all("configure", "set system host-name two")
                bench.host.gate = gate
                first = asyncio.create_task(one.do("commit"))
                await entered.wait()
                assert "temporarily locked due to another commit" in await two.do("commit")
                go_on.set()
                assert await first == ""

    asyncio.run(main())


def test_only_save_survives_a_power_cut(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            key = bench.device.system.files.read("/etc/ssh/ssh_host_ed25519_key")
            async with bench.terminal() as cli:
                await cli.all("configure", "set system host-name lost", "commit")
            assert bench.device.status()["unsaved"] is True
        async with booted(tmp_path) as bench:
            assert bench.device.status() == {
                "factory_new": False, "release": "1.4", "hostname": "vyos", "confirm_pending": False, "unsaved": False,
            }  # fmt: skip
            assert bench.device.system.ssh is not None and bench.device.system.ssh.running
            assert bench.device.system.files.read("/etc/ssh/ssh_host_ed25519_key") == key

    asyncio.run(main())


async def _start(cli: object, minutes: str = "5", reply: str = "y") -> str:
    cli.process.stdin.write(f"commit-confirm {minutes}\n")  # type: ignore[attr-defined]
    text: str = await cli.read(ASK)  # type: ignore[attr-defined]
    cli.process.stdin.write(f"{reply}\n")  # type: ignore[attr-defined]
    text += await cli.read()  # type: ignore[attr-defined]
    return text.replace("\r\n", "\n")


def test_another_session_confirms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MINUTE", "0.2")

    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.all("configure", "set system host-name kept")
                text = await _start(cli)
                asked = (
                    "commit-confirm will automatically reboot in 5 minutes unless changes\nare confirmed.\n\nProceed ? "
                )
                assert asked in text
                assert "Initialized commit-confirm; 5 minutes to confirm before reboot\n" in text
                await cli.do("set system host-name again")
                assert await cli.do("commit-confirm") == "Another confirm is pending\n"
            assert bench.device.status()["confirm_pending"] is True  # the session is gone, the timer is not
            async with bench.terminal() as cli:
                await cli.do("configure")
                assert await cli.do("confirm") == "Reboot timer stopped\n"
                assert await cli.do("save") == ""
            await asyncio.sleep(1.2)
            assert bench.host.reboots == 0

    asyncio.run(main())


def test_unconfirmed_reboots_into_what_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MINUTE", "0.1")

    async def main() -> None:
        host = FakeHost()
        async with booted(tmp_path, host=host) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.all("configure", "set system host-name unsaved", "commit", "set system host-name wrong")
                text = await _start(cli, "2")
                assert "You should save previous commits before commit-confirm !" in text
                await cli.read(re.compile(r"System will reboot in 1 minute\r\nto rollback"))
                await asyncio.wait_for(host.rebooted.wait(), 5)
        async with booted(tmp_path) as bench:
            assert bench.device.status()["hostname"] == "vyos"

    asyncio.run(main())


def test_a_failed_commit_leaves_the_timer_running(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.all("configure", "set protocols bgp neighbor 10.0.0.2 remote-as 65001")
                assert "Commit failed\n" in await _start(cli)
                assert bench.device.status()["confirm_pending"] is True
                assert await cli.do("confirm") == "Reboot timer stopped\n"

    asyncio.run(main())


def test_no_is_no(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.all("configure", "set system host-name no")
                assert "commit-confirm canceled\n" in await _start(cli, reply="n")
                assert bench.device.status() | {"hostname": "vyos", "confirm_pending": False} == bench.device.status()

    asyncio.run(main())


def test_release_1_5_can_take_back_without_a_reboot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MINUTE", "0.1")

    async def main() -> None:
        async with booted(tmp_path, "1.5") as bench:
            await bench.open_ssh("set system config-management commit-confirm action reload")
            async with bench.terminal() as cli:
                await cli.all("configure", "set system host-name wrong")
                text = await _start(cli, "1")
                assert "1 minutes to confirm before reload\n" in text
                assert bench.device.status()["hostname"] == "wrong"
                await asyncio.sleep(0.4)
                assert bench.device.status()["hostname"] == "vyos"
                assert bench.host.reboots == 0
                assert await cli.do("compare commands") == "No changes between working and active configurations.\n\n"

    asyncio.run(main())


def test_partial_commits_as_the_real_device_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_VYOS_PARTIAL_COMMIT", "1")

    async def main() -> None:
        async with booted(tmp_path) as bench:
            await bench.open_ssh()
            async with bench.terminal() as cli:
                await cli.all(
                    "configure", "set system host-name half", "set protocols bgp neighbor 10.0.0.2 remote-as 65001"
                )
                assert "[[protocols bgp]] failed\nCommit failed\n" in await cli.do("commit")
                assert await cli.do("compare commands") == ("set protocols bgp neighbor 10.0.0.2 remote-as '65001'\n\n")
            assert bench.device.status()["hostname"] == "half"
            assert "protocols" not in bench.device.system.running

    asyncio.run(main())
