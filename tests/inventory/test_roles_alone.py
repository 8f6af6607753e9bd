"""Roles in somebody's own five-line play: one commit of their sections and of nothing else, and a second run changes
nothing. The routers are of paper (paper.py); molecule does the same with those of the twin.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.inventory.copied import copy, playbook
from tests.inventory.loading import PROJECT

FACTORY = "set system host-name 'vyos'\nset interfaces loopback lo\n"
RELEASES = {"huyen-uy-router": "1.4", "ubnd-router": "1.5", "a-tieng-router": "1.4", "dang-router": "1.4"}


class District:
    """A copy of the project whose VyOS routers are of paper, factory-new."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.paper = project / "build" / "paper"

    def renew(self) -> None:
        shutil.rmtree(self.paper, ignore_errors=True)
        self.paper.mkdir(parents=True)
        for host, release in RELEASES.items():
            (self.paper / host).write_text(f"{release}\n{FACTORY}", encoding="utf-8")

    def play(self, roles: str, *options: str) -> tuple[int, str, list[str]]:
        """Exit status, what was printed, and what was done on routers meanwhile."""
        play = f"- hosts: routers:&vyos\n  gather_facts: false\n  roles: [{roles}]\n"
        (self.project / "playbooks" / "own.yml").write_text(play, encoding="utf-8")
        return self.run("own", *options)

    def run(self, name: str, *options: str) -> tuple[int, str, list[str]]:
        (self.paper / "log").unlink(missing_ok=True)
        status, output = playbook(self.project, name, *options)
        log = self.paper / "log"
        return status, output, log.read_text(encoding="utf-8").splitlines() if log.exists() else []


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> District:
    there = tmp_path_factory.mktemp("project")
    copy(there)
    shutil.copy(PROJECT / "tests" / "inventory" / "paper.py", there / "diemcau" / "platforms" / "vyos" / "driver.py")
    return District(there)


@pytest.fixture
def district(copied: District) -> District:
    copied.renew()
    return copied


def changed(output: str, host: str) -> int:
    found = re.search(rf"^{host} .*changed=(\d+) .*failed=0", output, re.MULTILINE)
    assert found, output
    return int(found[1])


def test_check_mode_shows_what_the_role_would_send_and_sends_nothing(district: District) -> None:
    status, output, log = district.play("vpn", "-l", "dang-router", "--check", "--diff")
    assert status == 0, output
    assert log == ["dang-router read", "dang-router read"]
    assert "vpn: differs" in output and "would send" in output
    shown = [line for line in output.splitlines() if re.match(r"\+?(set|delete) ", line)]
    assert any("set interfaces wireguard wg0 " in line for line in shown), output
    assert all("wireguard" in line for line in shown), shown
    assert changed(output, "dang-router") == 2


def test_roles_of_a_play_are_one_commit_of_their_sections(district: District) -> None:
    status, output, log = district.play("wan, vpn, routing", "-l", "dang-router")
    assert status == 0, output
    assert log == [*["dang-router read"] * 4, "dang-router commit routing vpn wan", "dang-router confirm"], output
    assert "set system host-name 'vyos'" in (district.paper / "dang-router").read_text(encoding="utf-8")
    assert changed(output, "dang-router") == 4  # what differs, and the commit


def test_a_second_run_changes_nothing(district: District) -> None:
    assert district.play("vpn", "-l", "dang-router")[2][-1] == "dang-router confirm"
    for options in ((), ("--check",)):
        status, output, log = district.play("vpn", "-l", "dang-router", *options)
        assert (status, log) == (0, ["dang-router read"]), output
        assert changed(output, "dang-router") == 0


def test_what_is_as_asked_is_not_in_the_commit(district: District) -> None:
    district.play("wan", "-l", "dang-router")
    log = district.play("wan, vpn", "-l", "dang-router")[2]
    assert log[-2:] == ["dang-router commit vpn", "dang-router confirm"]


def test_a_later_play_commits_its_own_roles(district: District) -> None:
    """Facts of a host last for the whole run."""
    first = district.project / "playbooks" / "first.yml"
    first.write_text("- hosts: routers:&vyos\n  gather_facts: false\n  roles: [wan]\n", encoding="utf-8")
    log = district.play("vpn", "playbooks/first.yml", "-l", "dang-router")[2]
    assert [line for line in log if "commit" in line] == ["dang-router commit vpn", "dang-router commit wan"]


def test_the_suite_reads_a_router_once_and_commits_all_sections_at_once(district: District) -> None:
    options = ("-l", "dang-router", "--skip-tags", "state")
    status, output, log = district.run("site", *options)
    assert status == 0, output
    everything = "dang-router commit firewall lan qos routing system vpn wan"
    assert log == ["dang-router read", everything, "dang-router confirm"]
    assert changed(output, "dang-router") == 1
    status, output, log = district.run("site", *options)
    assert (status, log) == (0, ["dang-router read"]), output
    assert changed(output, "dang-router") == 0


def test_one_hub_after_the_other(district: District) -> None:
    status, output, log = district.play("vpn")
    assert status == 0, output
    hubs = [line for line in log if re.match(r"(huyen-uy|ubnd)-router (commit|confirm)", line)]
    assert hubs in (
        [f"{hub} {step}" for hub in order for step in ("commit vpn", "confirm")]
        for order in (("huyen-uy-router", "ubnd-router"), ("ubnd-router", "huyen-uy-router"))
    )
    assert {line.split()[0] for line in log if line.endswith(" confirm")} == set(RELEASES)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ('{"vpn": {"mtu": "wide"}}', "Validating arguments against arg spec"),  # Ansible's own validation of the role
        ('{"vpn": {"mtu": 9000}}', "9000 is no MTU"),  # ours, of the whole inventory
        ('{"lan": {"lease_time": "long"}}', "is not a whole number"),  # of what another role takes
    ],
)
def test_a_wrong_inventory_touches_no_device(district: District, wrong: str, words: str) -> None:
    status, output, log = district.play("vpn", "-e", wrong)
    assert status != 0 and words in output, output
    assert log == []
