"""Types commands on a router's console over SSH, as a person at the control machine would: ``HOST PLATFORM COMMAND…``.

Uses netmiko as it is, not the suite's drivers: what changes a device by hand must not be what is tested.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import paramiko
from netmiko import ConnectHandler

from tests.e2e.opened import opened

PLATFORMS = {"routeros": "mikrotik_routeros", "vyos": "vyos"}


def main(address: str, platform: str, commands: list[str]) -> None:
    key = opened(Path(), "district")["admin_ssh_private_key"]
    session = ConnectHandler(
        device_type=PLATFORMS[platform],
        host=address,
        username="diemcau",
        pkey=paramiko.Ed25519Key.from_private_key(io.StringIO(key)),
        allow_agent=False,
    )
    for command in commands:
        print(session.send_command_timing(command, read_timeout=30))
    session.paramiko_cleanup()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
