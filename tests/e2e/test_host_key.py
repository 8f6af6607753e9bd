"""Another host key at a router's address: nothing is sent there, and no other site waits for it."""

from __future__ import annotations

import re

import asyncssh
import pytest

from tests.e2e.conftest import PROJECT, District, recap

MESSAGE = PROJECT / "tests" / "errors" / "host-key-changed.txt"
KEY_FILE = "/etc/ssh/ssh_host_ed25519_key"
REMOVED = "ping-lan"  # a rule of the input chain

# Typed at the router: what keeps its host key on it and puts another in its place, and what brings the kept one back.
ANOTHER = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode().strip()
OF_VYOS = (
    [
        f"sudo cp {KEY_FILE} /tmp/kept",
        f"echo '{ANOTHER}' | sudo tee {KEY_FILE} >/dev/null",
        "sudo systemctl restart ssh",
    ],
    [f"sudo install -m 600 /tmp/kept {KEY_FILE}", "sudo rm /tmp/kept", "sudo systemctl restart ssh"],
)
OF_ROUTEROS = (
    ["/ip ssh export-host-key key-file-prefix=kept", "/ip ssh regenerate-host-key", "y"],
    ["/ip ssh import-host-key private-key-file=kept_ed25519.pem", '/file remove [find name~"^kept_"]'],
)


@pytest.mark.parametrize(
    ("host", "commands", "loud"),
    [("dang-router", OF_VYOS, ()), ("ga-ry-router", OF_ROUTEROS, ("-vvv",))],
    ids=["vyos", "routeros"],
)
def test_a_changed_host_key_is_refused(
    district: District, host: str, commands: tuple[list[str], list[str]], loud: tuple[str, ...]
) -> None:
    change, restore = commands
    district.console("lang-router", f'/ip firewall filter remove [find comment="{REMOVED}"]')
    district.console(host, *change)
    try:
        done = district.playbook("site", "-l", f"{host},lang-router", *loud)
    finally:
        district.console(host, *restore)
    assert done.status != 0
    expected = MESSAGE.read_text(encoding="utf-8").replace("127.0.0.1", district.management(host))
    fingerprints = re.findall(r"SHA256:[\w+/]{43}", done.output)
    shown = re.sub(r"SHA256:[\w+/]{43}", "SHA256:…", done.output)
    assert shown.endswith(f"\n\n{expected.replace('ga-ry-router', host)}"), done.output[-3000:]
    assert len(set(fingerprints)) == 2  # what it shows, and what is pinned
    assert "Traceback" not in done.output
    counters = recap(done.output)
    assert (counters[host]["changed"], counters[host]["failed"]) == (0, 1), done.output
    assert (counters["lang-router"]["changed"], counters["lang-router"]["failed"]) == (1, 0), done.output
    again = district.playbook("site", "-l", host)
    assert again.status == 0, again.output
    assert recap(again.output)[host]["changed"] == 0, again.output
