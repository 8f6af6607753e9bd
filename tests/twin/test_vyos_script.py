"""The console of the VyOS device: scripts from a technician's stick."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncssh
import pytest

from tests.twin.vyos_bench import KEY_BLOB, booted
from twin.device import DeviceRefused

HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
PRIVATE = HOST_KEY.export_private_key("openssh").decode()

BUNDLE = """\
#!/bin/vbash
# first configuration
source /opt/vyatta/etc/functions/script-template

sudo install -o root -g root -m 600 /dev/null /etc/ssh/ssh_host_ed25519_key
sudo tee /etc/ssh/ssh_host_ed25519_key >/dev/null <<'EOF'
{key}EOF
sudo rm -f /etc/ssh/ssh_host_ed25519_key.pub

configure
builtin set -e
load /opt/vyatta/etc/config.boot.default
set system host-name 'ga-ry-router'
set interfaces ethernet eth0 description "fibre: A 'b' c"
set system login user diemcau authentication public-keys k type ssh-ed25519
set system login user diemcau authentication public-keys k key {blob}
set system login user vyos authentication encrypted-password '*'
set service ssh port {port}
set service ssh disable-password-authentication
commit
save /config/config.boot
exit
sudo systemctl restart ssh
sudo rm -f -- "$0"
"""


def test_a_bundle_provisions_a_factory_new_unit(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            text = BUNDLE.format(key=PRIVATE, blob=KEY_BLOB, port=bench.port).replace(" 'b'", "")
            printed = await bench.device.usb("ga-ry.vbash", text.encode())
            assert "Load complete. Use 'commit' to make changes effective." in printed
            assert PRIVATE not in printed
            assert bench.device.status()["factory_new"] is False
            pinned = asyncssh.import_known_hosts(
                f"[127.0.0.1]:{bench.port} {HOST_KEY.export_public_key('openssh').decode()}"
            )
            async with bench.connect("diemcau", known_hosts=pinned) as client:
                assert (await client.run("uname")).stdout == "Linux\n"
            # a second stick finds the door locked: nobody knows a password
            with pytest.raises(DeviceRefused, match="Login incorrect"):
                await bench.device.usb("again.vbash", text.encode())
        async with booted(tmp_path) as bench:
            assert bench.device.status()["hostname"] == "ga-ry-router"

    asyncio.run(main())


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["set system host-nam x", "set service ssh"], r"Configuration path: system \[host-nam\] is not valid"),
        (["set protocols bgp neighbor 10.0.0.1 remote-as 65001"], "BGP system-as number must be defined!"),
        (["frobnicate"], "frobnicate: command not found"),
        (["for i in 1 2; do set system host-name $i; done"], "for: command not found"),
        (["set system host-name $(hostname)"], r"syntax error near unexpected token `\$\('"),
        (["load /config/missing.boot"], "No such file '/config/missing.boot'"),
    ],
)
def test_what_a_script_is_refused_is_told(tmp_path: Path, lines: list[str], words: str) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            with pytest.raises(DeviceRefused, match=words):
                await bench.script("configure", *lines, "commit", "exit")

    asyncio.run(main())


def test_set_e_stops_at_a_failed_commit_but_not_at_a_failed_set(tmp_path: Path) -> None:
    """vbash forgets the status of `set`: a script that trusts `set -e` goes on to commit and save."""

    async def main() -> None:
        async with booted(tmp_path) as bench:
            with pytest.raises(DeviceRefused, match="Set failed"):
                await bench.script("builtin set -e", "configure", "set system host-nam x", "set system host-name yy",
                                   "commit", "save", "exit")  # fmt: skip
            assert bench.device.status()["hostname"] == "yy"
            with pytest.raises(DeviceRefused, match="Commit failed"):
                await bench.script("set -e", "configure", "set nat source rule 1 description x", "commit",
                                   "delete nat", "set system host-name zz", "commit")  # fmt: skip
            assert bench.device.status()["hostname"] == "yy"

    asyncio.run(main())


@pytest.mark.parametrize("content", [b"", b"set system host-name x\n", b"#!/bin/sh\nreboot\n", b"\xff\xfe"])
def test_only_vbash_scripts_are_run(tmp_path: Path, content: bytes) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            with pytest.raises(DeviceRefused, match="not a vbash script"):
                await bench.device.usb("x", content)

    asyncio.run(main())


def test_shell_words(tmp_path: Path) -> None:
    async def main() -> None:
        async with booted(tmp_path) as bench:
            printed = await bench.script(
                "cat > /tmp/note <<EOF", "home is $HOME", "EOF", "cat /tmp/note  # a comment",
                "echo 'two", "lines'", "false || echo rescued", "[ -f /tmp/note ] && echo there", 'echo "$0"',
                "rm /tmp/note", "ls /tmp | grep -c note || true",
            )  # fmt: skip
            assert printed == "home is /home/vyos\ntwo\nlines\nrescued\nthere\n/media/usb/setup\n0\n"

    asyncio.run(main())
