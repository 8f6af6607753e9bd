"""Runs on the control machine: prints what each command printed on an exec channel, as JSON. ``ADDRESS COMMAND…``.

The key comes on standard input. It uses paramiko alone, not the suite's drivers.
"""

from __future__ import annotations

import io
import json
import sys

import paramiko


def main(address: str, *commands: str) -> None:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # host keys are not what this campaign is about
    key = paramiko.Ed25519Key.from_private_key(io.StringIO(sys.stdin.read()))
    client.connect(
        address, username="diemcau", pkey=key, allow_agent=False, look_for_keys=False, timeout=10,
        banner_timeout=20, auth_timeout=20,
    )  # fmt: skip
    print(json.dumps([client.exec_command(command, timeout=30)[1].read().decode() for command in commands]))
    client.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
