"""Types commands on a router's console over SSH, as a person at the control machine would: ``HOST PLATFORM COMMAND…``.

Uses netmiko as it is, not the suite's drivers: what changes a device by hand must not be what is tested.
"""

from __future__ import annotations

import io
import subprocess
import sys

import paramiko
import yaml
from netmiko import ConnectHandler

PLATFORMS = {"routeros": "mikrotik_routeros", "vyos": "vyos"}


def main(address: str, platform: str, commands: list[str]) -> None:
    view = ["ansible-vault", "view", "secrets/district.yml"]
    secrets = yaml.safe_load(subprocess.run(view, check=True, capture_output=True, text=True).stdout)
    session = ConnectHandler(
        device_type=PLATFORMS[platform],
        host=address,
        username="diemcau",
        pkey=paramiko.Ed25519Key.from_private_key(io.StringIO(secrets["admin_ssh_private_key"])),
        allow_agent=False,
    )
    for command in commands:
        print(session.send_command_timing(command, read_timeout=30))
    session.paramiko_cleanup()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
